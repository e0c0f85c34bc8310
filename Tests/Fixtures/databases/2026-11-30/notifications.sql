--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: notifications; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA notifications;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: applied_sequence; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.applied_sequence (
    grp text NOT NULL,
    source text NOT NULL,
    key text NOT NULL,
    seq bigint NOT NULL
)
WITH (fillfactor='80');


--
-- Name: consumer_offset; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.consumer_offset (
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    next_offset bigint NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50');


--
-- Name: dead_letter; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.dead_letter (
    id bigint NOT NULL,
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    off bigint NOT NULL,
    key bytea,
    headers jsonb NOT NULL,
    payload bytea,
    event_type text,
    error_class text NOT NULL,
    error_text text NOT NULL,
    fingerprint text NOT NULL,
    attempts integer DEFAULT 1 NOT NULL,
    first_failed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    last_failed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    actor text,
    note text,
    raw_headers bytea,
    CONSTRAINT dead_letter_status_check CHECK ((status = ANY (ARRAY['open'::text, 'resolved'::text, 'discarded'::text])))
);


--
-- Name: dead_letter_action; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.dead_letter_action (
    id bigint NOT NULL,
    dead_letter_id bigint NOT NULL,
    action text NOT NULL,
    actor text NOT NULL,
    reason text,
    outcome text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT dead_letter_action_action_check CHECK ((action = ANY (ARRAY['replay'::text, 'discard'::text])))
);


--
-- Name: dead_letter_action_id_seq; Type: SEQUENCE; Schema: notifications; Owner: -
--

ALTER TABLE notifications.dead_letter_action ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME notifications.dead_letter_action_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: dead_letter_id_seq; Type: SEQUENCE; Schema: notifications; Owner: -
--

ALTER TABLE notifications.dead_letter ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME notifications.dead_letter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: idempotency_key; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.idempotency_key (
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    content_type text NOT NULL,
    body bytea NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: inbox; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.inbox (
    id text NOT NULL,
    source text NOT NULL,
    grp text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: message; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.message (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    dedup_key text NOT NULL,
    recipient uuid,
    channel text NOT NULL,
    address text,
    template text NOT NULL,
    language text,
    data jsonb NOT NULL,
    purpose text NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    attempts bigint DEFAULT 0 NOT NULL,
    next_try_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    reason text,
    sent_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT message_purpose_check CHECK ((purpose = ANY (ARRAY['transactional'::text, 'marketing'::text]))),
    CONSTRAINT message_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'suppressed'::text])))
)
WITH (fillfactor='70');


--
-- Name: outbox; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.outbox (
    id bigint NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    lane smallint GENERATED ALWAYS AS (((hashtext(key) & 7))::smallint) STORED NOT NULL,
    seq bigint,
    event_id uuid DEFAULT gen_random_uuid() NOT NULL,
    type text NOT NULL,
    trace text DEFAULT NULLIF(current_setting('rapport.trace'::text, true), ''::text),
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    payload text,
    CONSTRAINT outbox_payload_size CHECK ((octet_length(payload) <= 900000))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000', autovacuum_vacuum_cost_delay='0', autovacuum_vacuum_insert_threshold='-1');


--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: notifications; Owner: -
--

ALTER TABLE notifications.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME notifications.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: parked_key; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.parked_key (
    grp text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    part integer NOT NULL,
    reason text NOT NULL,
    attempt integer DEFAULT 0 NOT NULL,
    next_try timestamp with time zone NOT NULL,
    parked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: parked_message; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.parked_message (
    grp text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    off bigint NOT NULL,
    part integer NOT NULL,
    raw_key bytea,
    headers bytea NOT NULL,
    payload bytea
);


--
-- Name: party_redirect; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.party_redirect (
    party_id uuid NOT NULL,
    survivor_id uuid NOT NULL
);


--
-- Name: rebuild; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.rebuild (
    id bigint NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    actor text NOT NULL,
    reason text,
    started_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    messages bigint DEFAULT 0 NOT NULL,
    expected bigint DEFAULT 0 NOT NULL,
    outcome jsonb,
    error text,
    CONSTRAINT rebuild_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text])))
);


--
-- Name: rebuild_id_seq; Type: SEQUENCE; Schema: notifications; Owner: -
--

ALTER TABLE notifications.rebuild ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME notifications.rebuild_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: schema_migration; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.schema_migration (
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: subject_key; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.subject_key (
    owner text NOT NULL,
    subject text NOT NULL,
    version bigint NOT NULL,
    key bytea,
    CONSTRAINT subject_key_key_check CHECK ((octet_length(key) = 32))
);


--
-- Name: suppression; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.suppression (
    address text NOT NULL,
    reason text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: timer; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.timer (
    id bigint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    payload text
);


--
-- Name: timer_id_seq; Type: SEQUENCE; Schema: notifications; Owner: -
--

ALTER TABLE notifications.timer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME notifications.timer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: withdrawal; Type: TABLE; Schema: notifications; Owner: -
--

CREATE TABLE notifications.withdrawal (
    party_id uuid NOT NULL,
    channel text NOT NULL
);


--
-- Data for Name: applied_sequence; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.applied_sequence (grp, source, key, seq) FROM stdin;
notifications	/contacts	3ee46405-091b-5de9-9f8f-046216a1e775	2
notifications	/contacts	62b5d2eb-7584-54fa-9e03-8d47189aca79	2
notifications	/contacts	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2
notifications	/contacts	d48f58c0-acd3-5c33-9d18-74ad62f12c76	2
notifications	/contacts	01a22b3a-b380-77e6-9793-15bc99e01d00	2
notifications	/contacts	01a22b3a-b1f0-7120-93e4-9d9bffba3801	8
notifications	/contacts	01a22b3a-b1f6-755b-a24f-0ea35539c47e	3
notifications	/contacts	01a22b3a-b1fb-71b8-aeb2-808a50b55e79	3
notifications	/contacts	01a22b3a-b208-7423-9dd4-0d939a6b160a	2
\.


--
-- Data for Name: consumer_offset; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.consumer_offset (grp, topic, part, next_offset, updated_at) FROM stdin;
notifications	crm.contacts	0	-1	2026-11-30 06:53:10.242477+00
notifications	crm.contacts	1	-1	2026-11-30 06:53:10.242477+00
notifications	crm.contacts	6	-1	2026-11-30 06:53:10.242477+00
notifications	crm.contacts	8	-1	2026-11-30 06:53:10.242477+00
notifications	crm.contacts	10	-1	2026-11-30 06:53:10.242477+00
notifications	crm.notification-requests	0	-1	2026-11-30 06:53:10.242477+00
notifications	crm.notification-requests	1	-1	2026-11-30 06:53:10.242477+00
notifications	crm.notification-requests	3	-1	2026-11-30 06:53:10.242477+00
notifications	crm.notification-requests	6	-1	2026-11-30 06:53:10.242477+00
notifications	crm.notification-requests	7	-1	2026-11-30 06:53:10.242477+00
notifications	crm.notification-requests	8	-1	2026-11-30 06:53:10.242477+00
notifications	crm.notification-requests	10	-1	2026-11-30 06:53:10.242477+00
notifications	crm.notification-requests	11	-1	2026-11-30 06:53:10.242477+00
notifications	crm.subject-keys	3	6	2026-11-30 06:53:22.363246+00
notifications	crm.subject-keys	0	2	2026-11-30 06:53:20.532926+00
notifications	crm.subject-keys	1	2	2026-11-30 06:53:22.370481+00
notifications	crm.subject-keys	2	8	2026-11-30 06:53:22.370481+00
notifications	crm.subject-keys	7	4	2026-11-30 06:53:22.173345+00
notifications	crm.subject-keys	5	4	2026-11-30 06:53:22.370481+00
notifications	crm.subject-keys	8	4	2026-11-30 06:53:22.370481+00
notifications	crm.subject-keys	10	6	2026-11-30 06:53:22.370481+00
notifications	crm.notification-requests	5	1	2026-11-30 06:53:22.101838+00
notifications	crm.contacts	3	5	2026-11-30 06:53:25.132605+00
notifications	crm.notification-requests	9	1	2026-11-30 06:53:22.101838+00
notifications	crm.contacts	9	10	2026-11-30 06:53:25.132605+00
notifications	crm.contacts	5	8	2026-11-30 06:53:25.135733+00
notifications	crm.notification-requests	4	7	2026-11-30 06:53:33.649223+00
notifications	crm.subject-keys	6	4	2026-11-30 06:53:22.324108+00
notifications	crm.notification-requests	2	1	2026-11-30 06:53:33.702142+00
notifications	crm.contacts	7	1	2026-11-30 06:53:16.876842+00
notifications	crm.subject-keys	11	5	2026-11-30 06:53:22.329446+00
notifications	crm.subject-keys	9	1	2026-11-30 06:53:22.028299+00
notifications	crm.subject-keys	4	2	2026-11-30 06:53:20.485147+00
notifications	crm.contacts	2	4	2026-11-30 06:53:22.3455+00
notifications	crm.contacts	11	4	2026-11-30 06:53:22.3455+00
notifications	crm.contacts	4	25	2026-11-30 06:53:34.873661+00
\.


--
-- Data for Name: dead_letter; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.dead_letter (id, grp, topic, part, off, key, headers, payload, event_type, error_class, error_text, fingerprint, attempts, first_failed_at, last_failed_at, status, actor, note, raw_headers) FROM stdin;
2	notifications	crm.notification-requests	2	0	\\x4241442d32	[["content-type", "application/json"], ["ce_specversion", "1.0"], ["ce_id", "4a39d155-68f6-4d26-ba4f-a1f42c53ffd3"], ["ce_source", "/erp/fixture"], ["ce_type", "notifications.message.requested.v1"], ["ce_time", "2026-11-30T06:53:33.686234Z"]]	\\x7b226f726465724964223a20327d	notifications.message.requested.v1	decode	messageId: expected a value; the field is missing	ddf6abc092cf0965129c22b36cbc1767	1	2026-11-30 06:53:33.702416+00	2026-11-30 06:53:33.702416+00	open	\N	\N	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002434613339643135352d363866362d346432362d626134662d6131663432633533666664330000000963655f736f757263650000000c2f6572702f666978747572650000000763655f74797065000000226e6f74696669636174696f6e732e6d6573736167652e7265717565737465642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3638363233345a
1	notifications	crm.notification-requests	4	6	\\x4241442d31	[["content-type", "application/json"], ["ce_specversion", "1.0"], ["ce_id", "94f32af2-d63a-4dac-adac-f97bed9bb982"], ["ce_source", "/erp/fixture"], ["ce_type", "notifications.message.requested.v1"], ["ce_time", "2026-11-30T06:53:33.638499Z"]]	\\x7b226f726465724964223a20317d	notifications.message.requested.v1	decode	messageId: expected a value; the field is missing	ddf6abc092cf0965129c22b36cbc1767	1	2026-11-30 06:53:33.650739+00	2026-11-30 06:53:33.650739+00	discarded	maria	a test of the ERP's	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002439346633326166322d643633612d346461632d616461632d6639376265643962623938320000000963655f736f757263650000000c2f6572702f666978747572650000000763655f74797065000000226e6f74696669636174696f6e732e6d6573736167652e7265717565737465642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3633383439395a
\.


--
-- Data for Name: dead_letter_action; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.dead_letter_action (id, dead_letter_id, action, actor, reason, outcome, at) FROM stdin;
1	1	discard	maria	a test of the ERP's	discarded	2026-11-30 06:53:33.923631+00
\.


--
-- Data for Name: idempotency_key; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.idempotency_key (key, fingerprint, status, content_type, body, headers, created_at) FROM stdin;
POST /v1/suppressions fixture-suppression	e511e8a34bfaf6e61cb258187e030d2bd2049c2ccecddf2f9599ee150c368a41	201	application/json	\\x7b2261646472657373223a2273746f70406578616d706c652e636f6d222c22726561736f6e223a2261736b656420666f72227d	{}	2026-11-30 06:53:22.030152+00
\.


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.inbox (id, source, grp, received_at) FROM stdin;
9848aa4d-1c1b-4d51-bf0a-4f7375286ee1	/tickets	notifications	2026-11-30 06:53:21.941691+00
8288c313-8b00-4e8c-aff0-2af7cfcc2ace	/campaigns	notifications	2026-11-30 06:53:22.098254+00
019192fa-4875-4d09-97be-479a2f43ac0e	/campaigns	notifications	2026-11-30 06:53:22.101838+00
6a91bc27-d5a9-4df3-8abb-a8c59c87cbcc	/campaigns	notifications	2026-11-30 06:53:22.101838+00
7dd3735d-8f59-4217-a346-d3611455522f	/fixture	notifications	2026-11-30 06:53:22.101838+00
004fd5eb-d8a8-400e-9f37-928ba310adde	/fixture	notifications	2026-11-30 06:53:22.120211+00
168bc481-00a1-43cc-9ad9-c2b5cff28383	/fixture	notifications	2026-11-30 06:53:22.136537+00
0c12b70d-6939-47d4-9d48-0689bafa2ce1	/fixture	notifications	2026-11-30 06:53:22.15575+00
368acee8-2d2b-4dc0-a11b-b774c62fe3f5	/contacts	notifications	2026-11-30 06:53:22.3455+00
3f8c3b82-8cf2-4590-bb71-95ec040f7891	/contacts	notifications	2026-11-30 06:53:22.3455+00
\.


--
-- Data for Name: message; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.message (id, version, dedup_key, recipient, channel, address, template, language, data, purpose, status, attempts, next_try_at, expires_at, reason, sent_at, created_at, updated_at) FROM stdin;
0190a000-0000-7000-8000-000000000003	0	fixture:3	a5eb7d09-db6f-5430-a0ca-77bea9d65641	mail	ward@example.com	survey.csat	en	{"link": "https://example.com/", "name": "Ward", "subject": "Tea"}	transactional	queued	0	2099-01-01 00:00:00+00	\N	\N	\N	2026-11-30 06:53:22.136537+00	2026-11-30 06:53:22.136537+00
01a22b3a-c677-715e-8529-39fda4768707	1	survey:01a22b3a-c650-72cc-b194-011379a2774d:4	01a22b3a-b1f0-7120-93e4-9d9bffba3801	mail	anna@example.com	survey.csat	de	{"link": "http://127.0.0.1:29276/surveys/MDFhMjJiM2EtYzY1MC03MmNjLWIxOTQtMDExMzc5YTI3NzRkOjQ.1798613601.peQ8ITwE7DF3xAMcTJBKd801ExDyPjVyarFKdN1aNWk", "name": "Anna Beispiel", "subject": "A cup is broken"}	transactional	sent	1	2026-11-30 06:53:22.150193+00	2026-12-30 06:53:21.910639+00	\N	2026-11-30 06:53:22.150193+00	2026-11-30 06:53:21.941691+00	2026-11-30 06:53:22.150193+00
0190a000-0000-7000-8000-000000000001	1	fixture:1	a5eb7d09-db6f-5430-a0ca-77bea9d65641	mail	ward@example.com	unknown	en	{"link": "https://example.com/", "name": "Ward", "subject": "Tea"}	transactional	failed	1	2026-11-30 06:53:22.150193+00	\N	there is no template unknown	\N	2026-11-30 06:53:22.101838+00	2026-11-30 06:53:22.150193+00
01a22b3a-c70a-72d3-a8dd-803904f5b51d	1	campaign:01a22b3a-c6f8-77cc-970f-57607da92936:a5eb7d09-db6f-5430-a0ca-77bea9d65641	a5eb7d09-db6f-5430-a0ca-77bea9d65641	mail	jing.sun.k100000@example.com	campaign	zh-CN	{"body": "{name}，茶。", "name": "孙静", "subject": "茶", "campaign": "Tea days"}	marketing	sent	1	2026-11-30 06:53:22.150193+00	\N	\N	2026-11-30 06:53:22.150193+00	2026-11-30 06:53:22.098254+00	2026-11-30 06:53:22.150193+00
01a22b3a-c70a-72d2-b163-9e5ff9c1688f	1	campaign:01a22b3a-c6f8-77cc-970f-57607da92936:3ee46405-091b-5de9-9f8f-046216a1e775	3ee46405-091b-5de9-9f8f-046216a1e775	mail	william.wood.k100001@example.com	campaign	en-GB	{"body": "Dear {name}, tea.", "name": "William Wood", "subject": "Tea", "campaign": "Tea days"}	marketing	sent	1	2026-11-30 06:53:22.150193+00	\N	\N	2026-11-30 06:53:22.150193+00	2026-11-30 06:53:22.101838+00	2026-11-30 06:53:22.150193+00
01a22b3a-c70a-72d4-9162-9fc1e0aa8f74	1	campaign:01a22b3a-c6f8-77cc-970f-57607da92936:d48f58c0-acd3-5c33-9d18-74ad62f12c76	d48f58c0-acd3-5c33-9d18-74ad62f12c76	mail	arthur.wilson.k100002@example.com	campaign	en-GB	{"body": "Dear {name}, tea.", "name": "Arthur Wilson", "subject": "Tea", "campaign": "Tea days"}	marketing	sent	1	2026-11-30 06:53:22.150193+00	\N	\N	2026-11-30 06:53:22.150193+00	2026-11-30 06:53:22.101838+00	2026-11-30 06:53:22.150193+00
0190a000-0000-7000-8000-000000000002	1	fixture:2	a5eb7d09-db6f-5430-a0ca-77bea9d65641	mail	stop@example.com	survey.csat	en	{"link": "https://example.com/", "name": "Ward", "subject": "Tea"}	marketing	suppressed	1	2026-11-30 06:53:22.150193+00	\N	the address gets no marketing	\N	2026-11-30 06:53:22.120211+00	2026-11-30 06:53:22.150193+00
0190a000-0000-7000-8000-000000000004	3	fixture:4	a5eb7d09-db6f-5430-a0ca-77bea9d65641	mail	ward@example.com	survey.csat	en	{"link": "https://example.com/", "name": "Ward", "subject": "Tea"}	transactional	sent	1	2026-11-30 06:53:22.163416+00	\N	\N	2026-11-30 06:53:22.163416+00	2026-11-30 06:53:22.15575+00	2026-11-30 06:53:34.363749+00
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.outbox (id, topic, key, seq, event_id, type, trace, created_at, payload) FROM stdin;
16	crm.notifications	0190a000-0000-7000-8000-000000000004	3	180af481-45fc-4340-bc4b-80f248eddb59	notifications.message.clicked.v1	\N	2026-11-30 06:53:34.364242+00	{"messageId" : "0190a000-0000-7000-8000-000000000004", "recipientId" : "a5eb7d09-db6f-5430-a0ca-77bea9d65641", "deduplicationKey" : "fixture:4", "reason" : "https://example.com/"}
17	crm.subject-keys	0190a000-0000-7000-8000-000000000004	1	95270b74-1c5d-4dbf-b788-368f02d7fe57	messaging.subject-key.changed.v1	\N	2026-11-30 06:53:34.37008+00	{"owner" : "/notifications", "subject" : "0190a000-0000-7000-8000-000000000004", "key" : "8PfVPfVj2Hxb6YSQPAUi8r/AkkkVgAFSH3+x6CXQ78o="}
\.


--
-- Data for Name: parked_key; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.parked_key (grp, topic, key, part, reason, attempt, next_try, parked_at) FROM stdin;
notifications	crm.contacts	0190a000-0000-7000-8000-0000000000ff	4	the key of its data has not come	3	2026-11-30 06:53:38.501745+00	2026-11-30 06:53:34.216672+00
\.


--
-- Data for Name: parked_message; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.parked_message (grp, topic, key, off, part, raw_key, headers, payload) FROM stdin;
notifications	crm.contacts	0190a000-0000-7000-8000-0000000000ff	24	4	\\x30313930613030302d303030302d373030302d383030302d303030303030303030306666	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002430316430633764632d383662612d346133632d386330362d6630323936343264626637380000000963655f736f75726365000000092f636f6e74616374730000000763655f747970650000001b636f6e74616374732e636f6e73656e742e6368616e6765642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3939373832385a0000000963655f7365616c656400000001310000000b63655f73657175656e63650000000131	\\x7b227365616c6564223a20747275657d
\.


--
-- Data for Name: party_redirect; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.party_redirect (party_id, survivor_id) FROM stdin;
01a22b3a-b1f6-755b-a24f-0ea35539c47e	01a22b3a-b1f0-7120-93e4-9d9bffba3801
\.


--
-- Data for Name: rebuild; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.rebuild (id, state, actor, reason, started_at, seen_at, finished_at, messages, expected, outcome, error) FROM stdin;
\.


--
-- Data for Name: schema_migration; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.schema_migration (name, applied_at) FROM stdin;
m0000_messaging	2026-11-30 06:53:09.629357+00
m0000_messaging_parking	2026-11-30 06:53:09.685315+00
m0000_messaging_walk	2026-11-30 06:53:09.705248+00
m0000_messaging_zz_operators	2026-11-30 06:53:09.717291+00
m0000_messaging_zz_raw_headers	2026-11-30 06:53:09.737324+00
m0000_messaging_zz_rebuilds	2026-11-30 06:53:09.746093+00
m0000_messaging_zz_tracing	2026-11-30 06:53:09.757209+00
m0000_messaging_zzz_seals	2026-11-30 06:53:09.762335+00
m0000_messaging_zzzz_letter_keys	2026-11-30 06:53:09.773189+00
m0000_messaging_zzzzz_queue	2026-11-30 06:53:09.781163+00
m0001_notifications	2026-11-30 06:53:09.785158+00
m0002_withdrawals	2026-11-30 06:53:09.817242+00
m0030_redirects	2026-11-30 06:53:09.825172+00
\.


--
-- Data for Name: subject_key; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.subject_key (owner, subject, version, key) FROM stdin;
/contacts	a5eb7d09-db6f-5430-a0ca-77bea9d65641	1	\\x70aa6d3ae425fea20ffa7f95f3778329bfce3529fe8d50837782afcc1b66f3d0
/contacts	d48f58c0-acd3-5c33-9d18-74ad62f12c76	1	\\x6fa0164a1902a3e888a2b8607a29c45dea34270a8129215697c3d4e28815dd6a
/contacts	3ee46405-091b-5de9-9f8f-046216a1e775	1	\\x27ac0a2f927509806abd8f583160a4184199955625d2cfbec1e4695fea13b026
/contacts	62b5d2eb-7584-54fa-9e03-8d47189aca79	1	\\x43fcde25b847fdb18fb5eb0c78df029f030a04493a9dbb133df2d19c42a90de0
/contacts	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xe22aa4fcd81d89d4496a0579300d9012bdfbc6f87998af475a74cc7524212bf0
/contacts	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\xd4adea4e2749d7266bea81e6b9dd2161b853dc185bed24c073239f53dedfee8c
/contacts	01a22b3a-b1f9-7025-96a5-d46185b4055d	1	\\x653b943212cc455294197bdd7d404ef515476073382a116e5570646550dbefc9
/contacts	01a22b3a-b1fb-71b8-aeb2-808a50b55e79	1	\\x25fb782e68b2925748b85fef43228abfa1b975d03317f36552ce474e0111c3e7
/contacts	01a22b3a-b1fe-746b-86db-d62772760700	1	\\xe1c5640545de4c87f05d9323d2c19044542358b0138621da12b3817968fdc4a9
/contacts	01a22b3a-b206-72c2-9ed8-ec89087aaa0b	1	\\xb1713e8e5accc400e83ccf1aca36b885b902130abfe4100c9606fe012576b2dd
/contacts	01a22b3a-b2a9-7365-8a76-5cfa61e45e4f	1	\\x945b5aff7eee97db30fcc8bfb0b911df1cd7366385c598c7413d047843cf268e
/contacts	01a22b3a-b380-77e6-9793-15bc99e01d00	2	\N
/sales	01a22b3a-c0c4-7482-89a7-0d1b886b78f2	1	\\x8008486264ae27b52b31e48f12432270205ad63774d528ad5c836f4702cc8871
/sales	01a22b3a-c0c7-7635-959a-296ce19c1e78	1	\\x7d4d107a634f92dff899f791e190bb3767bede4e3a19c0389b2802d485ff02ef
/sales	01a22b3a-c0c9-73f9-ab13-8d1a5f945564	1	\\x621aa12f95afb30a0859ec9786e6bf124417eed495ceb082f3dea6991132b016
/sales	01a22b3a-c0d2-714f-b683-7d6d395c7d1d	1	\\xb966bb04331d55694b5fe2780610abc45725232476e5d70287815a004759104c
/sales	01a22b3a-c0e4-7292-8023-bcec4071f5b3	1	\\x7d515fd8e0eca267773fe260b228a408a885ab381bf9b96fac76900a0b77482a
/sales	01a22b3a-c0f5-7542-9335-25f7b9f13e71	1	\\x5a03fbdadfa301bc3d91b0845716cca980a5239e96c49be0ceca91165180cf27
/sales	01a22b3a-c107-75b4-8028-5da558f09332	1	\\xbd0eeb9ac4fc16b7f10fb14ad23ccea9533de7d4a518767bbdc64f9bdaadced5
/sales	01a22b3a-c115-7729-872a-91f8b9651418	1	\\x9646203ad7d661293dc3a61aae3e9e4da33ae590785a695d300897b926808e54
/sales	01a22b3a-c563-744b-96a3-ffe2bc38f0f3	1	\\xff6c6ed5d007244a9402c2ac43e00e4bb95fe02ec61e1936432ab5a9e18707e3
/sales	01a22b3a-c61f-73b0-b76d-381738a5bb13	1	\\x98e4a4d4b036d42542e48fedee40c046ff61e30403521aac7871b0ef97de6ce2
/sales	01a22b3a-c622-70c7-b689-528f631dcf79	1	\\x9123cfdba81e950c83b86e11ff13a55c7bc89f8d711ad960ee604198e53ca953
/tickets	01a22b3a-c650-72cc-b194-011379a2774d	1	\\x5d714d7a9a1ade2ddbc25d16da8c2f389bd2d87561e05bde5bafdfb7f239af87
/tickets	01a22b3a-c655-7521-ba33-b51c74faeb23	1	\\x12395dd745f3cd4a4f187502cdf3b673416b2aa106e0cc010d7233f0a432db6d
/tickets	01a22b3a-c658-77ec-bb65-2a34a7d269a5	1	\\x4caa428789b9840c4314a2f80e2a837c80467d62a65842e67f1b670c33486505
/tickets	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xe6c8aeacc71ab8970272b3d6a6bb9026a0f360ed05552155616c28548955e40f
/tickets	f1b6a73e-fd96-5011-b602-1e145becf8de	1	\\x17014af3fd8a0a7d5ab23c07887490b5f06d724f7976164e525f611711bce1a4
/campaigns	3ee46405-091b-5de9-9f8f-046216a1e775	1	\\xcec68da93e5b49e9da6e5298030f3e2322924dc049becc330d74cf3c36f013e7
/campaigns	a5eb7d09-db6f-5430-a0ca-77bea9d65641	1	\\x73589445bbfe742b96842f812e14edc2a9d7f04993b7e340ccfdc93ad0b78ab5
/campaigns	d48f58c0-acd3-5c33-9d18-74ad62f12c76	1	\\x9f92887fdca1071db45b8d12578f0b62625ef2c75135610667a6b7916bb7ba86
/notifications	0190a000-0000-7000-8000-000000000001	1	\\x1872a79c167bc492b6f9ee5ba17aed148f3521cd8396f29e0b404468697b380b
/notifications	0190a000-0000-7000-8000-000000000002	1	\\x965c510a4f1425d9d55037f705575563bcdcdcced8d8ac3c929f1a58e57af252
/tickets	01a22b3a-c7e1-70d3-a36f-9385d8983274	2	\N
/contacts	01a22b3a-b208-7423-9dd4-0d939a6b160a	3	\\x9c01b9720562d066672a5e333e11e6c5c7d754349db83b61d26ab2a4507815e7
/sales	01a22b3a-c7de-745f-8715-ab1d5b6f41b0	2	\N
/notifications	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xd25818aab96697bf806b06db06428933e36a2cca9faa2f6fa846a22c46c881b1
/notifications	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x501fccb61d0a4545e9cbc32a49df087e16803b39bce383237f9c9a386bdf54c4
/campaigns	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xed258bfe3bb8114d0b516ab6c72f857e6f9fa7459a3c1d4f8e8b507e5bd78a10
/sales	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\x87f6b71495a009e7f474a916495535d81e2aec6076dfc3d5de63ab39179ef581
/campaigns	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x00133479f7ef326d7b37d86a41598b93fbb36e7f5f6206cb3b373887efcaa79b
/sales	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x16ff915b785368c77508446a954eb8c0c98e13d405ca8544c88a3fdf08f2e74c
/tickets	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x80303e7c9ac087cd6a85e43b1b2f3e7be7b41d8e39051ac9ead3f208ec457c4f
/notifications	0190a000-0000-7000-8000-000000000004	1	\\xf0f7d53df563d87c5be984903c0522f2bfc09249158001521f7fb1e825d0efca
\.


--
-- Data for Name: suppression; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.suppression (address, reason, created_at) FROM stdin;
stop@example.com	asked for	2026-11-30 06:53:22.026592+00
\.


--
-- Data for Name: timer; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.timer (id, due_at, kind, key, payload) FROM stdin;
\.


--
-- Data for Name: withdrawal; Type: TABLE DATA; Schema: notifications; Owner: -
--

COPY notifications.withdrawal (party_id, channel) FROM stdin;
62b5d2eb-7584-54fa-9e03-8d47189aca79	mail
01a22b3a-b1f0-7120-93e4-9d9bffba3801	phone
\.


--
-- Name: dead_letter_action_id_seq; Type: SEQUENCE SET; Schema: notifications; Owner: -
--

SELECT pg_catalog.setval('notifications.dead_letter_action_id_seq', 1, true);


--
-- Name: dead_letter_id_seq; Type: SEQUENCE SET; Schema: notifications; Owner: -
--

SELECT pg_catalog.setval('notifications.dead_letter_id_seq', 2, true);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: notifications; Owner: -
--

SELECT pg_catalog.setval('notifications.outbox_id_seq', 17, true);


--
-- Name: rebuild_id_seq; Type: SEQUENCE SET; Schema: notifications; Owner: -
--

SELECT pg_catalog.setval('notifications.rebuild_id_seq', 1, false);


--
-- Name: timer_id_seq; Type: SEQUENCE SET; Schema: notifications; Owner: -
--

SELECT pg_catalog.setval('notifications.timer_id_seq', 1, false);


--
-- Name: applied_sequence applied_sequence_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.applied_sequence
    ADD CONSTRAINT applied_sequence_pkey PRIMARY KEY (key, source, grp);


--
-- Name: consumer_offset consumer_offset_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.consumer_offset
    ADD CONSTRAINT consumer_offset_pkey PRIMARY KEY (grp, topic, part);


--
-- Name: dead_letter_action dead_letter_action_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.dead_letter_action
    ADD CONSTRAINT dead_letter_action_pkey PRIMARY KEY (id);


--
-- Name: dead_letter dead_letter_grp_topic_part_off_key; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.dead_letter
    ADD CONSTRAINT dead_letter_grp_topic_part_off_key UNIQUE (grp, topic, part, off);


--
-- Name: dead_letter dead_letter_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.dead_letter
    ADD CONSTRAINT dead_letter_pkey PRIMARY KEY (id);


--
-- Name: idempotency_key idempotency_key_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (key);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id, source, grp);


--
-- Name: message message_dedup_key_key; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.message
    ADD CONSTRAINT message_dedup_key_key UNIQUE (dedup_key);


--
-- Name: message message_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: parked_key parked_key_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.parked_key
    ADD CONSTRAINT parked_key_pkey PRIMARY KEY (grp, topic, key);


--
-- Name: parked_message parked_message_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.parked_message
    ADD CONSTRAINT parked_message_pkey PRIMARY KEY (grp, topic, key, off);


--
-- Name: party_redirect party_redirect_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.party_redirect
    ADD CONSTRAINT party_redirect_pkey PRIMARY KEY (party_id);


--
-- Name: rebuild rebuild_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.rebuild
    ADD CONSTRAINT rebuild_pkey PRIMARY KEY (id);


--
-- Name: schema_migration schema_migration_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (name);


--
-- Name: subject_key subject_key_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.subject_key
    ADD CONSTRAINT subject_key_pkey PRIMARY KEY (subject, owner);


--
-- Name: suppression suppression_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.suppression
    ADD CONSTRAINT suppression_pkey PRIMARY KEY (address);


--
-- Name: timer timer_kind_key_key; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.timer
    ADD CONSTRAINT timer_kind_key_key UNIQUE (kind, key);


--
-- Name: timer timer_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.timer
    ADD CONSTRAINT timer_pkey PRIMARY KEY (id);


--
-- Name: withdrawal withdrawal_pkey; Type: CONSTRAINT; Schema: notifications; Owner: -
--

ALTER TABLE ONLY notifications.withdrawal
    ADD CONSTRAINT withdrawal_pkey PRIMARY KEY (party_id, channel);


--
-- Name: dead_letter_action_of; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX dead_letter_action_of ON notifications.dead_letter_action USING btree (dead_letter_id);


--
-- Name: dead_letter_of_key; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX dead_letter_of_key ON notifications.dead_letter USING btree (grp, topic, part, md5(COALESCE(key, '\x'::bytea)), off) WHERE (status = 'open'::text);


--
-- Name: dead_letter_open; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX dead_letter_open ON notifications.dead_letter USING btree (last_failed_at) WHERE (status = 'open'::text);


--
-- Name: dead_letter_order; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX dead_letter_order ON notifications.dead_letter USING btree (grp, topic, part, off) WHERE (status = 'open'::text);


--
-- Name: idempotency_key_age; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX idempotency_key_age ON notifications.idempotency_key USING btree (created_at);


--
-- Name: message_due; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX message_due ON notifications.message USING btree (purpose, next_try_at) WHERE (status = ANY (ARRAY['queued'::text, 'sending'::text]));


--
-- Name: message_of_recipient; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX message_of_recipient ON notifications.message USING btree (recipient, created_at, id) WHERE (recipient IS NOT NULL);


--
-- Name: parked_key_due; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX parked_key_due ON notifications.parked_key USING btree (grp, next_try);


--
-- Name: party_redirect_to; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX party_redirect_to ON notifications.party_redirect USING btree (survivor_id);


--
-- Name: timer_due; Type: INDEX; Schema: notifications; Owner: -
--

CREATE INDEX timer_due ON notifications.timer USING btree (due_at);


--
-- PostgreSQL database dump complete
--


