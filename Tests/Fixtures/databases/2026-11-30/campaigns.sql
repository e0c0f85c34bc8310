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
-- Name: campaigns; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA campaigns;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: applied_sequence; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.applied_sequence (
    grp text NOT NULL,
    source text NOT NULL,
    key text NOT NULL,
    seq bigint NOT NULL
)
WITH (fillfactor='80');


--
-- Name: campaign; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.campaign (
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    name text NOT NULL,
    segment text NOT NULL,
    template text NOT NULL,
    purpose text NOT NULL,
    subject_zh text,
    body_zh text,
    subject_en text,
    body_en text,
    status text DEFAULT 'draft'::text NOT NULL,
    reached uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    launched_at timestamp with time zone,
    completed_at timestamp with time zone,
    CONSTRAINT campaign_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'running'::text, 'completed'::text])))
);


--
-- Name: consumer_offset; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.consumer_offset (
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    next_offset bigint NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50');


--
-- Name: dead_letter; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.dead_letter (
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
-- Name: dead_letter_action; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.dead_letter_action (
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
-- Name: dead_letter_action_id_seq; Type: SEQUENCE; Schema: campaigns; Owner: -
--

ALTER TABLE campaigns.dead_letter_action ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME campaigns.dead_letter_action_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: dead_letter_id_seq; Type: SEQUENCE; Schema: campaigns; Owner: -
--

ALTER TABLE campaigns.dead_letter ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME campaigns.dead_letter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: erp_document; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.erp_document (
    kind text NOT NULL,
    id text NOT NULL,
    party_id uuid,
    at timestamp with time zone NOT NULL,
    currency text NOT NULL,
    total bigint NOT NULL,
    status text NOT NULL,
    is_cancelled boolean NOT NULL,
    lines integer NOT NULL,
    origin_id uuid,
    told_at timestamp with time zone
);


--
-- Name: idempotency_key; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.idempotency_key (
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    content_type text NOT NULL,
    body bytea NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: inbox; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.inbox (
    id text NOT NULL,
    source text NOT NULL,
    grp text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: member; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.member (
    party_id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    name text,
    email text,
    language text,
    may_mail boolean,
    orders bigint DEFAULT 0 NOT NULL,
    first_order_at timestamp with time zone,
    last_order_at timestamp with time zone,
    next_check_at timestamp with time zone,
    benefit text,
    is_benefit_declared boolean DEFAULT false NOT NULL
)
WITH (fillfactor='70');


--
-- Name: order_clock; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.order_clock (
    is_only boolean DEFAULT true NOT NULL,
    newest_order_at timestamp with time zone,
    CONSTRAINT order_clock_is_only_check CHECK (is_only)
);


--
-- Name: order_item; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.order_item (
    order_id text NOT NULL,
    sku text NOT NULL,
    currency text NOT NULL,
    quantity bigint NOT NULL,
    revenue bigint NOT NULL
);


--
-- Name: outbox; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.outbox (
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
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: campaigns; Owner: -
--

ALTER TABLE campaigns.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME campaigns.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: parked_key; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.parked_key (
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
-- Name: parked_message; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.parked_message (
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
-- Name: party_redirect; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.party_redirect (
    party_id uuid NOT NULL,
    survivor_id uuid NOT NULL
);


--
-- Name: product; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.product (
    sku text NOT NULL,
    name text NOT NULL,
    category text,
    price bigint,
    currency text,
    is_discontinued boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: product_sales; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.product_sales (
    sku text NOT NULL,
    currency text NOT NULL,
    orders bigint NOT NULL,
    quantity bigint NOT NULL,
    revenue bigint NOT NULL,
    last_ordered_at timestamp with time zone
)
WITH (fillfactor='80');


--
-- Name: rebuild; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.rebuild (
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
-- Name: rebuild_id_seq; Type: SEQUENCE; Schema: campaigns; Owner: -
--

ALTER TABLE campaigns.rebuild ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME campaigns.rebuild_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: recipient; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.recipient (
    campaign_id uuid NOT NULL,
    party_id uuid NOT NULL,
    message_id uuid,
    status text NOT NULL,
    reason text,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='80');


--
-- Name: schema_migration; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.schema_migration (
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: segment_member; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.segment_member (
    segment text NOT NULL,
    party_id uuid NOT NULL,
    since timestamp with time zone NOT NULL,
    reason text NOT NULL
);


--
-- Name: subject_key; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.subject_key (
    owner text NOT NULL,
    subject text NOT NULL,
    version bigint NOT NULL,
    key bytea,
    CONSTRAINT subject_key_key_check CHECK ((octet_length(key) = 32))
);


--
-- Name: timer; Type: TABLE; Schema: campaigns; Owner: -
--

CREATE TABLE campaigns.timer (
    id bigint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    payload text
);


--
-- Name: timer_id_seq; Type: SEQUENCE; Schema: campaigns; Owner: -
--

ALTER TABLE campaigns.timer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME campaigns.timer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Data for Name: applied_sequence; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.applied_sequence (grp, source, key, seq) FROM stdin;
campaigns	/contacts	3ee46405-091b-5de9-9f8f-046216a1e775	2
campaigns	/contacts	62b5d2eb-7584-54fa-9e03-8d47189aca79	2
campaigns	/contacts	d48f58c0-acd3-5c33-9d18-74ad62f12c76	2
campaigns	/contacts	01a22b3a-b1f9-7025-96a5-d46185b4055d	1
campaigns	/contacts	01a22b3a-b1fe-746b-86db-d62772760700	1
campaigns	/contacts	01a22b3a-b206-72c2-9ed8-ec89087aaa0b	1
campaigns	/contacts	a5eb7d09-db6f-5430-a0ca-77bea9d65641	9
campaigns	/contacts	01a22b3a-b2a9-7365-8a76-5cfa61e45e4f	1
campaigns	/contacts	01a22b3a-b380-77e6-9793-15bc99e01d00	2
campaigns	/contacts	01a22b3a-b1f6-755b-a24f-0ea35539c47e	3
campaigns	/contacts	01a22b3a-b1f0-7120-93e4-9d9bffba3801	10
campaigns	/contacts	01a22b3a-b1fb-71b8-aeb2-808a50b55e79	3
campaigns	/notifications	0190a000-0000-7000-8000-000000000002	1
campaigns	/notifications	01a22b3a-c70a-72d2-b163-9e5ff9c1688f	1
campaigns	/notifications	01a22b3a-c70a-72d3-a8dd-803904f5b51d	1
campaigns	/notifications	01a22b3a-c70a-72d4-9162-9fc1e0aa8f74	1
campaigns	/notifications	0190a000-0000-7000-8000-000000000001	1
campaigns	/notifications	01a22b3a-c677-715e-8529-39fda4768707	1
campaigns	/notifications	0190a000-0000-7000-8000-000000000004	1
campaigns	/contacts	01a22b3a-b208-7423-9dd4-0d939a6b160a	2
\.


--
-- Data for Name: campaign; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.campaign (id, version, name, segment, template, purpose, subject_zh, body_zh, subject_en, body_en, status, reached, created_at, launched_at, completed_at) FROM stdin;
01a22b3a-c6fe-7790-8d9f-55a012a78d7a	1	Later	values-relationship	campaign	marketing	茶	{name}，茶。	Tea	Dear {name}, tea.	draft	\N	2026-11-30 06:53:22.046257+00	\N	\N
01a22b3a-c6f8-77cc-970f-57607da92936	3	Tea days	active	campaign	marketing	茶	{name}，茶。	Tea	Dear {name}, tea.	completed	d48f58c0-acd3-5c33-9d18-74ad62f12c76	2026-11-30 06:53:22.041131+00	2026-11-30 06:53:22.04816+00	2026-11-30 06:53:22.058045+00
01a22b3a-f718-7114-b4f8-4e811dce49c4	1	Unpublished	new	campaign	marketing	\N	\N	A	B	draft	\N	2026-11-30 06:53:34.360447+00	\N	\N
\.


--
-- Data for Name: consumer_offset; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.consumer_offset (grp, topic, part, next_offset, updated_at) FROM stdin;
campaigns	crm.contacts	0	-1	2026-11-30 06:53:10.263416+00
campaigns	crm.contacts	1	-1	2026-11-30 06:53:10.263416+00
campaigns	crm.contacts	6	-1	2026-11-30 06:53:10.263416+00
campaigns	crm.contacts	8	-1	2026-11-30 06:53:10.263416+00
campaigns	crm.contacts	10	-1	2026-11-30 06:53:10.263416+00
campaigns	crm.notifications	0	-1	2026-11-30 06:53:10.263416+00
campaigns	crm.notifications	1	-1	2026-11-30 06:53:10.263416+00
campaigns	crm.notifications	3	-1	2026-11-30 06:53:10.263416+00
campaigns	crm.notifications	7	-1	2026-11-30 06:53:10.263416+00
campaigns	crm.notifications	9	-1	2026-11-30 06:53:10.263416+00
campaigns	erp.orders	1	-1	2026-11-30 06:53:10.263416+00
campaigns	erp.orders	3	-1	2026-11-30 06:53:10.263416+00
campaigns	erp.orders	6	-1	2026-11-30 06:53:10.263416+00
campaigns	erp.orders	7	-1	2026-11-30 06:53:10.263416+00
campaigns	erp.orders	9	-1	2026-11-30 06:53:10.263416+00
campaigns	erp.orders	10	-1	2026-11-30 06:53:10.263416+00
campaigns	erp.products	0	-1	2026-11-30 06:53:10.263416+00
campaigns	erp.orders	0	2	2026-11-30 06:53:13.180043+00
campaigns	crm.subject-keys	3	6	2026-11-30 06:53:22.361237+00
campaigns	erp.orders	5	1	2026-11-30 06:53:13.180043+00
campaigns	erp.orders	8	1	2026-11-30 06:53:13.180043+00
campaigns	erp.orders	11	7	2026-11-30 06:53:13.180043+00
campaigns	erp.products	1	1	2026-11-30 06:53:13.180043+00
campaigns	erp.products	2	1	2026-11-30 06:53:13.180043+00
campaigns	erp.products	3	2	2026-11-30 06:53:13.180043+00
campaigns	erp.products	4	1	2026-11-30 06:53:13.180043+00
campaigns	crm.contacts	3	5	2026-11-30 06:53:25.131821+00
campaigns	crm.subject-keys	9	1	2026-11-30 06:53:22.029301+00
campaigns	crm.notifications	4	1	2026-11-30 06:53:22.370084+00
campaigns	crm.subject-keys	6	4	2026-11-30 06:53:22.321088+00
campaigns	erp.orders	4	34	2026-11-30 06:53:33.622545+00
campaigns	erp.orders	2	1	2026-11-30 06:53:33.67684+00
campaigns	crm.contacts	4	25	2026-11-30 06:53:36.490403+00
campaigns	crm.subject-keys	5	4	2026-11-30 06:53:22.370084+00
campaigns	crm.subject-keys	0	2	2026-11-30 06:53:20.533276+00
campaigns	crm.notifications	5	1	2026-11-30 06:53:22.186715+00
campaigns	crm.subject-keys	1	2	2026-11-30 06:53:22.370084+00
campaigns	crm.subject-keys	7	4	2026-11-30 06:53:22.173418+00
campaigns	crm.contacts	7	1	2026-11-30 06:53:16.874618+00
campaigns	crm.notifications	6	3	2026-11-30 06:53:22.176107+00
campaigns	crm.notifications	10	1	2026-11-30 06:53:22.176107+00
campaigns	crm.subject-keys	10	6	2026-11-30 06:53:22.370084+00
campaigns	crm.contacts	9	10	2026-11-30 06:53:25.131821+00
campaigns	crm.subject-keys	4	2	2026-11-30 06:53:20.485876+00
campaigns	crm.contacts	5	8	2026-11-30 06:53:25.134712+00
campaigns	crm.subject-keys	11	5	2026-11-30 06:53:22.326864+00
campaigns	crm.notifications	8	2	2026-11-30 06:53:22.206684+00
campaigns	crm.contacts	2	4	2026-11-30 06:53:22.344148+00
campaigns	crm.notifications	2	1	2026-11-30 06:53:22.31909+00
campaigns	crm.contacts	11	4	2026-11-30 06:53:22.344148+00
campaigns	crm.subject-keys	8	4	2026-11-30 06:53:22.370084+00
campaigns	crm.notifications	11	2	2026-11-30 06:53:22.370084+00
campaigns	crm.subject-keys	2	8	2026-11-30 06:53:22.370084+00
campaigns	erp.products	6	-1	2026-11-30 06:53:10.263416+00
campaigns	erp.products	9	-1	2026-11-30 06:53:10.263416+00
campaigns	erp.products	11	-1	2026-11-30 06:53:10.263416+00
campaigns	erp.products	5	1	2026-11-30 06:53:13.180043+00
campaigns	erp.products	7	1	2026-11-30 06:53:13.180043+00
campaigns	erp.products	8	1	2026-11-30 06:53:13.180043+00
campaigns	erp.products	10	2	2026-11-30 06:53:13.180043+00
\.


--
-- Data for Name: dead_letter; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.dead_letter (id, grp, topic, part, off, key, headers, payload, event_type, error_class, error_text, fingerprint, attempts, first_failed_at, last_failed_at, status, actor, note, raw_headers) FROM stdin;
2	campaigns	erp.orders	2	0	\\x4241442d32	[["content-type", "application/json"], ["ce_specversion", "1.0"], ["ce_id", "a3faf72f-4c6b-49d6-9ec6-efa32b5e3325"], ["ce_source", "/erp/fixture"], ["ce_type", "erp.order.placed.v1"], ["ce_time", "2026-11-30T06:53:33.659691Z"]]	\\x7b226f726465724964223a20327d	erp.order.placed.v1	decode	orderId: expected a string	d02e46d06644c56fbe1e5b1c23921f25	1	2026-11-30 06:53:33.677054+00	2026-11-30 06:53:33.677054+00	open	\N	\N	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002461336661663732662d346336622d343964362d396563362d6566613332623565333332350000000963655f736f757263650000000c2f6572702f666978747572650000000763655f74797065000000136572702e6f726465722e706c616365642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3635393639315a
1	campaigns	erp.orders	4	33	\\x4241442d31	[["content-type", "application/json"], ["ce_specversion", "1.0"], ["ce_id", "e17e242d-68ca-42b0-bd57-c9af64de1e80"], ["ce_source", "/erp/fixture"], ["ce_type", "erp.order.placed.v1"], ["ce_time", "2026-11-30T06:53:33.608400Z"]]	\\x7b226f726465724964223a20317d	erp.order.placed.v1	decode	orderId: expected a string	d02e46d06644c56fbe1e5b1c23921f25	1	2026-11-30 06:53:33.624658+00	2026-11-30 06:53:33.624658+00	discarded	maria	a test of the ERP's	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002465313765323432642d363863612d343262302d626435372d6339616636346465316538300000000963655f736f757263650000000c2f6572702f666978747572650000000763655f74797065000000136572702e6f726465722e706c616365642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3630383430305a
\.


--
-- Data for Name: dead_letter_action; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.dead_letter_action (id, dead_letter_id, action, actor, reason, outcome, at) FROM stdin;
1	1	discard	maria	a test of the ERP's	discarded	2026-11-30 06:53:33.835779+00
\.


--
-- Data for Name: erp_document; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.erp_document (kind, id, party_id, at, currency, total, status, is_cancelled, lines, origin_id, told_at) FROM stdin;
order	S40-1	3ee46405-091b-5de9-9f8f-046216a1e775	2025-01-09 21:39:30+00	GBP	6422000	placed	f	11	\N	2025-01-09 21:39:30+00
order	S40-33	\N	2025-10-21 18:43:54+00	GBP	8639100	placed	f	7	\N	2025-10-21 18:43:54+00
order	S40-25	62b5d2eb-7584-54fa-9e03-8d47189aca79	2025-08-11 13:27:48+00	GBP	5984600	placed	f	10	\N	2025-08-11 13:27:48+00
order	S40-2	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-01-18 19:19:01+00	GBP	1341600	placed	f	1	\N	2025-01-18 19:19:01+00
order	S40-3	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-01-27 16:58:32+00	GBP	971600	placed	f	1	\N	2025-01-27 16:58:32+00
order	S40-4	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-02-05 14:38:02+00	GBP	5561600	placed	f	6	\N	2025-02-05 14:38:02+00
order	S40-5	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-02-14 12:17:33+00	GBP	4831100	placed	f	3	\N	2025-02-14 12:17:33+00
order	S40-6	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-02-23 09:57:04+00	GBP	971600	placed	f	1	\N	2025-02-23 09:57:04+00
order	S40-9	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-03-22 02:55:36+00	GBP	3620200	placed	f	2	\N	2025-03-22 02:55:36+00
order	S40-10	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-03-31 00:35:07+00	GBP	6558300	placed	f	4	\N	2025-03-31 00:35:07+00
order	S40-11	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-04-08 22:14:38+00	GBP	242900	placed	f	1	\N	2025-04-08 22:14:38+00
order	S40-12	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-04-17 19:54:08+00	GBP	971600	placed	f	1	\N	2025-04-17 19:54:08+00
order	S40-13	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-04-26 17:33:39+00	GBP	4218400	placed	f	4	\N	2025-04-26 17:33:39+00
order	S40-14	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-05-05 15:13:10+00	GBP	4157300	placed	f	6	\N	2025-05-05 15:13:10+00
order	S40-16	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-05-23 10:32:11+00	GBP	585200	placed	f	1	\N	2025-05-23 10:32:11+00
order	S40-19	\N	2025-06-19 03:30:43+00	GBP	741700	placed	f	2	\N	2025-06-19 03:30:43+00
order	S40-7	d48f58c0-acd3-5c33-9d18-74ad62f12c76	2025-03-04 07:36:35+00	GBP	13255400	placed	f	11	\N	2025-03-04 07:36:35+00
order	S40-8	d48f58c0-acd3-5c33-9d18-74ad62f12c76	2025-03-13 05:16:05+00	GBP	1457400	placed	f	1	\N	2025-03-13 05:16:05+00
credit	R40-1	3ee46405-091b-5de9-9f8f-046216a1e775	2025-01-09 21:39:30+00	GBP	728700		f	1	\N	2025-01-09 21:39:30+00
credit	R40-16	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-05-23 10:32:11+00	GBP	585200		f	1	\N	2025-05-23 10:32:11+00
order	S40-15	3ee46405-091b-5de9-9f8f-046216a1e775	2025-05-14 12:52:40+00	GBP	2429000	placed	f	2	\N	2025-05-14 12:52:40+00
order	S40-26	3ee46405-091b-5de9-9f8f-046216a1e775	2025-08-20 11:07:19+00	GBP	415000	placed	f	1	\N	2025-08-20 11:07:19+00
order	S40-32	3ee46405-091b-5de9-9f8f-046216a1e775	2025-10-12 21:04:23+00	GBP	2448100	placed	f	4	\N	2025-10-12 21:04:23+00
order	S40-36	3ee46405-091b-5de9-9f8f-046216a1e775	2025-11-17 11:42:26+00	GBP	971600	placed	f	1	\N	2025-11-17 11:42:26+00
order	S40-37	3ee46405-091b-5de9-9f8f-046216a1e775	2025-11-26 09:21:57+00	GBP	2124800	placed	f	4	\N	2025-11-26 09:21:57+00
order	S40-17	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-01 08:11:42+00	GBP	5247100	placed	f	8	\N	2025-06-01 08:11:42+00
order	S40-18	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-10 05:51:13+00	GBP	971600	placed	f	2	\N	2025-06-10 05:51:13+00
order	S40-20	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-28 01:10:14+00	GBP	747000	placed	f	1	\N	2025-06-28 01:10:14+00
credit	R40-20	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-28 01:10:14+00	GBP	747000		f	1	\N	2025-06-28 01:10:14+00
order	S40-21	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-07-06 22:49:45+00	GBP	2045600	placed	f	4	\N	2025-07-06 22:49:45+00
order	S40-22	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-07-15 20:29:16+00	GBP	242900	placed	f	1	\N	2025-07-15 20:29:16+00
order	S40-23	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-07-24 18:08:46+00	GBP	3400600	placed	f	2	\N	2025-07-24 18:08:46+00
order	S40-24	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-08-02 15:48:17+00	GBP	1457400	placed	f	1	\N	2025-08-02 15:48:17+00
order	S40-27	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-08-29 08:46:49+00	GBP	971600	placed	f	2	\N	2025-08-29 08:46:49+00
order	S40-28	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-09-07 06:26:20+00	GBP	485800	placed	f	1	\N	2025-09-07 06:26:20+00
order	S40-29	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-09-16 04:05:51+00	GBP	1767700	placed	f	2	\N	2025-09-16 04:05:51+00
order	S40-30	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-09-25 01:45:21+00	GBP	6167700	placed	f	6	\N	2025-09-25 01:45:21+00
order	S40-31	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-10-03 23:24:52+00	GBP	728700	placed	f	1	\N	2025-10-03 23:24:52+00
order	S40-34	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-10-30 16:23:24+00	GBP	1397300	placed	f	2	\N	2025-10-30 16:23:24+00
order	S40-35	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-11-08 14:02:55+00	GBP	2920900	placed	f	2	\N	2025-11-08 14:02:55+00
order	S40-38	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-12-05 07:01:27+00	GBP	5553800	placed	f	4	\N	2025-12-05 07:01:27+00
order	S40-39	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-12-14 04:40:58+00	GBP	6250700	placed	f	6	\N	2025-12-14 04:40:58+00
order	S40-40	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-12-23 02:20:29+00	GBP	242900	placed	f	1	\N	2025-12-23 02:20:29+00
order	F-1	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-29 12:00:00+00	GBP	404100	placed	f	2	\N	2026-11-30 06:53:20.570398+00
\.


--
-- Data for Name: idempotency_key; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.idempotency_key (key, fingerprint, status, content_type, body, headers, created_at) FROM stdin;
POST /v1/campaigns fixture-campaign	5e2b0367b9ea230790de3fd422bad82e6e8bc3117c7ff6eae32a96ea73735077	201	application/json	\\x7b226964223a2230316132326233612d633666382d373763632d393730662d353736303764613932393336222c2276657273696f6e223a317d	{"etag": "\\"1\\"", "location": "/v1/campaigns/01a22b3a-c6f8-77cc-970f-57607da92936"}	2026-11-30 06:53:22.041837+00
\.


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.inbox (id, source, grp, received_at) FROM stdin;
order-S40-27	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-7	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
product-P10008	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-18	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-19	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-16	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-31	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-2	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-21	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
product-P10001	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-13	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
product-P10009	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-17	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-11	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-15	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
product-P10002	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-4	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-24	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-33	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
product-P10005	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-10	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-39	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
product-P10006	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-9	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-36	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
product-P10004	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-26	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-12	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-22	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
product-P10007	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-34	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-14	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-30	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-8	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-37	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-6	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-29	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-40	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-38	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-28	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-25	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-35	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-1	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
credit-R40-1	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
product-P10003	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
credit-R40-20	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-3	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-23	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-5	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-20	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
order-S40-32	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
product-P10000	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
credit-R40-16	/erp/demo	campaigns	2026-11-30 06:53:13.180043+00
cfd9a680-197c-4d36-98aa-eefbafb83f92	/erp/fixture	campaigns	2026-11-30 06:53:20.597139+00
368acee8-2d2b-4dc0-a11b-b774c62fe3f5	/contacts	campaigns	2026-11-30 06:53:22.344148+00
3f8c3b82-8cf2-4590-bb71-95ec040f7891	/contacts	campaigns	2026-11-30 06:53:22.344148+00
\.


--
-- Data for Name: member; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.member (party_id, version, name, email, language, may_mail, orders, first_order_at, last_order_at, next_check_at, benefit, is_benefit_declared) FROM stdin;
3ee46405-091b-5de9-9f8f-046216a1e775	3	William Wood	william.wood.k100001@example.com	en-GB	t	6	2025-01-09 21:39:30+00	2025-11-26 09:21:57+00	2026-05-26 09:21:57+00	\N	f
62b5d2eb-7584-54fa-9e03-8d47189aca79	1	Emily Cooper	emily.cooper.k100004@example.com	en-GB	f	1	2025-08-11 13:27:48+00	2025-08-11 13:27:48+00	2026-02-11 13:27:48+00	\N	f
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2	Arthur Wilson	arthur.wilson.k100002@example.com	en-GB	t	2	2025-03-04 07:36:35+00	2025-03-13 05:16:05+00	2026-03-04 07:36:35+00	\N	f
01a22b3a-b1f9-7025-96a5-d46185b4055d	0	Anna Beispil	anna@example.com	\N	\N	0	\N	\N	\N	\N	f
01a22b3a-b1fe-746b-86db-d62772760700	0	Max Muster	max@example.com	\N	\N	0	\N	\N	\N	\N	f
01a22b3a-b206-72c2-9ed8-ec89087aaa0b	0	Max Muster	max@example.com	\N	\N	0	\N	\N	\N	\N	f
01a22b3a-b1f0-7120-93e4-9d9bffba3801	0	Anna Beispiel	anna@example.com	de	t	0	\N	\N	\N	\N	f
01a22b3a-b2a9-7365-8a76-5cfa61e45e4f	0	Carla Muster	carla@example.com	\N	\N	0	\N	\N	\N	\N	f
01a22b3a-b380-77e6-9793-15bc99e01d00	0	\N	\N	\N	f	0	\N	\N	\N	\N	f
01a22b3a-b1f6-755b-a24f-0ea35539c47e	0	Anna Beispiel	anna@example.com	\N	\N	0	\N	\N	\N	\N	f
01a22b3a-b1fb-71b8-aeb2-808a50b55e79	0	示例贸易有限公司	\N	\N	\N	0	\N	\N	\N	\N	f
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2	孙静	jing.sun.k100000@example.com	zh-CN	t	30	2025-01-18 19:19:01+00	2026-11-29 12:00:00+00	2026-12-23 02:20:29+00	relationship	t
01a22b3a-b208-7423-9dd4-0d939a6b160a	0	\N	\N	\N	f	0	\N	\N	\N	\N	f
\.


--
-- Data for Name: order_clock; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.order_clock (is_only, newest_order_at) FROM stdin;
t	2025-12-23 02:20:29+00
\.


--
-- Data for Name: order_item; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.order_item (order_id, sku, currency, quantity, revenue) FROM stdin;
S40-1	P10000	GBP	210000	5100900
S40-10	P10000	GBP	270000	6558300
S40-11	P10000	GBP	10000	242900
S40-12	P10000	GBP	40000	971600
S40-13	P10000	GBP	160000	3886400
S40-14	P10000	GBP	130000	3157700
S40-19	P10000	GBP	30000	728700
S40-25	P10000	GBP	240000	5829600
S40-3	P10000	GBP	40000	971600
S40-33	P10000	GBP	130000	3157700
S40-4	P10000	GBP	220000	5343800
S40-5	P10000	GBP	190000	4615100
S40-6	P10000	GBP	40000	971600
S40-7	P10000	GBP	180000	4372200
S40-8	P10000	GBP	60000	1457400
S40-9	P10000	GBP	80000	1943200
S40-1	P10001	GBP	120000	996000
S40-13	P10001	GBP	40000	332000
S40-25	P10001	GBP	10000	83000
S40-7	P10001	GBP	70000	581000
S40-1	P10002	GBP	50000	32500
S40-14	P10002	GBP	20000	13000
S40-4	P10002	GBP	20000	13000
S40-25	P10003	GBP	10000	72000
S40-33	P10003	GBP	10000	72000
S40-5	P10003	GBP	30000	216000
S40-7	P10003	GBP	70000	504000
S40-1	P10004	GBP	10000	292600
S40-16	P10004	GBP	20000	585200
S40-33	P10004	GBP	50000	1463000
S40-7	P10004	GBP	50000	1463000
S40-4	P10005	GBP	20000	204800
S40-14	P10006	GBP	10000	986600
S40-33	P10006	GBP	40000	3946400
S40-7	P10006	GBP	60000	5919600
S40-7	P10007	GBP	40000	415600
S40-19	P10008	GBP	10000	13000
S40-2	P10009	GBP	40000	1341600
S40-9	P10009	GBP	50000	1677000
S40-15	P10000	GBP	100000	2429000
S40-17	P10000	GBP	170000	4129300
S40-18	P10000	GBP	40000	971600
S40-32	P10000	GBP	90000	2186100
S40-36	P10000	GBP	40000	971600
S40-37	P10000	GBP	50000	1214500
S40-17	P10001	GBP	110000	913000
S40-20	P10001	GBP	90000	747000
S40-26	P10001	GBP	50000	415000
S40-32	P10001	GBP	30000	249000
S40-37	P10002	GBP	50000	32500
S40-37	P10004	GBP	30000	877800
S40-17	P10005	GBP	20000	204800
S40-32	P10008	GBP	10000	13000
S40-21	P10000	GBP	80000	1943200
S40-22	P10000	GBP	10000	242900
S40-23	P10000	GBP	140000	3400600
S40-24	P10000	GBP	60000	1457400
S40-27	P10000	GBP	40000	971600
S40-28	P10000	GBP	20000	485800
S40-29	P10000	GBP	30000	728700
S40-30	P10000	GBP	230000	5586700
S40-31	P10000	GBP	30000	728700
S40-35	P10000	GBP	110000	2671900
S40-38	P10000	GBP	60000	1457400
S40-39	P10000	GBP	70000	1700300
S40-40	P10000	GBP	10000	242900
F-1	P10001	GBP	30000	224100
S40-30	P10001	GBP	70000	581000
S40-35	P10001	GBP	30000	249000
S40-39	P10001	GBP	20000	166000
F-1	P10002	GBP	15000	180000
S40-39	P10003	GBP	40000	288000
S40-34	P10004	GBP	30000	877800
S40-38	P10004	GBP	140000	4096400
S40-39	P10004	GBP	140000	4096400
S40-21	P10005	GBP	10000	102400
S40-29	P10007	GBP	100000	1039000
S40-34	P10007	GBP	50000	519500
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.outbox (id, topic, key, seq, event_id, type, trace, created_at, payload) FROM stdin;
24	crm.campaigns	01a22b3a-f718-7114-b4f8-4e811dce49c4	1	12e53be4-8e5c-4566-99e2-0d9dce040680	campaigns.campaign.created.v1	00-641fbf81e41e630cf358bba98afa2a10-aecf674eb33e931a-01	2026-11-30 06:53:34.360629+00	{"campaign":{"campaignId":"01a22b3a-f718-7114-b4f8-4e811dce49c4","name":"Unpublished","segment":"new","status":"draft"}}
\.


--
-- Data for Name: parked_key; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.parked_key (grp, topic, key, part, reason, attempt, next_try, parked_at) FROM stdin;
campaigns	crm.contacts	0190a000-0000-7000-8000-0000000000ff	4	the key of its data has not come	4	2026-11-30 06:53:44.718516+00	2026-11-30 06:53:34.173843+00
\.


--
-- Data for Name: parked_message; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.parked_message (grp, topic, key, off, part, raw_key, headers, payload) FROM stdin;
campaigns	crm.contacts	0190a000-0000-7000-8000-0000000000ff	23	4	\\x30313930613030302d303030302d373030302d383030302d303030303030303030306666	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002462356465646337622d356337302d343666322d386330382d3134383933636332323235300000000963655f736f75726365000000092f636f6e74616374730000000763655f7479706500000019636f6e74616374732e70617274792e6368616e6765642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3933383634355a0000000963655f7365616c656400000001310000000b63655f73657175656e63650000000131	\\x7b227365616c6564223a20747275657d
campaigns	crm.contacts	0190a000-0000-7000-8000-0000000000ff	24	4	\\x30313930613030302d303030302d373030302d383030302d303030303030303030306666	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002430316430633764632d383662612d346133632d386330362d6630323936343264626637380000000963655f736f75726365000000092f636f6e74616374730000000763655f747970650000001b636f6e74616374732e636f6e73656e742e6368616e6765642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3939373832385a0000000963655f7365616c656400000001310000000b63655f73657175656e63650000000131	\\x7b227365616c6564223a20747275657d
\.


--
-- Data for Name: party_redirect; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.party_redirect (party_id, survivor_id) FROM stdin;
01a22b3a-b1f6-755b-a24f-0ea35539c47e	01a22b3a-b1f0-7120-93e4-9d9bffba3801
\.


--
-- Data for Name: product; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.product (sku, name, category, price, currency, is_discontinued, created_at, updated_at) FROM stdin;
P10000	红木 Tea Set	\N	242900	GBP	f	2026-11-30 06:53:33.166291+00	2026-11-30 06:53:33.166291+00
P10001	Red Tea Set	\N	83000	GBP	f	2026-11-30 06:53:33.166291+00	2026-11-30 06:53:33.166291+00
P10002	Silver 花瓶	\N	6500	GBP	f	2026-11-30 06:53:33.166291+00	2026-11-30 06:53:33.166291+00
P10003	Hanging 灯笼	\N	72000	GBP	f	2026-11-30 06:53:33.166291+00	2026-11-30 06:53:33.166291+00
P10004	Blue Notebook	\N	292600	GBP	f	2026-11-30 06:53:33.166291+00	2026-11-30 06:53:33.166291+00
P10005	Paper 灯笼	\N	102400	GBP	f	2026-11-30 06:53:33.166291+00	2026-11-30 06:53:33.166291+00
P10006	Vintage Lantern	\N	986600	GBP	f	2026-11-30 06:53:33.166291+00	2026-11-30 06:53:33.166291+00
P10007	Wooden 茶杯	\N	103900	GBP	f	2026-11-30 06:53:33.166291+00	2026-11-30 06:53:33.166291+00
P10008	红木 Notebook	\N	13000	GBP	f	2026-11-30 06:53:33.166291+00	2026-11-30 06:53:33.166291+00
P10009	Blue Notebook	\N	335400	GBP	f	2026-11-30 06:53:33.166291+00	2026-11-30 06:53:33.166291+00
\.


--
-- Data for Name: product_sales; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.product_sales (sku, currency, orders, quantity, revenue, last_ordered_at) FROM stdin;
P10006	GBP	3	110000	10852600	2025-10-21 18:43:54+00
P10009	GBP	2	90000	3018600	2025-03-22 02:55:36+00
P10008	GBP	2	20000	26000	2025-10-12 21:04:23+00
P10000	GBP	35	3410000	82828900	2025-12-23 02:20:29+00
P10001	GBP	12	670000	5536100	2026-11-29 12:00:00+00
P10002	GBP	5	155000	271000	2026-11-29 12:00:00+00
P10003	GBP	5	160000	1152000	2025-12-14 04:40:58+00
P10004	GBP	8	470000	13752200	2025-12-14 04:40:58+00
P10005	GBP	3	50000	512000	2025-07-06 22:49:45+00
P10007	GBP	3	190000	1974100	2025-10-30 16:23:24+00
\.


--
-- Data for Name: rebuild; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.rebuild (id, state, actor, reason, started_at, seen_at, finished_at, messages, expected, outcome, error) FROM stdin;
1	done	maria	fixture	2026-11-30 06:53:30.027102+00	2026-11-30 06:53:33.40539+00	2026-11-30 06:53:33.40539+00	168	168	{"parts": [{"hash": "56cfc27c749e80416cd4752e0c501e60", "rows": 44, "table": "erp_document", "liveHash": "56cfc27c749e80416cd4752e0c501e60", "liveRows": 44}, {"hash": "ccb941cc44549df7128eaecaa0bf674d", "rows": 78, "table": "order_item", "liveHash": "ccb941cc44549df7128eaecaa0bf674d", "liveRows": 78}, {"hash": "23bd6a2742205996fc9021f330fa4333", "rows": 10, "table": "product", "liveHash": "23bd6a2742205996fc9021f330fa4333", "liveRows": 10}, {"hash": "a29d96102b04d7e2418794c5ae1be44d", "rows": 10, "table": "product_sales", "liveHash": "a29d96102b04d7e2418794c5ae1be44d", "liveRows": 10}], "parked": 0, "waited": 0.013312799, "isEqual": true, "seconds": 3.101022687, "messages": 168, "isSwapped": true, "deadLetters": 0, "messagesWaitedFor": 0}	\N
\.


--
-- Data for Name: recipient; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.recipient (campaign_id, party_id, message_id, status, reason, updated_at) FROM stdin;
01a22b3a-c6f8-77cc-970f-57607da92936	3ee46405-091b-5de9-9f8f-046216a1e775	01a22b3a-c70a-72d2-b163-9e5ff9c1688f	sent	\N	2026-11-30 06:53:22.176107+00
01a22b3a-c6f8-77cc-970f-57607da92936	a5eb7d09-db6f-5430-a0ca-77bea9d65641	01a22b3a-c70a-72d3-a8dd-803904f5b51d	sent	\N	2026-11-30 06:53:22.176107+00
01a22b3a-c6f8-77cc-970f-57607da92936	d48f58c0-acd3-5c33-9d18-74ad62f12c76	01a22b3a-c70a-72d4-9162-9fc1e0aa8f74	sent	\N	2026-11-30 06:53:22.176107+00
\.


--
-- Data for Name: schema_migration; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.schema_migration (name, applied_at) FROM stdin;
m0000_messaging	2026-11-30 06:53:09.009344+00
m0000_messaging_parking	2026-11-30 06:53:09.081426+00
m0000_messaging_walk	2026-11-30 06:53:09.104235+00
m0000_messaging_zz_operators	2026-11-30 06:53:09.117377+00
m0000_messaging_zz_raw_headers	2026-11-30 06:53:09.13725+00
m0000_messaging_zz_rebuilds	2026-11-30 06:53:09.140736+00
m0000_messaging_zz_tracing	2026-11-30 06:53:09.153215+00
m0000_messaging_zzz_seals	2026-11-30 06:53:09.157196+00
m0000_messaging_zzzz_letter_keys	2026-11-30 06:53:09.16719+00
m0000_messaging_zzzzz_queue	2026-11-30 06:53:09.173472+00
m0001_ledger	2026-11-30 06:53:09.177203+00
m0002_campaigns	2026-11-30 06:53:09.193219+00
m0030_redirects	2026-11-30 06:53:09.26132+00
m0031_ledger_origin	2026-11-30 06:53:09.269205+00
m0037_ledger_told	2026-11-30 06:53:09.277194+00
m0038_member_benefit	2026-11-30 06:53:09.2812+00
\.


--
-- Data for Name: segment_member; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.segment_member (segment, party_id, since, reason) FROM stdin;
new	62b5d2eb-7584-54fa-9e03-8d47189aca79	2025-10-21 18:43:54+00	first order on 2025-08-11
active	d48f58c0-acd3-5c33-9d18-74ad62f12c76	2025-10-21 18:43:54+00	second last order on 2025-03-04
inactive	d48f58c0-acd3-5c33-9d18-74ad62f12c76	2025-10-21 18:43:54+00	last order on 2025-03-13
active	3ee46405-091b-5de9-9f8f-046216a1e775	2025-11-26 09:21:57+00	second last order on 2025-11-17
values-relationship	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-12-23 02:20:29+00	says so
active	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-10-21 18:43:54+00	second last order on 2025-12-23
\.


--
-- Data for Name: subject_key; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.subject_key (owner, subject, version, key) FROM stdin;
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
/campaigns	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xed258bfe3bb8114d0b516ab6c72f857e6f9fa7459a3c1d4f8e8b507e5bd78a10
/campaigns	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x00133479f7ef326d7b37d86a41598b93fbb36e7f5f6206cb3b373887efcaa79b
/notifications	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xd25818aab96697bf806b06db06428933e36a2cca9faa2f6fa846a22c46c881b1
/notifications	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x501fccb61d0a4545e9cbc32a49df087e16803b39bce383237f9c9a386bdf54c4
/sales	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\x87f6b71495a009e7f474a916495535d81e2aec6076dfc3d5de63ab39179ef581
/sales	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x16ff915b785368c77508446a954eb8c0c98e13d405ca8544c88a3fdf08f2e74c
/tickets	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x80303e7c9ac087cd6a85e43b1b2f3e7be7b41d8e39051ac9ead3f208ec457c4f
\.


--
-- Data for Name: timer; Type: TABLE DATA; Schema: campaigns; Owner: -
--

COPY campaigns.timer (id, due_at, kind, key, payload) FROM stdin;
2	2026-11-30 06:53:36.826782+00	campaign-page	01a22b3a-c6f8-77cc-970f-57607da92936	\N
\.


--
-- Name: dead_letter_action_id_seq; Type: SEQUENCE SET; Schema: campaigns; Owner: -
--

SELECT pg_catalog.setval('campaigns.dead_letter_action_id_seq', 1, true);


--
-- Name: dead_letter_id_seq; Type: SEQUENCE SET; Schema: campaigns; Owner: -
--

SELECT pg_catalog.setval('campaigns.dead_letter_id_seq', 2, true);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: campaigns; Owner: -
--

SELECT pg_catalog.setval('campaigns.outbox_id_seq', 24, true);


--
-- Name: rebuild_id_seq; Type: SEQUENCE SET; Schema: campaigns; Owner: -
--

SELECT pg_catalog.setval('campaigns.rebuild_id_seq', 1, true);


--
-- Name: timer_id_seq; Type: SEQUENCE SET; Schema: campaigns; Owner: -
--

SELECT pg_catalog.setval('campaigns.timer_id_seq', 2, true);


--
-- Name: applied_sequence applied_sequence_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.applied_sequence
    ADD CONSTRAINT applied_sequence_pkey PRIMARY KEY (key, source, grp);


--
-- Name: campaign campaign_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.campaign
    ADD CONSTRAINT campaign_pkey PRIMARY KEY (id);


--
-- Name: consumer_offset consumer_offset_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.consumer_offset
    ADD CONSTRAINT consumer_offset_pkey PRIMARY KEY (grp, topic, part);


--
-- Name: dead_letter_action dead_letter_action_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.dead_letter_action
    ADD CONSTRAINT dead_letter_action_pkey PRIMARY KEY (id);


--
-- Name: dead_letter dead_letter_grp_topic_part_off_key; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.dead_letter
    ADD CONSTRAINT dead_letter_grp_topic_part_off_key UNIQUE (grp, topic, part, off);


--
-- Name: dead_letter dead_letter_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.dead_letter
    ADD CONSTRAINT dead_letter_pkey PRIMARY KEY (id);


--
-- Name: erp_document erp_document_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.erp_document
    ADD CONSTRAINT erp_document_pkey PRIMARY KEY (id, kind);


--
-- Name: idempotency_key idempotency_key_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (key);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id, source, grp);


--
-- Name: member member_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.member
    ADD CONSTRAINT member_pkey PRIMARY KEY (party_id);


--
-- Name: order_clock order_clock_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.order_clock
    ADD CONSTRAINT order_clock_pkey PRIMARY KEY (is_only);


--
-- Name: order_item order_item_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.order_item
    ADD CONSTRAINT order_item_pkey PRIMARY KEY (order_id, sku);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: parked_key parked_key_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.parked_key
    ADD CONSTRAINT parked_key_pkey PRIMARY KEY (grp, topic, key);


--
-- Name: parked_message parked_message_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.parked_message
    ADD CONSTRAINT parked_message_pkey PRIMARY KEY (grp, topic, key, off);


--
-- Name: party_redirect party_redirect_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.party_redirect
    ADD CONSTRAINT party_redirect_pkey PRIMARY KEY (party_id);


--
-- Name: product product_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.product
    ADD CONSTRAINT product_pkey PRIMARY KEY (sku);


--
-- Name: product_sales product_sales_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.product_sales
    ADD CONSTRAINT product_sales_pkey PRIMARY KEY (sku, currency);


--
-- Name: rebuild rebuild_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.rebuild
    ADD CONSTRAINT rebuild_pkey PRIMARY KEY (id);


--
-- Name: recipient recipient_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.recipient
    ADD CONSTRAINT recipient_pkey PRIMARY KEY (campaign_id, party_id);


--
-- Name: schema_migration schema_migration_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (name);


--
-- Name: segment_member segment_member_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.segment_member
    ADD CONSTRAINT segment_member_pkey PRIMARY KEY (segment, party_id);


--
-- Name: subject_key subject_key_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.subject_key
    ADD CONSTRAINT subject_key_pkey PRIMARY KEY (subject, owner);


--
-- Name: timer timer_kind_key_key; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.timer
    ADD CONSTRAINT timer_kind_key_key UNIQUE (kind, key);


--
-- Name: timer timer_pkey; Type: CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.timer
    ADD CONSTRAINT timer_pkey PRIMARY KEY (id);


--
-- Name: dead_letter_action_of; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX dead_letter_action_of ON campaigns.dead_letter_action USING btree (dead_letter_id);


--
-- Name: dead_letter_of_key; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX dead_letter_of_key ON campaigns.dead_letter USING btree (grp, topic, part, md5(COALESCE(key, '\x'::bytea)), off) WHERE (status = 'open'::text);


--
-- Name: dead_letter_open; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX dead_letter_open ON campaigns.dead_letter USING btree (last_failed_at) WHERE (status = 'open'::text);


--
-- Name: dead_letter_order; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX dead_letter_order ON campaigns.dead_letter USING btree (grp, topic, part, off) WHERE (status = 'open'::text);


--
-- Name: erp_document_of_origin; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX erp_document_of_origin ON campaigns.erp_document USING btree (origin_id) WHERE (origin_id IS NOT NULL);


--
-- Name: erp_document_of_party; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX erp_document_of_party ON campaigns.erp_document USING btree (party_id, at DESC) WHERE (party_id IS NOT NULL);


--
-- Name: erp_document_orders; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX erp_document_orders ON campaigns.erp_document USING btree (party_id, at) WHERE ((kind = 'order'::text) AND (NOT is_cancelled) AND (party_id IS NOT NULL));


--
-- Name: idempotency_key_age; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX idempotency_key_age ON campaigns.idempotency_key USING btree (created_at);


--
-- Name: member_due; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX member_due ON campaigns.member USING btree (next_check_at) WHERE (next_check_at IS NOT NULL);


--
-- Name: parked_key_due; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX parked_key_due ON campaigns.parked_key USING btree (grp, next_try);


--
-- Name: party_redirect_to; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX party_redirect_to ON campaigns.party_redirect USING btree (survivor_id);


--
-- Name: segment_member_of; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX segment_member_of ON campaigns.segment_member USING btree (party_id);


--
-- Name: timer_due; Type: INDEX; Schema: campaigns; Owner: -
--

CREATE INDEX timer_due ON campaigns.timer USING btree (due_at);


--
-- Name: recipient recipient_campaign_id_fkey; Type: FK CONSTRAINT; Schema: campaigns; Owner: -
--

ALTER TABLE ONLY campaigns.recipient
    ADD CONSTRAINT recipient_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaigns.campaign(id);


--
-- PostgreSQL database dump complete
--


