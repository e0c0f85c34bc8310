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
-- Name: sales; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA sales;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: account; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.account (
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    name text NOT NULL,
    kind text DEFAULT 'consumer'::text NOT NULL,
    email text,
    phone text,
    country text,
    customer_no text,
    owner text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='80');


--
-- Name: account_revenue; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.account_revenue (
    account_id uuid NOT NULL,
    currency text NOT NULL,
    orders bigint NOT NULL,
    revenue bigint NOT NULL,
    credits bigint NOT NULL,
    credited bigint NOT NULL,
    last_order_at timestamp with time zone
)
WITH (fillfactor='80');


--
-- Name: activity; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.activity (
    id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    at timestamp with time zone NOT NULL,
    party_id uuid NOT NULL,
    opportunity_id uuid,
    owner text,
    minutes bigint,
    outcome text,
    place text,
    notes text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT activity_kind_check CHECK ((kind = ANY (ARRAY['call'::text, 'visit'::text, 'meeting'::text, 'mail'::text])))
);


--
-- Name: applied_sequence; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.applied_sequence (
    grp text NOT NULL,
    source text NOT NULL,
    key text NOT NULL,
    seq bigint NOT NULL
)
WITH (fillfactor='80');


--
-- Name: consumer_offset; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.consumer_offset (
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    next_offset bigint NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50');


--
-- Name: dead_letter; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.dead_letter (
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
-- Name: dead_letter_action; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.dead_letter_action (
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
-- Name: dead_letter_action_id_seq; Type: SEQUENCE; Schema: sales; Owner: -
--

ALTER TABLE sales.dead_letter_action ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sales.dead_letter_action_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: dead_letter_id_seq; Type: SEQUENCE; Schema: sales; Owner: -
--

ALTER TABLE sales.dead_letter ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sales.dead_letter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: erp_document; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.erp_document (
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
-- Name: idempotency_key; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.idempotency_key (
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    content_type text NOT NULL,
    body bytea NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: inbox; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.inbox (
    id text NOT NULL,
    source text NOT NULL,
    grp text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: lead; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.lead (
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    status text DEFAULT 'new'::text NOT NULL,
    name text NOT NULL,
    company text,
    email text,
    phone text,
    source text,
    party_id uuid,
    owner text,
    notes text,
    opportunity_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT lead_status_check CHECK ((status = ANY (ARRAY['new'::text, 'working'::text, 'qualified'::text, 'disqualified'::text, 'converted'::text])))
);


--
-- Name: opportunity; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.opportunity (
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    name text NOT NULL,
    stage text DEFAULT 'qualification'::text NOT NULL,
    party_id uuid,
    lead_id uuid,
    contact_name text,
    contact_email text,
    owner text,
    amount bigint,
    currency text,
    expected_close date,
    loss_reason text,
    stage_since timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: opportunity_stage; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.opportunity_stage (
    opportunity_id uuid NOT NULL,
    version bigint NOT NULL,
    stage text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: order_answer; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.order_answer (
    request_id uuid NOT NULL,
    order_id text NOT NULL,
    at timestamp with time zone NOT NULL
);


--
-- Name: order_request; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.order_request (
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    quote_id uuid NOT NULL,
    party_id uuid NOT NULL,
    owner text,
    status text DEFAULT 'requested'::text NOT NULL,
    order_id text,
    requested_at timestamp with time zone DEFAULT now() NOT NULL,
    ordered_at timestamp with time zone,
    CONSTRAINT order_request_status_check CHECK ((status = ANY (ARRAY['requested'::text, 'ordered'::text])))
);


--
-- Name: outbox; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.outbox (
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
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: sales; Owner: -
--

ALTER TABLE sales.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sales.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: parked_key; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.parked_key (
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
-- Name: parked_message; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.parked_message (
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
-- Name: party_redirect; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.party_redirect (
    party_id uuid NOT NULL,
    survivor_id uuid NOT NULL
);


--
-- Name: pipeline_stage; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.pipeline_stage (
    stage text NOT NULL,
    "position" integer NOT NULL,
    probability integer NOT NULL,
    is_closed boolean NOT NULL,
    CONSTRAINT pipeline_stage_probability_check CHECK (((probability >= 0) AND (probability <= 100)))
);


--
-- Name: quota; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.quota (
    owner text NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    currency text NOT NULL,
    target bigint NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT quota_check CHECK ((period_start <= period_end)),
    CONSTRAINT quota_target_check CHECK ((target > 0))
);


--
-- Name: quote; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.quote (
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    opportunity_id uuid NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    currency text NOT NULL,
    total bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT quote_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'accepted'::text])))
);


--
-- Name: quote_line; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.quote_line (
    quote_id uuid NOT NULL,
    "position" integer NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    quantity bigint NOT NULL,
    unit_price bigint NOT NULL,
    discount_percent bigint NOT NULL,
    net_price bigint NOT NULL,
    total bigint NOT NULL
);


--
-- Name: rebuild; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.rebuild (
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
-- Name: rebuild_id_seq; Type: SEQUENCE; Schema: sales; Owner: -
--

ALTER TABLE sales.rebuild ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sales.rebuild_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: schema_migration; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.schema_migration (
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: subject_key; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.subject_key (
    owner text NOT NULL,
    subject text NOT NULL,
    version bigint NOT NULL,
    key bytea,
    CONSTRAINT subject_key_key_check CHECK ((octet_length(key) = 32))
);


--
-- Name: task; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.task (
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    owner text,
    party_id uuid,
    reference text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT task_status_check CHECK ((status = ANY (ARRAY['open'::text, 'done'::text])))
);


--
-- Name: timer; Type: TABLE; Schema: sales; Owner: -
--

CREATE TABLE sales.timer (
    id bigint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    payload text
);


--
-- Name: timer_id_seq; Type: SEQUENCE; Schema: sales; Owner: -
--

ALTER TABLE sales.timer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sales.timer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Data for Name: account; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.account (id, version, name, kind, email, phone, country, customer_no, owner, created_at, updated_at) FROM stdin;
3ee46405-091b-5de9-9f8f-046216a1e775	2	William Wood	consumer	william.wood.k100001@example.com	\N	United Kingdom	K100001	\N	2026-11-30 06:53:12.511515+00	2026-11-30 06:53:13.301973+00
62b5d2eb-7584-54fa-9e03-8d47189aca79	2	Emily Cooper	consumer	emily.cooper.k100004@example.com	\N	United Kingdom	K100004	\N	2026-11-30 06:53:12.511515+00	2026-11-30 06:53:13.301973+00
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2	Arthur Wilson	consumer	arthur.wilson.k100002@example.com	\N	United Kingdom	K100002	\N	2026-11-30 06:53:12.511515+00	2026-11-30 06:53:13.301973+00
01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	Anna Beispiel	consumer	anna@example.com	+493012345679	DE	\N	\N	2026-11-30 06:53:16.695168+00	2026-11-30 06:53:16.695168+00
01a22b3a-b1f9-7025-96a5-d46185b4055d	1	Anna Beispil	consumer	anna@example.com	\N	\N	\N	\N	2026-11-30 06:53:16.703412+00	2026-11-30 06:53:16.703412+00
01a22b3a-b1fb-71b8-aeb2-808a50b55e79	1	示例贸易有限公司	enterprise	\N	\N	CN	\N	\N	2026-11-30 06:53:16.703412+00	2026-11-30 06:53:16.703412+00
01a22b3a-b1fe-746b-86db-d62772760700	1	Max Muster	consumer	max@example.com	+4940111000	\N	\N	\N	2026-11-30 06:53:16.720338+00	2026-11-30 06:53:16.720338+00
01a22b3a-b206-72c2-9ed8-ec89087aaa0b	1	Max Muster	consumer	max@example.com	+4940111001	\N	\N	\N	2026-11-30 06:53:16.720338+00	2026-11-30 06:53:16.720338+00
01a22b3a-b2a9-7365-8a76-5cfa61e45e4f	1	Carla Muster	consumer	carla@example.com	\N	\N	\N	\N	2026-11-30 06:53:16.876261+00	2026-11-30 06:53:16.876261+00
01a22b3a-b380-77e6-9793-15bc99e01d00	1	erased	consumer	\N	\N	\N	\N	\N	2026-11-30 06:53:17.081555+00	2026-11-30 06:53:17.081555+00
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2	Anna Beispiel	consumer	anna@example.com	+493012345679	DE	\N	\N	2026-11-30 06:53:16.684803+00	2026-11-30 06:53:17.544986+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	3	孙静	consumer	jing.sun.k100000@example.com	\N	China	K100000	maria	2026-11-30 06:53:12.511515+00	2026-11-30 06:53:20.445326+00
01a22b3a-b208-7423-9dd4-0d939a6b160a	1	erased	consumer	\N	\N	\N	\N	\N	2026-11-30 06:53:16.720338+00	2026-11-30 06:53:16.720338+00
\.


--
-- Data for Name: account_revenue; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.account_revenue (account_id, currency, orders, revenue, credits, credited, last_order_at) FROM stdin;
62b5d2eb-7584-54fa-9e03-8d47189aca79	GBP	1	5984600	0	0	2025-08-11 13:27:48+00
d48f58c0-acd3-5c33-9d18-74ad62f12c76	GBP	2	14712800	0	0	2025-03-13 05:16:05+00
3ee46405-091b-5de9-9f8f-046216a1e775	GBP	6	14810500	1	728700	2025-11-26 09:21:57+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	GBP	30	75034800	2	1332200	2026-11-29 12:00:00+00
\.


--
-- Data for Name: activity; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.activity (id, kind, subject, at, party_id, opportunity_id, owner, minutes, outcome, place, notes, created_at) FROM stdin;
01a22b3a-c61f-73b0-b76d-381738a5bb13	call	Offer	2026-11-20 09:30:00+00	a5eb7d09-db6f-5430-a0ca-77bea9d65641	01a22b3a-c0e4-7292-8023-bcec4071f5b3	maria	12	reached	\N	\N	2026-11-30 06:53:21.823115+00
01a22b3a-c622-70c7-b689-528f631dcf79	visit	Offer	2026-11-20 09:30:00+00	a5eb7d09-db6f-5430-a0ca-77bea9d65641	01a22b3a-c0e4-7292-8023-bcec4071f5b3	maria	\N	\N	Leeds	Rain.	2026-11-30 06:53:21.825682+00
01a22b3a-f716-70fc-8422-d8600febab85	mail	Late	2026-11-30 06:53:34.35868+00	01a22b3a-b1f0-7120-93e4-9d9bffba3801	\N	\N	\N	\N	\N	\N	2026-11-30 06:53:34.358792+00
\.


--
-- Data for Name: applied_sequence; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.applied_sequence (grp, source, key, seq) FROM stdin;
sales	/contacts	3ee46405-091b-5de9-9f8f-046216a1e775	1
sales	/contacts	62b5d2eb-7584-54fa-9e03-8d47189aca79	1
sales	/contacts	a5eb7d09-db6f-5430-a0ca-77bea9d65641	1
sales	/contacts	d48f58c0-acd3-5c33-9d18-74ad62f12c76	1
sales	/contacts	01a22b3a-b1f9-7025-96a5-d46185b4055d	1
sales	/contacts	01a22b3a-b1fe-746b-86db-d62772760700	1
sales	/contacts	01a22b3a-b206-72c2-9ed8-ec89087aaa0b	1
sales	/contacts	01a22b3a-b2a9-7365-8a76-5cfa61e45e4f	1
sales	/contacts	01a22b3a-b380-77e6-9793-15bc99e01d00	2
sales	/contacts	01a22b3a-b1f6-755b-a24f-0ea35539c47e	3
sales	/contacts	01a22b3a-b1f0-7120-93e4-9d9bffba3801	10
sales	/contacts	01a22b3a-b1fb-71b8-aeb2-808a50b55e79	3
sales	/contacts	01a22b3a-b208-7423-9dd4-0d939a6b160a	2
\.


--
-- Data for Name: consumer_offset; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.consumer_offset (grp, topic, part, next_offset, updated_at) FROM stdin;
sales	crm.contacts	0	-1	2026-11-30 06:53:09.996009+00
sales	crm.contacts	1	-1	2026-11-30 06:53:09.996009+00
sales	crm.contacts	6	-1	2026-11-30 06:53:09.996009+00
sales	crm.contacts	8	-1	2026-11-30 06:53:09.996009+00
sales	crm.contacts	10	-1	2026-11-30 06:53:09.996009+00
sales	erp.orders	1	-1	2026-11-30 06:53:09.996009+00
sales	erp.orders	3	-1	2026-11-30 06:53:09.996009+00
sales	erp.orders	6	-1	2026-11-30 06:53:09.996009+00
sales	erp.orders	7	-1	2026-11-30 06:53:09.996009+00
sales	erp.orders	9	-1	2026-11-30 06:53:09.996009+00
sales	erp.orders	10	-1	2026-11-30 06:53:09.996009+00
sales	erp.orders	0	2	2026-11-30 06:53:12.511515+00
sales	erp.orders	4	34	2026-11-30 06:53:33.632874+00
sales	erp.orders	5	1	2026-11-30 06:53:12.511515+00
sales	erp.orders	8	1	2026-11-30 06:53:12.511515+00
sales	erp.orders	11	7	2026-11-30 06:53:12.511515+00
sales	erp.orders	2	1	2026-11-30 06:53:33.674553+00
sales	crm.subject-keys	4	2	2026-11-30 06:53:20.487827+00
sales	crm.contacts	4	25	2026-11-30 06:53:34.287995+00
sales	crm.subject-keys	6	4	2026-11-30 06:53:22.327344+00
sales	crm.subject-keys	0	2	2026-11-30 06:53:20.534338+00
sales	crm.subject-keys	11	5	2026-11-30 06:53:22.333138+00
sales	crm.contacts	2	4	2026-11-30 06:53:22.344991+00
sales	crm.contacts	11	4	2026-11-30 06:53:22.344991+00
sales	crm.subject-keys	9	1	2026-11-30 06:53:22.028117+00
sales	crm.subject-keys	3	6	2026-11-30 06:53:22.361723+00
sales	crm.contacts	7	1	2026-11-30 06:53:16.876261+00
sales	crm.subject-keys	1	2	2026-11-30 06:53:22.371449+00
sales	crm.subject-keys	7	4	2026-11-30 06:53:22.172725+00
sales	crm.subject-keys	2	8	2026-11-30 06:53:22.371449+00
sales	crm.subject-keys	5	4	2026-11-30 06:53:22.371449+00
sales	crm.subject-keys	8	4	2026-11-30 06:53:22.371449+00
sales	crm.subject-keys	10	6	2026-11-30 06:53:22.371449+00
sales	crm.contacts	3	5	2026-11-30 06:53:25.130787+00
sales	crm.contacts	9	10	2026-11-30 06:53:25.130787+00
sales	crm.contacts	5	8	2026-11-30 06:53:25.135341+00
\.


--
-- Data for Name: dead_letter; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.dead_letter (id, grp, topic, part, off, key, headers, payload, event_type, error_class, error_text, fingerprint, attempts, first_failed_at, last_failed_at, status, actor, note, raw_headers) FROM stdin;
2	sales	erp.orders	2	0	\\x4241442d32	[["content-type", "application/json"], ["ce_specversion", "1.0"], ["ce_id", "a3faf72f-4c6b-49d6-9ec6-efa32b5e3325"], ["ce_source", "/erp/fixture"], ["ce_type", "erp.order.placed.v1"], ["ce_time", "2026-11-30T06:53:33.659691Z"]]	\\x7b226f726465724964223a20327d	erp.order.placed.v1	decode	orderId: expected a string	d02e46d06644c56fbe1e5b1c23921f25	1	2026-11-30 06:53:33.674764+00	2026-11-30 06:53:33.674765+00	open	\N	\N	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002461336661663732662d346336622d343964362d396563362d6566613332623565333332350000000963655f736f757263650000000c2f6572702f666978747572650000000763655f74797065000000136572702e6f726465722e706c616365642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3635393639315a
1	sales	erp.orders	4	33	\\x4241442d31	[["content-type", "application/json"], ["ce_specversion", "1.0"], ["ce_id", "e17e242d-68ca-42b0-bd57-c9af64de1e80"], ["ce_source", "/erp/fixture"], ["ce_type", "erp.order.placed.v1"], ["ce_time", "2026-11-30T06:53:33.608400Z"]]	\\x7b226f726465724964223a20317d	erp.order.placed.v1	decode	orderId: expected a string	d02e46d06644c56fbe1e5b1c23921f25	1	2026-11-30 06:53:33.634273+00	2026-11-30 06:53:33.634273+00	discarded	maria	a test of the ERP's	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002465313765323432642d363863612d343262302d626435372d6339616636346465316538300000000963655f736f757263650000000c2f6572702f666978747572650000000763655f74797065000000136572702e6f726465722e706c616365642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3630383430305a
\.


--
-- Data for Name: dead_letter_action; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.dead_letter_action (id, dead_letter_id, action, actor, reason, outcome, at) FROM stdin;
1	1	discard	maria	a test of the ERP's	discarded	2026-11-30 06:53:33.778388+00
\.


--
-- Data for Name: erp_document; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.erp_document (kind, id, party_id, at, currency, total, status, is_cancelled, lines, origin_id, told_at) FROM stdin;
order	S40-7	d48f58c0-acd3-5c33-9d18-74ad62f12c76	2025-03-04 07:36:35+00	GBP	13255400	placed	f	11	\N	2025-03-04 07:36:35+00
order	S40-8	d48f58c0-acd3-5c33-9d18-74ad62f12c76	2025-03-13 05:16:05+00	GBP	1457400	placed	f	1	\N	2025-03-13 05:16:05+00
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
order	S40-25	62b5d2eb-7584-54fa-9e03-8d47189aca79	2025-08-11 13:27:48+00	GBP	5984600	placed	f	10	\N	2025-08-11 13:27:48+00
order	S40-33	\N	2025-10-21 18:43:54+00	GBP	8639100	placed	f	7	\N	2025-10-21 18:43:54+00
order	S40-1	3ee46405-091b-5de9-9f8f-046216a1e775	2025-01-09 21:39:30+00	GBP	6422000	placed	f	11	\N	2025-01-09 21:39:30+00
credit	R40-16	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-05-23 10:32:11+00	GBP	585200		f	1	\N	2025-05-23 10:32:11+00
credit	R40-1	3ee46405-091b-5de9-9f8f-046216a1e775	2025-01-09 21:39:30+00	GBP	728700		f	1	\N	2025-01-09 21:39:30+00
order	S40-17	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-01 08:11:42+00	GBP	5247100	placed	f	8	\N	2025-06-01 08:11:42+00
order	S40-18	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-10 05:51:13+00	GBP	971600	placed	f	2	\N	2025-06-10 05:51:13+00
order	S40-20	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-28 01:10:14+00	GBP	747000	placed	f	1	\N	2025-06-28 01:10:14+00
order	S40-15	3ee46405-091b-5de9-9f8f-046216a1e775	2025-05-14 12:52:40+00	GBP	2429000	placed	f	2	\N	2025-05-14 12:52:40+00
order	S40-26	3ee46405-091b-5de9-9f8f-046216a1e775	2025-08-20 11:07:19+00	GBP	415000	placed	f	1	\N	2025-08-20 11:07:19+00
order	S40-32	3ee46405-091b-5de9-9f8f-046216a1e775	2025-10-12 21:04:23+00	GBP	2448100	placed	f	4	\N	2025-10-12 21:04:23+00
order	S40-36	3ee46405-091b-5de9-9f8f-046216a1e775	2025-11-17 11:42:26+00	GBP	971600	placed	f	1	\N	2025-11-17 11:42:26+00
order	S40-37	3ee46405-091b-5de9-9f8f-046216a1e775	2025-11-26 09:21:57+00	GBP	2124800	placed	f	4	\N	2025-11-26 09:21:57+00
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
-- Data for Name: idempotency_key; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.idempotency_key (key, fingerprint, status, content_type, body, headers, created_at) FROM stdin;
POST /v1/leads fixture-lead	b11df0083b06eff0a097e88904a2c73b7aa0ff6c3c9e00d9f2561e395c7df95a	201	application/json	\\x7b226964223a2230316132326233612d633063342d373438322d383961372d306431623838366237386632222c2276657273696f6e223a317d	{"etag": "\\"1\\"", "location": "/v1/leads/01a22b3a-c0c4-7482-89a7-0d1b886b78f2"}	2026-11-30 06:53:20.453517+00
\.


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.inbox (id, source, grp, received_at) FROM stdin;
order-S40-32	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-23	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-25	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-37	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-38	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-22	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-4	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-10	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-31	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-12	/erp/demo	sales	2026-11-30 06:53:12.511515+00
credit-R40-20	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-8	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-13	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-11	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-16	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-35	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-21	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-40	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-14	/erp/demo	sales	2026-11-30 06:53:12.511515+00
credit-R40-1	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-26	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-20	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-19	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-2	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-17	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-29	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-3	/erp/demo	sales	2026-11-30 06:53:12.511515+00
credit-R40-16	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-27	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-39	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-24	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-28	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-1	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-7	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-34	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-15	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-30	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-5	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-6	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-9	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-33	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-36	/erp/demo	sales	2026-11-30 06:53:12.511515+00
order-S40-18	/erp/demo	sales	2026-11-30 06:53:12.511515+00
cfd9a680-197c-4d36-98aa-eefbafb83f92	/erp/fixture	sales	2026-11-30 06:53:20.593827+00
3f8c3b82-8cf2-4590-bb71-95ec040f7891	/contacts	sales	2026-11-30 06:53:22.344991+00
368acee8-2d2b-4dc0-a11b-b774c62fe3f5	/contacts	sales	2026-11-30 06:53:22.344991+00
\.


--
-- Data for Name: lead; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.lead (id, version, status, name, company, email, phone, source, party_id, owner, notes, opportunity_id, created_at, updated_at) FROM stdin;
01a22b3a-c0c7-7635-959a-296ce19c1e78	1	new	Clara Probe	\N	\N	\N	\N	01a22b3a-b1f0-7120-93e4-9d9bffba3801	\N	\N	\N	2026-11-30 06:53:20.455903+00	2026-11-30 06:53:20.455903+00
01a22b3a-c0c4-7482-89a7-0d1b886b78f2	2	converted	Bernd Probe	Probe AG	bernd@example.com	+493011122233	fair	\N	maria	Wants tea for 40.	01a22b3a-c0c9-73f9-ab13-8d1a5f945564	2026-11-30 06:53:20.452856+00	2026-11-30 06:53:20.457693+00
\.


--
-- Data for Name: opportunity; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.opportunity (id, version, name, stage, party_id, lead_id, contact_name, contact_email, owner, amount, currency, expected_close, loss_reason, stage_since, created_at, updated_at) FROM stdin;
01a22b3a-c0c9-73f9-ab13-8d1a5f945564	1	Tea for 40	qualification	a5eb7d09-db6f-5430-a0ca-77bea9d65641	01a22b3a-c0c4-7482-89a7-0d1b886b78f2	Bernd Probe	bernd@example.com	maria	9000000	GBP	2026-12-24	\N	2026-11-30 06:53:20.457693+00	2026-11-30 06:53:20.457693+00	2026-11-30 06:53:20.457693+00
01a22b3a-c0d2-714f-b683-7d6d395c7d1d	3	Cups	lost	01a22b3a-b1f0-7120-93e4-9d9bffba3801	\N	\N	\N	paul	1205000	EUR	\N	price	2026-11-30 06:53:20.481728+00	2026-11-30 06:53:20.466654+00	2026-11-30 06:53:20.481728+00
01a22b3a-c0e4-7292-8023-bcec4071f5b3	2	Deal ordered	won	a5eb7d09-db6f-5430-a0ca-77bea9d65641	\N	\N	\N	maria	404100	GBP	\N	\N	2026-11-30 06:53:20.49256+00	2026-11-30 06:53:20.486541+00	2026-11-30 06:53:20.49256+00
01a22b3a-c0f5-7542-9335-25f7b9f13e71	2	Deal overdue	won	a5eb7d09-db6f-5430-a0ca-77bea9d65641	\N	\N	\N	maria	404100	GBP	\N	\N	2026-11-30 06:53:20.507658+00	2026-11-30 06:53:20.501569+00	2026-11-30 06:53:20.507658+00
01a22b3a-c107-75b4-8028-5da558f09332	2	Deal requested	won	a5eb7d09-db6f-5430-a0ca-77bea9d65641	\N	\N	\N	maria	404100	GBP	\N	\N	2026-11-30 06:53:20.526815+00	2026-11-30 06:53:20.519729+00	2026-11-30 06:53:20.526815+00
01a22b3a-c115-7729-872a-91f8b9651418	1	Deal draft	qualification	a5eb7d09-db6f-5430-a0ca-77bea9d65641	\N	\N	\N	\N	\N	\N	\N	\N	2026-11-30 06:53:20.534128+00	2026-11-30 06:53:20.534128+00	2026-11-30 06:53:20.534128+00
\.


--
-- Data for Name: opportunity_stage; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.opportunity_stage (opportunity_id, version, stage, at) FROM stdin;
01a22b3a-c0c9-73f9-ab13-8d1a5f945564	1	qualification	2026-11-30 06:53:20.457693+00
01a22b3a-c0d2-714f-b683-7d6d395c7d1d	1	qualification	2026-11-30 06:53:20.466654+00
01a22b3a-c0d2-714f-b683-7d6d395c7d1d	2	proposal	2026-11-30 06:53:20.475455+00
01a22b3a-c0d2-714f-b683-7d6d395c7d1d	3	lost	2026-11-30 06:53:20.481728+00
01a22b3a-c0e4-7292-8023-bcec4071f5b3	1	qualification	2026-11-30 06:53:20.486541+00
01a22b3a-c0e4-7292-8023-bcec4071f5b3	2	won	2026-11-30 06:53:20.49256+00
01a22b3a-c0f5-7542-9335-25f7b9f13e71	1	qualification	2026-11-30 06:53:20.501569+00
01a22b3a-c0f5-7542-9335-25f7b9f13e71	2	won	2026-11-30 06:53:20.507658+00
01a22b3a-c107-75b4-8028-5da558f09332	1	qualification	2026-11-30 06:53:20.519729+00
01a22b3a-c107-75b4-8028-5da558f09332	2	won	2026-11-30 06:53:20.526815+00
01a22b3a-c115-7729-872a-91f8b9651418	1	qualification	2026-11-30 06:53:20.534128+00
\.


--
-- Data for Name: order_answer; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.order_answer (request_id, order_id, at) FROM stdin;
01a22b3a-c0ec-70a5-b5d8-e662ee6278f7	F-1	2026-11-29 12:00:00+00
\.


--
-- Data for Name: order_request; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.order_request (id, version, quote_id, party_id, owner, status, order_id, requested_at, ordered_at) FROM stdin;
01a22b3a-c0fe-75ab-b64f-1d49fc719ab8	1	01a22b3a-c0f7-73dd-9fc1-65296d2f6965	a5eb7d09-db6f-5430-a0ca-77bea9d65641	maria	requested	\N	2026-11-30 06:53:20.507658+00	\N
01a22b3a-c10f-7312-b314-4fe1a556ff6a	1	01a22b3a-c10a-759e-81f4-ccc72a28c716	a5eb7d09-db6f-5430-a0ca-77bea9d65641	maria	requested	\N	2026-11-30 06:53:20.526815+00	\N
01a22b3a-c0ec-70a5-b5d8-e662ee6278f7	2	01a22b3a-c0e9-733c-a99d-722772a6cec1	a5eb7d09-db6f-5430-a0ca-77bea9d65641	maria	ordered	F-1	2026-11-30 06:53:20.49256+00	2026-11-29 12:00:00+00
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.outbox (id, topic, key, seq, event_id, type, trace, created_at, payload) FROM stdin;
48	crm.sales	01a22b3a-f716-70fc-8422-d8600febab85	1	0bac6211-3eb7-48e6-969d-3a19d692b688	sales.activity.logged.v1	00-9930dffc87b4a257a9278b6d35a46f02-7b01fe5d34b579a3-01	2026-11-30 06:53:34.359342+00	{"activity":{"activityId":"01a22b3a-f716-70fc-8422-d8600febab85","at":"2026-11-30T06:53:34.358680Z","kind":"mail","partyId":"01a22b3a-b1f0-7120-93e4-9d9bffba3801","subject":"Late"}}
49	crm.subject-keys	01a22b3a-f716-70fc-8422-d8600febab85	1	3ddc0fa1-46a7-4d7c-a13f-11071ad58695	messaging.subject-key.changed.v1	\N	2026-11-30 06:53:34.366164+00	{"owner" : "/sales", "subject" : "01a22b3a-f716-70fc-8422-d8600febab85", "key" : "rHri0PUiiS2g3mLs5KnlvmrKNcwvT7YQX9nwsksZOoE="}
\.


--
-- Data for Name: parked_key; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.parked_key (grp, topic, key, part, reason, attempt, next_try, parked_at) FROM stdin;
sales	crm.contacts	0190a000-0000-7000-8000-0000000000ff	4	the key of its data has not come	1	2026-11-30 06:53:36.045153+00	2026-11-30 06:53:34.170737+00
\.


--
-- Data for Name: parked_message; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.parked_message (grp, topic, key, off, part, raw_key, headers, payload) FROM stdin;
sales	crm.contacts	0190a000-0000-7000-8000-0000000000ff	23	4	\\x30313930613030302d303030302d373030302d383030302d303030303030303030306666	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002462356465646337622d356337302d343666322d386330382d3134383933636332323235300000000963655f736f75726365000000092f636f6e74616374730000000763655f7479706500000019636f6e74616374732e70617274792e6368616e6765642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3933383634355a0000000963655f7365616c656400000001310000000b63655f73657175656e63650000000131	\\x7b227365616c6564223a20747275657d
\.


--
-- Data for Name: party_redirect; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.party_redirect (party_id, survivor_id) FROM stdin;
01a22b3a-b1f6-755b-a24f-0ea35539c47e	01a22b3a-b1f0-7120-93e4-9d9bffba3801
\.


--
-- Data for Name: pipeline_stage; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.pipeline_stage (stage, "position", probability, is_closed) FROM stdin;
qualification	1	20	f
proposal	2	50	f
negotiation	3	75	f
won	4	100	t
lost	5	0	t
\.


--
-- Data for Name: quota; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.quota (owner, period_start, period_end, currency, target, version, updated_at) FROM stdin;
maria	2026-10-01	2026-12-31	GBP	500000000	1	2026-11-30 06:53:20.449982+00
\.


--
-- Data for Name: quote; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.quote (id, version, opportunity_id, status, currency, total, created_at, updated_at) FROM stdin;
01a22b3a-c0e9-733c-a99d-722772a6cec1	2	01a22b3a-c0e4-7292-8023-bcec4071f5b3	accepted	GBP	404100	2026-11-30 06:53:20.489724+00	2026-11-30 06:53:20.49256+00
01a22b3a-c0f7-73dd-9fc1-65296d2f6965	2	01a22b3a-c0f5-7542-9335-25f7b9f13e71	accepted	GBP	404100	2026-11-30 06:53:20.503732+00	2026-11-30 06:53:20.507658+00
01a22b3a-c10a-759e-81f4-ccc72a28c716	2	01a22b3a-c107-75b4-8028-5da558f09332	accepted	GBP	404100	2026-11-30 06:53:20.522321+00	2026-11-30 06:53:20.526815+00
01a22b3a-c119-76e9-8cbc-6e0a35135f2e	1	01a22b3a-c115-7729-872a-91f8b9651418	draft	EUR	224100	2026-11-30 06:53:20.537655+00	2026-11-30 06:53:20.537655+00
\.


--
-- Data for Name: quote_line; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.quote_line (quote_id, "position", sku, name, quantity, unit_price, discount_percent, net_price, total) FROM stdin;
01a22b3a-c0e9-733c-a99d-722772a6cec1	1	P10001	Red Tea Set	30000	83000	100000	74700	224100
01a22b3a-c0e9-733c-a99d-722772a6cec1	2	P10002	P10002	15000	120000	0	120000	180000
01a22b3a-c0f7-73dd-9fc1-65296d2f6965	1	P10001	Red Tea Set	30000	83000	100000	74700	224100
01a22b3a-c0f7-73dd-9fc1-65296d2f6965	2	P10002	P10002	15000	120000	0	120000	180000
01a22b3a-c10a-759e-81f4-ccc72a28c716	1	P10001	Red Tea Set	30000	83000	100000	74700	224100
01a22b3a-c10a-759e-81f4-ccc72a28c716	2	P10002	P10002	15000	120000	0	120000	180000
01a22b3a-c119-76e9-8cbc-6e0a35135f2e	1	P10001	Red Tea Set	30000	83000	100000	74700	224100
\.


--
-- Data for Name: rebuild; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.rebuild (id, state, actor, reason, started_at, seen_at, finished_at, messages, expected, outcome, error) FROM stdin;
1	done	maria	fixture	2026-11-30 06:53:26.480628+00	2026-11-30 06:53:29.83004+00	2026-11-30 06:53:29.83004+00	147	147	{"parts": [{"hash": "56cfc27c749e80416cd4752e0c501e60", "rows": 44, "table": "erp_document", "liveHash": "56cfc27c749e80416cd4752e0c501e60", "liveRows": 44}, {"hash": "e2a480d36a85b668cd75cb5813d024ae", "rows": 4, "table": "account_revenue", "liveHash": "e2a480d36a85b668cd75cb5813d024ae", "liveRows": 4}], "parked": 0, "waited": 0.013183425, "isEqual": true, "seconds": 3.090708921, "messages": 147, "isSwapped": true, "deadLetters": 0, "messagesWaitedFor": 0}	\N
\.


--
-- Data for Name: schema_migration; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.schema_migration (name, applied_at) FROM stdin;
m0000_messaging	2026-11-30 06:53:08.609348+00
m0000_messaging_parking	2026-11-30 06:53:08.68535+00
m0000_messaging_walk	2026-11-30 06:53:08.713296+00
m0000_messaging_zz_operators	2026-11-30 06:53:08.725425+00
m0000_messaging_zz_raw_headers	2026-11-30 06:53:08.742282+00
m0000_messaging_zz_rebuilds	2026-11-30 06:53:08.745226+00
m0000_messaging_zz_tracing	2026-11-30 06:53:08.755375+00
m0000_messaging_zzz_seals	2026-11-30 06:53:08.757654+00
m0000_messaging_zzzz_letter_keys	2026-11-30 06:53:08.76636+00
m0000_messaging_zzzzz_queue	2026-11-30 06:53:08.770503+00
m0001_ledger	2026-11-30 06:53:08.773178+00
m0002_sales	2026-11-30 06:53:08.785206+00
m0030_redirects	2026-11-30 06:53:08.921422+00
m0031_ledger_origin	2026-11-30 06:53:08.937226+00
m0037_ledger_told	2026-11-30 06:53:08.945227+00
m0038_activities	2026-11-30 06:53:08.949205+00
\.


--
-- Data for Name: subject_key; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.subject_key (owner, subject, version, key) FROM stdin;
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
/sales	01a22b3a-c7de-745f-8715-ab1d5b6f41b0	2	\N
/tickets	01a22b3a-c7e1-70d3-a36f-9385d8983274	2	\N
/contacts	01a22b3a-b208-7423-9dd4-0d939a6b160a	3	\\x9c01b9720562d066672a5e333e11e6c5c7d754349db83b61d26ab2a4507815e7
/notifications	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xd25818aab96697bf806b06db06428933e36a2cca9faa2f6fa846a22c46c881b1
/notifications	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x501fccb61d0a4545e9cbc32a49df087e16803b39bce383237f9c9a386bdf54c4
/sales	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\x87f6b71495a009e7f474a916495535d81e2aec6076dfc3d5de63ab39179ef581
/sales	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x16ff915b785368c77508446a954eb8c0c98e13d405ca8544c88a3fdf08f2e74c
/campaigns	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xed258bfe3bb8114d0b516ab6c72f857e6f9fa7459a3c1d4f8e8b507e5bd78a10
/campaigns	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x00133479f7ef326d7b37d86a41598b93fbb36e7f5f6206cb3b373887efcaa79b
/tickets	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x80303e7c9ac087cd6a85e43b1b2f3e7be7b41d8e39051ac9ead3f208ec457c4f
/sales	01a22b3a-f716-70fc-8422-d8600febab85	1	\\xac7ae2d0f522892da0de62ece4a9e5be6aca35cc2f4fb6105fd9f0b24b193a81
\.


--
-- Data for Name: task; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.task (id, version, kind, subject, status, owner, party_id, reference, created_at, updated_at) FROM stdin;
01a22b3a-c563-744b-96a3-ffe2bc38f0f3	1	order-answer	The ERP has not answered order request 01a22b3a-c0fe-75ab-b64f-1d49fc719ab8	open	maria	a5eb7d09-db6f-5430-a0ca-77bea9d65641	01a22b3a-c0fe-75ab-b64f-1d49fc719ab8	2026-11-30 06:53:21.634878+00	2026-11-30 06:53:21.634878+00
\.


--
-- Data for Name: timer; Type: TABLE DATA; Schema: sales; Owner: -
--

COPY sales.timer (id, due_at, kind, key, payload) FROM stdin;
3	2026-12-01 06:53:20.52776+00	order-answer	01a22b3a-c10f-7312-b314-4fe1a556ff6a	\N
4	2026-11-30 07:58:22.31792+00	subject-key-end	01a22b3a-b208-7423-9dd4-0d939a6b160a	["01a22b3a-c7de-745f-8715-ab1d5b6f41b0","01a22b3a-b208-7423-9dd4-0d939a6b160a"]
\.


--
-- Name: dead_letter_action_id_seq; Type: SEQUENCE SET; Schema: sales; Owner: -
--

SELECT pg_catalog.setval('sales.dead_letter_action_id_seq', 1, true);


--
-- Name: dead_letter_id_seq; Type: SEQUENCE SET; Schema: sales; Owner: -
--

SELECT pg_catalog.setval('sales.dead_letter_id_seq', 2, true);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: sales; Owner: -
--

SELECT pg_catalog.setval('sales.outbox_id_seq', 49, true);


--
-- Name: rebuild_id_seq; Type: SEQUENCE SET; Schema: sales; Owner: -
--

SELECT pg_catalog.setval('sales.rebuild_id_seq', 1, true);


--
-- Name: timer_id_seq; Type: SEQUENCE SET; Schema: sales; Owner: -
--

SELECT pg_catalog.setval('sales.timer_id_seq', 4, true);


--
-- Name: account account_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);


--
-- Name: account_revenue account_revenue_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.account_revenue
    ADD CONSTRAINT account_revenue_pkey PRIMARY KEY (account_id, currency);


--
-- Name: activity activity_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.activity
    ADD CONSTRAINT activity_pkey PRIMARY KEY (id);


--
-- Name: applied_sequence applied_sequence_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.applied_sequence
    ADD CONSTRAINT applied_sequence_pkey PRIMARY KEY (key, source, grp);


--
-- Name: consumer_offset consumer_offset_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.consumer_offset
    ADD CONSTRAINT consumer_offset_pkey PRIMARY KEY (grp, topic, part);


--
-- Name: dead_letter_action dead_letter_action_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.dead_letter_action
    ADD CONSTRAINT dead_letter_action_pkey PRIMARY KEY (id);


--
-- Name: dead_letter dead_letter_grp_topic_part_off_key; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.dead_letter
    ADD CONSTRAINT dead_letter_grp_topic_part_off_key UNIQUE (grp, topic, part, off);


--
-- Name: dead_letter dead_letter_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.dead_letter
    ADD CONSTRAINT dead_letter_pkey PRIMARY KEY (id);


--
-- Name: erp_document erp_document_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.erp_document
    ADD CONSTRAINT erp_document_pkey PRIMARY KEY (id, kind);


--
-- Name: idempotency_key idempotency_key_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (key);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id, source, grp);


--
-- Name: lead lead_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.lead
    ADD CONSTRAINT lead_pkey PRIMARY KEY (id);


--
-- Name: opportunity opportunity_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.opportunity
    ADD CONSTRAINT opportunity_pkey PRIMARY KEY (id);


--
-- Name: opportunity_stage opportunity_stage_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.opportunity_stage
    ADD CONSTRAINT opportunity_stage_pkey PRIMARY KEY (opportunity_id, version);


--
-- Name: order_answer order_answer_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.order_answer
    ADD CONSTRAINT order_answer_pkey PRIMARY KEY (request_id);


--
-- Name: order_request order_request_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.order_request
    ADD CONSTRAINT order_request_pkey PRIMARY KEY (id);


--
-- Name: order_request order_request_quote_id_key; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.order_request
    ADD CONSTRAINT order_request_quote_id_key UNIQUE (quote_id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: parked_key parked_key_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.parked_key
    ADD CONSTRAINT parked_key_pkey PRIMARY KEY (grp, topic, key);


--
-- Name: parked_message parked_message_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.parked_message
    ADD CONSTRAINT parked_message_pkey PRIMARY KEY (grp, topic, key, off);


--
-- Name: party_redirect party_redirect_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.party_redirect
    ADD CONSTRAINT party_redirect_pkey PRIMARY KEY (party_id);


--
-- Name: pipeline_stage pipeline_stage_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.pipeline_stage
    ADD CONSTRAINT pipeline_stage_pkey PRIMARY KEY (stage);


--
-- Name: pipeline_stage pipeline_stage_position_key; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.pipeline_stage
    ADD CONSTRAINT pipeline_stage_position_key UNIQUE ("position");


--
-- Name: quota quota_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.quota
    ADD CONSTRAINT quota_pkey PRIMARY KEY (owner, period_start, period_end, currency);


--
-- Name: quote_line quote_line_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.quote_line
    ADD CONSTRAINT quote_line_pkey PRIMARY KEY (quote_id, "position");


--
-- Name: quote quote_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.quote
    ADD CONSTRAINT quote_pkey PRIMARY KEY (id);


--
-- Name: rebuild rebuild_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.rebuild
    ADD CONSTRAINT rebuild_pkey PRIMARY KEY (id);


--
-- Name: schema_migration schema_migration_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (name);


--
-- Name: subject_key subject_key_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.subject_key
    ADD CONSTRAINT subject_key_pkey PRIMARY KEY (subject, owner);


--
-- Name: task task_kind_reference_key; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.task
    ADD CONSTRAINT task_kind_reference_key UNIQUE (kind, reference);


--
-- Name: task task_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.task
    ADD CONSTRAINT task_pkey PRIMARY KEY (id);


--
-- Name: timer timer_kind_key_key; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.timer
    ADD CONSTRAINT timer_kind_key_key UNIQUE (kind, key);


--
-- Name: timer timer_pkey; Type: CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.timer
    ADD CONSTRAINT timer_pkey PRIMARY KEY (id);


--
-- Name: account_by_name; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX account_by_name ON sales.account USING btree (lower(name) text_pattern_ops, id);


--
-- Name: account_by_owner; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX account_by_owner ON sales.account USING btree (owner, id) WHERE (owner IS NOT NULL);


--
-- Name: activity_of_owner; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX activity_of_owner ON sales.activity USING btree (owner, id) WHERE (owner IS NOT NULL);


--
-- Name: activity_of_party; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX activity_of_party ON sales.activity USING btree (party_id, id);


--
-- Name: dead_letter_action_of; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX dead_letter_action_of ON sales.dead_letter_action USING btree (dead_letter_id);


--
-- Name: dead_letter_of_key; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX dead_letter_of_key ON sales.dead_letter USING btree (grp, topic, part, md5(COALESCE(key, '\x'::bytea)), off) WHERE (status = 'open'::text);


--
-- Name: dead_letter_open; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX dead_letter_open ON sales.dead_letter USING btree (last_failed_at) WHERE (status = 'open'::text);


--
-- Name: dead_letter_order; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX dead_letter_order ON sales.dead_letter USING btree (grp, topic, part, off) WHERE (status = 'open'::text);


--
-- Name: erp_document_by_time; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX erp_document_by_time ON sales.erp_document USING btree (currency, at) INCLUDE (kind, total, is_cancelled, party_id) WHERE (kind = ANY (ARRAY['order'::text, 'credit'::text]));


--
-- Name: erp_document_of_origin; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX erp_document_of_origin ON sales.erp_document USING btree (origin_id) WHERE (origin_id IS NOT NULL);


--
-- Name: erp_document_of_party; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX erp_document_of_party ON sales.erp_document USING btree (party_id, at DESC) WHERE (party_id IS NOT NULL);


--
-- Name: idempotency_key_age; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX idempotency_key_age ON sales.idempotency_key USING btree (created_at);


--
-- Name: lead_by_status; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX lead_by_status ON sales.lead USING btree (status, id);


--
-- Name: opportunity_by_stage; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX opportunity_by_stage ON sales.opportunity USING btree (stage, id);


--
-- Name: opportunity_of_party; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX opportunity_of_party ON sales.opportunity USING btree (party_id, id) WHERE (party_id IS NOT NULL);


--
-- Name: parked_key_due; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX parked_key_due ON sales.parked_key USING btree (grp, next_try);


--
-- Name: party_redirect_to; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX party_redirect_to ON sales.party_redirect USING btree (survivor_id);


--
-- Name: quote_of_opportunity; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX quote_of_opportunity ON sales.quote USING btree (opportunity_id, id);


--
-- Name: task_by_status; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX task_by_status ON sales.task USING btree (status, id);


--
-- Name: timer_due; Type: INDEX; Schema: sales; Owner: -
--

CREATE INDEX timer_due ON sales.timer USING btree (due_at);


--
-- Name: opportunity opportunity_stage_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.opportunity
    ADD CONSTRAINT opportunity_stage_fkey FOREIGN KEY (stage) REFERENCES sales.pipeline_stage(stage);


--
-- Name: opportunity_stage opportunity_stage_opportunity_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.opportunity_stage
    ADD CONSTRAINT opportunity_stage_opportunity_id_fkey FOREIGN KEY (opportunity_id) REFERENCES sales.opportunity(id);


--
-- Name: order_request order_request_quote_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.order_request
    ADD CONSTRAINT order_request_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES sales.quote(id);


--
-- Name: quote_line quote_line_quote_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.quote_line
    ADD CONSTRAINT quote_line_quote_id_fkey FOREIGN KEY (quote_id) REFERENCES sales.quote(id);


--
-- Name: quote quote_opportunity_id_fkey; Type: FK CONSTRAINT; Schema: sales; Owner: -
--

ALTER TABLE ONLY sales.quote
    ADD CONSTRAINT quote_opportunity_id_fkey FOREIGN KEY (opportunity_id) REFERENCES sales.opportunity(id);


--
-- PostgreSQL database dump complete
--


