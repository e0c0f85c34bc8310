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
-- Name: tickets; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA tickets;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: applied_sequence; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.applied_sequence (
    grp text NOT NULL,
    source text NOT NULL,
    key text NOT NULL,
    seq bigint NOT NULL
)
WITH (fillfactor='80');


--
-- Name: consumer_offset; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.consumer_offset (
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    next_offset bigint NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50');


--
-- Name: customer; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.customer (
    party_id uuid NOT NULL,
    name text NOT NULL,
    email text,
    phone text,
    language text,
    customer_no text
)
WITH (fillfactor='80');


--
-- Name: customer_order; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.customer_order (
    id text NOT NULL,
    party_id uuid NOT NULL,
    status text NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    currency text NOT NULL,
    total bigint NOT NULL,
    told_at timestamp with time zone
)
WITH (fillfactor='80');


--
-- Name: dead_letter; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.dead_letter (
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
-- Name: dead_letter_action; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.dead_letter_action (
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
-- Name: dead_letter_action_id_seq; Type: SEQUENCE; Schema: tickets; Owner: -
--

ALTER TABLE tickets.dead_letter_action ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tickets.dead_letter_action_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: dead_letter_id_seq; Type: SEQUENCE; Schema: tickets; Owner: -
--

ALTER TABLE tickets.dead_letter ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tickets.dead_letter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: idempotency_key; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.idempotency_key (
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    content_type text NOT NULL,
    body bytea NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: inbox; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.inbox (
    id text NOT NULL,
    source text NOT NULL,
    grp text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: outbox; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.outbox (
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
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: tickets; Owner: -
--

ALTER TABLE tickets.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tickets.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: parked_key; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.parked_key (
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
-- Name: parked_message; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.parked_message (
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
-- Name: party_redirect; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.party_redirect (
    party_id uuid NOT NULL,
    survivor_id uuid NOT NULL
);


--
-- Name: rebuild; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.rebuild (
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
-- Name: rebuild_id_seq; Type: SEQUENCE; Schema: tickets; Owner: -
--

ALTER TABLE tickets.rebuild ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tickets.rebuild_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: reply; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.reply (
    id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    visibility text NOT NULL,
    sender text NOT NULL,
    author text,
    body text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT reply_sender_check CHECK ((sender = ANY (ARRAY['agent'::text, 'customer'::text]))),
    CONSTRAINT reply_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'internal'::text])))
);


--
-- Name: schema_migration; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.schema_migration (
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: shipment; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.shipment (
    id text NOT NULL,
    party_id uuid,
    order_id text NOT NULL,
    status text NOT NULL,
    at timestamp with time zone NOT NULL,
    carrier text,
    expected_at timestamp with time zone,
    reason text
)
WITH (fillfactor='80');


--
-- Name: sla_policy; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.sla_policy (
    priority text NOT NULL,
    first_response interval NOT NULL,
    resolution interval NOT NULL,
    CONSTRAINT sla_policy_first_response_check CHECK ((first_response > '00:00:00'::interval)),
    CONSTRAINT sla_policy_priority_check CHECK ((priority = ANY (ARRAY['urgent'::text, 'high'::text, 'normal'::text, 'low'::text]))),
    CONSTRAINT sla_policy_resolution_check CHECK ((resolution > '00:00:00'::interval))
);


--
-- Name: subject_key; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.subject_key (
    owner text NOT NULL,
    subject text NOT NULL,
    version bigint NOT NULL,
    key bytea,
    CONSTRAINT subject_key_key_check CHECK ((octet_length(key) = 32))
);


--
-- Name: survey_answer; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.survey_answer (
    ticket_id uuid NOT NULL,
    resolution bigint NOT NULL,
    score smallint NOT NULL,
    comment text,
    answered_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT survey_answer_score_check CHECK (((score >= 1) AND (score <= 5)))
);


--
-- Name: ticket; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.ticket (
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    party_id uuid,
    type text NOT NULL,
    priority text NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    subject text NOT NULL,
    description text,
    order_id text,
    assignee text,
    source text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    first_response_due_at timestamp with time zone NOT NULL,
    first_responded_at timestamp with time zone,
    first_response_breached_at timestamp with time zone,
    resolution_target interval NOT NULL,
    resolution_due_at timestamp with time zone,
    resolution_left interval,
    resolution_breached_at timestamp with time zone,
    CONSTRAINT ticket_check CHECK (((resolution_due_at IS NULL) = (status = ANY (ARRAY['waiting'::text, 'resolved'::text])))),
    CONSTRAINT ticket_source_check CHECK ((source = ANY (ARRAY['api'::text, 'shipment'::text]))),
    CONSTRAINT ticket_status_check CHECK ((status = ANY (ARRAY['open'::text, 'replied'::text, 'waiting'::text, 'resolved'::text]))),
    CONSTRAINT ticket_subject_check CHECK (((octet_length(subject) >= 1) AND (octet_length(subject) <= 2000))),
    CONSTRAINT ticket_type_check CHECK ((type = ANY (ARRAY['question'::text, 'complaint'::text, 'repair'::text, 'return'::text, 'warranty'::text])))
)
WITH (fillfactor='80');


--
-- Name: timer; Type: TABLE; Schema: tickets; Owner: -
--

CREATE TABLE tickets.timer (
    id bigint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    payload text
);


--
-- Name: timer_id_seq; Type: SEQUENCE; Schema: tickets; Owner: -
--

ALTER TABLE tickets.timer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME tickets.timer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Data for Name: applied_sequence; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.applied_sequence (grp, source, key, seq) FROM stdin;
tickets	/contacts	3ee46405-091b-5de9-9f8f-046216a1e775	1
tickets	/contacts	62b5d2eb-7584-54fa-9e03-8d47189aca79	1
tickets	/contacts	a5eb7d09-db6f-5430-a0ca-77bea9d65641	1
tickets	/contacts	d48f58c0-acd3-5c33-9d18-74ad62f12c76	1
tickets	/contacts	01a22b3a-b1f9-7025-96a5-d46185b4055d	1
tickets	/contacts	01a22b3a-b1fe-746b-86db-d62772760700	1
tickets	/contacts	01a22b3a-b206-72c2-9ed8-ec89087aaa0b	1
tickets	/contacts	01a22b3a-b2a9-7365-8a76-5cfa61e45e4f	1
tickets	/contacts	01a22b3a-b380-77e6-9793-15bc99e01d00	2
tickets	/contacts	01a22b3a-b1f6-755b-a24f-0ea35539c47e	3
tickets	/contacts	01a22b3a-b1f0-7120-93e4-9d9bffba3801	10
tickets	/contacts	01a22b3a-b1fb-71b8-aeb2-808a50b55e79	3
tickets	/contacts	01a22b3a-b208-7423-9dd4-0d939a6b160a	2
\.


--
-- Data for Name: consumer_offset; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.consumer_offset (grp, topic, part, next_offset, updated_at) FROM stdin;
tickets	crm.contacts	0	-1	2026-11-30 06:53:10.244501+00
tickets	crm.contacts	1	-1	2026-11-30 06:53:10.244501+00
tickets	crm.contacts	6	-1	2026-11-30 06:53:10.244501+00
tickets	crm.contacts	8	-1	2026-11-30 06:53:10.244501+00
tickets	crm.contacts	10	-1	2026-11-30 06:53:10.244501+00
tickets	erp.orders	1	-1	2026-11-30 06:53:10.244501+00
tickets	erp.orders	3	-1	2026-11-30 06:53:10.244501+00
tickets	erp.orders	6	-1	2026-11-30 06:53:10.244501+00
tickets	erp.orders	7	-1	2026-11-30 06:53:10.244501+00
tickets	erp.orders	9	-1	2026-11-30 06:53:10.244501+00
tickets	erp.orders	10	-1	2026-11-30 06:53:10.244501+00
tickets	logistics.shipments	1	-1	2026-11-30 06:53:10.244501+00
tickets	logistics.shipments	2	-1	2026-11-30 06:53:10.244501+00
tickets	logistics.shipments	3	-1	2026-11-30 06:53:10.244501+00
tickets	logistics.shipments	6	-1	2026-11-30 06:53:10.244501+00
tickets	logistics.shipments	7	-1	2026-11-30 06:53:10.244501+00
tickets	logistics.shipments	8	-1	2026-11-30 06:53:10.244501+00
tickets	logistics.shipments	9	-1	2026-11-30 06:53:10.244501+00
tickets	logistics.shipments	10	-1	2026-11-30 06:53:10.244501+00
tickets	crm.subject-keys	11	5	2026-11-30 06:53:22.328832+00
tickets	logistics.shipments	4	43	2026-11-30 06:53:22.000773+00
tickets	crm.subject-keys	7	4	2026-11-30 06:53:22.172155+00
tickets	crm.subject-keys	9	1	2026-11-30 06:53:22.029271+00
tickets	erp.orders	0	2	2026-11-30 06:53:13.286526+00
tickets	crm.contacts	3	5	2026-11-30 06:53:25.1312+00
tickets	erp.orders	5	1	2026-11-30 06:53:13.286526+00
tickets	erp.orders	8	1	2026-11-30 06:53:13.286526+00
tickets	erp.orders	11	7	2026-11-30 06:53:13.286526+00
tickets	logistics.shipments	0	4	2026-11-30 06:53:13.286526+00
tickets	crm.subject-keys	3	6	2026-11-30 06:53:22.364746+00
tickets	logistics.shipments	5	2	2026-11-30 06:53:13.286526+00
tickets	logistics.shipments	11	10	2026-11-30 06:53:13.286526+00
tickets	crm.subject-keys	10	6	2026-11-30 06:53:22.372936+00
tickets	crm.contacts	4	25	2026-11-30 06:53:35.483969+00
tickets	crm.contacts	9	10	2026-11-30 06:53:25.1312+00
tickets	crm.contacts	2	4	2026-11-30 06:53:22.343586+00
tickets	crm.contacts	7	1	2026-11-30 06:53:16.877193+00
tickets	crm.subject-keys	1	2	2026-11-30 06:53:22.372936+00
tickets	crm.subject-keys	0	2	2026-11-30 06:53:20.532189+00
tickets	crm.subject-keys	8	4	2026-11-30 06:53:22.372936+00
tickets	crm.subject-keys	2	8	2026-11-30 06:53:22.372936+00
tickets	crm.contacts	11	4	2026-11-30 06:53:22.343586+00
tickets	crm.contacts	5	8	2026-11-30 06:53:25.136047+00
tickets	crm.subject-keys	4	2	2026-11-30 06:53:20.486232+00
tickets	erp.orders	4	34	2026-11-30 06:53:33.631383+00
tickets	crm.subject-keys	5	4	2026-11-30 06:53:22.372936+00
tickets	erp.orders	2	1	2026-11-30 06:53:33.674868+00
tickets	crm.subject-keys	6	4	2026-11-30 06:53:22.32533+00
\.


--
-- Data for Name: customer; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.customer (party_id, name, email, phone, language, customer_no) FROM stdin;
3ee46405-091b-5de9-9f8f-046216a1e775	William Wood	william.wood.k100001@example.com	\N	en-GB	K100001
62b5d2eb-7584-54fa-9e03-8d47189aca79	Emily Cooper	emily.cooper.k100004@example.com	\N	en-GB	K100004
a5eb7d09-db6f-5430-a0ca-77bea9d65641	孙静	jing.sun.k100000@example.com	\N	zh-CN	K100000
d48f58c0-acd3-5c33-9d18-74ad62f12c76	Arthur Wilson	arthur.wilson.k100002@example.com	\N	en-GB	K100002
01a22b3a-b1f6-755b-a24f-0ea35539c47e	Anna Beispiel	anna@example.com	+493012345679	\N	\N
01a22b3a-b1f9-7025-96a5-d46185b4055d	Anna Beispil	anna@example.com	\N	\N	\N
01a22b3a-b1fb-71b8-aeb2-808a50b55e79	示例贸易有限公司	\N	\N	\N	\N
01a22b3a-b1fe-746b-86db-d62772760700	Max Muster	max@example.com	+4940111000	\N	\N
01a22b3a-b206-72c2-9ed8-ec89087aaa0b	Max Muster	max@example.com	+4940111001	\N	\N
01a22b3a-b2a9-7365-8a76-5cfa61e45e4f	Carla Muster	carla@example.com	\N	\N	\N
01a22b3a-b1f0-7120-93e4-9d9bffba3801	Anna Beispiel	anna@example.com	+493012345679	de	\N
\.


--
-- Data for Name: customer_order; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.customer_order (id, party_id, status, placed_at, currency, total, told_at) FROM stdin;
S40-25	62b5d2eb-7584-54fa-9e03-8d47189aca79	placed	2025-08-11 13:27:48+00	GBP	5984600	2025-08-11 13:27:48+00
S40-7	d48f58c0-acd3-5c33-9d18-74ad62f12c76	placed	2025-03-04 07:36:35+00	GBP	13255400	2025-03-04 07:36:35+00
S40-8	d48f58c0-acd3-5c33-9d18-74ad62f12c76	placed	2025-03-13 05:16:05+00	GBP	1457400	2025-03-13 05:16:05+00
S40-1	3ee46405-091b-5de9-9f8f-046216a1e775	placed	2025-01-09 21:39:30+00	GBP	6422000	2025-01-09 21:39:30+00
S40-15	3ee46405-091b-5de9-9f8f-046216a1e775	placed	2025-05-14 12:52:40+00	GBP	2429000	2025-05-14 12:52:40+00
S40-26	3ee46405-091b-5de9-9f8f-046216a1e775	placed	2025-08-20 11:07:19+00	GBP	415000	2025-08-20 11:07:19+00
S40-32	3ee46405-091b-5de9-9f8f-046216a1e775	placed	2025-10-12 21:04:23+00	GBP	2448100	2025-10-12 21:04:23+00
S40-36	3ee46405-091b-5de9-9f8f-046216a1e775	placed	2025-11-17 11:42:26+00	GBP	971600	2025-11-17 11:42:26+00
S40-37	3ee46405-091b-5de9-9f8f-046216a1e775	placed	2025-11-26 09:21:57+00	GBP	2124800	2025-11-26 09:21:57+00
S40-10	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-03-31 00:35:07+00	GBP	6558300	2025-03-31 00:35:07+00
S40-11	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-04-08 22:14:38+00	GBP	242900	2025-04-08 22:14:38+00
S40-12	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-04-17 19:54:08+00	GBP	971600	2025-04-17 19:54:08+00
S40-13	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-04-26 17:33:39+00	GBP	4218400	2025-04-26 17:33:39+00
S40-14	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-05-05 15:13:10+00	GBP	4157300	2025-05-05 15:13:10+00
S40-16	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-05-23 10:32:11+00	GBP	585200	2025-05-23 10:32:11+00
S40-17	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-06-01 08:11:42+00	GBP	5247100	2025-06-01 08:11:42+00
S40-18	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-06-10 05:51:13+00	GBP	971600	2025-06-10 05:51:13+00
S40-2	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-01-18 19:19:01+00	GBP	1341600	2025-01-18 19:19:01+00
S40-20	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-06-28 01:10:14+00	GBP	747000	2025-06-28 01:10:14+00
S40-21	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-07-06 22:49:45+00	GBP	2045600	2025-07-06 22:49:45+00
S40-22	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-07-15 20:29:16+00	GBP	242900	2025-07-15 20:29:16+00
S40-23	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-07-24 18:08:46+00	GBP	3400600	2025-07-24 18:08:46+00
S40-24	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-08-02 15:48:17+00	GBP	1457400	2025-08-02 15:48:17+00
S40-27	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-08-29 08:46:49+00	GBP	971600	2025-08-29 08:46:49+00
S40-28	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-09-07 06:26:20+00	GBP	485800	2025-09-07 06:26:20+00
S40-29	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-09-16 04:05:51+00	GBP	1767700	2025-09-16 04:05:51+00
S40-3	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-01-27 16:58:32+00	GBP	971600	2025-01-27 16:58:32+00
S40-30	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-09-25 01:45:21+00	GBP	6167700	2025-09-25 01:45:21+00
S40-31	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-10-03 23:24:52+00	GBP	728700	2025-10-03 23:24:52+00
S40-34	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-10-30 16:23:24+00	GBP	1397300	2025-10-30 16:23:24+00
S40-35	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-11-08 14:02:55+00	GBP	2920900	2025-11-08 14:02:55+00
S40-38	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-12-05 07:01:27+00	GBP	5553800	2025-12-05 07:01:27+00
S40-39	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-12-14 04:40:58+00	GBP	6250700	2025-12-14 04:40:58+00
S40-4	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-02-05 14:38:02+00	GBP	5561600	2025-02-05 14:38:02+00
S40-40	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-12-23 02:20:29+00	GBP	242900	2025-12-23 02:20:29+00
S40-5	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-02-14 12:17:33+00	GBP	4831100	2025-02-14 12:17:33+00
S40-6	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-02-23 09:57:04+00	GBP	971600	2025-02-23 09:57:04+00
S40-9	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2025-03-22 02:55:36+00	GBP	3620200	2025-03-22 02:55:36+00
F-1	a5eb7d09-db6f-5430-a0ca-77bea9d65641	placed	2026-11-29 12:00:00+00	GBP	404100	2026-11-30 06:53:20.570398+00
\.


--
-- Data for Name: dead_letter; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.dead_letter (id, grp, topic, part, off, key, headers, payload, event_type, error_class, error_text, fingerprint, attempts, first_failed_at, last_failed_at, status, actor, note, raw_headers) FROM stdin;
2	tickets	erp.orders	2	0	\\x4241442d32	[["content-type", "application/json"], ["ce_specversion", "1.0"], ["ce_id", "a3faf72f-4c6b-49d6-9ec6-efa32b5e3325"], ["ce_source", "/erp/fixture"], ["ce_type", "erp.order.placed.v1"], ["ce_time", "2026-11-30T06:53:33.659691Z"]]	\\x7b226f726465724964223a20327d	erp.order.placed.v1	decode	orderId: expected a string	d02e46d06644c56fbe1e5b1c23921f25	1	2026-11-30 06:53:33.675039+00	2026-11-30 06:53:33.675039+00	open	\N	\N	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002461336661663732662d346336622d343964362d396563362d6566613332623565333332350000000963655f736f757263650000000c2f6572702f666978747572650000000763655f74797065000000136572702e6f726465722e706c616365642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3635393639315a
1	tickets	erp.orders	4	33	\\x4241442d31	[["content-type", "application/json"], ["ce_specversion", "1.0"], ["ce_id", "e17e242d-68ca-42b0-bd57-c9af64de1e80"], ["ce_source", "/erp/fixture"], ["ce_type", "erp.order.placed.v1"], ["ce_time", "2026-11-30T06:53:33.608400Z"]]	\\x7b226f726465724964223a20317d	erp.order.placed.v1	decode	orderId: expected a string	d02e46d06644c56fbe1e5b1c23921f25	1	2026-11-30 06:53:33.632968+00	2026-11-30 06:53:33.632968+00	discarded	maria	a test of the ERP's	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002465313765323432642d363863612d343262302d626435372d6339616636346465316538300000000963655f736f757263650000000c2f6572702f666978747572650000000763655f74797065000000136572702e6f726465722e706c616365642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3630383430305a
\.


--
-- Data for Name: dead_letter_action; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.dead_letter_action (id, dead_letter_id, action, actor, reason, outcome, at) FROM stdin;
1	1	discard	maria	a test of the ERP's	discarded	2026-11-30 06:53:33.877182+00
\.


--
-- Data for Name: idempotency_key; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.idempotency_key (key, fingerprint, status, content_type, body, headers, created_at) FROM stdin;
POST /v1/tickets fixture-ticket	0f22d498bc86ac14b2e717db77624e943f6f5db7218eb578992eae89d36a23a3	201	application/json	\\x7b226964223a2230316132326233612d633635302d373263632d623139342d303131333739613237373464222c2276657273696f6e223a317d	{"etag": "\\"1\\"", "location": "/v1/tickets/01a22b3a-c650-72cc-b194-011379a2774d"}	2026-11-30 06:53:21.875175+00
\.


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.inbox (id, source, grp, received_at) FROM stdin;
shipment-S40-27-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-26-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-27	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-15-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-25-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-32	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-9	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-18	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-25-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-2-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-39	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-1-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-34	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-40-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-9-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-19-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-5-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-17-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-21	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-26	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-30-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-35-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-5-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-18-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-28-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-13	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-8-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-16	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-20-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-36-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-3	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-36-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-4	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-11	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-15	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-21-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-8-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-12	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-33	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-21-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-29-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-13-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-16-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-13-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-10	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-25	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-37-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-2	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-37	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-7-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-30-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-20	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-17-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-7-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-17	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-15-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-12-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-29	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-37-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-2-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-36	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-9-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-35-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-28	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-1	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-18-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-16-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-34-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-38	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-6-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-8	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-19	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-40	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-27-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-6-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-7	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-23	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-11-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-40-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-14	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-26-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-19-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-6	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-28-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-22	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-31	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-12-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-1-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-20-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-29-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-11-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-34-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-35	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-14-delivered	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-24	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-5	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
shipment-S40-14-dispatched	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
order-S40-30	/erp/demo	tickets	2026-11-30 06:53:13.286526+00
cfd9a680-197c-4d36-98aa-eefbafb83f92	/erp/fixture	tickets	2026-11-30 06:53:20.596162+00
ac85271c-10e5-4ba4-af72-2f09bf10e3aa	/carrier/fixture	tickets	2026-11-30 06:53:22.000773+00
368acee8-2d2b-4dc0-a11b-b774c62fe3f5	/contacts	tickets	2026-11-30 06:53:22.343586+00
3f8c3b82-8cf2-4590-bb71-95ec040f7891	/contacts	tickets	2026-11-30 06:53:22.343586+00
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.outbox (id, topic, key, seq, event_id, type, trace, created_at, payload) FROM stdin;
24	crm.tickets	01a22b3a-c658-77ec-bb65-2a34a7d269a5	2	71810625-2b77-4e29-b2d7-644da2eaf8d1	tickets.ticket.replied.v1	00-37b62ab57371d789a9fe5a76f9f688ef-4ec395234ad001ca-01	2026-11-30 06:53:34.3626+00	{"priority":"normal","status":"replied","subject":"Where is my order?","ticketId":"01a22b3a-c658-77ec-bb65-2a34a7d269a5","type":"question"}
\.


--
-- Data for Name: parked_key; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.parked_key (grp, topic, key, part, reason, attempt, next_try, parked_at) FROM stdin;
tickets	crm.contacts	0190a000-0000-7000-8000-0000000000ff	4	the key of its data has not come	2	2026-11-30 06:53:38.580077+00	2026-11-30 06:53:34.169852+00
\.


--
-- Data for Name: parked_message; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.parked_message (grp, topic, key, off, part, raw_key, headers, payload) FROM stdin;
tickets	crm.contacts	0190a000-0000-7000-8000-0000000000ff	23	4	\\x30313930613030302d303030302d373030302d383030302d303030303030303030306666	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002462356465646337622d356337302d343666322d386330382d3134383933636332323235300000000963655f736f75726365000000092f636f6e74616374730000000763655f7479706500000019636f6e74616374732e70617274792e6368616e6765642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3933383634355a0000000963655f7365616c656400000001310000000b63655f73657175656e63650000000131	\\x7b227365616c6564223a20747275657d
\.


--
-- Data for Name: party_redirect; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.party_redirect (party_id, survivor_id) FROM stdin;
01a22b3a-b1f6-755b-a24f-0ea35539c47e	01a22b3a-b1f0-7120-93e4-9d9bffba3801
\.


--
-- Data for Name: rebuild; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.rebuild (id, state, actor, reason, started_at, seen_at, finished_at, messages, expected, outcome, error) FROM stdin;
\.


--
-- Data for Name: reply; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.reply (id, ticket_id, visibility, sender, author, body, created_at) FROM stdin;
01a22b3a-c65a-7436-957b-5137675d9791	01a22b3a-c650-72cc-b194-011379a2774d	public	agent	paul	We send a new one.	2026-11-30 06:53:21.881991+00
01a22b3a-c65c-7537-9088-22ac96c5ba90	01a22b3a-c650-72cc-b194-011379a2774d	internal	agent	paul	Take it from stock.	2026-11-30 06:53:21.884299+00
01a22b3a-c663-731e-8657-217b954b69bf	01a22b3a-c650-72cc-b194-011379a2774d	public	customer	\N	Thank you!	2026-11-30 06:53:21.888981+00
01a22b3a-c668-751e-b394-d01142e9974c	01a22b3a-c655-7521-ba33-b51c74faeb23	public	agent	paul	Which do you mean?	2026-11-30 06:53:21.896185+00
01a22b3a-f71a-739d-bcc1-72081cbc4f33	01a22b3a-c658-77ec-bb65-2a34a7d269a5	public	agent	paul	It is on its way.	2026-11-30 06:53:34.362033+00
\.


--
-- Data for Name: schema_migration; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.schema_migration (name, applied_at) FROM stdin;
m0000_messaging	2026-11-30 06:53:09.329332+00
m0000_messaging_parking	2026-11-30 06:53:09.396302+00
m0000_messaging_walk	2026-11-30 06:53:09.421272+00
m0000_messaging_zz_operators	2026-11-30 06:53:09.43346+00
m0000_messaging_zz_raw_headers	2026-11-30 06:53:09.449263+00
m0000_messaging_zz_rebuilds	2026-11-30 06:53:09.450301+00
m0000_messaging_zz_tracing	2026-11-30 06:53:09.461208+00
m0000_messaging_zzz_seals	2026-11-30 06:53:09.465162+00
m0000_messaging_zzzz_letter_keys	2026-11-30 06:53:09.477195+00
m0000_messaging_zzzzz_queue	2026-11-30 06:53:09.488247+00
m0001_tickets	2026-11-30 06:53:09.491462+00
m0030_redirects	2026-11-30 06:53:09.573305+00
m0037_order_told	2026-11-30 06:53:09.583244+00
\.


--
-- Data for Name: shipment; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.shipment (id, party_id, order_id, status, at, carrier, expected_at, reason) FROM stdin;
VS40-1	3ee46405-091b-5de9-9f8f-046216a1e775	S40-1	delivered	2025-01-12 21:39:30+00	Royal Mail	2025-01-12 21:39:30+00	\N
VS40-19	\N	S40-19	delivered	2025-06-22 03:30:43+00	Royal Mail	2025-06-22 03:30:43+00	\N
VS40-2	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-2	delivered	2025-01-21 19:19:01+00	SF Express	2025-01-21 19:19:01+00	\N
VS40-25	62b5d2eb-7584-54fa-9e03-8d47189aca79	S40-25	delivered	2025-08-14 13:27:48+00	SF Express	2025-08-14 13:27:48+00	\N
VS40-7	d48f58c0-acd3-5c33-9d18-74ad62f12c76	S40-7	delivered	2025-03-07 07:36:35+00	SF Express	2025-03-07 07:36:35+00	\N
VS40-15	3ee46405-091b-5de9-9f8f-046216a1e775	S40-15	delivered	2025-05-17 12:52:40+00	Royal Mail	2025-05-17 12:52:40+00	\N
VS40-5	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-5	delivered	2025-02-17 12:17:33+00	SF Express	2025-02-17 12:17:33+00	\N
VS40-8	d48f58c0-acd3-5c33-9d18-74ad62f12c76	S40-8	delivered	2025-03-16 05:16:05+00	SF Express	2025-03-16 05:16:05+00	\N
VS40-26	3ee46405-091b-5de9-9f8f-046216a1e775	S40-26	delivered	2025-08-23 11:07:19+00	Royal Mail	2025-08-23 11:07:19+00	\N
VS40-6	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-6	delivered	2025-02-26 09:57:04+00	SF Express	2025-02-26 09:57:04+00	\N
VS40-36	3ee46405-091b-5de9-9f8f-046216a1e775	S40-36	delivered	2025-11-20 11:42:26+00	Royal Mail	2025-11-20 11:42:26+00	\N
VS40-9	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-9	delivered	2025-03-25 02:55:36+00	Royal Mail	2025-03-25 02:55:36+00	\N
VS40-11	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-11	delivered	2025-04-11 22:14:38+00	Royal Mail	2025-04-11 22:14:38+00	\N
VS40-37	3ee46405-091b-5de9-9f8f-046216a1e775	S40-37	delivered	2025-11-29 09:21:57+00	DHL	2025-11-29 09:21:57+00	\N
VS40-12	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-12	delivered	2025-04-20 19:54:08+00	DHL	2025-04-20 19:54:08+00	\N
VS40-13	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-13	delivered	2025-04-29 17:33:39+00	SF Express	2025-04-29 17:33:39+00	\N
VS40-14	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-14	delivered	2025-05-08 15:13:10+00	DHL	2025-05-08 15:13:10+00	\N
VS40-16	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-16	delivered	2025-05-26 10:32:11+00	Royal Mail	2025-05-26 10:32:11+00	\N
VS40-17	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-17	delivered	2025-06-04 08:11:42+00	DHL	2025-06-04 08:11:42+00	\N
VS40-18	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-18	delivered	2025-06-13 05:51:13+00	SF Express	2025-06-13 05:51:13+00	\N
VS40-20	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-20	delivered	2025-07-01 01:10:14+00	SF Express	2025-07-01 01:10:14+00	\N
VS40-21	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-21	delivered	2025-07-09 22:49:45+00	Royal Mail	2025-07-09 22:49:45+00	\N
VS40-27	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-27	delivered	2025-09-01 08:46:49+00	DHL	2025-09-01 08:46:49+00	\N
VS40-28	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-28	delivered	2025-09-10 06:26:20+00	DHL	2025-09-10 06:26:20+00	\N
VS40-29	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-29	delivered	2025-09-19 04:05:51+00	DHL	2025-09-19 04:05:51+00	\N
VS40-30	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-30	delivered	2025-09-28 01:45:21+00	DHL	2025-09-28 01:45:21+00	\N
VS40-34	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-34	delivered	2025-11-02 16:23:24+00	Royal Mail	2025-11-02 16:23:24+00	\N
VS40-35	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-35	delivered	2025-11-11 14:02:55+00	Royal Mail	2025-11-11 14:02:55+00	\N
VS40-40	a5eb7d09-db6f-5430-a0ca-77bea9d65641	S40-40	delivered	2025-12-26 02:20:29+00	SF Express	2025-12-26 02:20:29+00	\N
S-1	a5eb7d09-db6f-5430-a0ca-77bea9d65641	F-1	delayed	2026-11-29 18:00:00+00	Post	2026-12-03 12:00:00+00	snow
\.


--
-- Data for Name: sla_policy; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.sla_policy (priority, first_response, resolution) FROM stdin;
urgent	00:10:00	03:00:00
high	00:45:00	08:00:00
normal	04:00:00	24:00:00
low	10:00:00	83:20:00
\.


--
-- Data for Name: subject_key; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.subject_key (owner, subject, version, key) FROM stdin;
/contacts	a5eb7d09-db6f-5430-a0ca-77bea9d65641	1	\\x70aa6d3ae425fea20ffa7f95f3778329bfce3529fe8d50837782afcc1b66f3d0
/contacts	3ee46405-091b-5de9-9f8f-046216a1e775	1	\\x27ac0a2f927509806abd8f583160a4184199955625d2cfbec1e4695fea13b026
/contacts	62b5d2eb-7584-54fa-9e03-8d47189aca79	1	\\x43fcde25b847fdb18fb5eb0c78df029f030a04493a9dbb133df2d19c42a90de0
/contacts	d48f58c0-acd3-5c33-9d18-74ad62f12c76	1	\\x6fa0164a1902a3e888a2b8607a29c45dea34270a8129215697c3d4e28815dd6a
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
/tickets	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x80303e7c9ac087cd6a85e43b1b2f3e7be7b41d8e39051ac9ead3f208ec457c4f
/notifications	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xd25818aab96697bf806b06db06428933e36a2cca9faa2f6fa846a22c46c881b1
/notifications	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x501fccb61d0a4545e9cbc32a49df087e16803b39bce383237f9c9a386bdf54c4
/campaigns	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xed258bfe3bb8114d0b516ab6c72f857e6f9fa7459a3c1d4f8e8b507e5bd78a10
/sales	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\x87f6b71495a009e7f474a916495535d81e2aec6076dfc3d5de63ab39179ef581
/campaigns	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x00133479f7ef326d7b37d86a41598b93fbb36e7f5f6206cb3b373887efcaa79b
/sales	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x16ff915b785368c77508446a954eb8c0c98e13d405ca8544c88a3fdf08f2e74c
\.


--
-- Data for Name: survey_answer; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.survey_answer (ticket_id, resolution, score, comment, answered_at) FROM stdin;
01a22b3a-c650-72cc-b194-011379a2774d	4	4	Quick.	2026-11-30 06:53:21.954116+00
\.


--
-- Data for Name: ticket; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.ticket (id, version, party_id, type, priority, status, subject, description, order_id, assignee, source, created_at, updated_at, resolved_at, first_response_due_at, first_responded_at, first_response_breached_at, resolution_target, resolution_due_at, resolution_left, resolution_breached_at) FROM stdin;
01a22b3a-c655-7521-ba33-b51c74faeb23	3	a5eb7d09-db6f-5430-a0ca-77bea9d65641	question	normal	waiting	Which size?	\N	\N	\N	api	2026-11-30 06:53:21.877791+00	2026-11-30 06:53:21.903656+00	\N	2026-11-30 10:53:21.877791+00	2026-11-30 06:53:21.896185+00	\N	24:00:00	\N	23:59:59.974135	\N
01a22b3a-c650-72cc-b194-011379a2774d	5	01a22b3a-b1f0-7120-93e4-9d9bffba3801	complaint	urgent	resolved	A cup is broken	The handle came off.	\N	paul	api	2026-11-30 06:53:21.872913+00	2026-11-30 06:53:21.954116+00	2026-11-30 06:53:21.910639+00	2026-11-30 07:03:21.872913+00	2026-11-30 06:53:21.881991+00	\N	03:00:00	\N	02:59:59.962274	\N
f1b6a73e-fd96-5011-b602-1e145becf8de	1	a5eb7d09-db6f-5430-a0ca-77bea9d65641	complaint	normal	open	订单 F-1 的货物延误	snow	F-1	\N	shipment	2026-11-30 06:53:22.000773+00	2026-11-30 06:53:22.000773+00	\N	2026-11-30 10:53:22.000773+00	\N	\N	24:00:00	2026-12-01 06:53:22.000773+00	\N	\N
01a22b3a-c7e1-70d3-a36f-9385d8983274	1	01a22b3a-b208-7423-9dd4-0d939a6b160a	question	normal	open	erased	\N	\N	\N	api	2026-11-30 06:53:22.274068+00	2026-11-30 06:53:22.300124+00	\N	2026-11-30 10:53:22.274068+00	\N	\N	24:00:00	2026-12-01 06:53:22.274068+00	\N	\N
01a22b3a-c658-77ec-bb65-2a34a7d269a5	2	\N	question	normal	replied	Where is my order?	\N	\N	\N	api	2026-11-30 06:53:21.880601+00	2026-11-30 06:53:34.362033+00	\N	2026-11-30 10:53:21.880601+00	2026-11-30 06:53:34.362033+00	\N	24:00:00	2026-12-01 06:53:21.880601+00	\N	\N
\.


--
-- Data for Name: timer; Type: TABLE DATA; Schema: tickets; Owner: -
--

COPY tickets.timer (id, due_at, kind, key, payload) FROM stdin;
6	2026-12-01 06:53:21.880601+00	resolution	01a22b3a-c658-77ec-bb65-2a34a7d269a5	\N
7	2026-11-30 10:53:22.000773+00	first-response	f1b6a73e-fd96-5011-b602-1e145becf8de	\N
8	2026-12-01 06:53:22.000773+00	resolution	f1b6a73e-fd96-5011-b602-1e145becf8de	\N
9	2026-11-30 10:53:22.274068+00	first-response	01a22b3a-c7e1-70d3-a36f-9385d8983274	\N
10	2026-12-01 06:53:22.274068+00	resolution	01a22b3a-c7e1-70d3-a36f-9385d8983274	\N
11	2026-11-30 07:58:22.310745+00	subject-key-end	01a22b3a-b208-7423-9dd4-0d939a6b160a	["01a22b3a-b208-7423-9dd4-0d939a6b160a","01a22b3a-c7e1-70d3-a36f-9385d8983274"]
\.


--
-- Name: dead_letter_action_id_seq; Type: SEQUENCE SET; Schema: tickets; Owner: -
--

SELECT pg_catalog.setval('tickets.dead_letter_action_id_seq', 1, true);


--
-- Name: dead_letter_id_seq; Type: SEQUENCE SET; Schema: tickets; Owner: -
--

SELECT pg_catalog.setval('tickets.dead_letter_id_seq', 2, true);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: tickets; Owner: -
--

SELECT pg_catalog.setval('tickets.outbox_id_seq', 24, true);


--
-- Name: rebuild_id_seq; Type: SEQUENCE SET; Schema: tickets; Owner: -
--

SELECT pg_catalog.setval('tickets.rebuild_id_seq', 1, false);


--
-- Name: timer_id_seq; Type: SEQUENCE SET; Schema: tickets; Owner: -
--

SELECT pg_catalog.setval('tickets.timer_id_seq', 11, true);


--
-- Name: applied_sequence applied_sequence_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.applied_sequence
    ADD CONSTRAINT applied_sequence_pkey PRIMARY KEY (key, source, grp);


--
-- Name: consumer_offset consumer_offset_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.consumer_offset
    ADD CONSTRAINT consumer_offset_pkey PRIMARY KEY (grp, topic, part);


--
-- Name: customer_order customer_order_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.customer_order
    ADD CONSTRAINT customer_order_pkey PRIMARY KEY (id);


--
-- Name: customer customer_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (party_id);


--
-- Name: dead_letter_action dead_letter_action_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.dead_letter_action
    ADD CONSTRAINT dead_letter_action_pkey PRIMARY KEY (id);


--
-- Name: dead_letter dead_letter_grp_topic_part_off_key; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.dead_letter
    ADD CONSTRAINT dead_letter_grp_topic_part_off_key UNIQUE (grp, topic, part, off);


--
-- Name: dead_letter dead_letter_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.dead_letter
    ADD CONSTRAINT dead_letter_pkey PRIMARY KEY (id);


--
-- Name: idempotency_key idempotency_key_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (key);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id, source, grp);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: parked_key parked_key_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.parked_key
    ADD CONSTRAINT parked_key_pkey PRIMARY KEY (grp, topic, key);


--
-- Name: parked_message parked_message_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.parked_message
    ADD CONSTRAINT parked_message_pkey PRIMARY KEY (grp, topic, key, off);


--
-- Name: party_redirect party_redirect_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.party_redirect
    ADD CONSTRAINT party_redirect_pkey PRIMARY KEY (party_id);


--
-- Name: rebuild rebuild_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.rebuild
    ADD CONSTRAINT rebuild_pkey PRIMARY KEY (id);


--
-- Name: reply reply_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.reply
    ADD CONSTRAINT reply_pkey PRIMARY KEY (id);


--
-- Name: schema_migration schema_migration_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (name);


--
-- Name: shipment shipment_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.shipment
    ADD CONSTRAINT shipment_pkey PRIMARY KEY (id);


--
-- Name: sla_policy sla_policy_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.sla_policy
    ADD CONSTRAINT sla_policy_pkey PRIMARY KEY (priority);


--
-- Name: subject_key subject_key_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.subject_key
    ADD CONSTRAINT subject_key_pkey PRIMARY KEY (subject, owner);


--
-- Name: survey_answer survey_answer_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.survey_answer
    ADD CONSTRAINT survey_answer_pkey PRIMARY KEY (ticket_id, resolution);


--
-- Name: ticket ticket_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.ticket
    ADD CONSTRAINT ticket_pkey PRIMARY KEY (id);


--
-- Name: timer timer_kind_key_key; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.timer
    ADD CONSTRAINT timer_kind_key_key UNIQUE (kind, key);


--
-- Name: timer timer_pkey; Type: CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.timer
    ADD CONSTRAINT timer_pkey PRIMARY KEY (id);


--
-- Name: customer_by_email; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX customer_by_email ON tickets.customer USING btree (lower(email)) WHERE (email IS NOT NULL);


--
-- Name: customer_by_phone; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX customer_by_phone ON tickets.customer USING btree (reverse(phone) text_pattern_ops) WHERE (phone IS NOT NULL);


--
-- Name: customer_order_of; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX customer_order_of ON tickets.customer_order USING btree (party_id, placed_at);


--
-- Name: dead_letter_action_of; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX dead_letter_action_of ON tickets.dead_letter_action USING btree (dead_letter_id);


--
-- Name: dead_letter_of_key; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX dead_letter_of_key ON tickets.dead_letter USING btree (grp, topic, part, md5(COALESCE(key, '\x'::bytea)), off) WHERE (status = 'open'::text);


--
-- Name: dead_letter_open; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX dead_letter_open ON tickets.dead_letter USING btree (last_failed_at) WHERE (status = 'open'::text);


--
-- Name: dead_letter_order; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX dead_letter_order ON tickets.dead_letter USING btree (grp, topic, part, off) WHERE (status = 'open'::text);


--
-- Name: idempotency_key_age; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX idempotency_key_age ON tickets.idempotency_key USING btree (created_at);


--
-- Name: parked_key_due; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX parked_key_due ON tickets.parked_key USING btree (grp, next_try);


--
-- Name: party_redirect_to; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX party_redirect_to ON tickets.party_redirect USING btree (survivor_id);


--
-- Name: reply_of_ticket; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX reply_of_ticket ON tickets.reply USING btree (ticket_id, created_at, id);


--
-- Name: shipment_of; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX shipment_of ON tickets.shipment USING btree (party_id, at) WHERE (party_id IS NOT NULL);


--
-- Name: ticket_by_status; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX ticket_by_status ON tickets.ticket USING btree (status, created_at, id);


--
-- Name: ticket_newest; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX ticket_newest ON tickets.ticket USING btree (created_at, id);


--
-- Name: ticket_of_party; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX ticket_of_party ON tickets.ticket USING btree (party_id, created_at, id) WHERE (party_id IS NOT NULL);


--
-- Name: timer_due; Type: INDEX; Schema: tickets; Owner: -
--

CREATE INDEX timer_due ON tickets.timer USING btree (due_at);


--
-- Name: reply reply_ticket_id_fkey; Type: FK CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.reply
    ADD CONSTRAINT reply_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets.ticket(id);


--
-- Name: survey_answer survey_answer_ticket_id_fkey; Type: FK CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.survey_answer
    ADD CONSTRAINT survey_answer_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES tickets.ticket(id);


--
-- Name: ticket ticket_priority_fkey; Type: FK CONSTRAINT; Schema: tickets; Owner: -
--

ALTER TABLE ONLY tickets.ticket
    ADD CONSTRAINT ticket_priority_fkey FOREIGN KEY (priority) REFERENCES tickets.sla_policy(priority);


--
-- PostgreSQL database dump complete
--


