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
-- Name: contacts; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA contacts;


--
-- Name: check_changed_party(); Type: FUNCTION; Schema: contacts; Owner: -
--

CREATE FUNCTION contacts.check_changed_party() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO duplicate_check (party_id) VALUES (NEW.id);
    RETURN NULL;
END $$;


--
-- Name: check_new_parties(); Type: FUNCTION; Schema: contacts; Owner: -
--

CREATE FUNCTION contacts.check_new_parties() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO duplicate_check (party_id) SELECT id FROM fresh;
    RETURN NULL;
END $$;


--
-- Name: keep_party_history(); Type: FUNCTION; Schema: contacts; Owner: -
--

CREATE FUNCTION contacts.keep_party_history() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- A transaction that began earlier may commit later: times of a record only go forward.
    NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at + interval '1 microsecond');
    INSERT INTO party_history VALUES (OLD.id, OLD.updated_at, NEW.updated_at,
        to_jsonb(OLD) - ARRAY['search_terms', 'search_text', 'sort_name']);
    RETURN NEW;
END $$;


--
-- Name: party_search_stale(); Type: FUNCTION; Schema: contacts; Owner: -
--

CREATE FUNCTION contacts.party_search_stale() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.search_terms := NULL;
    NEW.sort_name := left(lower(NEW.name), 100);
    RETURN NEW;
END $$;


--
-- Name: party_select(text, text[]); Type: FUNCTION; Schema: contacts; Owner: -
--

CREATE FUNCTION contacts.party_select(query text, args text[]) RETURNS TABLE(body text, sort text, id uuid)
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN RETURN QUERY EXECUTE query USING args; END $$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: applied_sequence; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.applied_sequence (
    grp text NOT NULL,
    source text NOT NULL,
    key text NOT NULL,
    seq bigint NOT NULL
)
WITH (fillfactor='80');


--
-- Name: archive_piece; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.archive_piece (
    archive_id uuid NOT NULL,
    party_id uuid NOT NULL,
    service text NOT NULL,
    piece bigint NOT NULL,
    pieces bigint NOT NULL,
    bytes bytea NOT NULL
);


--
-- Name: campaign_message; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.campaign_message (
    campaign_id uuid NOT NULL,
    party_id uuid NOT NULL,
    sent_at timestamp with time zone NOT NULL
);


--
-- Name: campaign_name; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.campaign_name (
    id uuid NOT NULL,
    name text NOT NULL,
    segment text,
    status text
);


--
-- Name: cohort_month; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.cohort_month (
    currency text NOT NULL,
    cohort date NOT NULL,
    month date NOT NULL,
    customers bigint NOT NULL,
    kept bigint NOT NULL
);


--
-- Name: consent; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.consent (
    party_id uuid NOT NULL,
    channel text NOT NULL,
    purpose text NOT NULL,
    granted boolean NOT NULL,
    source text NOT NULL,
    decided_at timestamp with time zone NOT NULL
);


--
-- Name: consent_decision; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.consent_decision (
    id bigint NOT NULL,
    party_id uuid NOT NULL,
    channel text NOT NULL,
    purpose text NOT NULL,
    granted boolean NOT NULL,
    source text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    proof text
);


--
-- Name: consent_decision_id_seq; Type: SEQUENCE; Schema: contacts; Owner: -
--

ALTER TABLE contacts.consent_decision ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME contacts.consent_decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: consent_effective; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.consent_effective (
    party_id uuid NOT NULL,
    channel text NOT NULL,
    purpose text NOT NULL,
    granted boolean NOT NULL,
    source text NOT NULL,
    decided_at timestamp with time zone NOT NULL
);


--
-- Name: consumer_offset; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.consumer_offset (
    grp text NOT NULL,
    topic text NOT NULL,
    part integer NOT NULL,
    next_offset bigint NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
)
WITH (fillfactor='50');


--
-- Name: custom_field; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.custom_field (
    key text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    label text NOT NULL,
    type text NOT NULL,
    choices text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT custom_field_type_check CHECK ((type = ANY (ARRAY['text'::text, 'number'::text, 'boolean'::text, 'date'::text, 'choice'::text])))
);


--
-- Name: dead_letter; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.dead_letter (
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
-- Name: dead_letter_action; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.dead_letter_action (
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
-- Name: dead_letter_action_id_seq; Type: SEQUENCE; Schema: contacts; Owner: -
--

ALTER TABLE contacts.dead_letter_action ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME contacts.dead_letter_action_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: dead_letter_id_seq; Type: SEQUENCE; Schema: contacts; Owner: -
--

ALTER TABLE contacts.dead_letter ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME contacts.dead_letter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: document_detail; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.document_detail (
    id text NOT NULL,
    kind text NOT NULL,
    currency text NOT NULL,
    at timestamp with time zone NOT NULL,
    channel text,
    cost bigint NOT NULL,
    costed bigint NOT NULL,
    lines jsonb NOT NULL
);


--
-- Name: duplicate_check; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.duplicate_check (
    id bigint NOT NULL,
    party_id uuid NOT NULL
);


--
-- Name: duplicate_check_id_seq; Type: SEQUENCE; Schema: contacts; Owner: -
--

ALTER TABLE contacts.duplicate_check ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME contacts.duplicate_check_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: duplicate_pair; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.duplicate_pair (
    low uuid NOT NULL,
    high uuid NOT NULL,
    score bigint NOT NULL,
    reasons text[] NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    found_at timestamp with time zone DEFAULT now() NOT NULL,
    decided_at timestamp with time zone,
    decided_by text,
    CONSTRAINT duplicate_pair_check CHECK ((low < high)),
    CONSTRAINT duplicate_pair_status_check CHECK ((status = ANY (ARRAY['open'::text, 'rejected'::text, 'merged'::text])))
);


--
-- Name: erasure; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.erasure (
    id uuid NOT NULL,
    party_id uuid NOT NULL,
    parties uuid[] NOT NULL,
    requested_by text,
    reason text,
    requested_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: erasure_receipt; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.erasure_receipt (
    erasure_id uuid NOT NULL,
    party_id uuid NOT NULL,
    service text NOT NULL,
    completed_at timestamp with time zone DEFAULT now() NOT NULL,
    lines jsonb NOT NULL
);


--
-- Name: erp_document; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.erp_document (
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
-- Name: idempotency_key; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.idempotency_key (
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    content_type text NOT NULL,
    body bytea NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: import_chunk; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.import_chunk (
    import_id uuid NOT NULL,
    seq bigint NOT NULL,
    bytes bytea NOT NULL
);
ALTER TABLE ONLY contacts.import_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;


--
-- Name: import_error; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.import_error (
    import_id uuid NOT NULL,
    line bigint NOT NULL,
    field text NOT NULL,
    message text NOT NULL,
    record text NOT NULL
);


--
-- Name: import_row; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.import_row (
    import_id uuid NOT NULL,
    party_id uuid NOT NULL,
    version bigint NOT NULL,
    before jsonb
);


--
-- Name: inbox; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.inbox (
    id text NOT NULL,
    source text NOT NULL,
    grp text NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: interaction; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.interaction (
    kind text NOT NULL,
    reference text NOT NULL,
    party_id uuid,
    at timestamp with time zone NOT NULL,
    title text NOT NULL,
    body jsonb NOT NULL,
    told_at timestamp with time zone DEFAULT now() NOT NULL,
    mail_key text,
    phone_key text,
    sender text NOT NULL,
    CONSTRAINT interaction_reference_check CHECK (((octet_length(reference) >= 1) AND (octet_length(reference) <= 200)))
);


--
-- Name: match_key; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.match_key (
    kind text NOT NULL,
    key text NOT NULL,
    party_id uuid NOT NULL
);


--
-- Name: model_run; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.model_run (
    id uuid NOT NULL,
    currency text NOT NULL,
    state text NOT NULL,
    weeks bigint NOT NULL,
    owner uuid,
    asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    heartbeat_at timestamp with time zone,
    finished_at timestamp with time zone,
    as_of timestamp with time zone,
    customers bigint,
    done bigint DEFAULT 0 NOT NULL,
    after uuid,
    r double precision,
    alpha double precision,
    a double precision,
    b double precision,
    bg_likelihood double precision,
    p double precision,
    q double precision,
    gamma double precision,
    gg_likelihood double precision,
    fit_seconds double precision,
    error text,
    CONSTRAINT model_run_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
);


--
-- Name: month_seen; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.month_seen (
    currency text NOT NULL,
    month date NOT NULL,
    orders bigint NOT NULL,
    revenue numeric NOT NULL
);


--
-- Name: month_stale; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.month_stale (
    currency text NOT NULL,
    month date NOT NULL
);


--
-- Name: outbox; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.outbox (
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
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: contacts; Owner: -
--

ALTER TABLE contacts.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME contacts.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: parked_key; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.parked_key (
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
-- Name: parked_message; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.parked_message (
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
-- Name: party; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party (
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    email text,
    phone text,
    language text,
    time_zone text,
    country text,
    notes text,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    owner text,
    category text,
    birthday date,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    custom jsonb DEFAULT '{}'::jsonb NOT NULL,
    sort_name text COLLATE pg_catalog."C",
    search_text text COLLATE pg_catalog."C",
    search_terms integer[],
    merged_into uuid,
    CONSTRAINT party_kind_check CHECK ((kind = ANY (ARRAY['consumer'::text, 'enterprise'::text, 'partner'::text, 'internal'::text]))),
    CONSTRAINT party_name_check CHECK (((octet_length(name) >= 1) AND (octet_length(name) <= 1000)))
)
WITH (fillfactor='80');


--
-- Name: party_archive; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_archive (
    id uuid NOT NULL,
    party_id uuid NOT NULL,
    parties uuid[] NOT NULL,
    requested_by text,
    requested_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: party_benefit; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_benefit (
    party_id uuid NOT NULL,
    declared text,
    learnt text,
    evidence jsonb,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT party_benefit_declared_check CHECK ((declared = ANY (ARRAY['functional'::text, 'process'::text, 'relationship'::text]))),
    CONSTRAINT party_benefit_learnt_check CHECK ((learnt = ANY (ARRAY['functional'::text, 'process'::text, 'relationship'::text])))
);


--
-- Name: party_custom; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_custom (
    field text NOT NULL,
    number numeric NOT NULL,
    party_id uuid NOT NULL
);


--
-- Name: party_history; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_history (
    party_id uuid NOT NULL,
    valid_from timestamp with time zone NOT NULL,
    valid_to timestamp with time zone NOT NULL,
    record jsonb NOT NULL
);


--
-- Name: party_import; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_import (
    id uuid NOT NULL,
    state text NOT NULL,
    format text NOT NULL,
    options jsonb NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    chunks bigint DEFAULT 0 NOT NULL,
    next_chunk bigint DEFAULT 0 NOT NULL,
    carry bytea DEFAULT '\x'::bytea NOT NULL,
    header text[],
    line bigint DEFAULT 1 NOT NULL,
    rows bigint DEFAULT 0 NOT NULL,
    created bigint DEFAULT 0 NOT NULL,
    changed bigint DEFAULT 0 NOT NULL,
    skipped bigint DEFAULT 0 NOT NULL,
    refused bigint DEFAULT 0 NOT NULL,
    undone bigint DEFAULT 0 NOT NULL,
    kept bigint DEFAULT 0 NOT NULL,
    bytes_done bigint DEFAULT 0 NOT NULL,
    error text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT party_import_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'undoing'::text, 'undone'::text])))
);


--
-- Name: party_merge; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_merge (
    id uuid NOT NULL,
    survivor_id uuid NOT NULL,
    merged_id uuid NOT NULL,
    merged_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    merged_by text,
    changes jsonb NOT NULL,
    added_tags text[] NOT NULL,
    undone_at timestamp with time zone,
    undone_by text,
    report jsonb
);


--
-- Name: party_month; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_month (
    party_id uuid NOT NULL,
    month date NOT NULL,
    currency text NOT NULL,
    orders bigint NOT NULL,
    revenue bigint NOT NULL,
    credits bigint NOT NULL,
    credited bigint NOT NULL,
    paid bigint NOT NULL,
    cost bigint NOT NULL,
    costed bigint NOT NULL,
    days integer NOT NULL,
    first_at timestamp with time zone,
    last_at timestamp with time zone
)
WITH (fillfactor='85');


--
-- Name: party_prediction; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_prediction (
    party_id uuid NOT NULL,
    currency text NOT NULL,
    run_id uuid NOT NULL,
    alive double precision NOT NULL,
    purchases double precision NOT NULL,
    spend bigint,
    lifetime_value bigint
)
WITH (fillfactor='85');


--
-- Name: party_redirect; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_redirect (
    party_id uuid NOT NULL,
    survivor_id uuid NOT NULL
);


--
-- Name: party_reference; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_reference (
    system text NOT NULL,
    reference text NOT NULL,
    party_id uuid NOT NULL,
    origin_id uuid
);


--
-- Name: party_relation; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_relation (
    party_id uuid NOT NULL,
    kind text NOT NULL,
    other_id uuid NOT NULL,
    since date,
    note text,
    CONSTRAINT party_relation_check CHECK ((party_id <> other_id))
);


--
-- Name: party_stage; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_stage (
    party_id uuid NOT NULL,
    stage text NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    cause text NOT NULL,
    last_order_at timestamp with time zone,
    due_at timestamp with time zone,
    CONSTRAINT party_stage_stage_check CHECK ((stage = ANY (ARRAY['prospect'::text, 'lead'::text, 'customer'::text, 'loyal'::text, 'lapsing'::text, 'lapsed'::text, 'lost'::text, 'won_back'::text])))
);


--
-- Name: party_stage_change; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_stage_change (
    party_id uuid NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    stage text NOT NULL,
    previous text NOT NULL,
    cause text NOT NULL
);


--
-- Name: party_value; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_value (
    party_id uuid NOT NULL,
    currency text NOT NULL,
    orders bigint NOT NULL,
    revenue bigint NOT NULL,
    credits bigint NOT NULL,
    credited bigint NOT NULL,
    paid bigint NOT NULL,
    first_order_at timestamp with time zone,
    last_order_at timestamp with time zone,
    purchase_days bigint DEFAULT 0 NOT NULL,
    first_day_revenue bigint DEFAULT 0 NOT NULL,
    cost bigint DEFAULT 0 NOT NULL,
    costed bigint DEFAULT 0 NOT NULL
)
WITH (fillfactor='80');


--
-- Name: party_view; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_view (
    id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    name text NOT NULL,
    owner text,
    definition jsonb NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: party_voice; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_voice (
    party_id uuid NOT NULL,
    survey text NOT NULL,
    answers bigint NOT NULL,
    total double precision NOT NULL,
    last_at timestamp with time zone NOT NULL
);


--
-- Name: party_wallet; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.party_wallet (
    party_id uuid NOT NULL,
    currency text NOT NULL,
    yearly_spend bigint NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: product_name; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.product_name (
    sku text NOT NULL,
    name text NOT NULL,
    category text
);


--
-- Name: rebuild; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.rebuild (
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
-- Name: rebuild_id_seq; Type: SEQUENCE; Schema: contacts; Owner: -
--

ALTER TABLE contacts.rebuild ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME contacts.rebuild_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: report; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.report (
    name text NOT NULL,
    currency text NOT NULL,
    computed_at timestamp with time zone NOT NULL,
    seconds double precision NOT NULL,
    body text NOT NULL
);


--
-- Name: sales_cell; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.sales_cell (
    currency text NOT NULL,
    dimension text NOT NULL,
    cell text NOT NULL,
    lane bigint NOT NULL,
    orders bigint NOT NULL,
    revenue bigint NOT NULL,
    credits bigint NOT NULL,
    credited bigint NOT NULL
)
WITH (fillfactor='50');


--
-- Name: schema_migration; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.schema_migration (
    name text NOT NULL,
    applied_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);


--
-- Name: subject_key; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.subject_key (
    owner text NOT NULL,
    subject text NOT NULL,
    version bigint NOT NULL,
    key bytea,
    CONSTRAINT subject_key_key_check CHECK ((octet_length(key) = 32))
);


--
-- Name: timer; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.timer (
    id bigint NOT NULL,
    due_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    payload text
);


--
-- Name: timer_id_seq; Type: SEQUENCE; Schema: contacts; Owner: -
--

ALTER TABLE contacts.timer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME contacts.timer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: touch; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.touch (
    party_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    title text NOT NULL
);


--
-- Name: value_scale; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.value_scale (
    currency text NOT NULL,
    refreshed_at timestamp with time zone NOT NULL,
    customers bigint NOT NULL,
    recency timestamp with time zone[] NOT NULL,
    frequency bigint[] NOT NULL,
    monetary bigint[] NOT NULL,
    abc bigint[] NOT NULL
);


--
-- Name: value_weight; Type: TABLE; Schema: contacts; Owner: -
--

CREATE TABLE contacts.value_weight (
    behaviour text NOT NULL,
    weight double precision NOT NULL
);


--
-- Data for Name: applied_sequence; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.applied_sequence (grp, source, key, seq) FROM stdin;
contacts	/campaigns	3ee46405-091b-5de9-9f8f-046216a1e775	3
contacts	/campaigns	62b5d2eb-7584-54fa-9e03-8d47189aca79	1
contacts	/campaigns	d48f58c0-acd3-5c33-9d18-74ad62f12c76	2
contacts	/campaigns	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2
contacts	/sales	01a22b3a-c0c7-7635-959a-296ce19c1e78	1
contacts	/sales	01a22b3a-c0c4-7482-89a7-0d1b886b78f2	2
contacts	/sales	01a22b3a-c0c9-73f9-ab13-8d1a5f945564	1
contacts	/sales	01a22b3a-c0d2-714f-b683-7d6d395c7d1d	3
contacts	/sales	01a22b3a-c0e4-7292-8023-bcec4071f5b3	2
contacts	/sales	01a22b3a-c0e9-733c-a99d-722772a6cec1	2
contacts	/sales	01a22b3a-c0f5-7542-9335-25f7b9f13e71	2
contacts	/sales	01a22b3a-c0f7-73dd-9fc1-65296d2f6965	2
contacts	/sales	01a22b3a-c107-75b4-8028-5da558f09332	2
contacts	/sales	01a22b3a-c10a-759e-81f4-ccc72a28c716	2
contacts	/sales	01a22b3a-c115-7729-872a-91f8b9651418	1
contacts	/sales	01a22b3a-c119-76e9-8cbc-6e0a35135f2e	1
contacts	/sales	01a22b3a-c0ec-70a5-b5d8-e662ee6278f7	2
contacts	/sales	01a22b3a-c563-744b-96a3-ffe2bc38f0f3	1
contacts	/sales	01a22b3a-c61f-73b0-b76d-381738a5bb13	1
contacts	/sales	01a22b3a-c622-70c7-b689-528f631dcf79	1
contacts	/tickets	01a22b3a-c658-77ec-bb65-2a34a7d269a5	1
contacts	/tickets	01a22b3a-c655-7521-ba33-b51c74faeb23	2
contacts	/tickets	01a22b3a-c650-72cc-b194-011379a2774d	5
contacts	/tickets	f1b6a73e-fd96-5011-b602-1e145becf8de	1
contacts	/campaigns	01a22b3a-c6fe-7790-8d9f-55a012a78d7a	1
contacts	/campaigns	01a22b3a-c6f8-77cc-970f-57607da92936	3
contacts	/notifications	0190a000-0000-7000-8000-000000000002	1
contacts	/notifications	01a22b3a-c70a-72d2-b163-9e5ff9c1688f	1
contacts	/notifications	01a22b3a-c70a-72d3-a8dd-803904f5b51d	1
contacts	/notifications	01a22b3a-c70a-72d4-9162-9fc1e0aa8f74	1
contacts	/notifications	0190a000-0000-7000-8000-000000000001	1
contacts	/notifications	01a22b3a-c677-715e-8529-39fda4768707	1
contacts	/notifications	0190a000-0000-7000-8000-000000000004	2
contacts	/tickets	01a22b3a-c7e1-70d3-a36f-9385d8983274	1
contacts	/sales	01a22b3a-c7de-745f-8715-ab1d5b6f41b0	1
\.


--
-- Data for Name: archive_piece; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.archive_piece (archive_id, party_id, service, piece, pieces, bytes) FROM stdin;
01a22b3a-c7fa-7630-ae81-0783c055aae5	01a22b3a-b1f0-7120-93e4-9d9bffba3801	contacts	0	1	\\x7b0a22696e746572616374696f6e223a5b7b226174223a2022323032362d31312d30315431303a30303a30302b30303a3030222c2022626f6479223a207b226174223a2022323032362d31312d30315431303a30303a30305a222c20226167656e74223a20226d61726961222c202270686f6e65223a20222b343933303132333435363738222c20226f7574636f6d65223a2022616e737765726564222c20227365636f6e6473223a2039352c20227375626a656374223a202244656c6976657279222c2022646972656374696f6e223a2022696e626f756e64222c2022696e746572616374696f6e4964223a202263616c6c2d31227d2c20226b696e64223a202263616c6c2e656e646564222c20227469746c65223a202263616c6c2c20616e7377657265642c20393520733a2044656c6976657279222c202273656e646572223a20222b343933303132333435363738222c2022746f6c645f6174223a2022323032362d31312d33305430363a35333a31362e3830333335332b30303a3030222c20226d61696c5f6b6579223a206e756c6c2c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202270686f6e655f6b6579223a2022303132333435363738222c20227265666572656e6365223a202263616c6c2d31227d2c207b226174223a2022323032362d31312d30315431303a30303a30302b30303a3030222c2022626f6479223a207b226174223a2022323032362d31312d30315431303a30303a30305a222c202274657874223a202249742063616d652e222c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226368616e6e656c223a20226d61696c222c20227375626a656374223a20225468616e6b20796f75222c2022696e746572616374696f6e4964223a20226d61696c2d31227d2c20226b696e64223a20226d6573736167652e7265636569766564222c20227469746c65223a20226d61696c3a205468616e6b20796f753a2049742063616d652e222c202273656e646572223a2022616e6e61406578616d706c652e636f6d222c2022746f6c645f6174223a2022323032362d31312d33305430363a35333a31362e3831363239382b30303a3030222c20226d61696c5f6b6579223a2022616e6e61406578616d706c652e636f6d222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202270686f6e655f6b6579223a206e756c6c2c20227265666572656e6365223a20226d61696c2d31227d5d2c0a22696d706f72745f6572726f72223a5b5d2c0a227061727479223a5b7b226964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20226b696e64223a2022636f6e73756d6572222c20226e616d65223a2022416e6e6120426569737069656c222c202274616773223a205b22766970222c20227072657373225d2c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226e6f746573223a202252696e6773206166746572206e6f6f6e2e222c20226f776e6572223a20226d61726961222c202270686f6e65223a20222b343933303132333435363739222c2022637573746f6d223a207b2274696572223a2022676f6c64222c20227365617473223a2031327d2c2022636f756e747279223a20224445222c202264657461696c73223a207b226c696b6573223a205b22746561225d2c20227469746c65223a20224275796572222c2022656d61696c73223a205b7b226c6162656c223a2022686f6d65222c202261646472657373223a2022616e6e61406578616d706c652e636f6d227d2c207b2261646472657373223a2022612e626569737069656c406578616d706c652e6f7267227d5d2c202270686f6e6573223a205b7b226e756d626572223a20222b343933303132333435363739227d2c207b226c6162656c223a20226d6f62696c65222c20226e756d626572223a20222b343933303132333435363738227d5d2c202268616e646c6573223a205b7b2268616e646c65223a202240616e6e61222c20226e6574776f726b223a20226d6173746f646f6e227d5d2c2022616464726573736573223a205b7b2263697479223a20224265726c696e222c2022737472656574223a20224d75737465727765672031222c2022636f756e747279223a20224445222c2022706f7374616c436f6465223a20223130313135227d5d2c2022707265666572656e636573223a207b22636f6e74616374223a20226d61696c227d7d2c202276657273696f6e223a2031302c20226269727468646179223a2022313938342d30322d3239222c202263617465676f7279223a206e756c6c2c20226c616e6775616765223a20226465222c2022736f72745f6e616d65223a2022616e6e6120626569737069656c222c202274696d655f7a6f6e65223a20224575726f70652f4265726c696e222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a31362e3635353830362b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a31372e3537343934312b30303a3030222c20226d65726765645f696e746f223a206e756c6c2c20227365617263685f74657874223a2022616e6e6120626569737069656c5c6e616e6e61406578616d706c652e636f6d5c6e612e626569737069656c406578616d706c652e6f72675c6e632d37375c6e3439333031323334353637395c6e343933303132333435363738222c20227365617263685f7465726d73223a205b2d323131353039373735392c202d313839373737333236352c202d313737323838393333362c202d313731303332313738302c202d313535343539363535392c202d313336323837383838392c202d313239373630323135352c202d313235313532333036372c202d313233343734353434382c202d313231313832343530352c202d313138383837323134312c202d313135323634363038362c202d313134313731343432382c202d313131313636333930372c202d313130373837373734362c202d313035393330373634392c202d313034313535333639382c202d313032383631343435352c202d3932383933343437392c202d3735323138323934322c202d3734323430393139342c202d3733383430393837382c202d3732353932353736352c202d3732343239393732322c202d3636303737323231382c202d3632343538333631322c202d3630313138343337312c202d3539393231323839352c202d3535323435383937322c202d3533353638313335332c202d3434343039353037302c202d3333393336333134392c202d3236333432303838362c202d3130373339383530332c202d37393737383731382c203232313034363534382c203233353531393136312c203235393239363335342c203434383431323431352c203439363338393337312c203831323030313937342c203832333133313331312c203837383236323638362c203838333437323631322c203938393931333030392c20313032343132353335342c20313036323635393234332c20313137353731323533392c20313236393134383435302c20313330333939363834332c20313332333331333239382c20313332343430303331372c20313338353730353639332c20313431333636333239352c20313433393839353038312c20313435353430393633322c20313438323537333031302c20313631363031313736322c20313631393732333335352c20313836353837373636362c20323034373739393536322c20323036313936393831392c20323130303736373239395d7d5d2c0a2270617274795f686973746f7279223a5b7b227265636f7264223a207b226964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20226b696e64223a2022636f6e73756d6572222c20226e616d65223a2022416e6e6120426569737069656c222c202274616773223a205b22766970225d2c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226e6f746573223a202252696e6773206265666f7265206e6f6f6e2e222c20226f776e6572223a20226d61726961222c202270686f6e65223a20222b343933303132333435363738222c2022637573746f6d223a207b2274696572223a2022676f6c64222c20227365617473223a2031327d2c2022636f756e747279223a20224445222c202264657461696c73223a207b226c696b6573223a205b22746561225d2c20227469746c65223a20224275796572222c2022656d61696c73223a205b7b226c6162656c223a2022686f6d65222c202261646472657373223a2022616e6e61406578616d706c652e636f6d227d2c207b2261646472657373223a2022612e626569737069656c406578616d706c652e6f7267227d5d2c202270686f6e6573223a205b7b226c6162656c223a20226d6f62696c65222c20226e756d626572223a20222b343933303132333435363738227d5d2c202268616e646c6573223a205b7b2268616e646c65223a202240616e6e61222c20226e6574776f726b223a20226d6173746f646f6e227d5d2c2022616464726573736573223a205b7b2263697479223a20224265726c696e222c2022737472656574223a20224d75737465727765672031222c2022636f756e747279223a20224445222c2022706f7374616c436f6465223a20223130313135227d5d2c2022707265666572656e636573223a207b22636f6e74616374223a20226d61696c227d7d2c202276657273696f6e223a20342c20226269727468646179223a2022313938342d30322d3239222c202263617465676f7279223a206e756c6c2c20226c616e6775616765223a20226465222c202274696d655f7a6f6e65223a20224575726f70652f4265726c696e222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a31362e3635353830362b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a31362e3635353830362b30303a3030222c20226d65726765645f696e746f223a206e756c6c7d2c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202276616c69645f746f223a2022323032362d31312d33305430363a35333a31362e3736333734312b30303a3030222c202276616c69645f66726f6d223a2022323032362d31312d33305430363a35333a31362e3635353830362b30303a3030227d2c207b227265636f7264223a207b226964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20226b696e64223a2022636f6e73756d6572222c20226e616d65223a2022416e6e6120426569737069656c222c202274616773223a205b22766970222c20227072657373225d2c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226e6f746573223a202252696e6773206166746572206e6f6f6e2e222c20226f776e6572223a20226d61726961222c202270686f6e65223a20222b343933303132333435363738222c2022637573746f6d223a207b2274696572223a2022676f6c64222c20227365617473223a2031327d2c2022636f756e747279223a20224445222c202264657461696c73223a207b226c696b6573223a205b22746561225d2c20227469746c65223a20224275796572222c2022656d61696c73223a205b7b226c6162656c223a2022686f6d65222c202261646472657373223a2022616e6e61406578616d706c652e636f6d227d2c207b2261646472657373223a2022612e626569737069656c406578616d706c652e6f7267227d5d2c202270686f6e6573223a205b7b226c6162656c223a20226d6f62696c65222c20226e756d626572223a20222b343933303132333435363738227d5d2c202268616e646c6573223a205b7b2268616e646c65223a202240616e6e61222c20226e6574776f726b223a20226d6173746f646f6e227d5d2c2022616464726573736573223a205b7b2263697479223a20224265726c696e222c2022737472656574223a20224d75737465727765672031222c2022636f756e747279223a20224445222c2022706f7374616c436f6465223a20223130313135227d5d2c2022707265666572656e636573223a207b22636f6e74616374223a20226d61696c227d7d2c202276657273696f6e223a20362c20226269727468646179223a2022313938342d30322d3239222c202263617465676f7279223a206e756c6c2c20226c616e6775616765223a20226465222c202274696d655f7a6f6e65223a20224575726f70652f4265726c696e222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a31362e3635353830362b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a31362e3736333734312b30303a3030222c20226d65726765645f696e746f223a206e756c6c7d2c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202276616c69645f746f223a2022323032362d31312d33305430363a35333a31372e3532393635312b30303a3030222c202276616c69645f66726f6d223a2022323032362d31312d33305430363a35333a31362e3736333734312b30303a3030227d2c207b227265636f7264223a207b226964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20226b696e64223a2022636f6e73756d6572222c20226e616d65223a2022416e6e6120426569737069656c222c202274616773223a205b22766970222c20227072657373225d2c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226e6f746573223a202252696e6773206166746572206e6f6f6e2e222c20226f776e6572223a20226d61726961222c202270686f6e65223a20222b343933303132333435363739222c2022637573746f6d223a207b2274696572223a2022676f6c64222c20227365617473223a2031327d2c2022636f756e747279223a20224445222c202264657461696c73223a207b226c696b6573223a205b22746561225d2c20227469746c65223a20224275796572222c2022656d61696c73223a205b7b226c6162656c223a2022686f6d65222c202261646472657373223a2022616e6e61406578616d706c652e636f6d227d2c207b2261646472657373223a2022612e626569737069656c406578616d706c652e6f7267227d5d2c202270686f6e6573223a205b7b226e756d626572223a20222b343933303132333435363739227d2c207b226c6162656c223a20226d6f62696c65222c20226e756d626572223a20222b343933303132333435363738227d5d2c202268616e646c6573223a205b7b2268616e646c65223a202240616e6e61222c20226e6574776f726b223a20226d6173746f646f6e227d5d2c2022616464726573736573223a205b7b2263697479223a20224265726c696e222c2022737472656574223a20224d75737465727765672031222c2022636f756e747279223a20224445222c2022706f7374616c436f6465223a20223130313135227d5d2c2022707265666572656e636573223a207b22636f6e74616374223a20226d61696c227d7d2c202276657273696f6e223a20382c20226269727468646179223a2022313938342d30322d3239222c202263617465676f7279223a206e756c6c2c20226c616e6775616765223a20226465222c202274696d655f7a6f6e65223a20224575726f70652f4265726c696e222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a31362e3635353830362b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a31372e3532393635312b30303a3030222c20226d65726765645f696e746f223a206e756c6c7d2c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202276616c69645f746f223a2022323032362d31312d33305430363a35333a31372e3534373733372b30303a3030222c202276616c69645f66726f6d223a2022323032362d31312d33305430363a35333a31372e3532393635312b30303a3030227d2c207b227265636f7264223a207b226964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20226b696e64223a2022636f6e73756d6572222c20226e616d65223a2022416e6e6120426569737069656c222c202274616773223a205b22766970222c20227072657373225d2c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226e6f746573223a202252696e6773206166746572206e6f6f6e2e222c20226f776e6572223a20226d61726961222c202270686f6e65223a20222b343933303132333435363739222c2022637573746f6d223a207b2274696572223a2022676f6c64222c20227365617473223a2031327d2c2022636f756e747279223a20224445222c202264657461696c73223a207b226c696b6573223a205b22746561225d2c20227469746c65223a20224275796572222c2022656d61696c73223a205b7b226c6162656c223a2022686f6d65222c202261646472657373223a2022616e6e61406578616d706c652e636f6d227d2c207b2261646472657373223a2022612e626569737069656c406578616d706c652e6f7267227d5d2c202270686f6e6573223a205b7b226e756d626572223a20222b343933303132333435363739227d2c207b226c6162656c223a20226d6f62696c65222c20226e756d626572223a20222b343933303132333435363738227d5d2c202268616e646c6573223a205b7b2268616e646c65223a202240616e6e61222c20226e6574776f726b223a20226d6173746f646f6e227d5d2c2022616464726573736573223a205b7b2263697479223a20224265726c696e222c2022737472656574223a20224d75737465727765672031222c2022636f756e747279223a20224445222c2022706f7374616c436f6465223a20223130313135227d5d2c2022707265666572656e636573223a207b22636f6e74616374223a20226d61696c227d7d2c202276657273696f6e223a20392c20226269727468646179223a2022313938342d30322d3239222c202263617465676f7279223a202262726f6b6572616765222c20226c616e6775616765223a20226465222c202274696d655f7a6f6e65223a20224575726f70652f4265726c696e222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a31362e3635353830362b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a31372e3534373733372b30303a3030222c20226d65726765645f696e746f223a206e756c6c7d2c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202276616c69645f746f223a2022323032362d31312d33305430363a35333a31372e3537343934312b30303a3030222c202276616c69645f66726f6d223a2022323032362d31312d33305430363a35333a31372e3534373733372b30303a3030227d5d2c0a2270617274795f7265666572656e6365223a5b7b2273797374656d223a202273686f70222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20226f726967696e5f6964223a206e756c6c2c20227265666572656e6365223a2022432d3737227d5d2c0a22746f756368223a5b7b226174223a2022323032362d31312d33305430363a35333a32302e3435353939382b30303a3030222c20226b696e64223a20226c6561642e63726561746564222c20227469746c65223a2022436c6172612050726f62653a206e6577222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20227265666572656e6365223a202230316132326233612d633063372d373633352d393539612d323936636531396331653738227d2c207b226174223a2022323032362d31312d33305430363a35333a32302e3436363930312b30303a3030222c20226b696e64223a20226f70706f7274756e6974792e63726561746564222c20227469746c65223a2022437570733a207175616c696669636174696f6e222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20227265666572656e6365223a202230316132326233612d633064322d373134662d623638332d376436643339356337643164227d2c207b226174223a2022323032362d31312d33305430363a35333a32302e3437363431392b30303a3030222c20226b696e64223a20226f70706f7274756e6974792e6d6f766564222c20227469746c65223a2022437570733a2070726f706f73616c222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20227265666572656e6365223a202230316132326233612d633064322d373134662d623638332d376436643339356337643164227d2c207b226174223a2022323032362d31312d33305430363a35333a32302e3438323039332b30303a3030222c20226b696e64223a20226f70706f7274756e6974792e6c6f7374222c20227469746c65223a2022437570733a206c6f7374222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20227265666572656e6365223a202230316132326233612d633064322d373134662d623638332d376436643339356337643164227d2c207b226174223a2022323032362d31312d33305430363a35333a32312e3837343731332b30303a3030222c20226b696e64223a20227469636b65742e6f70656e6564222c20227469746c65223a202241206375702069732062726f6b656e222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20227265666572656e6365223a202230316132326233612d633635302d373263632d623139342d303131333739613237373464227d2c207b226174223a2022323032362d31312d33305430363a35333a32312e3838323839322b30303a3030222c20226b696e64223a20227469636b65742e7265706c696564222c20227469746c65223a202241206375702069732062726f6b656e222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20227265666572656e6365223a202230316132326233612d633635302d373263632d623139342d303131333739613237373464227d2c207b226174223a2022323032362d31312d33305430363a35333a32312e3931303937392b30303a3030222c20226b696e64223a20227469636b65742e7265736f6c766564222c20227469746c65223a202241206375702069732062726f6b656e222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20227265666572656e6365223a202230316132326233612d633635302d373263632d623139342d303131333739613237373464227d2c207b226174223a2022323032362d31312d33305430363a35333a32312e3935343930392b30303a3030222c20226b696e64223a20227375727665792e616e737765726564222c20227469746c65223a20226373617420343a20517569636b2e222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20227265666572656e6365223a202230316132326233612d633635302d373263632d623139342d303131333739613237373464227d2c207b226174223a2022323032362d31312d33305430363a35333a32322e3135313430322b30303a3030222c20226b696e64223a20226d6573736167652e73656e74222c20227469746c65223a20226d6573736167652073656e74222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20227265666572656e6365223a202230316132326233612d633637372d373135652d383532392d333966646134373638373037227d5d2c0a22636f6e73656e74223a5b7b22736f75726365223a2022666f726d222c20226368616e6e656c223a20226d61696c222c20226772616e746564223a20747275652c2022707572706f7365223a20226d61726b6574696e67222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3732333130362b30303a3030227d2c207b22736f75726365223a2022666f726d222c20226368616e6e656c223a202270686f6e65222c20226772616e746564223a2066616c73652c2022707572706f7365223a20226d61726b6574696e67222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3733353634392b30303a3030227d2c207b22736f75726365223a2022666f726d222c20226368616e6e656c223a20226d61696c222c20226772616e746564223a20747275652c2022707572706f7365223a202270726f66696c696e67222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3733393036392b30303a3030227d5d2c0a22636f6e73656e745f656666656374697665223a5b7b22736f75726365223a2022666f726d222c20226368616e6e656c223a20226d61696c222c20226772616e746564223a20747275652c2022707572706f7365223a20226d61726b6574696e67222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3732333130362b30303a3030227d2c207b22736f75726365223a2022666f726d222c20226368616e6e656c223a202270686f6e65222c20226772616e746564223a2066616c73652c2022707572706f7365223a20226d61726b6574696e67222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3733353634392b30303a3030227d2c207b22736f75726365223a2022666f726d222c20226368616e6e656c223a20226d61696c222c20226772616e746564223a20747275652c2022707572706f7365223a202270726f66696c696e67222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3733393036392b30303a3030227d2c207b22736f75726365223a2022617069222c20226368616e6e656c223a2022736d73222c20226772616e746564223a20747275652c2022707572706f7365223a202273657276696365222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3734373935312b30303a3030227d5d2c0a22636f6e73656e745f6465636973696f6e223a5b7b226964223a20352c202270726f6f66223a2022666f726d203132222c2022736f75726365223a2022666f726d222c20226368616e6e656c223a20226d61696c222c20226772616e746564223a20747275652c2022707572706f7365223a20226d61726b6574696e67222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3732333130362b30303a3030227d2c207b226964223a20362c202270726f6f66223a2022666f726d203132222c2022736f75726365223a2022666f726d222c20226368616e6e656c223a202270686f6e65222c20226772616e746564223a2066616c73652c2022707572706f7365223a20226d61726b6574696e67222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3733353634392b30303a3030227d2c207b226964223a20372c202270726f6f66223a2022666f726d203132222c2022736f75726365223a2022666f726d222c20226368616e6e656c223a20226d61696c222c20226772616e746564223a20747275652c2022707572706f7365223a202270726f66696c696e67222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3733393036392b30303a3030227d5d2c0a2270617274795f6d65726765223a5b7b226964223a202230316132326233612d623535362d373464392d386437312d323865636330326664316539222c20227265706f7274223a206e756c6c2c20226368616e676573223a207b2270686f6e65223a207b226166746572223a20222b343933303132333435363739222c20226265666f7265223a20222b343933303132333435363738227d2c202270686f6e6573223a207b226166746572223a20225b7b5c226e756d6265725c223a5c222b3439333031323334353637395c227d2c7b5c226c6162656c5c223a5c226d6f62696c655c222c5c226e756d6265725c223a5c222b3439333031323334353637385c227d5d222c20226265666f7265223a20225b7b5c226c6162656c5c223a5c226d6f62696c655c222c5c226e756d6265725c223a5c222b3439333031323334353637385c227d5d227d7d2c20226d65726765645f6174223a2022323032362d31312d33305430363a35333a31372e3532393136362b30303a3030222c20226d65726765645f6279223a20226d61726961222c20226d65726765645f6964223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c2022756e646f6e655f6174223a206e756c6c2c2022756e646f6e655f6279223a206e756c6c2c202261646465645f74616773223a205b5d2c20227375727669766f725f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d2c207b226964223a202230316132326233612d623536342d373437622d393033632d366136643132616238356536222c20227265706f7274223a207b226b657074223a205b5d2c20226d657267654964223a202230316132326233612d623536342d373437622d393033632d366136643132616238356536222c20226d65726765644964223a202230316132326233612d623166622d373162382d616562322d383038613530623535653739222c2022726573746f726564223a205b2263617465676f7279225d2c20227375727669766f724964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022646f63756d656e747352657475726e6564223a20307d2c20226368616e676573223a207b2263617465676f7279223a207b226166746572223a202262726f6b6572616765227d7d2c20226d65726765645f6174223a2022323032362d31312d33305430363a35333a31372e3534303936322b30303a3030222c20226d65726765645f6279223a20226d61726961222c20226d65726765645f6964223a202230316132326233612d623166622d373162382d616562322d383038613530623535653739222c2022756e646f6e655f6174223a2022323032362d31312d33305430363a35333a31372e3538383938312b30303a3030222c2022756e646f6e655f6279223a20226d61726961222c202261646465645f74616773223a205b5d2c20227375727669766f725f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d5d2c0a2270617274795f637573746f6d223a5b7b226669656c64223a20227365617473222c20226e756d626572223a2031322c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d5d2c0a2270617274795f72656c6174696f6e223a5b7b226b696e64223a2022656d706c6f7973222c20226e6f7465223a202270757263686173696e67222c202273696e6365223a2022323032302d30352d3031222c20226f746865725f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202270617274795f6964223a202230316132326233612d623166622d373162382d616562322d383038613530623535653739227d5d2c0a22696d706f72745f726f77223a5b5d2c0a226475706c69636174655f70616972223a5b7b226c6f77223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202268696768223a202230316132326233612d623166392d373032352d393661352d643436313835623430353564222c202273636f7265223a2038302c2022737461747573223a202272656a6563746564222c2022726561736f6e73223a205b2273616d65206d61696c222c202273696d696c6172206e616d65225d2c2022666f756e645f6174223a2022323032362d31312d33305430363a35333a31372e3038393630322b30303a3030222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31372e3531343234322b30303a3030222c2022646563696465645f6279223a20226d61726961227d2c207b226c6f77223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202268696768223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c202273636f7265223a203130302c2022737461747573223a20226d6572676564222c2022726561736f6e73223a205b2273616d65206d61696c222c202273616d65206e616d65222c202273616d6520636f756e747279225d2c2022666f756e645f6174223a2022323032362d31312d33305430363a35333a31372e3038393630322b30303a3030222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31372e3532353334332b30303a3030222c2022646563696465645f6279223a20226d61726961227d2c207b226c6f77223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202268696768223a202230316132326233612d623166622d373162382d616562322d383038613530623535653739222c202273636f7265223a20302c2022737461747573223a202272656a6563746564222c2022726561736f6e73223a205b5d2c2022666f756e645f6174223a2022323032362d31312d33305430363a35333a31372e35333934342b30303a3030222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31372e3537323731352b30303a3030222c2022646563696465645f6279223a20226d61726961227d5d2c0a226d617463685f6b6579223a5b7b226b6579223a2022616e6e61406578616d706c652e636f6d222c20226b696e64223a20226d61696c222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d2c207b226b6579223a2022612e626569737069656c406578616d706c652e6f7267222c20226b696e64223a20226d61696c222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d2c207b226b6579223a2022303132333435363738222c20226b696e64223a202270686f6e65222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d2c207b226b6579223a2022616e6e6120626569737069656c222c20226b696e64223a20226e616d65222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d2c207b226b6579223a20226265726c696e2f31222c20226b696e64223a202261646472657373222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d2c207b226b6579223a202231303131352f31222c20226b696e64223a202261646472657373222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d2c207b226b6579223a2022303132333435363739222c20226b696e64223a202270686f6e65222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d5d2c0a2270617274795f7374616765223a5b7b226361757365223a202261736b6564206174207468652066616972222c202273696e6365223a2022323032362d31312d33305430363a35333a31362e3739353537332b30303a3030222c20227374616765223a20226c656164222c20226475655f6174223a2022323032362d31322d33305430363a35333a31362e3739353537332b30303a3030222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20226c6173745f6f726465725f6174223a206e756c6c7d5d2c0a2270617274795f62656e65666974223a5b5d2c0a2270617274795f73746167655f6368616e6765223a5b7b226174223a2022323032362d31312d33305430363a35333a31362e3739373631352b30303a3030222c20226361757365223a202261736b6564206174207468652066616972222c20227374616765223a20226c656164222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202270726576696f7573223a202270726f7370656374227d5d2c0a2270617274795f77616c6c6574223a5b5d2c0a2270617274795f70726564696374696f6e223a5b5d2c0a2270617274795f766f696365223a5b7b22746f74616c223a20302e37352c2022737572766579223a202263736174222c2022616e7377657273223a20312c20226c6173745f6174223a2022323032362d31312d33305430363a35333a32312e3935343930392b30303a3030222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d5d2c0a2263616d706169676e5f6d657373616765223a5b5d2c0a2270617274795f76616c7565223a5b5d2c0a2270617274795f6d6f6e7468223a5b5d2c0a226572705f646f63756d656e74223a5b5d0a7d0a
01a22b3a-c7fa-7630-ae81-0783c055aae5	01a22b3a-b1f6-755b-a24f-0ea35539c47e	contacts	0	1	\\x7b0a22696e746572616374696f6e223a5b5d2c0a22696d706f72745f6572726f72223a5b5d2c0a227061727479223a5b7b226964223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c20226b696e64223a2022636f6e73756d6572222c20226e616d65223a2022416e6e6120426569737069656c222c202274616773223a205b5d2c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226e6f746573223a206e756c6c2c20226f776e6572223a206e756c6c2c202270686f6e65223a20222b343933303132333435363739222c2022637573746f6d223a207b7d2c2022636f756e747279223a20224445222c202264657461696c73223a207b7d2c202276657273696f6e223a20332c20226269727468646179223a206e756c6c2c202263617465676f7279223a206e756c6c2c20226c616e6775616765223a206e756c6c2c2022736f72745f6e616d65223a2022616e6e6120626569737069656c222c202274696d655f7a6f6e65223a206e756c6c2c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a31362e3636323238382b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a31372e3533313130342b30303a3030222c20226d65726765645f696e746f223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20227365617263685f74657874223a2022616e6e6120626569737069656c5c6e616e6e61406578616d706c652e636f6d5c6e343933303132333435363739222c20227365617263685f7465726d73223a205b2d323131353039373735392c202d313737323838393333362c202d313731303332313738302c202d313535343539363535392c202d313336323837383838392c202d313235313532333036372c202d313233343734353434382c202d313135323634363038362c202d313134313731343432382c202d313131313636333930372c202d313130373837373734362c202d313035393330373634392c202d313032383631343435352c202d3735323138323934322c202d3734323430393139342c202d3733383430393837382c202d3732353932353736352c202d3732343239393732322c202d3632343538333631322c202d3630313138343337312c202d3539393231323839352c202d3533353638313335332c202d3434343039353037302c202d3333393336333134392c202d3236333432303838362c202d3130373339383530332c203233353531393136312c203235393239363335342c203434383431323431352c203439363338393337312c203832333133313331312c203938393931333030392c20313036323635393234332c20313137353731323533392c20313236393134383435302c20313330333939363834332c20313332333331333239382c20313332343430303331372c20313338353730353639332c20313431333636333239352c20313433393839353038312c20323034373739393536322c20323036313936393831392c20323130303736373239395d7d5d2c0a2270617274795f686973746f7279223a5b7b227265636f7264223a207b226964223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c20226b696e64223a2022636f6e73756d6572222c20226e616d65223a2022416e6e6120426569737069656c222c202274616773223a205b5d2c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226e6f746573223a206e756c6c2c20226f776e6572223a206e756c6c2c202270686f6e65223a20222b343933303132333435363739222c2022637573746f6d223a207b7d2c2022636f756e747279223a20224445222c202264657461696c73223a207b7d2c202276657273696f6e223a20322c20226269727468646179223a206e756c6c2c202263617465676f7279223a206e756c6c2c20226c616e6775616765223a206e756c6c2c202274696d655f7a6f6e65223a206e756c6c2c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a31362e3636323238382b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a31362e3636323238382b30303a3030222c20226d65726765645f696e746f223a206e756c6c7d2c202270617274795f6964223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c202276616c69645f746f223a2022323032362d31312d33305430363a35333a31372e3533313130342b30303a3030222c202276616c69645f66726f6d223a2022323032362d31312d33305430363a35333a31362e3636323238382b30303a3030227d5d2c0a2270617274795f7265666572656e6365223a5b5d2c0a22746f756368223a5b5d2c0a22636f6e73656e74223a5b7b22736f75726365223a2022617069222c20226368616e6e656c223a2022736d73222c20226772616e746564223a20747275652c2022707572706f7365223a202273657276696365222c202270617274795f6964223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3734373935312b30303a3030227d5d2c0a22636f6e73656e745f656666656374697665223a5b7b22736f75726365223a2022617069222c20226368616e6e656c223a2022736d73222c20226772616e746564223a20747275652c2022707572706f7365223a202273657276696365222c202270617274795f6964223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3734373935312b30303a3030227d5d2c0a22636f6e73656e745f6465636973696f6e223a5b7b226964223a20382c202270726f6f66223a206e756c6c2c2022736f75726365223a2022617069222c20226368616e6e656c223a2022736d73222c20226772616e746564223a20747275652c2022707572706f7365223a202273657276696365222c202270617274795f6964223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31362e3734373935312b30303a3030227d5d2c0a2270617274795f6d65726765223a5b7b226964223a202230316132326233612d623535362d373464392d386437312d323865636330326664316539222c20227265706f7274223a206e756c6c2c20226368616e676573223a207b2270686f6e65223a207b226166746572223a20222b343933303132333435363739222c20226265666f7265223a20222b343933303132333435363738227d2c202270686f6e6573223a207b226166746572223a20225b7b5c226e756d6265725c223a5c222b3439333031323334353637395c227d2c7b5c226c6162656c5c223a5c226d6f62696c655c222c5c226e756d6265725c223a5c222b3439333031323334353637385c227d5d222c20226265666f7265223a20225b7b5c226c6162656c5c223a5c226d6f62696c655c222c5c226e756d6265725c223a5c222b3439333031323334353637385c227d5d227d7d2c20226d65726765645f6174223a2022323032362d31312d33305430363a35333a31372e3532393136362b30303a3030222c20226d65726765645f6279223a20226d61726961222c20226d65726765645f6964223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c2022756e646f6e655f6174223a206e756c6c2c2022756e646f6e655f6279223a206e756c6c2c202261646465645f74616773223a205b5d2c20227375727669766f725f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d5d2c0a2270617274795f637573746f6d223a5b5d2c0a2270617274795f72656c6174696f6e223a5b5d2c0a22696d706f72745f726f77223a5b5d2c0a226475706c69636174655f70616972223a5b7b226c6f77223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c202268696768223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c202273636f7265223a203130302c2022737461747573223a20226d6572676564222c2022726561736f6e73223a205b2273616d65206d61696c222c202273616d65206e616d65222c202273616d6520636f756e747279225d2c2022666f756e645f6174223a2022323032362d31312d33305430363a35333a31372e3038393630322b30303a3030222c2022646563696465645f6174223a2022323032362d31312d33305430363a35333a31372e3532353334332b30303a3030222c2022646563696465645f6279223a20226d61726961227d5d2c0a226d617463685f6b6579223a5b5d2c0a2270617274795f7374616765223a5b5d2c0a2270617274795f62656e65666974223a5b5d2c0a2270617274795f73746167655f6368616e6765223a5b5d2c0a2270617274795f77616c6c6574223a5b5d2c0a2270617274795f70726564696374696f6e223a5b5d2c0a2270617274795f766f696365223a5b5d2c0a2263616d706169676e5f6d657373616765223a5b5d2c0a2270617274795f76616c7565223a5b5d2c0a2270617274795f6d6f6e7468223a5b5d2c0a226572705f646f63756d656e74223a5b5d0a7d0a
01a22b3a-c7fa-7630-ae81-0783c055aae5	01a22b3a-b1f0-7120-93e4-9d9bffba3801	notifications	0	1	\\x7b0a227375707072657373696f6e223a5b5d2c0a227769746864726177616c223a5b7b226368616e6e656c223a202270686f6e65222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031227d5d2c0a226d657373616765223a5b7b226964223a202230316132326233612d633637372d373135652d383532392d333966646134373638373037222c202264617461223a207b226c696e6b223a2022687474703a2f2f3132372e302e302e313a32393237362f737572766579732f4d4446684d6a4a694d324574597a59314d4330334d6d4e6a4c5749784f5451744d4445784d7a6335595449334e7a526b4f6a512e313739383631333630312e70655138495477453744463378414d63544a424b6438303145784479506a56796172464b644e31614e576b222c20226e616d65223a2022416e6e6120426569737069656c222c20227375626a656374223a202241206375702069732062726f6b656e227d2c2022726561736f6e223a206e756c6c2c2022737461747573223a202273656e74222c202261646472657373223a2022616e6e61406578616d706c652e636f6d222c20226368616e6e656c223a20226d61696c222c2022707572706f7365223a20227472616e73616374696f6e616c222c202273656e745f6174223a2022323032362d31312d33305430363a35333a32322e3135303139332b30303a3030222c202276657273696f6e223a20312c2022617474656d707473223a20312c20226c616e6775616765223a20226465222c202274656d706c617465223a20227375727665792e63736174222c202264656475705f6b6579223a20227375727665793a30316132326233612d633635302d373263632d623139342d3031313337396132373734643a34222c2022726563697069656e74223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a32312e3934313639312b30303a3030222c2022657870697265735f6174223a2022323032362d31322d33305430363a35333a32312e3931303633392b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a32322e3135303139332b30303a3030222c20226e6578745f7472795f6174223a2022323032362d31312d33305430363a35333a32322e3135303139332b30303a3030227d5d0a7d0a
01a22b3a-c7fa-7630-ae81-0783c055aae5	01a22b3a-b1f6-755b-a24f-0ea35539c47e	notifications	0	1	\\x7b0a227375707072657373696f6e223a5b5d2c0a227769746864726177616c223a5b5d2c0a226d657373616765223a5b5d0a7d0a
01a22b3a-c7fa-7630-ae81-0783c055aae5	01a22b3a-b1f0-7120-93e4-9d9bffba3801	tickets	0	1	\\x7b0a227265706c79223a5b7b226964223a202230316132326233612d633635612d373433362d393537622d353133373637356439373931222c2022626f6479223a202257652073656e642061206e6577206f6e652e222c2022617574686f72223a20227061756c222c202273656e646572223a20226167656e74222c20227469636b65745f6964223a202230316132326233612d633635302d373263632d623139342d303131333739613237373464222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a32312e3838313939312b30303a3030222c20227669736962696c697479223a20227075626c6963227d2c207b226964223a202230316132326233612d633635632d373533372d393038382d323261633936633562613930222c2022626f6479223a202254616b652069742066726f6d2073746f636b2e222c2022617574686f72223a20227061756c222c202273656e646572223a20226167656e74222c20227469636b65745f6964223a202230316132326233612d633635302d373263632d623139342d303131333739613237373464222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a32312e3838343239392b30303a3030222c20227669736962696c697479223a2022696e7465726e616c227d2c207b226964223a202230316132326233612d633636332d373331652d383635372d323137623935346236396266222c2022626f6479223a20225468616e6b20796f7521222c2022617574686f72223a206e756c6c2c202273656e646572223a2022637573746f6d6572222c20227469636b65745f6964223a202230316132326233612d633635302d373263632d623139342d303131333739613237373464222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a32312e3838383938312b30303a3030222c20227669736962696c697479223a20227075626c6963227d5d2c0a227375727665795f616e73776572223a5b7b2273636f7265223a20342c2022636f6d6d656e74223a2022517569636b2e222c20227469636b65745f6964223a202230316132326233612d633635302d373263632d623139342d303131333739613237373464222c20227265736f6c7574696f6e223a20342c2022616e7377657265645f6174223a2022323032362d31312d33305430363a35333a32312e3935343131362b30303a3030227d5d2c0a227469636b6574223a5b7b226964223a202230316132326233612d633635302d373263632d623139342d303131333739613237373464222c202274797065223a2022636f6d706c61696e74222c2022736f75726365223a2022617069222c2022737461747573223a20227265736f6c766564222c20227375626a656374223a202241206375702069732062726f6b656e222c202276657273696f6e223a20352c202261737369676e6565223a20227061756c222c20226f726465725f6964223a206e756c6c2c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20227072696f72697479223a2022757267656e74222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a32312e3837323931332b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a32312e3935343131362b30303a3030222c20226465736372697074696f6e223a20225468652068616e646c652063616d65206f66662e222c20227265736f6c7665645f6174223a2022323032362d31312d33305430363a35333a32312e3931303633392b30303a3030222c20227265736f6c7574696f6e5f6c656674223a202230323a35393a35392e393632323734222c20227265736f6c7574696f6e5f6475655f6174223a206e756c6c2c20227265736f6c7574696f6e5f746172676574223a202230333a30303a3030222c202266697273745f726573706f6e6465645f6174223a2022323032362d31312d33305430363a35333a32312e3838313939312b30303a3030222c202266697273745f726573706f6e73655f6475655f6174223a2022323032362d31312d33305430373a30333a32312e3837323931332b30303a3030222c20227265736f6c7574696f6e5f62726561636865645f6174223a206e756c6c2c202266697273745f726573706f6e73655f62726561636865645f6174223a206e756c6c7d5d2c0a22637573746f6d65725f6f72646572223a5b5d2c0a22736869706d656e74223a5b5d2c0a22637573746f6d6572223a5b7b226e616d65223a2022416e6e6120426569737069656c222c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c202270686f6e65223a20222b343933303132333435363739222c20226c616e6775616765223a20226465222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022637573746f6d65725f6e6f223a206e756c6c7d5d0a7d0a
01a22b3a-c7fa-7630-ae81-0783c055aae5	01a22b3a-b1f6-755b-a24f-0ea35539c47e	campaigns	0	1	\\x7b0a227365676d656e745f6d656d626572223a5b5d2c0a226d656d626572223a5b7b226e616d65223a2022416e6e6120426569737069656c222c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226f7264657273223a20302c202262656e65666974223a206e756c6c2c202276657273696f6e223a20302c20226c616e6775616765223a206e756c6c2c20226d61795f6d61696c223a206e756c6c2c202270617274795f6964223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c20226c6173745f6f726465725f6174223a206e756c6c2c20226e6578745f636865636b5f6174223a206e756c6c2c202266697273745f6f726465725f6174223a206e756c6c2c202269735f62656e656669745f6465636c61726564223a2066616c73657d5d2c0a22726563697069656e74223a5b5d2c0a226572705f646f63756d656e74223a5b5d0a7d0a
01a22b3a-c7fa-7630-ae81-0783c055aae5	01a22b3a-b1f0-7120-93e4-9d9bffba3801	campaigns	0	1	\\x7b0a227365676d656e745f6d656d626572223a5b5d2c0a226d656d626572223a5b7b226e616d65223a2022416e6e6120426569737069656c222c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226f7264657273223a20302c202262656e65666974223a206e756c6c2c202276657273696f6e223a20302c20226c616e6775616765223a20226465222c20226d61795f6d61696c223a20747275652c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20226c6173745f6f726465725f6174223a206e756c6c2c20226e6578745f636865636b5f6174223a206e756c6c2c202266697273745f6f726465725f6174223a206e756c6c2c202269735f62656e656669745f6465636c61726564223a2066616c73657d5d2c0a22726563697069656e74223a5b5d2c0a226572705f646f63756d656e74223a5b5d0a7d0a
01a22b3a-c7fa-7630-ae81-0783c055aae5	01a22b3a-b1f6-755b-a24f-0ea35539c47e	tickets	0	1	\\x7b0a227265706c79223a5b5d2c0a227375727665795f616e73776572223a5b5d2c0a227469636b6574223a5b5d2c0a22637573746f6d65725f6f72646572223a5b5d2c0a22736869706d656e74223a5b5d2c0a22637573746f6d6572223a5b7b226e616d65223a2022416e6e6120426569737069656c222c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c202270686f6e65223a20222b343933303132333435363739222c20226c616e6775616765223a206e756c6c2c202270617274795f6964223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c2022637573746f6d65725f6e6f223a206e756c6c7d5d0a7d0a
01a22b3a-c7fa-7630-ae81-0783c055aae5	01a22b3a-b1f6-755b-a24f-0ea35539c47e	sales	0	1	\\x7b0a226f70706f7274756e697479223a5b5d2c0a226c656164223a5b5d2c0a227461736b223a5b5d2c0a226163746976697479223a5b5d2c0a226f726465725f72657175657374223a5b5d2c0a226163636f756e74223a5b7b226964223a202230316132326233612d623166362d373535622d613234662d306561333535333963343765222c20226b696e64223a2022636f6e73756d6572222c20226e616d65223a2022416e6e6120426569737069656c222c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226f776e6572223a206e756c6c2c202270686f6e65223a20222b343933303132333435363739222c2022636f756e747279223a20224445222c202276657273696f6e223a20312c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a31362e3639353136382b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a31362e3639353136382b30303a3030222c2022637573746f6d65725f6e6f223a206e756c6c7d5d2c0a226163636f756e745f726576656e7565223a5b5d2c0a226572705f646f63756d656e74223a5b5d0a7d0a
01a22b3a-c7fa-7630-ae81-0783c055aae5	01a22b3a-b1f0-7120-93e4-9d9bffba3801	sales	0	1	\\x7b0a226f70706f7274756e697479223a5b7b226964223a202230316132326233612d633064322d373134662d623638332d376436643339356337643164222c20226e616d65223a202243757073222c20226f776e6572223a20227061756c222c20227374616765223a20226c6f7374222c2022616d6f756e74223a20313230353030302c20226c6561645f6964223a206e756c6c2c202276657273696f6e223a20332c202263757272656e6379223a2022455552222c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a32302e3436363635342b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a32302e3438313732382b30303a3030222c20226c6f73735f726561736f6e223a20227072696365222c202273746167655f73696e6365223a2022323032362d31312d33305430363a35333a32302e3438313732382b30303a3030222c2022636f6e746163745f6e616d65223a206e756c6c2c2022636f6e746163745f656d61696c223a206e756c6c2c202265787065637465645f636c6f7365223a206e756c6c7d5d2c0a226c656164223a5b7b226964223a202230316132326233612d633063372d373633352d393539612d323936636531396331653738222c20226e616d65223a2022436c6172612050726f6265222c2022656d61696c223a206e756c6c2c20226e6f746573223a206e756c6c2c20226f776e6572223a206e756c6c2c202270686f6e65223a206e756c6c2c2022736f75726365223a206e756c6c2c2022737461747573223a20226e6577222c2022636f6d70616e79223a206e756c6c2c202276657273696f6e223a20312c202270617274795f6964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a32302e3435353930332b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a32302e3435353930332b30303a3030222c20226f70706f7274756e6974795f6964223a206e756c6c7d5d2c0a227461736b223a5b5d2c0a226163746976697479223a5b5d2c0a226f726465725f72657175657374223a5b5d2c0a226163636f756e74223a5b7b226964223a202230316132326233612d623166302d373132302d393365342d396439626666626133383031222c20226b696e64223a2022636f6e73756d6572222c20226e616d65223a2022416e6e6120426569737069656c222c2022656d61696c223a2022616e6e61406578616d706c652e636f6d222c20226f776e6572223a206e756c6c2c202270686f6e65223a20222b343933303132333435363739222c2022636f756e747279223a20224445222c202276657273696f6e223a20322c2022637265617465645f6174223a2022323032362d31312d33305430363a35333a31362e3638343830332b30303a3030222c2022757064617465645f6174223a2022323032362d31312d33305430363a35333a31372e3534343938362b30303a3030222c2022637573746f6d65725f6e6f223a206e756c6c7d5d2c0a226163636f756e745f726576656e7565223a5b5d2c0a226572705f646f63756d656e74223a5b5d0a7d0a
\.


--
-- Data for Name: campaign_message; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.campaign_message (campaign_id, party_id, sent_at) FROM stdin;
01a22b3a-c6f8-77cc-970f-57607da92936	3ee46405-091b-5de9-9f8f-046216a1e775	2026-11-30 06:53:22.151583+00
01a22b3a-c6f8-77cc-970f-57607da92936	a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:22.151568+00
01a22b3a-c6f8-77cc-970f-57607da92936	d48f58c0-acd3-5c33-9d18-74ad62f12c76	2026-11-30 06:53:22.151594+00
\.


--
-- Data for Name: campaign_name; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.campaign_name (id, name, segment, status) FROM stdin;
01a22b3a-c6fe-7790-8d9f-55a012a78d7a	Later	values-relationship	draft
01a22b3a-c6f8-77cc-970f-57607da92936	Tea days	active	completed
\.


--
-- Data for Name: cohort_month; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.cohort_month (currency, cohort, month, customers, kept) FROM stdin;
GBP	2025-01-01	2025-01-01	2	0
GBP	2025-01-01	2025-02-01	1	1
GBP	2025-01-01	2025-03-01	1	1
GBP	2025-01-01	2025-04-01	1	1
GBP	2025-01-01	2025-05-01	2	1
GBP	2025-01-01	2025-06-01	1	1
GBP	2025-01-01	2025-07-01	1	1
GBP	2025-01-01	2025-08-01	2	1
GBP	2025-01-01	2025-09-01	1	1
GBP	2025-01-01	2025-10-01	2	1
GBP	2025-01-01	2025-11-01	2	2
GBP	2025-01-01	2025-12-01	1	1
GBP	2025-03-01	2025-03-01	1	0
GBP	2025-08-01	2025-08-01	1	0
GBP	2025-01-01	2026-11-01	1	0
\.


--
-- Data for Name: consent; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.consent (party_id, channel, purpose, granted, source, decided_at) FROM stdin;
62b5d2eb-7584-54fa-9e03-8d47189aca79	mail	marketing	f	erp	2026-11-30 06:53:13.173794+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	mail	marketing	t	erp	2026-11-30 06:53:13.173629+00
d48f58c0-acd3-5c33-9d18-74ad62f12c76	mail	marketing	t	erp	2026-11-30 06:53:13.173786+00
3ee46405-091b-5de9-9f8f-046216a1e775	mail	marketing	t	erp	2026-11-30 06:53:13.227423+00
01a22b3a-b1f0-7120-93e4-9d9bffba3801	mail	marketing	t	form	2026-11-30 06:53:16.723106+00
01a22b3a-b1f0-7120-93e4-9d9bffba3801	phone	marketing	f	form	2026-11-30 06:53:16.735649+00
01a22b3a-b1f0-7120-93e4-9d9bffba3801	mail	profiling	t	form	2026-11-30 06:53:16.739069+00
01a22b3a-b1f6-755b-a24f-0ea35539c47e	sms	service	t	api	2026-11-30 06:53:16.747951+00
\.


--
-- Data for Name: consent_decision; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.consent_decision (id, party_id, channel, purpose, granted, source, decided_at, proof) FROM stdin;
1	a5eb7d09-db6f-5430-a0ca-77bea9d65641	mail	marketing	t	erp	2026-11-30 06:53:13.173629+00	\N
2	d48f58c0-acd3-5c33-9d18-74ad62f12c76	mail	marketing	t	erp	2026-11-30 06:53:13.173786+00	\N
3	62b5d2eb-7584-54fa-9e03-8d47189aca79	mail	marketing	f	erp	2026-11-30 06:53:13.173794+00	\N
4	3ee46405-091b-5de9-9f8f-046216a1e775	mail	marketing	t	erp	2026-11-30 06:53:13.227423+00	\N
5	01a22b3a-b1f0-7120-93e4-9d9bffba3801	mail	marketing	t	form	2026-11-30 06:53:16.723106+00	form 12
6	01a22b3a-b1f0-7120-93e4-9d9bffba3801	phone	marketing	f	form	2026-11-30 06:53:16.735649+00	form 12
7	01a22b3a-b1f0-7120-93e4-9d9bffba3801	mail	profiling	t	form	2026-11-30 06:53:16.739069+00	form 12
8	01a22b3a-b1f6-755b-a24f-0ea35539c47e	sms	service	t	api	2026-11-30 06:53:16.747951+00	\N
\.


--
-- Data for Name: consent_effective; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.consent_effective (party_id, channel, purpose, granted, source, decided_at) FROM stdin;
62b5d2eb-7584-54fa-9e03-8d47189aca79	mail	marketing	f	erp	2026-11-30 06:53:13.173794+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	mail	marketing	t	erp	2026-11-30 06:53:13.173629+00
d48f58c0-acd3-5c33-9d18-74ad62f12c76	mail	marketing	t	erp	2026-11-30 06:53:13.173786+00
3ee46405-091b-5de9-9f8f-046216a1e775	mail	marketing	t	erp	2026-11-30 06:53:13.227423+00
01a22b3a-b1f6-755b-a24f-0ea35539c47e	sms	service	t	api	2026-11-30 06:53:16.747951+00
01a22b3a-b1f0-7120-93e4-9d9bffba3801	mail	marketing	t	form	2026-11-30 06:53:16.723106+00
01a22b3a-b1f0-7120-93e4-9d9bffba3801	mail	profiling	t	form	2026-11-30 06:53:16.739069+00
01a22b3a-b1f0-7120-93e4-9d9bffba3801	phone	marketing	f	form	2026-11-30 06:53:16.735649+00
01a22b3a-b1f0-7120-93e4-9d9bffba3801	sms	service	t	api	2026-11-30 06:53:16.747951+00
\.


--
-- Data for Name: consumer_offset; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.consumer_offset (grp, topic, part, next_offset, updated_at) FROM stdin;
contacts	channel.interactions	1	-1	2026-11-30 06:53:10.093453+00
contacts	channel.interactions	2	-1	2026-11-30 06:53:10.093453+00
contacts	channel.interactions	4	-1	2026-11-30 06:53:10.093453+00
contacts	channel.interactions	5	-1	2026-11-30 06:53:10.093453+00
contacts	channel.interactions	6	-1	2026-11-30 06:53:10.093453+00
contacts	channel.interactions	7	-1	2026-11-30 06:53:10.093453+00
contacts	channel.interactions	8	-1	2026-11-30 06:53:10.093453+00
contacts	channel.interactions	10	-1	2026-11-30 06:53:10.093453+00
contacts	crm.campaigns	0	-1	2026-11-30 06:53:10.093453+00
contacts	crm.campaigns	1	-1	2026-11-30 06:53:10.093453+00
contacts	crm.campaigns	6	-1	2026-11-30 06:53:10.093453+00
contacts	crm.campaigns	7	-1	2026-11-30 06:53:10.093453+00
contacts	crm.campaigns	8	-1	2026-11-30 06:53:10.093453+00
contacts	crm.campaigns	10	-1	2026-11-30 06:53:10.093453+00
contacts	crm.notifications	0	-1	2026-11-30 06:53:10.093453+00
contacts	crm.notifications	1	-1	2026-11-30 06:53:10.093453+00
contacts	crm.notifications	3	-1	2026-11-30 06:53:10.093453+00
contacts	crm.notifications	7	-1	2026-11-30 06:53:10.093453+00
contacts	crm.notifications	9	-1	2026-11-30 06:53:10.093453+00
contacts	crm.sales	1	-1	2026-11-30 06:53:10.093453+00
contacts	crm.sales	6	-1	2026-11-30 06:53:10.093453+00
contacts	crm.notifications	6	3	2026-11-30 06:53:22.176425+00
contacts	channel.interactions	11	1	2026-11-30 06:53:16.822254+00
contacts	crm.campaigns	5	3	2026-11-30 06:53:13.258225+00
contacts	crm.campaigns	9	2	2026-11-30 06:53:13.258225+00
contacts	crm.sales	8	2	2026-11-30 06:53:21.658172+00
contacts	crm.notifications	2	1	2026-11-30 06:53:22.319768+00
contacts	crm.sales	7	1	2026-11-30 06:53:21.844592+00
contacts	crm.campaigns	3	2	2026-11-30 06:53:22.055403+00
contacts	crm.sales	11	8	2026-11-30 06:53:22.387154+00
contacts	channel.interactions	0	1	2026-11-30 06:53:16.834604+00
contacts	channel.interactions	3	1	2026-11-30 06:53:16.834604+00
contacts	channel.interactions	9	1	2026-11-30 06:53:16.844673+00
contacts	crm.sales	10	2	2026-11-30 06:53:20.554731+00
contacts	crm.sales	4	1	2026-11-30 06:53:22.392585+00
contacts	crm.notifications	4	1	2026-11-30 06:53:22.371189+00
contacts	crm.campaigns	11	1	2026-11-30 06:53:22.382498+00
contacts	crm.subject-keys	4	2	2026-11-30 06:53:20.496996+00
contacts	crm.campaigns	4	6	2026-11-30 06:53:22.384823+00
contacts	crm.subject-keys	0	2	2026-11-30 06:53:20.536851+00
contacts	crm.sales	3	2	2026-11-30 06:53:22.302257+00
contacts	crm.notifications	10	1	2026-11-30 06:53:22.176425+00
contacts	crm.notifications	5	1	2026-11-30 06:53:22.186908+00
contacts	crm.sales	0	3	2026-11-30 06:53:20.554731+00
contacts	crm.sales	9	3	2026-11-30 06:53:20.554731+00
contacts	crm.sales	5	4	2026-11-30 06:53:20.554731+00
contacts	crm.subject-keys	3	6	2026-11-30 06:53:22.360531+00
contacts	crm.notifications	8	2	2026-11-30 06:53:22.206999+00
contacts	crm.campaigns	2	1	2026-11-30 06:53:22.333367+00
contacts	crm.sales	2	6	2026-11-30 06:53:22.335817+00
contacts	crm.subject-keys	1	2	2026-11-30 06:53:22.371189+00
contacts	crm.subject-keys	2	8	2026-11-30 06:53:22.371189+00
contacts	crm.notifications	11	2	2026-11-30 06:53:22.371189+00
contacts	crm.tickets	0	-1	2026-11-30 06:53:10.093453+00
contacts	crm.tickets	1	-1	2026-11-30 06:53:10.093453+00
contacts	crm.tickets	6	-1	2026-11-30 06:53:10.093453+00
contacts	crm.tickets	7	-1	2026-11-30 06:53:10.093453+00
contacts	crm.tickets	8	-1	2026-11-30 06:53:10.093453+00
contacts	crm.tickets	9	-1	2026-11-30 06:53:10.093453+00
contacts	crm.tickets	10	-1	2026-11-30 06:53:10.093453+00
contacts	erp.customers	1	-1	2026-11-30 06:53:10.093453+00
contacts	erp.customers	2	-1	2026-11-30 06:53:10.093453+00
contacts	erp.customers	3	-1	2026-11-30 06:53:10.093453+00
contacts	erp.customers	6	-1	2026-11-30 06:53:10.093453+00
contacts	erp.customers	7	-1	2026-11-30 06:53:10.093453+00
contacts	erp.customers	8	-1	2026-11-30 06:53:10.093453+00
contacts	erp.customers	9	-1	2026-11-30 06:53:10.093453+00
contacts	erp.customers	10	-1	2026-11-30 06:53:10.093453+00
contacts	erp.orders	1	-1	2026-11-30 06:53:10.093453+00
contacts	erp.orders	3	-1	2026-11-30 06:53:10.093453+00
contacts	erp.orders	6	-1	2026-11-30 06:53:10.093453+00
contacts	erp.orders	7	-1	2026-11-30 06:53:10.093453+00
contacts	erp.orders	9	-1	2026-11-30 06:53:10.093453+00
contacts	erp.orders	10	-1	2026-11-30 06:53:10.093453+00
contacts	erp.products	0	-1	2026-11-30 06:53:10.093453+00
contacts	erp.products	6	-1	2026-11-30 06:53:10.093453+00
contacts	erp.products	9	-1	2026-11-30 06:53:10.093453+00
contacts	erp.customers	0	1	2026-11-30 06:53:13.160354+00
contacts	erp.customers	4	1	2026-11-30 06:53:13.160354+00
contacts	erp.customers	5	1	2026-11-30 06:53:13.160354+00
contacts	erp.customers	11	1	2026-11-30 06:53:13.160354+00
contacts	erp.orders	0	2	2026-11-30 06:53:13.160354+00
contacts	crm.subject-keys	11	5	2026-11-30 06:53:22.333367+00
contacts	erp.orders	5	1	2026-11-30 06:53:13.160354+00
contacts	erp.orders	8	1	2026-11-30 06:53:13.160354+00
contacts	erp.orders	11	7	2026-11-30 06:53:13.160354+00
contacts	erp.products	1	1	2026-11-30 06:53:13.160354+00
contacts	erp.products	2	1	2026-11-30 06:53:13.160354+00
contacts	erp.products	3	2	2026-11-30 06:53:13.160354+00
contacts	erp.products	4	1	2026-11-30 06:53:13.160354+00
contacts	erp.products	5	1	2026-11-30 06:53:13.160354+00
contacts	erp.products	7	1	2026-11-30 06:53:13.160354+00
contacts	erp.products	8	1	2026-11-30 06:53:13.160354+00
contacts	erp.products	10	2	2026-11-30 06:53:13.160354+00
contacts	erp.orders	2	1	2026-11-30 06:53:33.674063+00
contacts	crm.subject-keys	7	4	2026-11-30 06:53:22.172951+00
contacts	crm.subject-keys	5	4	2026-11-30 06:53:22.371189+00
contacts	crm.tickets	3	1	2026-11-30 06:53:22.298678+00
contacts	crm.subject-keys	10	6	2026-11-30 06:53:22.371189+00
contacts	crm.tickets	11	1	2026-11-30 06:53:22.384823+00
contacts	crm.subject-keys	9	1	2026-11-30 06:53:22.028637+00
contacts	crm.tickets	2	7	2026-11-30 06:53:22.327853+00
contacts	crm.tickets	5	1	2026-11-30 06:53:22.047266+00
contacts	erp.orders	4	34	2026-11-30 06:53:33.630808+00
contacts	crm.subject-keys	6	4	2026-11-30 06:53:22.327853+00
contacts	crm.subject-keys	8	4	2026-11-30 06:53:22.371189+00
contacts	crm.tickets	4	5	2026-11-30 06:53:34.19341+00
contacts	erp.products	11	-1	2026-11-30 06:53:10.093453+00
contacts	logistics.shipments	1	-1	2026-11-30 06:53:10.093453+00
contacts	logistics.shipments	2	-1	2026-11-30 06:53:10.093453+00
contacts	logistics.shipments	3	-1	2026-11-30 06:53:10.093453+00
contacts	logistics.shipments	6	-1	2026-11-30 06:53:10.093453+00
contacts	logistics.shipments	7	-1	2026-11-30 06:53:10.093453+00
contacts	logistics.shipments	8	-1	2026-11-30 06:53:10.093453+00
contacts	logistics.shipments	9	-1	2026-11-30 06:53:10.093453+00
contacts	logistics.shipments	10	-1	2026-11-30 06:53:10.093453+00
contacts	logistics.shipments	0	4	2026-11-30 06:53:13.160354+00
contacts	logistics.shipments	5	2	2026-11-30 06:53:13.160354+00
contacts	logistics.shipments	11	10	2026-11-30 06:53:13.160354+00
contacts	logistics.shipments	4	43	2026-11-30 06:53:22.001299+00
\.


--
-- Data for Name: custom_field; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.custom_field (key, version, label, type, choices, created_at) FROM stdin;
tier	1	Tier	choice	{gold,silver}	2026-11-30 06:53:16.647995+00
seats	1	Seats	number	{}	2026-11-30 06:53:16.653948+00
\.


--
-- Data for Name: dead_letter; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.dead_letter (id, grp, topic, part, off, key, headers, payload, event_type, error_class, error_text, fingerprint, attempts, first_failed_at, last_failed_at, status, actor, note, raw_headers) FROM stdin;
2	contacts	erp.orders	2	0	\\x4241442d32	[["content-type", "application/json"], ["ce_specversion", "1.0"], ["ce_id", "a3faf72f-4c6b-49d6-9ec6-efa32b5e3325"], ["ce_source", "/erp/fixture"], ["ce_type", "erp.order.placed.v1"], ["ce_time", "2026-11-30T06:53:33.659691Z"]]	\\x7b226f726465724964223a20327d	erp.order.placed.v1	decode	orderId: expected a string	d02e46d06644c56fbe1e5b1c23921f25	1	2026-11-30 06:53:33.674372+00	2026-11-30 06:53:33.674372+00	open	\N	\N	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002461336661663732662d346336622d343964362d396563362d6566613332623565333332350000000963655f736f757263650000000c2f6572702f666978747572650000000763655f74797065000000136572702e6f726465722e706c616365642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3635393639315a
1	contacts	erp.orders	4	33	\\x4241442d31	[["content-type", "application/json"], ["ce_specversion", "1.0"], ["ce_id", "e17e242d-68ca-42b0-bd57-c9af64de1e80"], ["ce_source", "/erp/fixture"], ["ce_type", "erp.order.placed.v1"], ["ce_time", "2026-11-30T06:53:33.608400Z"]]	\\x7b226f726465724964223a20317d	erp.order.placed.v1	decode	orderId: expected a string	d02e46d06644c56fbe1e5b1c23921f25	1	2026-11-30 06:53:33.63259+00	2026-11-30 06:53:33.63259+00	discarded	maria	a test of the ERP's	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002465313765323432642d363863612d343262302d626435372d6339616636346465316538300000000963655f736f757263650000000c2f6572702f666978747572650000000763655f74797065000000136572702e6f726465722e706c616365642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3630383430305a
\.


--
-- Data for Name: dead_letter_action; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.dead_letter_action (id, dead_letter_id, action, actor, reason, outcome, at) FROM stdin;
1	1	discard	maria	a test of the ERP's	discarded	2026-11-30 06:53:33.745984+00
\.


--
-- Data for Name: document_detail; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.document_detail (id, kind, currency, at, channel, cost, costed, lines) FROM stdin;
S40-19	order	GBP	2025-06-19 03:30:43+00	\N	0	0	[["P10008", 10000, 13000], ["P10000", 30000, 728700]]
S40-33	order	GBP	2025-10-21 18:43:54+00	\N	0	0	[["P10006", 40000, 3946400], ["P10000", 130000, 3157700], ["P10004", 50000, 1463000], ["P10003", 10000, 72000]]
S40-1	order	GBP	2025-01-09 21:39:30+00	\N	0	0	[["P10000", 210000, 5100900], ["P10001", 120000, 996000], ["P10002", 50000, 32500], ["P10004", 10000, 292600]]
S40-10	order	GBP	2025-03-31 00:35:07+00	\N	0	0	[["P10000", 270000, 6558300]]
S40-11	order	GBP	2025-04-08 22:14:38+00	\N	0	0	[["P10000", 10000, 242900]]
S40-12	order	GBP	2025-04-17 19:54:08+00	\N	0	0	[["P10000", 40000, 971600]]
S40-13	order	GBP	2025-04-26 17:33:39+00	\N	0	0	[["P10000", 160000, 3886400], ["P10001", 40000, 332000]]
S40-14	order	GBP	2025-05-05 15:13:10+00	\N	0	0	[["P10000", 130000, 3157700], ["P10002", 20000, 13000], ["P10006", 10000, 986600]]
S40-16	order	GBP	2025-05-23 10:32:11+00	\N	0	0	[["P10004", 20000, 585200]]
S40-2	order	GBP	2025-01-18 19:19:01+00	\N	0	0	[["P10009", 40000, 1341600]]
S40-25	order	GBP	2025-08-11 13:27:48+00	\N	0	0	[["P10000", 240000, 5829600], ["P10003", 10000, 72000], ["P10001", 10000, 83000]]
S40-3	order	GBP	2025-01-27 16:58:32+00	\N	0	0	[["P10000", 40000, 971600]]
S40-4	order	GBP	2025-02-05 14:38:02+00	\N	0	0	[["P10000", 220000, 5343800], ["P10002", 20000, 13000], ["P10005", 20000, 204800]]
S40-5	order	GBP	2025-02-14 12:17:33+00	\N	0	0	[["P10000", 190000, 4615100], ["P10003", 30000, 216000]]
S40-6	order	GBP	2025-02-23 09:57:04+00	\N	0	0	[["P10000", 40000, 971600]]
S40-7	order	GBP	2025-03-04 07:36:35+00	\N	0	0	[["P10000", 180000, 4372200], ["P10003", 70000, 504000], ["P10004", 50000, 1463000], ["P10006", 60000, 5919600], ["P10001", 70000, 581000], ["P10007", 40000, 415600]]
S40-8	order	GBP	2025-03-13 05:16:05+00	\N	0	0	[["P10000", 60000, 1457400]]
S40-9	order	GBP	2025-03-22 02:55:36+00	\N	0	0	[["P10009", 50000, 1677000], ["P10000", 80000, 1943200]]
R40-1	credit	GBP	2025-01-09 21:39:30+00	\N	0	0	[["P10000", 30000, 728700]]
R40-16	credit	GBP	2025-05-23 10:32:11+00	\N	0	0	[["P10004", 20000, 585200]]
S40-15	order	GBP	2025-05-14 12:52:40+00	\N	0	0	[["P10000", 100000, 2429000]]
S40-17	order	GBP	2025-06-01 08:11:42+00	\N	0	0	[["P10001", 110000, 913000], ["P10000", 170000, 4129300], ["P10005", 20000, 204800]]
S40-18	order	GBP	2025-06-10 05:51:13+00	\N	0	0	[["P10000", 40000, 971600]]
S40-20	order	GBP	2025-06-28 01:10:14+00	\N	0	0	[["P10001", 90000, 747000]]
S40-26	order	GBP	2025-08-20 11:07:19+00	\N	0	0	[["P10001", 50000, 415000]]
S40-32	order	GBP	2025-10-12 21:04:23+00	\N	0	0	[["P10008", 10000, 13000], ["P10000", 90000, 2186100], ["P10001", 30000, 249000]]
S40-36	order	GBP	2025-11-17 11:42:26+00	\N	0	0	[["P10000", 40000, 971600]]
S40-37	order	GBP	2025-11-26 09:21:57+00	\N	0	0	[["P10000", 50000, 1214500], ["P10002", 50000, 32500], ["P10004", 30000, 877800]]
R40-20	credit	GBP	2025-06-28 01:10:14+00	\N	0	0	[["P10001", 90000, 747000]]
F-1	order	GBP	2026-11-29 12:00:00+00	phone	225000	404100	[["P10001", 30000, 224100], ["P10002", 15000, 180000]]
S40-21	order	GBP	2025-07-06 22:49:45+00	\N	0	0	[["P10000", 80000, 1943200], ["P10005", 10000, 102400]]
S40-22	order	GBP	2025-07-15 20:29:16+00	\N	0	0	[["P10000", 10000, 242900]]
S40-23	order	GBP	2025-07-24 18:08:46+00	\N	0	0	[["P10000", 140000, 3400600]]
S40-24	order	GBP	2025-08-02 15:48:17+00	\N	0	0	[["P10000", 60000, 1457400]]
S40-27	order	GBP	2025-08-29 08:46:49+00	\N	0	0	[["P10000", 40000, 971600]]
S40-28	order	GBP	2025-09-07 06:26:20+00	\N	0	0	[["P10000", 20000, 485800]]
S40-29	order	GBP	2025-09-16 04:05:51+00	\N	0	0	[["P10007", 100000, 1039000], ["P10000", 30000, 728700]]
S40-30	order	GBP	2025-09-25 01:45:21+00	\N	0	0	[["P10000", 230000, 5586700], ["P10001", 70000, 581000]]
S40-31	order	GBP	2025-10-03 23:24:52+00	\N	0	0	[["P10000", 30000, 728700]]
S40-34	order	GBP	2025-10-30 16:23:24+00	\N	0	0	[["P10007", 50000, 519500], ["P10004", 30000, 877800]]
S40-35	order	GBP	2025-11-08 14:02:55+00	\N	0	0	[["P10001", 30000, 249000], ["P10000", 110000, 2671900]]
S40-38	order	GBP	2025-12-05 07:01:27+00	\N	0	0	[["P10000", 60000, 1457400], ["P10004", 140000, 4096400]]
S40-39	order	GBP	2025-12-14 04:40:58+00	\N	0	0	[["P10000", 70000, 1700300], ["P10001", 20000, 166000], ["P10003", 40000, 288000], ["P10004", 140000, 4096400]]
S40-40	order	GBP	2025-12-23 02:20:29+00	\N	0	0	[["P10000", 10000, 242900]]
\.


--
-- Data for Name: duplicate_check; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.duplicate_check (id, party_id) FROM stdin;
19	01a22b3a-b1f0-7120-93e4-9d9bffba3801
20	01a22b3a-b1f6-755b-a24f-0ea35539c47e
\.


--
-- Data for Name: duplicate_pair; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.duplicate_pair (low, high, score, reasons, status, found_at, decided_at, decided_by) FROM stdin;
01a22b3a-b1fe-746b-86db-d62772760700	01a22b3a-b206-72c2-9ed8-ec89087aaa0b	100	{"same mail","same name"}	open	2026-11-30 06:53:17.089602+00	\N	\N
01a22b3a-b1f0-7120-93e4-9d9bffba3801	01a22b3a-b1f9-7025-96a5-d46185b4055d	80	{"same mail","similar name"}	rejected	2026-11-30 06:53:17.089602+00	2026-11-30 06:53:17.514242+00	maria
01a22b3a-b1f0-7120-93e4-9d9bffba3801	01a22b3a-b1f6-755b-a24f-0ea35539c47e	100	{"same mail","same name","same country"}	merged	2026-11-30 06:53:17.089602+00	2026-11-30 06:53:17.525343+00	maria
01a22b3a-b1f0-7120-93e4-9d9bffba3801	01a22b3a-b1fb-71b8-aeb2-808a50b55e79	0	{}	rejected	2026-11-30 06:53:17.53944+00	2026-11-30 06:53:17.572715+00	maria
\.


--
-- Data for Name: erasure; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.erasure (id, party_id, parties, requested_by, reason, requested_at) FROM stdin;
01a22b3a-c7e5-7231-a7bb-3b95794c1d3b	01a22b3a-b208-7423-9dd4-0d939a6b160a	{01a22b3a-b208-7423-9dd4-0d939a6b160a}	maria	letter	2026-11-30 06:53:22.276814+00
\.


--
-- Data for Name: erasure_receipt; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.erasure_receipt (erasure_id, party_id, service, completed_at, lines) FROM stdin;
01a22b3a-c7e5-7231-a7bb-3b95794c1d3b	01a22b3a-b208-7423-9dd4-0d939a6b160a	contacts	2026-11-30 06:53:22.276814+00	[{"rows": 0, "table": "interaction", "action": "removed"}, {"rows": 0, "table": "import_error", "action": "removed"}, {"rows": 1, "table": "party", "action": "blanked", "reason": "sums of orders hang on it, without the person"}, {"rows": 1, "table": "party_history", "action": "removed"}, {"rows": 0, "table": "party_reference", "action": "removed"}, {"rows": 0, "table": "touch", "action": "removed"}, {"rows": 0, "table": "consent", "action": "removed"}, {"rows": 0, "table": "consent_effective", "action": "removed"}, {"rows": 0, "table": "consent_decision", "action": "blanked", "reason": "shows that the person's decisions were kept to (GDPR, article 7(1))"}, {"rows": 0, "table": "party_merge", "action": "blanked", "reason": "tells for whom documents count, without the person"}, {"rows": 0, "table": "party_custom", "action": "removed"}, {"rows": 0, "table": "party_relation", "action": "removed"}, {"rows": 0, "table": "import_row", "action": "blanked", "reason": "an import that is taken back must know whom it made"}, {"rows": 0, "table": "duplicate_pair", "action": "removed"}, {"rows": 3, "table": "match_key", "action": "removed"}, {"rows": 0, "table": "party_stage", "action": "removed"}, {"rows": 0, "table": "party_benefit", "action": "removed"}, {"rows": 0, "table": "party_stage_change", "action": "removed"}, {"rows": 0, "table": "party_wallet", "action": "removed"}, {"rows": 0, "table": "party_prediction", "action": "removed"}, {"rows": 0, "table": "party_voice", "action": "kept", "reason": "figures of satisfaction, without the person"}, {"rows": 0, "table": "campaign_message", "action": "kept", "reason": "figures of campaigns; holds the party's id only"}, {"rows": 0, "table": "party_value", "action": "kept", "reason": "sums, without the person"}, {"rows": 0, "table": "party_month", "action": "kept", "reason": "sums, without the person"}, {"rows": 0, "table": "erp_document", "action": "kept", "reason": "books that the law has us keep; no name, no address"}, {"rows": 0, "table": "dead_letter", "action": "removed"}, {"rows": 0, "table": "parked_message", "action": "removed"}, {"rows": 0, "table": "idempotency_key", "action": "removed"}, {"rows": 0, "table": "timer", "action": "removed"}, {"rows": 1, "table": "subject_key", "action": "removed", "reason": "what was published is sealed with these keys, and nobody can read it any more; the keys themselves leave the topic crm.subject-keys with its compaction, within about two hours"}, {"rows": 0, "table": "topic erp.customers", "action": "removed", "reason": "the topic is compacted: records go within two days, in a partition where messages go on coming; the ERP's own copy must be told by people"}, {"rows": 0, "table": "topic channel.interactions", "action": "removed", "reason": "the topic is compacted: what a sender told goes within two weeks; the channels' own copies must be told by people"}, {"rows": 0, "table": "topics erp.orders, logistics.shipments", "action": "kept", "reason": "the ERP's and the carrier's own; they carry the customer number, no name, no address"}, {"rows": 0, "table": "party_archive", "action": "removed"}]
01a22b3a-c7e5-7231-a7bb-3b95794c1d3b	01a22b3a-b208-7423-9dd4-0d939a6b160a	notifications	2026-11-30 06:53:22.319768+00	[{"rows": 0, "table": "suppression", "action": "removed"}, {"rows": 0, "table": "withdrawal", "action": "kept", "reason": "so that nobody writes again; holds the party's id only"}, {"rows": 0, "table": "message", "action": "blanked", "reason": "figures of delivery, without the person; asking again must not send again"}, {"rows": 0, "table": "dead_letter", "action": "removed"}, {"rows": 0, "table": "parked_message", "action": "removed"}, {"rows": 0, "table": "idempotency_key", "action": "removed"}, {"rows": 0, "table": "timer", "action": "removed"}, {"rows": 0, "table": "subject_key", "action": "removed", "reason": "what was published is sealed with these keys, and nobody can read it any more; the keys themselves leave the topic crm.subject-keys with its compaction, within about two hours"}]
01a22b3a-c7e5-7231-a7bb-3b95794c1d3b	01a22b3a-b208-7423-9dd4-0d939a6b160a	tickets	2026-11-30 06:53:22.327853+00	[{"rows": 0, "table": "reply", "action": "blanked", "reason": "figures of service, without the words"}, {"rows": 0, "table": "survey_answer", "action": "blanked", "reason": "figures of satisfaction, without the words"}, {"rows": 1, "table": "ticket", "action": "blanked", "reason": "figures of service, without the words"}, {"rows": 0, "table": "customer_order", "action": "kept", "reason": "states of orders; no name, no address"}, {"rows": 0, "table": "shipment", "action": "blanked", "reason": "states of shipments; no name, no address"}, {"rows": 1, "table": "customer", "action": "removed"}, {"rows": 0, "table": "dead_letter", "action": "removed"}, {"rows": 0, "table": "parked_message", "action": "removed"}, {"rows": 0, "table": "idempotency_key", "action": "removed"}, {"rows": 0, "table": "timer", "action": "removed"}, {"rows": 1, "table": "subject_key", "action": "removed", "reason": "what was published is sealed with these keys, and nobody can read it any more; the keys themselves leave the topic crm.subject-keys with its compaction, within about two hours"}]
01a22b3a-c7e5-7231-a7bb-3b95794c1d3b	01a22b3a-b208-7423-9dd4-0d939a6b160a	campaigns	2026-11-30 06:53:22.333367+00	[{"rows": 0, "table": "segment_member", "action": "removed"}, {"rows": 1, "table": "member", "action": "blanked", "reason": "orders are counted on it, without the person"}, {"rows": 0, "table": "recipient", "action": "blanked", "reason": "figures of campaigns; holds the party's id only"}, {"rows": 0, "table": "erp_document", "action": "kept", "reason": "books that the law has us keep; no name, no address"}, {"rows": 0, "table": "dead_letter", "action": "removed"}, {"rows": 0, "table": "parked_message", "action": "removed"}, {"rows": 0, "table": "idempotency_key", "action": "removed"}, {"rows": 0, "table": "timer", "action": "removed"}, {"rows": 0, "table": "subject_key", "action": "removed", "reason": "what was published is sealed with these keys, and nobody can read it any more; the keys themselves leave the topic crm.subject-keys with its compaction, within about two hours"}]
01a22b3a-c7e5-7231-a7bb-3b95794c1d3b	01a22b3a-b208-7423-9dd4-0d939a6b160a	sales	2026-11-30 06:53:22.335817+00	[{"rows": 0, "table": "opportunity", "action": "blanked", "reason": "figures of the pipeline, without the person"}, {"rows": 1, "table": "lead", "action": "removed"}, {"rows": 0, "table": "task", "action": "blanked", "reason": "figures of work done, without the person"}, {"rows": 0, "table": "activity", "action": "blanked", "reason": "figures of work done, without the person"}, {"rows": 0, "table": "order_request", "action": "kept", "reason": "business correspondence that the law has us keep"}, {"rows": 1, "table": "account", "action": "blanked", "reason": "sums of revenue hang on it, without the person"}, {"rows": 0, "table": "account_revenue", "action": "kept", "reason": "sums, without the person"}, {"rows": 0, "table": "erp_document", "action": "kept", "reason": "books that the law has us keep; no name, no address"}, {"rows": 0, "table": "dead_letter", "action": "removed"}, {"rows": 0, "table": "parked_message", "action": "removed"}, {"rows": 0, "table": "idempotency_key", "action": "removed"}, {"rows": 0, "table": "timer", "action": "removed"}, {"rows": 1, "table": "subject_key", "action": "removed", "reason": "what was published is sealed with these keys, and nobody can read it any more; the keys themselves leave the topic crm.subject-keys with its compaction, within about two hours"}]
\.


--
-- Data for Name: erp_document; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.erp_document (kind, id, party_id, at, currency, total, status, is_cancelled, lines, origin_id, told_at) FROM stdin;
order	S40-19	\N	2025-06-19 03:30:43+00	GBP	741700	placed	f	2	\N	2025-06-19 03:30:43+00
order	S40-33	\N	2025-10-21 18:43:54+00	GBP	8639100	placed	f	7	\N	2025-10-21 18:43:54+00
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
order	S40-25	62b5d2eb-7584-54fa-9e03-8d47189aca79	2025-08-11 13:27:48+00	GBP	5984600	placed	f	10	\N	2025-08-11 13:27:48+00
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
-- Data for Name: idempotency_key; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.idempotency_key (key, fingerprint, status, content_type, body, headers, created_at) FROM stdin;
POST /v1/parties fixture-anna	48b0e8d76bf770ad4995836f235013d51aa9c7d42f300c8f33f41b147b884ba8	201	application/json	\\x7b226964223a2230316132326233612d623166302d373132302d393365342d396439626666626133383031222c2276657273696f6e223a317d	{"etag": "\\"1\\"", "location": "/v1/parties/01a22b3a-b1f0-7120-93e4-9d9bffba3801"}	2026-11-30 06:53:16.659337+00
\.


--
-- Data for Name: import_chunk; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.import_chunk (import_id, seq, bytes) FROM stdin;
3eadaff6-3202-4ecc-90f5-bb93e5a00afd	0	\\x6e616d650a5069610a
\.


--
-- Data for Name: import_error; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.import_error (import_id, line, field, message, record) FROM stdin;
01a22b3a-b2a2-70df-a853-72b133317d85	3	name	is missing	,no-name@example.com,
01a22b3a-b2a2-70df-a853-72b133317d85	4	email	is no mail address	Bad Mail,not-an-address,
\.


--
-- Data for Name: import_row; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.import_row (import_id, party_id, version, before) FROM stdin;
01a22b3a-b2a2-70df-a853-72b133317d85	01a22b3a-b2a9-7365-8a76-5cfa61e45e4f	1	\N
\.


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.inbox (id, source, grp, received_at) FROM stdin;
shipment-S40-26-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-15-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-21-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-14-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-29-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
product-P10006	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-35	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
product-P10007	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
customer-K100000	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-28	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-28-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-16-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-12	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
credit-R40-1	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
customer-K100004	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-32	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-30	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-33	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
product-P10005	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-37	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-18-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-10	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
product-P10009	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-36	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-36-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-34	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
product-P10002	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-17	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-7-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-27-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-27	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-23	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-28-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-1	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-6-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-11-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-16-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-11-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-37-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-26-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-25-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-40	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-5	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-31	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-38	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-15	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-25	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-36-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-39	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-19-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-13-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-34-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-22	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-17-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-3	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-2	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-29	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
customer-K100001	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-19-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-5-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-16	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-2-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-30-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-6-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-35-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-30-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-14	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-18	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-12-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-6	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-14-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-21	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-26	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-2-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
product-P10003	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-7	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-7-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-8	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-20-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-34-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-20-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
credit-R40-20	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-18-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-17-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
product-P10000	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
product-P10001	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-4	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-11	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-40-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-8-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-9-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
customer-K100002	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-21-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-35-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-9-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-25-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-27-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
product-P10004	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-1-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-40-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-20	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-12-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-19	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-13	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-13-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
product-P10008	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-29-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-8-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-5-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-9	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-1-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
credit-R40-16	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
order-S40-24	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-37-dispatched	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
shipment-S40-15-delivered	/erp/demo	contacts	2026-11-30 06:53:13.160354+00
3c082d2c-11f5-48f7-997d-33c52b4c8ffc	/contacts	contacts	2026-11-30 06:53:16.822254+00
ce241d72-eb93-4802-8d27-97a79dcba552	/contacts	contacts	2026-11-30 06:53:16.834604+00
7ed6ad1a-edee-482f-a06a-ae75143625d9	/contacts	contacts	2026-11-30 06:53:16.834604+00
9f1fde05-6c84-415d-b9e1-f3cd0e49cf14	/contacts	contacts	2026-11-30 06:53:16.844673+00
cfd9a680-197c-4d36-98aa-eefbafb83f92	/erp/fixture	contacts	2026-11-30 06:53:20.594327+00
ac85271c-10e5-4ba4-af72-2f09bf10e3aa	/carrier/fixture	contacts	2026-11-30 06:53:22.001299+00
dbed6c41-b96a-4b2a-9b17-bcef46bcd22f	/notifications	contacts	2026-11-30 06:53:22.319768+00
c4b31c5c-2c8f-446f-9f4b-74115cfa8cf7	/tickets	contacts	2026-11-30 06:53:22.327853+00
25d4ddcb-8497-463c-a5e7-9ec677781cc7	/campaigns	contacts	2026-11-30 06:53:22.333367+00
a8ec5ab4-16b4-48c5-b335-2968e6db4713	/sales	contacts	2026-11-30 06:53:22.335817+00
690fd5f0-7729-490d-84ff-ada677c31573	/notifications	contacts	2026-11-30 06:53:22.371189+00
839b468d-7250-4488-accb-7a04950a66c9	/notifications	contacts	2026-11-30 06:53:22.371189+00
973f0099-8710-4aa6-8481-5be90178867f	/tickets	contacts	2026-11-30 06:53:22.381165+00
7a8e1a93-53b0-4342-b2df-4049b29854bf	/campaigns	contacts	2026-11-30 06:53:22.382498+00
52158617-4211-4082-857c-e56d5827d23b	/campaigns	contacts	2026-11-30 06:53:22.384823+00
b0e84752-2172-4977-9e60-06d8240c9bb7	/tickets	contacts	2026-11-30 06:53:22.384823+00
319a3bd9-c2be-4b84-8bc1-f402159da132	/sales	contacts	2026-11-30 06:53:22.387154+00
493f4a93-a8bb-49ea-815d-97391d1aa447	/sales	contacts	2026-11-30 06:53:22.392585+00
\.


--
-- Data for Name: interaction; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.interaction (kind, reference, party_id, at, title, body, told_at, mail_key, phone_key, sender) FROM stdin;
call.ended	call-1	01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-01 10:00:00+00	call, answered, 95 s: Delivery	{"at": "2026-11-01T10:00:00Z", "agent": "maria", "phone": "+493012345678", "outcome": "answered", "seconds": 95, "subject": "Delivery", "direction": "inbound", "interactionId": "call-1"}	2026-11-30 06:53:16.803353+00	\N	012345678	+493012345678
message.received	mail-1	01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-01 10:00:00+00	mail: Thank you: It came.	{"at": "2026-11-01T10:00:00Z", "text": "It came.", "email": "anna@example.com", "channel": "mail", "subject": "Thank you", "interactionId": "mail-1"}	2026-11-30 06:53:16.816298+00	anna@example.com	\N	anna@example.com
form.submitted	form-1	\N	2026-11-01 10:00:00+00	form contact	{"at": "2026-11-01T10:00:00Z", "email": "nobody@example.net", "place": "contact", "fields": {"topic": "offer"}, "interactionId": "form-1"}	2026-11-30 06:53:16.818553+00	nobody@example.net	\N	nobody@example.net
review.posted	review-1	\N	2026-11-01 10:00:00+00	review, 4 of 5: Good.	{"at": "2026-11-01T10:00:00Z", "sku": "P10001", "name": "A. B.", "text": "Good.", "phone": "+493099900000", "rating": 4, "interactionId": "review-1"}	2026-11-30 06:53:16.82985+00	\N	099900000	+493099900000
\.


--
-- Data for Name: match_key; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.match_key (kind, key, party_id) FROM stdin;
mail	arthur.wilson.k100002@example.com	d48f58c0-acd3-5c33-9d18-74ad62f12c76
name	arthur wilson	d48f58c0-acd3-5c33-9d18-74ad62f12c76
mail	emily.cooper.k100004@example.com	62b5d2eb-7584-54fa-9e03-8d47189aca79
name	cooper emily	62b5d2eb-7584-54fa-9e03-8d47189aca79
mail	jing.sun.k100000@example.com	a5eb7d09-db6f-5430-a0ca-77bea9d65641
name	孙静	a5eb7d09-db6f-5430-a0ca-77bea9d65641
sound	jing sun	a5eb7d09-db6f-5430-a0ca-77bea9d65641
mail	william.wood.k100001@example.com	3ee46405-091b-5de9-9f8f-046216a1e775
name	william wood	3ee46405-091b-5de9-9f8f-046216a1e775
mail	anna@example.com	01a22b3a-b1f9-7025-96a5-d46185b4055d
name	anna beispil	01a22b3a-b1f9-7025-96a5-d46185b4055d
mail	max@example.com	01a22b3a-b1fe-746b-86db-d62772760700
phone	940111000	01a22b3a-b1fe-746b-86db-d62772760700
name	max muster	01a22b3a-b1fe-746b-86db-d62772760700
mail	max@example.com	01a22b3a-b206-72c2-9ed8-ec89087aaa0b
phone	940111001	01a22b3a-b206-72c2-9ed8-ec89087aaa0b
name	max muster	01a22b3a-b206-72c2-9ed8-ec89087aaa0b
name	示例贸易	01a22b3a-b1fb-71b8-aeb2-808a50b55e79
sound	maoyi shili	01a22b3a-b1fb-71b8-aeb2-808a50b55e79
mail	anna@example.com	01a22b3a-b1f0-7120-93e4-9d9bffba3801
mail	a.beispiel@example.org	01a22b3a-b1f0-7120-93e4-9d9bffba3801
phone	012345678	01a22b3a-b1f0-7120-93e4-9d9bffba3801
name	anna beispiel	01a22b3a-b1f0-7120-93e4-9d9bffba3801
address	berlin/1	01a22b3a-b1f0-7120-93e4-9d9bffba3801
address	10115/1	01a22b3a-b1f0-7120-93e4-9d9bffba3801
mail	carla@example.com	01a22b3a-b2a9-7365-8a76-5cfa61e45e4f
name	carla muster	01a22b3a-b2a9-7365-8a76-5cfa61e45e4f
phone	012345679	01a22b3a-b1f0-7120-93e4-9d9bffba3801
name	erased	01a22b3a-b208-7423-9dd4-0d939a6b160a
\.


--
-- Data for Name: model_run; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.model_run (id, currency, state, weeks, owner, asked_at, heartbeat_at, finished_at, as_of, customers, done, after, r, alpha, a, b, bg_likelihood, p, q, gamma, gg_likelihood, fit_seconds, error) FROM stdin;
01a22b3a-bfc5-754c-a706-6284b3237fe2	GBP	failed	26	bf185d9e-b1f8-4f9f-9b3c-60dcbaec5559	2026-11-30 06:53:20.197644+00	2026-11-30 06:53:20.213213+00	2026-11-30 06:53:20.208557+00	\N	\N	0	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	only 3 customers came back; a fit needs 30
\.


--
-- Data for Name: month_seen; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.month_seen (currency, month, orders, revenue) FROM stdin;
GBP	2025-03-01	4	24891300
GBP	2025-12-01	3	12047400
GBP	2025-02-01	3	11364300
GBP	2025-09-01	3	8421200
GBP	2025-11-01	3	6017300
GBP	2025-10-01	4	13213200
GBP	2026-11-01	1	404100
GBP	2025-06-01	4	7707400
GBP	2025-05-01	3	7171500
GBP	2025-07-01	3	5689100
GBP	2025-08-01	4	8828600
GBP	2025-01-01	3	8735200
GBP	2025-04-01	3	5432900
\.


--
-- Data for Name: month_stale; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.month_stale (currency, month) FROM stdin;
GBP	2026-11-01
\.


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.outbox (id, topic, key, seq, event_id, type, trace, created_at, payload) FROM stdin;
76	crm.contacts	a5eb7d09-db6f-5430-a0ca-77bea9d65641	11	33180638-492c-418a-9630-efd00a160c94	contacts.party.changed.v1	00-7b71280a818816118e3b71d03bb19177-f20eed23cc96d7e0-01	2026-11-30 06:53:34.357287+00	{"country":"China","customerNo":"K100000","email":"jing.sun.k100000@example.com","kind":"consumer","language":"zh-CN","name":"孙静","partyId":"a5eb7d09-db6f-5430-a0ca-77bea9d65641"}
\.


--
-- Data for Name: parked_key; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.parked_key (grp, topic, key, part, reason, attempt, next_try, parked_at) FROM stdin;
contacts	crm.tickets	0190a000-0000-7000-8000-0000000000ff	4	the key of its data has not come	0	2026-11-30 06:53:35.131998+00	2026-11-30 06:53:34.193998+00
\.


--
-- Data for Name: parked_message; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.parked_message (grp, topic, key, off, part, raw_key, headers, payload) FROM stdin;
contacts	crm.tickets	0190a000-0000-7000-8000-0000000000ff	4	4	\\x30313930613030302d303030302d373030302d383030302d303030303030303030306666	\\x0000000c636f6e74656e742d74797065000000106170706c69636174696f6e2f6a736f6e0000000e63655f7370656376657273696f6e00000003312e300000000563655f69640000002431363532646335632d396361612d343564662d613239332d6337363463336637646138370000000963655f736f75726365000000082f7469636b6574730000000763655f747970650000001a7469636b6574732e7375727665792e616e7377657265642e76310000000763655f74696d650000001b323032362d31312d33305430363a35333a33332e3937303335315a0000000963655f7365616c656400000001310000000b63655f73657175656e63650000000131	\\x7b227365616c6564223a20747275657d
\.


--
-- Data for Name: party; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party (id, version, kind, name, email, phone, language, time_zone, country, notes, tags, created_at, updated_at, owner, category, birthday, details, custom, sort_name, search_text, search_terms, merged_into) FROM stdin;
d48f58c0-acd3-5c33-9d18-74ad62f12c76	5	consumer	Arthur Wilson	arthur.wilson.k100002@example.com	\N	en-GB	\N	United Kingdom	\N	{}	2026-11-30 06:53:13.160354+00	2026-11-30 06:53:13.160354+00	\N	\N	\N	{}	{}	arthur wilson	arthur wilson\narthur.wilson.k100002@example.com\nk100002	{-1963804998,-1936871268,-1929028531,-1879118969,-1868419734,-1851642115,-1768116701,-1377987240,-1327004594,-1170680726,-1152646086,-1101020074,-1061478145,-1059307649,-1028614455,-1000753371,-894047388,-742409194,-716222103,-624583612,-522183199,-410392737,-397933677,-376837499,-339363149,-107398503,35363473,157373619,537642986,804823501,922800241,1175712539,1323313298,1331827778,1570616253,1657459675,1985028814,2042485577,2059263196,2108402940}	\N
62b5d2eb-7584-54fa-9e03-8d47189aca79	5	consumer	Emily Cooper	emily.cooper.k100004@example.com	\N	en-GB	\N	United Kingdom	\N	{}	2026-11-30 06:53:13.160354+00	2026-11-30 06:53:13.160354+00	\N	\N	\N	{}	{}	emily cooper	emily cooper\nemily.cooper.k100004@example.com\nk100004	{-1991131550,-1963804998,-1718995085,-1361847482,-1246723502,-1222824737,-1152646086,-1059307649,-1028614455,-1000753371,-942102284,-900216628,-742409194,-624583612,-596977049,-591028374,-443947975,-376837499,-339363149,-107398503,35363473,262154799,493491472,1037590050,1175712539,1185825921,1323313298,1476770319,1556793961,1574037534,1743886606,1892812295,1917509224,1985028814,1985060985,2108402940}	\N
a5eb7d09-db6f-5430-a0ca-77bea9d65641	11	consumer	孙静	jing.sun.k100000@example.com	\N	zh-CN	\N	China	\N	{late}	2026-11-30 06:53:13.160354+00	2026-11-30 06:53:34.352377+00	\N	\N	\N	{}	{}	孙静	孙静\njing.sun.k100000@example.com\nk100000	{-1963804998,-1152646086,-1059307649,-1028614455,-1000753371,-907625528,-777391455,-742409194,-624583612,-376837499,-339363149,-107398503,21983700,268925431,938336306,958557234,1175712539,1187392153,1249987710,1323313298,1330834853,1462053393,1976761713,2108402940}	\N
01a22b3a-b1f9-7025-96a5-d46185b4055d	1	consumer	Anna Beispil	anna@example.com	\N	\N	\N	\N	\N	{}	2026-11-30 06:53:16.665698+00	2026-11-30 06:53:16.665698+00	\N	\N	\N	{}	{}	anna beispil	anna beispil\nanna@example.com	{-1251523067,-1234745448,-1152646086,-1141714428,-1111663907,-1059307649,-1028614455,-742409194,-725925765,-724299722,-624583612,-601184371,-339363149,-314513869,-264181012,-247075731,-107398503,259296354,311245646,369572653,496389371,823131311,881715946,1175712539,1269148450,1323313298,1324400317,1436648092,1439895081,1910971248}	\N
01a22b3a-b1fe-746b-86db-d62772760700	1	consumer	Max Muster	max@example.com	+4940111000	\N	\N	\N	\N	{}	2026-11-30 06:53:16.671736+00	2026-11-30 06:53:16.671736+00	\N	\N	\N	{}	{}	max muster	max muster\nmax@example.com\n4940111000	{-1963804998,-1384722633,-1371196418,-1258955564,-1154741750,-1152646086,-1113782478,-1059307649,-1028614455,-912451050,-742409194,-624583612,-539092553,-460872689,-376837499,-339363149,-320983506,-289841029,-269118384,-252340765,-107398503,202802566,621108335,753893510,799183135,1006690628,1051900953,1175712539,1323313298,1791007500,2021601362,2100767299}	\N
01a22b3a-b206-72c2-9ed8-ec89087aaa0b	1	consumer	Max Muster	max@example.com	+4940111001	\N	\N	\N	\N	{}	2026-11-30 06:53:16.678928+00	2026-11-30 06:53:16.678928+00	\N	\N	\N	{}	{}	max muster	max muster\nmax@example.com\n4940111001	{-1963804998,-1384722633,-1371196418,-1258955564,-1154741750,-1152646086,-1113782478,-1059307649,-1028614455,-912451050,-742409194,-624583612,-539092553,-460872689,-393615118,-339363149,-320983506,-289841029,-269118384,-252340765,-107398503,202802566,621108335,753893510,799183135,1006690628,1051900953,1175712539,1323313298,1791007500,2021601362,2100767299}	\N
01a22b3a-b2a9-7365-8a76-5cfa61e45e4f	1	consumer	Carla Muster	carla@example.com	\N	\N	\N	\N	\N	{}	2026-11-30 06:53:16.83802+00	2026-11-30 06:53:16.83802+00	\N	\N	\N	{}	{}	carla muster	carla muster\ncarla@example.com	{-1371196418,-1258955564,-1154741750,-1152646086,-1113782478,-1059307649,-1028614455,-920389665,-759826436,-742409194,-688866304,-624777735,-624583612,-574633004,-539092553,-470757257,-367553886,-339363149,-320983506,-289841029,-107398503,-105463161,314245242,621108335,799183135,1051900953,1175712539,1323313298,1791007500,1842911168,2021601362}	\N
01a22b3a-b1f6-755b-a24f-0ea35539c47e	3	consumer	Anna Beispiel	anna@example.com	+493012345679	\N	\N	DE	\N	{}	2026-11-30 06:53:16.662288+00	2026-11-30 06:53:17.531104+00	\N	\N	\N	{}	{}	anna beispiel	anna beispiel\nanna@example.com\n493012345679	{-2115097759,-1772889336,-1710321780,-1554596559,-1362878889,-1251523067,-1234745448,-1152646086,-1141714428,-1111663907,-1107877746,-1059307649,-1028614455,-752182942,-742409194,-738409878,-725925765,-724299722,-624583612,-601184371,-599212895,-535681353,-444095070,-339363149,-263420886,-107398503,235519161,259296354,448412415,496389371,823131311,989913009,1062659243,1175712539,1269148450,1303996843,1323313298,1324400317,1385705693,1413663295,1439895081,2047799562,2061969819,2100767299}	01a22b3a-b1f0-7120-93e4-9d9bffba3801
01a22b3a-b1f0-7120-93e4-9d9bffba3801	10	consumer	Anna Beispiel	anna@example.com	+493012345679	de	Europe/Berlin	DE	Rings after noon.	{vip,press}	2026-11-30 06:53:16.655806+00	2026-11-30 06:53:17.574941+00	maria	\N	1984-02-29	{"likes": ["tea"], "title": "Buyer", "emails": [{"label": "home", "address": "anna@example.com"}, {"address": "a.beispiel@example.org"}], "phones": [{"number": "+493012345679"}, {"label": "mobile", "number": "+493012345678"}], "handles": [{"handle": "@anna", "network": "mastodon"}], "addresses": [{"city": "Berlin", "street": "Musterweg 1", "country": "DE", "postalCode": "10115"}], "preferences": {"contact": "mail"}}	{"tier": "gold", "seats": 12}	anna beispiel	anna beispiel\nanna@example.com\na.beispiel@example.org\nc-77\n493012345679\n493012345678	{-2115097759,-1897773265,-1772889336,-1710321780,-1554596559,-1362878889,-1297602155,-1251523067,-1234745448,-1211824505,-1188872141,-1152646086,-1141714428,-1111663907,-1107877746,-1059307649,-1041553698,-1028614455,-928934479,-752182942,-742409194,-738409878,-725925765,-724299722,-660772218,-624583612,-601184371,-599212895,-552458972,-535681353,-444095070,-339363149,-263420886,-107398503,-79778718,221046548,235519161,259296354,448412415,496389371,812001974,823131311,878262686,883472612,989913009,1024125354,1062659243,1175712539,1269148450,1303996843,1323313298,1324400317,1385705693,1413663295,1439895081,1455409632,1482573010,1616011762,1619723355,1865877666,2047799562,2061969819,2100767299}	\N
01a22b3a-b1fb-71b8-aeb2-808a50b55e79	3	enterprise	示例贸易有限公司	\N	\N	\N	\N	CN	\N	{}	2026-11-30 06:53:16.667073+00	2026-11-30 06:53:17.583069+00	\N	brokerage	\N	{}	{}	示例贸易有限公司	示例贸易有限公司\nc-78	{-2046738692,-1460581694,-1196556916,-1022292306,-654608987,-485197469,-291991818,-29445861,-29297692,138375330,243067671,371140188,387769919,411255640,439070053,749367575,1109658973,1346183459,1693948169}	\N
01a22b3a-b208-7423-9dd4-0d939a6b160a	3	consumer	erased	\N	\N	\N	\N	\N	\N	{}	2026-11-30 06:53:16.680362+00	2026-11-30 06:53:22.284774+00	\N	\N	\N	{}	{}	erased		{}	\N
3ee46405-091b-5de9-9f8f-046216a1e775	8	consumer	William Wood	william.wood.k100001@example.com	\N	en-GB	\N	United Kingdom	\N	{}	2026-11-30 06:53:13.160354+00	2026-11-30 06:53:13.160354+00	\N	\N	\N	{}	{}	william wood	william wood\nwilliam.wood.k100001@example.com\nk100001	{-1963804998,-1377987240,-1277321526,-1152646086,-1123266066,-1059307649,-1028614455,-1000753371,-932529429,-869896932,-742409194,-685343123,-662809624,-624583612,-499527792,-482295661,-480912565,-403375547,-393615118,-376837499,-339363149,-280964233,-107398503,-81750189,35363473,116624411,791421474,1080469893,1175712539,1323313298,1338684914,1570616253,1823514652,1985028814,2058049774,2108402940}	\N
\.


--
-- Data for Name: party_archive; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_archive (id, party_id, parties, requested_by, requested_at) FROM stdin;
01a22b3a-c7fa-7630-ae81-0783c055aae5	01a22b3a-b1f0-7120-93e4-9d9bffba3801	{01a22b3a-b1f0-7120-93e4-9d9bffba3801,01a22b3a-b1f6-755b-a24f-0ea35539c47e}	maria	2026-11-30 06:53:22.297851+00
\.


--
-- Data for Name: party_benefit; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_benefit (party_id, declared, learnt, evidence, updated_at) FROM stdin;
a5eb7d09-db6f-5430-a0ca-77bea9d65641	relationship	\N	\N	2026-11-30 06:53:16.787207+00
\.


--
-- Data for Name: party_custom; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_custom (field, number, party_id) FROM stdin;
seats	12	01a22b3a-b1f0-7120-93e4-9d9bffba3801
\.


--
-- Data for Name: party_history; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_history (party_id, valid_from, valid_to, record) FROM stdin;
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:16.655806+00	2026-11-30 06:53:16.763741+00	{"id": "01a22b3a-b1f0-7120-93e4-9d9bffba3801", "kind": "consumer", "name": "Anna Beispiel", "tags": ["vip"], "email": "anna@example.com", "notes": "Rings before noon.", "owner": "maria", "phone": "+493012345678", "custom": {"tier": "gold", "seats": 12}, "country": "DE", "details": {"likes": ["tea"], "title": "Buyer", "emails": [{"label": "home", "address": "anna@example.com"}, {"address": "a.beispiel@example.org"}], "phones": [{"label": "mobile", "number": "+493012345678"}], "handles": [{"handle": "@anna", "network": "mastodon"}], "addresses": [{"city": "Berlin", "street": "Musterweg 1", "country": "DE", "postalCode": "10115"}], "preferences": {"contact": "mail"}}, "version": 4, "birthday": "1984-02-29", "category": null, "language": "de", "time_zone": "Europe/Berlin", "created_at": "2026-11-30T06:53:16.655806+00:00", "updated_at": "2026-11-30T06:53:16.655806+00:00", "merged_into": null}
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:16.763741+00	2026-11-30 06:53:17.529651+00	{"id": "01a22b3a-b1f0-7120-93e4-9d9bffba3801", "kind": "consumer", "name": "Anna Beispiel", "tags": ["vip", "press"], "email": "anna@example.com", "notes": "Rings after noon.", "owner": "maria", "phone": "+493012345678", "custom": {"tier": "gold", "seats": 12}, "country": "DE", "details": {"likes": ["tea"], "title": "Buyer", "emails": [{"label": "home", "address": "anna@example.com"}, {"address": "a.beispiel@example.org"}], "phones": [{"label": "mobile", "number": "+493012345678"}], "handles": [{"handle": "@anna", "network": "mastodon"}], "addresses": [{"city": "Berlin", "street": "Musterweg 1", "country": "DE", "postalCode": "10115"}], "preferences": {"contact": "mail"}}, "version": 6, "birthday": "1984-02-29", "category": null, "language": "de", "time_zone": "Europe/Berlin", "created_at": "2026-11-30T06:53:16.655806+00:00", "updated_at": "2026-11-30T06:53:16.763741+00:00", "merged_into": null}
01a22b3a-b1f6-755b-a24f-0ea35539c47e	2026-11-30 06:53:16.662288+00	2026-11-30 06:53:17.531104+00	{"id": "01a22b3a-b1f6-755b-a24f-0ea35539c47e", "kind": "consumer", "name": "Anna Beispiel", "tags": [], "email": "anna@example.com", "notes": null, "owner": null, "phone": "+493012345679", "custom": {}, "country": "DE", "details": {}, "version": 2, "birthday": null, "category": null, "language": null, "time_zone": null, "created_at": "2026-11-30T06:53:16.662288+00:00", "updated_at": "2026-11-30T06:53:16.662288+00:00", "merged_into": null}
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:17.529651+00	2026-11-30 06:53:17.547737+00	{"id": "01a22b3a-b1f0-7120-93e4-9d9bffba3801", "kind": "consumer", "name": "Anna Beispiel", "tags": ["vip", "press"], "email": "anna@example.com", "notes": "Rings after noon.", "owner": "maria", "phone": "+493012345679", "custom": {"tier": "gold", "seats": 12}, "country": "DE", "details": {"likes": ["tea"], "title": "Buyer", "emails": [{"label": "home", "address": "anna@example.com"}, {"address": "a.beispiel@example.org"}], "phones": [{"number": "+493012345679"}, {"label": "mobile", "number": "+493012345678"}], "handles": [{"handle": "@anna", "network": "mastodon"}], "addresses": [{"city": "Berlin", "street": "Musterweg 1", "country": "DE", "postalCode": "10115"}], "preferences": {"contact": "mail"}}, "version": 8, "birthday": "1984-02-29", "category": null, "language": "de", "time_zone": "Europe/Berlin", "created_at": "2026-11-30T06:53:16.655806+00:00", "updated_at": "2026-11-30T06:53:17.529651+00:00", "merged_into": null}
01a22b3a-b1fb-71b8-aeb2-808a50b55e79	2026-11-30 06:53:16.667073+00	2026-11-30 06:53:17.553248+00	{"id": "01a22b3a-b1fb-71b8-aeb2-808a50b55e79", "kind": "enterprise", "name": "示例贸易有限公司", "tags": [], "email": null, "notes": null, "owner": null, "phone": null, "custom": {}, "country": "CN", "details": {}, "version": 1, "birthday": null, "category": "brokerage", "language": null, "time_zone": null, "created_at": "2026-11-30T06:53:16.667073+00:00", "updated_at": "2026-11-30T06:53:16.667073+00:00", "merged_into": null}
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:17.547737+00	2026-11-30 06:53:17.574941+00	{"id": "01a22b3a-b1f0-7120-93e4-9d9bffba3801", "kind": "consumer", "name": "Anna Beispiel", "tags": ["vip", "press"], "email": "anna@example.com", "notes": "Rings after noon.", "owner": "maria", "phone": "+493012345679", "custom": {"tier": "gold", "seats": 12}, "country": "DE", "details": {"likes": ["tea"], "title": "Buyer", "emails": [{"label": "home", "address": "anna@example.com"}, {"address": "a.beispiel@example.org"}], "phones": [{"number": "+493012345679"}, {"label": "mobile", "number": "+493012345678"}], "handles": [{"handle": "@anna", "network": "mastodon"}], "addresses": [{"city": "Berlin", "street": "Musterweg 1", "country": "DE", "postalCode": "10115"}], "preferences": {"contact": "mail"}}, "version": 9, "birthday": "1984-02-29", "category": "brokerage", "language": "de", "time_zone": "Europe/Berlin", "created_at": "2026-11-30T06:53:16.655806+00:00", "updated_at": "2026-11-30T06:53:17.547737+00:00", "merged_into": null}
01a22b3a-b1fb-71b8-aeb2-808a50b55e79	2026-11-30 06:53:17.553248+00	2026-11-30 06:53:17.583069+00	{"id": "01a22b3a-b1fb-71b8-aeb2-808a50b55e79", "kind": "enterprise", "name": "示例贸易有限公司", "tags": [], "email": null, "notes": null, "owner": null, "phone": null, "custom": {}, "country": "CN", "details": {}, "version": 2, "birthday": null, "category": "brokerage", "language": null, "time_zone": null, "created_at": "2026-11-30T06:53:16.667073+00:00", "updated_at": "2026-11-30T06:53:17.553248+00:00", "merged_into": "01a22b3a-b1f0-7120-93e4-9d9bffba3801"}
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:13.160354+00	2026-11-30 06:53:34.352377+00	{"id": "a5eb7d09-db6f-5430-a0ca-77bea9d65641", "kind": "consumer", "name": "孙静", "tags": [], "email": "jing.sun.k100000@example.com", "notes": null, "owner": null, "phone": null, "custom": {}, "country": "China", "details": {}, "version": 10, "birthday": null, "category": null, "language": "zh-CN", "time_zone": null, "created_at": "2026-11-30T06:53:13.160354+00:00", "updated_at": "2026-11-30T06:53:13.160354+00:00", "merged_into": null}
\.


--
-- Data for Name: party_import; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_import (id, state, format, options, bytes, chunks, next_chunk, carry, header, line, rows, created, changed, skipped, refused, undone, kept, bytes_done, error, created_at, finished_at) FROM stdin;
01a22b3a-b2a2-70df-a853-72b133317d85	done	csv	{"format": "csv", "ignored": [], "mapping": {}, "encoding": "utf-8", "isDryRun": false, "separator": 44, "duplicates": "skip"}	100	1	1	\\x	{name,email,phone}	5	3	1	0	0	2	0	0	100	\N	2026-11-30 06:53:16.834939+00	2026-11-30 06:53:16.852413+00
01a22b3a-b376-7321-801a-97eff4315cd6	undone	csv	{"format": "csv", "ignored": [], "mapping": {}, "encoding": "utf-8", "isDryRun": false, "separator": 44, "duplicates": "skip"}	39	1	1	\\x	{name,email}	3	1	1	0	0	0	1	0	39	\N	2026-11-30 06:53:17.047182+00	2026-11-30 06:53:17.287077+00
3eadaff6-3202-4ecc-90f5-bb93e5a00afd	queued	csv	{"format": "csv", "ignored": [], "mapping": {}, "encoding": "utf-8", "isDryRun": false, "separator": 44, "duplicates": "skip"}	10	1	0	\\x	\N	1	0	0	0	0	0	0	0	0	\N	2026-11-30 06:53:34.74531+00	\N
\.


--
-- Data for Name: party_merge; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_merge (id, survivor_id, merged_id, merged_at, merged_by, changes, added_tags, undone_at, undone_by, report) FROM stdin;
01a22b3a-b556-74d9-8d71-28ecc02fd1e9	01a22b3a-b1f0-7120-93e4-9d9bffba3801	01a22b3a-b1f6-755b-a24f-0ea35539c47e	2026-11-30 06:53:17.529166+00	maria	{"phone": {"after": "+493012345679", "before": "+493012345678"}, "phones": {"after": "[{\\"number\\":\\"+493012345679\\"},{\\"label\\":\\"mobile\\",\\"number\\":\\"+493012345678\\"}]", "before": "[{\\"label\\":\\"mobile\\",\\"number\\":\\"+493012345678\\"}]"}}	{}	\N	\N	\N
01a22b3a-b564-747b-903c-6a6d12ab85e6	01a22b3a-b1f0-7120-93e4-9d9bffba3801	01a22b3a-b1fb-71b8-aeb2-808a50b55e79	2026-11-30 06:53:17.540962+00	maria	{"category": {"after": "brokerage"}}	{}	2026-11-30 06:53:17.588981+00	maria	{"kept": [], "mergeId": "01a22b3a-b564-747b-903c-6a6d12ab85e6", "mergedId": "01a22b3a-b1fb-71b8-aeb2-808a50b55e79", "restored": ["category"], "survivorId": "01a22b3a-b1f0-7120-93e4-9d9bffba3801", "documentsReturned": 0}
\.


--
-- Data for Name: party_month; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_month (party_id, month, currency, orders, revenue, credits, credited, paid, cost, costed, days, first_at, last_at) FROM stdin;
62b5d2eb-7584-54fa-9e03-8d47189aca79	2025-08-01	GBP	1	5984600	0	0	0	0	0	1024	2025-08-11 13:27:48+00	2025-08-11 13:27:48+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-01-01	GBP	2	2313200	0	0	0	0	0	67239936	2025-01-18 19:19:01+00	2025-01-27 16:58:32+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-02-01	GBP	3	11364300	0	0	0	0	0	4202512	2025-02-05 14:38:02+00	2025-02-23 09:57:04+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-03-01	GBP	2	10178500	0	0	0	0	0	1075838976	2025-03-22 02:55:36+00	2025-03-31 00:35:07+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-04-01	GBP	3	5432900	0	0	0	0	0	33620096	2025-04-08 22:14:38+00	2025-04-26 17:33:39+00
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2025-03-01	GBP	2	14712800	0	0	0	0	0	4104	2025-03-04 07:36:35+00	2025-03-13 05:16:05+00
3ee46405-091b-5de9-9f8f-046216a1e775	2025-01-01	GBP	1	6422000	1	728700	0	0	0	256	2025-01-09 21:39:30+00	2025-01-09 21:39:30+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-05-01	GBP	2	4742500	1	585200	0	0	0	4194320	2025-05-05 15:13:10+00	2025-05-23 10:32:11+00
3ee46405-091b-5de9-9f8f-046216a1e775	2025-05-01	GBP	1	2429000	0	0	0	0	0	8192	2025-05-14 12:52:40+00	2025-05-14 12:52:40+00
3ee46405-091b-5de9-9f8f-046216a1e775	2025-08-01	GBP	1	415000	0	0	0	0	0	524288	2025-08-20 11:07:19+00	2025-08-20 11:07:19+00
3ee46405-091b-5de9-9f8f-046216a1e775	2025-10-01	GBP	1	2448100	0	0	0	0	0	2048	2025-10-12 21:04:23+00	2025-10-12 21:04:23+00
3ee46405-091b-5de9-9f8f-046216a1e775	2025-11-01	GBP	2	3096400	0	0	0	0	0	33619968	2025-11-17 11:42:26+00	2025-11-26 09:21:57+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-01	GBP	3	6965700	1	747000	0	0	0	134218241	2025-06-01 08:11:42+00	2025-06-28 01:10:14+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-07-01	GBP	3	5689100	0	0	0	0	0	8405024	2025-07-06 22:49:45+00	2025-07-24 18:08:46+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-08-01	GBP	2	2429000	0	0	0	0	0	268435458	2025-08-02 15:48:17+00	2025-08-29 08:46:49+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-09-01	GBP	3	8421200	0	0	0	0	0	16810048	2025-09-07 06:26:20+00	2025-09-25 01:45:21+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-10-01	GBP	2	2126000	0	0	0	0	0	536870916	2025-10-03 23:24:52+00	2025-10-30 16:23:24+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-11-01	GBP	1	2920900	0	0	0	0	0	128	2025-11-08 14:02:55+00	2025-11-08 14:02:55+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-12-01	GBP	3	12047400	0	0	0	0	0	4202512	2025-12-05 07:01:27+00	2025-12-23 02:20:29+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-01	GBP	1	404100	0	0	0	225000	404100	268435456	2026-11-29 12:00:00+00	2026-11-29 12:00:00+00
\.


--
-- Data for Name: party_prediction; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_prediction (party_id, currency, run_id, alive, purchases, spend, lifetime_value) FROM stdin;
3ee46405-091b-5de9-9f8f-046216a1e775	GBP	01a22b3a-bfc5-754c-a706-6284b3237fe2	0.9	3.2	1500000	4800000
62b5d2eb-7584-54fa-9e03-8d47189aca79	GBP	01a22b3a-bfc5-754c-a706-6284b3237fe2	0.9	3.2	1500000	4800000
\.


--
-- Data for Name: party_redirect; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_redirect (party_id, survivor_id) FROM stdin;
01a22b3a-b1f6-755b-a24f-0ea35539c47e	01a22b3a-b1f0-7120-93e4-9d9bffba3801
\.


--
-- Data for Name: party_reference; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_reference (system, reference, party_id, origin_id) FROM stdin;
erp	K100000	a5eb7d09-db6f-5430-a0ca-77bea9d65641	\N
erp	K100002	d48f58c0-acd3-5c33-9d18-74ad62f12c76	\N
erp	K100004	62b5d2eb-7584-54fa-9e03-8d47189aca79	\N
erp	K100001	3ee46405-091b-5de9-9f8f-046216a1e775	\N
shop	C-77	01a22b3a-b1f0-7120-93e4-9d9bffba3801	\N
shop	C-78	01a22b3a-b1fb-71b8-aeb2-808a50b55e79	\N
\.


--
-- Data for Name: party_relation; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_relation (party_id, kind, other_id, since, note) FROM stdin;
01a22b3a-b1fb-71b8-aeb2-808a50b55e79	employs	01a22b3a-b1f0-7120-93e4-9d9bffba3801	2020-05-01	purchasing
01a22b3a-b1fb-71b8-aeb2-808a50b55e79	refers	01a22b3a-b1f9-7025-96a5-d46185b4055d	2024-01-31	\N
\.


--
-- Data for Name: party_stage; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_stage (party_id, stage, since, cause, last_order_at, due_at) FROM stdin;
01a22b3a-b1f0-7120-93e4-9d9bffba3801	lead	2026-11-30 06:53:16.795573+00	asked at the fair	\N	2026-12-30 06:53:16.795573+00
a5eb7d09-db6f-5430-a0ca-77bea9d65641	loyal	2026-11-30 06:53:13.160354+00	order S40-16	2026-11-29 12:00:00+00	2027-05-28 12:00:00+00
01a22b3a-b208-7423-9dd4-0d939a6b160a	lead	2026-11-30 06:53:22.302257+00	lead Otto Niemand	\N	\N
62b5d2eb-7584-54fa-9e03-8d47189aca79	lapsed	2026-11-30 06:53:25.058288+00	no order for 365 days	2025-08-11 13:27:48+00	2027-08-11 13:27:48+00
d48f58c0-acd3-5c33-9d18-74ad62f12c76	lapsed	2026-11-30 06:53:25.058288+00	no order for 365 days	2025-03-13 05:16:05+00	2027-03-13 05:16:05+00
3ee46405-091b-5de9-9f8f-046216a1e775	lapsed	2026-11-30 06:53:25.058288+00	no order for 365 days	2025-11-26 09:21:57+00	2027-11-26 09:21:57+00
\.


--
-- Data for Name: party_stage_change; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_stage_change (party_id, at, stage, previous, cause) FROM stdin;
62b5d2eb-7584-54fa-9e03-8d47189aca79	2026-11-30 06:53:13.207039+00	customer	prospect	order S40-25
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:13.207219+00	loyal	prospect	order S40-16
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2026-11-30 06:53:13.207221+00	lapsing	prospect	no order for 180 days
3ee46405-091b-5de9-9f8f-046216a1e775	2026-11-30 06:53:13.242206+00	lapsing	prospect	no order for 180 days
3ee46405-091b-5de9-9f8f-046216a1e775	2026-11-30 06:53:13.251536+00	loyal	lapsing	order S40-37
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:16.797615+00	lead	prospect	asked at the fair
01a22b3a-b208-7423-9dd4-0d939a6b160a	2026-11-30 06:53:22.305979+00	lead	prospect	lead Otto Niemand
62b5d2eb-7584-54fa-9e03-8d47189aca79	2026-11-30 06:53:25.060561+00	lapsed	customer	no order for 365 days
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2026-11-30 06:53:25.060577+00	lapsed	lapsing	no order for 365 days
3ee46405-091b-5de9-9f8f-046216a1e775	2026-11-30 06:53:25.060579+00	lapsed	loyal	no order for 365 days
\.


--
-- Data for Name: party_value; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_value (party_id, currency, orders, revenue, credits, credited, paid, first_order_at, last_order_at, purchase_days, first_day_revenue, cost, costed) FROM stdin;
62b5d2eb-7584-54fa-9e03-8d47189aca79	GBP	1	5984600	0	0	0	2025-08-11 13:27:48+00	2025-08-11 13:27:48+00	1	5984600	0	0
d48f58c0-acd3-5c33-9d18-74ad62f12c76	GBP	2	14712800	0	0	0	2025-03-04 07:36:35+00	2025-03-13 05:16:05+00	2	13255400	0	0
3ee46405-091b-5de9-9f8f-046216a1e775	GBP	6	14810500	1	728700	0	2025-01-09 21:39:30+00	2025-11-26 09:21:57+00	6	6422000	0	0
a5eb7d09-db6f-5430-a0ca-77bea9d65641	GBP	30	75034800	2	1332200	0	2025-01-18 19:19:01+00	2026-11-29 12:00:00+00	30	1341600	225000	404100
\.


--
-- Data for Name: party_view; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_view (id, version, name, owner, definition, updated_at) FROM stdin;
01a22b3a-b255-728c-80df-63bf3785e32c	1	Gold in Germany	maria	{"sort": "name", "filter": [{"is": "Germany", "field": "country"}], "descending": true}	2026-11-30 06:53:16.75774+00
\.


--
-- Data for Name: party_voice; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_voice (party_id, survey, answers, total, last_at) FROM stdin;
01a22b3a-b1f0-7120-93e4-9d9bffba3801	csat	1	0.75	2026-11-30 06:53:21.954909+00
\.


--
-- Data for Name: party_wallet; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.party_wallet (party_id, currency, yearly_spend, updated_at) FROM stdin;
a5eb7d09-db6f-5430-a0ca-77bea9d65641	GBP	25005000	2026-11-30 06:53:16.7697+00
\.


--
-- Data for Name: product_name; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.product_name (sku, name, category) FROM stdin;
P10000	红木 Tea Set	\N
P10001	Red Tea Set	\N
P10002	Silver 花瓶	\N
P10003	Hanging 灯笼	\N
P10004	Blue Notebook	\N
P10005	Paper 灯笼	\N
P10006	Vintage Lantern	\N
P10007	Wooden 茶杯	\N
P10008	红木 Notebook	\N
P10009	Blue Notebook	\N
\.


--
-- Data for Name: rebuild; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.rebuild (id, state, actor, reason, started_at, seen_at, finished_at, messages, expected, outcome, error) FROM stdin;
1	done	maria	fixture	2026-11-30 06:53:22.404324+00	2026-11-30 06:53:26.425389+00	2026-11-30 06:53:26.425389+00	241	241	{"parts": [{"hash": "56cfc27c749e80416cd4752e0c501e60", "rows": 44, "table": "erp_document", "liveHash": "56cfc27c749e80416cd4752e0c501e60", "liveRows": 44}, {"hash": "3f4e519146f5dc3e3e7bd81a24b5dabb", "rows": 44, "table": "document_detail", "liveHash": "3f4e519146f5dc3e3e7bd81a24b5dabb", "liveRows": 44}, {"hash": "4f20f0e463d2928ea3df0f05bd16db64", "rows": 20, "table": "party_month", "liveHash": "4f20f0e463d2928ea3df0f05bd16db64", "liveRows": 20}, {"hash": "b42cd20202dc5d149d00aa9fafe3611c", "rows": 4, "table": "party_value", "liveHash": "b42cd20202dc5d149d00aa9fafe3611c", "liveRows": 4}, {"hash": "d4fb2a42b2a28e0e6ed0d0e0d3fca111", "rows": 56, "table": "sales_cell", "liveHash": "d4fb2a42b2a28e0e6ed0d0e0d3fca111", "liveRows": 56}, {"hash": "f27dcf63d233af4ed47b7fea1fd8c928", "rows": 105, "table": "touch", "liveHash": "f27dcf63d233af4ed47b7fea1fd8c928", "liveRows": 105}, {"hash": "711f76730f4c1a2fca04bd9e00b7f2f9", "rows": 10, "table": "product_name", "liveHash": "711f76730f4c1a2fca04bd9e00b7f2f9", "liveRows": 10}, {"hash": "a8f0fd01809bbb42b9018e1e3035bb42", "rows": 2, "table": "campaign_name", "liveHash": "a8f0fd01809bbb42b9018e1e3035bb42", "liveRows": 2}, {"hash": "020d1ca21702f972ae1c23e3fae4773c", "rows": 3, "table": "campaign_message", "liveHash": "020d1ca21702f972ae1c23e3fae4773c", "liveRows": 3}, {"hash": "b669aa9640c38739830426669acdaec0", "rows": 1, "table": "party_voice", "liveHash": "b669aa9640c38739830426669acdaec0", "liveRows": 1}], "parked": 0, "waited": 0.034069804, "isEqual": true, "seconds": 3.1292745539999998, "messages": 241, "isSwapped": true, "deadLetters": 0, "messagesWaitedFor": 0}	\N
\.


--
-- Data for Name: report; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.report (name, currency, computed_at, seconds, body) FROM stdin;
persistency	GBP	2026-11-30 06:53:30.149185+00	0.002105458	{"repeatRate" : {"customers" : 4, "repeaters" : 3, "rate" : 0.750000}, "tenure" : [{"key":"under_2_years","customers":4,"repeaters":3,"active":1}], "retention" : [{"cohort" : "2025-01", "customers" : 2, "months" : [{"month" : "2025-01", "offset" : 0, "customers" : 2, "rate" : 1.000000}, {"month" : "2025-02", "offset" : 1, "customers" : 1, "rate" : 0.500000}, {"month" : "2025-03", "offset" : 2, "customers" : 1, "rate" : 0.500000}, {"month" : "2025-04", "offset" : 3, "customers" : 1, "rate" : 0.500000}, {"month" : "2025-05", "offset" : 4, "customers" : 2, "rate" : 1.000000}, {"month" : "2025-06", "offset" : 5, "customers" : 1, "rate" : 0.500000}, {"month" : "2025-07", "offset" : 6, "customers" : 1, "rate" : 0.500000}, {"month" : "2025-08", "offset" : 7, "customers" : 2, "rate" : 1.000000}, {"month" : "2025-09", "offset" : 8, "customers" : 1, "rate" : 0.500000}, {"month" : "2025-10", "offset" : 9, "customers" : 2, "rate" : 1.000000}, {"month" : "2025-11", "offset" : 10, "customers" : 2, "rate" : 1.000000}, {"month" : "2025-12", "offset" : 11, "customers" : 1, "rate" : 0.500000}, {"month" : "2026-11", "offset" : 22, "customers" : 1, "rate" : 0.500000}]}, {"cohort" : "2025-03", "customers" : 1, "months" : [{"month" : "2025-03", "offset" : 0, "customers" : 1, "rate" : 1.000000}]}, {"cohort" : "2025-08", "customers" : 1, "months" : [{"month" : "2025-08", "offset" : 0, "customers" : 1, "rate" : 1.000000}]}], "movement" : [{"month" : "2025-01", "new" : 2, "kept" : 0, "back" : 0, "lapsed" : 0}, {"month" : "2025-02", "new" : 0, "kept" : 1, "back" : 0, "lapsed" : 1}, {"month" : "2025-03", "new" : 1, "kept" : 1, "back" : 0, "lapsed" : 0}, {"month" : "2025-04", "new" : 0, "kept" : 1, "back" : 0, "lapsed" : 1}, {"month" : "2025-05", "new" : 0, "kept" : 1, "back" : 1, "lapsed" : 0}, {"month" : "2025-06", "new" : 0, "kept" : 1, "back" : 0, "lapsed" : 1}, {"month" : "2025-07", "new" : 0, "kept" : 1, "back" : 0, "lapsed" : 0}, {"month" : "2025-08", "new" : 1, "kept" : 1, "back" : 1, "lapsed" : 0}, {"month" : "2025-09", "new" : 0, "kept" : 1, "back" : 0, "lapsed" : 2}, {"month" : "2025-10", "new" : 0, "kept" : 1, "back" : 1, "lapsed" : 0}, {"month" : "2025-11", "new" : 0, "kept" : 2, "back" : 0, "lapsed" : 0}, {"month" : "2025-12", "new" : 0, "kept" : 1, "back" : 0, "lapsed" : 1}, {"month" : "2026-01", "new" : 0, "kept" : 0, "back" : 0, "lapsed" : 1}, {"month" : "2026-11", "new" : 0, "kept" : 0, "back" : 1, "lapsed" : 0}]}
profitability	GBP	2026-11-30 06:53:30.151534+00	0.000685418	{"customers" : 4, "netRevenue" : "10848.1800", "margin" : "17.9100", "marginKnownFor" : 0.0037, "classes" : [{"key" : "A", "customers" : 2, "netRevenue" : "8841.5400", "share" : 0.815025, "margin" : "17.9100"}, {"key" : "B", "customers" : 2, "netRevenue" : "2006.6400", "share" : 0.184975, "margin" : null}], "curve" : [{"customers" : 0.2500, "netRevenue" : 0.679401}, {"customers" : 0.5000, "netRevenue" : 0.815025}, {"customers" : 0.7500, "netRevenue" : 0.944833}, {"customers" : 1.0000, "netRevenue" : 1.000000}], "top" : [{"partyId" : "a5eb7d09-db6f-5430-a0ca-77bea9d65641", "name" : "孙静", "orders" : 30, "netRevenue" : "7370.2600", "credited" : "133.2200", "margin" : "17.9100", "class" : "A"}, {"partyId" : "d48f58c0-acd3-5c33-9d18-74ad62f12c76", "name" : "Arthur Wilson", "orders" : 2, "netRevenue" : "1471.2800", "credited" : "0.0000", "margin" : null, "class" : "A"}, {"partyId" : "3ee46405-091b-5de9-9f8f-046216a1e775", "name" : "William Wood", "orders" : 6, "netRevenue" : "1408.1800", "credited" : "72.8700", "margin" : null, "class" : "B"}, {"partyId" : "62b5d2eb-7584-54fa-9e03-8d47189aca79", "name" : "Emily Cooper", "orders" : 1, "netRevenue" : "598.4600", "credited" : "0.0000", "margin" : null, "class" : "B"}]}
performance	GBP	2026-11-30 06:53:30.155654+00	0.001027651	{"months" : [{"month" : "2025-01", "orders" : 3, "revenue" : "873.5200", "credits" : 1, "credited" : "72.8700", "walkInOrders" : 0, "walkInRevenue" : "0.0000"}, {"month" : "2025-02", "orders" : 3, "revenue" : "1136.4300", "credits" : 0, "credited" : "0.0000", "walkInOrders" : 0, "walkInRevenue" : "0.0000"}, {"month" : "2025-03", "orders" : 4, "revenue" : "2489.1300", "credits" : 0, "credited" : "0.0000", "walkInOrders" : 0, "walkInRevenue" : "0.0000"}, {"month" : "2025-04", "orders" : 3, "revenue" : "543.2900", "credits" : 0, "credited" : "0.0000", "walkInOrders" : 0, "walkInRevenue" : "0.0000"}, {"month" : "2025-05", "orders" : 3, "revenue" : "717.1500", "credits" : 1, "credited" : "58.5200", "walkInOrders" : 0, "walkInRevenue" : "0.0000"}, {"month" : "2025-06", "orders" : 4, "revenue" : "770.7400", "credits" : 1, "credited" : "74.7000", "walkInOrders" : 1, "walkInRevenue" : "74.1700"}, {"month" : "2025-07", "orders" : 3, "revenue" : "568.9100", "credits" : 0, "credited" : "0.0000", "walkInOrders" : 0, "walkInRevenue" : "0.0000"}, {"month" : "2025-08", "orders" : 4, "revenue" : "882.8600", "credits" : 0, "credited" : "0.0000", "walkInOrders" : 0, "walkInRevenue" : "0.0000"}, {"month" : "2025-09", "orders" : 3, "revenue" : "842.1200", "credits" : 0, "credited" : "0.0000", "walkInOrders" : 0, "walkInRevenue" : "0.0000"}, {"month" : "2025-10", "orders" : 4, "revenue" : "1321.3200", "credits" : 0, "credited" : "0.0000", "walkInOrders" : 1, "walkInRevenue" : "863.9100"}, {"month" : "2025-11", "orders" : 3, "revenue" : "601.7300", "credits" : 0, "credited" : "0.0000", "walkInOrders" : 0, "walkInRevenue" : "0.0000"}, {"month" : "2025-12", "orders" : 3, "revenue" : "1204.7400", "credits" : 0, "credited" : "0.0000", "walkInOrders" : 0, "walkInRevenue" : "0.0000"}, {"month" : "2026-11", "orders" : 1, "revenue" : "40.4100", "credits" : 0, "credited" : "0.0000", "walkInOrders" : 0, "walkInRevenue" : "0.0000"}], "window" : {"documents" : 44, "from" : "2025-01-09T21:39:30+00:00", "to" : "2026-11-29T12:00:00+00:00"}, "products" : [{"sku" : "P10000", "name" : "红木 Tea Set", "category" : null, "orders" : 35, "quantity" : "338.0000", "netRevenue" : "8210.0200", "credited" : "72.8700"}, {"sku" : "P10004", "name" : "Blue Notebook", "category" : null, "orders" : 8, "quantity" : "45.0000", "netRevenue" : "1316.7000", "credited" : "58.5200"}, {"sku" : "P10006", "name" : "Vintage Lantern", "category" : null, "orders" : 3, "quantity" : "11.0000", "netRevenue" : "1085.2600", "credited" : "0.0000"}, {"sku" : "P10001", "name" : "Red Tea Set", "category" : null, "orders" : 12, "quantity" : "58.0000", "netRevenue" : "478.9100", "credited" : "74.7000"}, {"sku" : "P10009", "name" : "Blue Notebook", "category" : null, "orders" : 2, "quantity" : "9.0000", "netRevenue" : "301.8600", "credited" : "0.0000"}, {"sku" : "P10007", "name" : "Wooden 茶杯", "category" : null, "orders" : 3, "quantity" : "19.0000", "netRevenue" : "197.4100", "credited" : "0.0000"}, {"sku" : "P10003", "name" : "Hanging 灯笼", "category" : null, "orders" : 5, "quantity" : "16.0000", "netRevenue" : "115.2000", "credited" : "0.0000"}, {"sku" : "P10005", "name" : "Paper 灯笼", "category" : null, "orders" : 3, "quantity" : "5.0000", "netRevenue" : "51.2000", "credited" : "0.0000"}, {"sku" : "P10002", "name" : "Silver 花瓶", "category" : null, "orders" : 5, "quantity" : "15.5000", "netRevenue" : "27.1000", "credited" : "0.0000"}, {"sku" : "P10008", "name" : "红木 Notebook", "category" : null, "orders" : 2, "quantity" : "2.0000", "netRevenue" : "2.6000", "credited" : "0.0000"}], "channels" : [{"key" : "?", "orders" : 40, "netRevenue" : "11745.8500"}, {"key" : "phone", "orders" : 1, "netRevenue" : "40.4100"}], "places" : [{"key" : "China", "customers" : 1, "orders" : 30, "netRevenue" : "7370.2600"}, {"key" : "United Kingdom", "customers" : 3, "orders" : 9, "netRevenue" : "3477.9200"}]}
product	GBP	2026-11-30 06:53:30.160464+00	0.001283706	{"orders" : 41, "products" : [{"sku" : "P10000", "name" : "红木 Tea Set", "orders" : 35, "support" : 0.853659, "revenue" : "8282.8900"}, {"sku" : "P10001", "name" : "Red Tea Set", "orders" : 12, "support" : 0.292683, "revenue" : "553.6100"}, {"sku" : "P10004", "name" : "Blue Notebook", "orders" : 8, "support" : 0.195122, "revenue" : "1375.2200"}, {"sku" : "P10002", "name" : "Silver 花瓶", "orders" : 5, "support" : 0.121951, "revenue" : "27.1000"}, {"sku" : "P10003", "name" : "Hanging 灯笼", "orders" : 5, "support" : 0.121951, "revenue" : "115.2000"}, {"sku" : "P10005", "name" : "Paper 灯笼", "orders" : 3, "support" : 0.073171, "revenue" : "51.2000"}, {"sku" : "P10006", "name" : "Vintage Lantern", "orders" : 3, "support" : 0.073171, "revenue" : "1085.2600"}, {"sku" : "P10007", "name" : "Wooden 茶杯", "orders" : 3, "support" : 0.073171, "revenue" : "197.4100"}, {"sku" : "P10008", "name" : "红木 Notebook", "orders" : 2, "support" : 0.048780, "revenue" : "2.6000"}, {"sku" : "P10009", "name" : "Blue Notebook", "orders" : 2, "support" : 0.048780, "revenue" : "301.8600"}], "pairs" : [{"a" : "P10000", "aName" : "红木 Tea Set", "b" : "P10001", "bName" : "Red Tea Set", "orders" : 9, "support" : 0.219512, "confidence" : 0.257143, "confidenceBack" : 0.750000, "lift" : 0.8786}, {"a" : "P10000", "aName" : "红木 Tea Set", "b" : "P10004", "bName" : "Blue Notebook", "orders" : 6, "support" : 0.146341, "confidence" : 0.171429, "confidenceBack" : 0.750000, "lift" : 0.8786}, {"a" : "P10000", "aName" : "红木 Tea Set", "b" : "P10003", "bName" : "Hanging 灯笼", "orders" : 5, "support" : 0.121951, "confidence" : 0.142857, "confidenceBack" : 1.000000, "lift" : 1.1714}, {"a" : "P10000", "aName" : "红木 Tea Set", "b" : "P10002", "bName" : "Silver 花瓶", "orders" : 4, "support" : 0.097561, "confidence" : 0.114286, "confidenceBack" : 0.800000, "lift" : 0.9371}, {"a" : "P10003", "aName" : "Hanging 灯笼", "b" : "P10004", "bName" : "Blue Notebook", "orders" : 3, "support" : 0.073171, "confidence" : 0.600000, "confidenceBack" : 0.375000, "lift" : 3.0750}, {"a" : "P10001", "aName" : "Red Tea Set", "b" : "P10003", "bName" : "Hanging 灯笼", "orders" : 3, "support" : 0.073171, "confidence" : 0.250000, "confidenceBack" : 0.600000, "lift" : 2.0500}, {"a" : "P10001", "aName" : "Red Tea Set", "b" : "P10004", "bName" : "Blue Notebook", "orders" : 3, "support" : 0.073171, "confidence" : 0.250000, "confidenceBack" : 0.375000, "lift" : 1.2813}, {"a" : "P10000", "aName" : "红木 Tea Set", "b" : "P10005", "bName" : "Paper 灯笼", "orders" : 3, "support" : 0.073171, "confidence" : 0.085714, "confidenceBack" : 1.000000, "lift" : 1.1714}, {"a" : "P10000", "aName" : "红木 Tea Set", "b" : "P10006", "bName" : "Vintage Lantern", "orders" : 3, "support" : 0.073171, "confidence" : 0.085714, "confidenceBack" : 1.000000, "lift" : 1.1714}, {"a" : "P10003", "aName" : "Hanging 灯笼", "b" : "P10006", "bName" : "Vintage Lantern", "orders" : 2, "support" : 0.048780, "confidence" : 0.400000, "confidenceBack" : 0.666667, "lift" : 5.4667}, {"a" : "P10004", "aName" : "Blue Notebook", "b" : "P10006", "bName" : "Vintage Lantern", "orders" : 2, "support" : 0.048780, "confidence" : 0.250000, "confidenceBack" : 0.666667, "lift" : 3.4167}, {"a" : "P10004", "aName" : "Blue Notebook", "b" : "P10007", "bName" : "Wooden 茶杯", "orders" : 2, "support" : 0.048780, "confidence" : 0.250000, "confidenceBack" : 0.666667, "lift" : 3.4167}, {"a" : "P10002", "aName" : "Silver 花瓶", "b" : "P10004", "bName" : "Blue Notebook", "orders" : 2, "support" : 0.048780, "confidence" : 0.400000, "confidenceBack" : 0.250000, "lift" : 2.0500}, {"a" : "P10001", "aName" : "Red Tea Set", "b" : "P10002", "bName" : "Silver 花瓶", "orders" : 2, "support" : 0.048780, "confidence" : 0.166667, "confidenceBack" : 0.400000, "lift" : 1.3667}, {"a" : "P10000", "aName" : "红木 Tea Set", "b" : "P10008", "bName" : "红木 Notebook", "orders" : 2, "support" : 0.048780, "confidence" : 0.057143, "confidenceBack" : 1.000000, "lift" : 1.1714}, {"a" : "P10000", "aName" : "红木 Tea Set", "b" : "P10007", "bName" : "Wooden 茶杯", "orders" : 2, "support" : 0.048780, "confidence" : 0.057143, "confidenceBack" : 0.666667, "lift" : 0.7810}]}
promotion	GBP	2026-11-30 06:53:30.16172+00	0.000753851	{"messages" : 3, "days" : 14, "campaigns" : [{"campaignId" : "01a22b3a-c6f8-77cc-970f-57607da92936", "name" : "Tea days", "segment" : "active", "status" : "completed", "sent" : 3, "firstAt" : "2026-11-30T06:53:22.151568+00:00", "lastAt" : "2026-11-30T06:53:22.151594+00:00", "buyers" : 0, "responseRate" : 0.000000, "revenue" : "0.0000", "buyersBefore" : 1, "revenueBefore" : "40.4100"}]}
relationship	GBP	2026-11-30 06:53:30.162749+00	0.000656815	{"basis" : "margin", "groups" : [{"by" : "country", "key" : "China", "customers" : 1, "netRevenue" : "7370.2600", "margin" : "17.9100", "perCustomer" : "17.9100", "marginLevel" : "low", "customersLevel" : "few", "level" : "accountable"}, {"by" : "country", "key" : "United Kingdom", "customers" : 3, "netRevenue" : "3477.9200", "margin" : null, "perCustomer" : "1159.3067", "marginLevel" : "high", "customersLevel" : "many", "level" : "accountable"}, {"by" : "kind", "key" : "consumer", "customers" : 4, "netRevenue" : "10848.1800", "margin" : "17.9100", "perCustomer" : "4.4775", "marginLevel" : "low", "customersLevel" : "few", "level" : "accountable"}]}
quadrant	GBP	2026-11-30 06:53:30.163722+00	0.000647932	{"quadrants" : [{"key" : "unknown", "customers" : 4, "netRevenue" : "10848.1800"}], "loyaltyKinds" : [{"key" : "unknown", "customers" : 4, "netRevenue" : "10848.1800"}]}
profiling	GBP	2026-11-30 06:53:30.142819+00	0.002741733	{"customers" : 4, "segments" : [{"key" : "at_risk", "customers" : 1, "netRevenue" : "1471.2800"}, {"key" : "champions", "customers" : 1, "netRevenue" : "7370.2600"}, {"key" : "promising", "customers" : 1, "netRevenue" : "1408.1800"}, {"key" : "sleeping", "customers" : 1, "netRevenue" : "598.4600"}], "classes" : [{"key" : "A", "customers" : 2, "netRevenue" : "8841.5400"}, {"key" : "B", "customers" : 2, "netRevenue" : "2006.6400"}], "risks" : [{"key" : "unknown", "customers" : 4, "netRevenue" : "10848.1800"}], "kinds" : [{"key" : "consumer", "customers" : 4, "netRevenue" : "10848.1800"}], "countries" : [{"key" : "United Kingdom", "customers" : 3, "netRevenue" : "3477.9200"}, {"key" : "China", "customers" : 1, "netRevenue" : "7370.2600"}], "grid" : [{"recency":1,"strength":3,"customers":1,"netRevenue":"1471.2800"}, \n {"recency":2,"strength":1,"customers":1,"netRevenue":"598.4600"}, \n {"recency":4,"strength":3,"customers":1,"netRevenue":"1408.1800"}, \n {"recency":5,"strength":5,"customers":1,"netRevenue":"7370.2600"}], "habits" : [{"weekday":1,"hour":0,"orders":1,"revenue":"655.8300"}, \n {"weekday":1,"hour":11,"orders":1,"revenue":"97.1600"}, \n {"weekday":1,"hour":13,"orders":1,"revenue":"598.4600"}, \n {"weekday":1,"hour":15,"orders":1,"revenue":"415.7300"}, \n {"weekday":1,"hour":16,"orders":1,"revenue":"97.1600"}, \n {"weekday":2,"hour":2,"orders":1,"revenue":"24.2900"}, \n {"weekday":2,"hour":4,"orders":1,"revenue":"176.7700"}, \n {"weekday":2,"hour":5,"orders":1,"revenue":"97.1600"}, \n {"weekday":2,"hour":7,"orders":1,"revenue":"1325.5400"}, \n {"weekday":2,"hour":18,"orders":1,"revenue":"863.9100"}, \n {"weekday":2,"hour":20,"orders":1,"revenue":"24.2900"}, \n {"weekday":2,"hour":22,"orders":1,"revenue":"24.2900"}, \n {"weekday":3,"hour":9,"orders":1,"revenue":"212.4800"}, \n {"weekday":3,"hour":11,"orders":1,"revenue":"41.5000"}, \n {"weekday":3,"hour":12,"orders":1,"revenue":"242.9000"}, \n {"weekday":3,"hour":14,"orders":1,"revenue":"556.1600"}, \n {"weekday":4,"hour":1,"orders":1,"revenue":"616.7700"}, \n {"weekday":4,"hour":3,"orders":1,"revenue":"74.1700"}, \n {"weekday":4,"hour":5,"orders":1,"revenue":"145.7400"}, \n {"weekday":4,"hour":16,"orders":1,"revenue":"139.7300"}, \n {"weekday":4,"hour":18,"orders":1,"revenue":"340.0600"}, \n {"weekday":4,"hour":19,"orders":1,"revenue":"97.1600"}, \n {"weekday":4,"hour":21,"orders":1,"revenue":"642.2000"}, \n {"weekday":5,"hour":7,"orders":1,"revenue":"555.3800"}, \n {"weekday":5,"hour":8,"orders":1,"revenue":"97.1600"}, \n {"weekday":5,"hour":10,"orders":1,"revenue":"58.5200"}, \n {"weekday":5,"hour":12,"orders":1,"revenue":"483.1100"}, \n {"weekday":5,"hour":23,"orders":1,"revenue":"72.8700"}, \n {"weekday":6,"hour":1,"orders":1,"revenue":"74.7000"}, \n {"weekday":6,"hour":2,"orders":1,"revenue":"362.0200"}, \n {"weekday":6,"hour":14,"orders":1,"revenue":"292.0900"}, \n {"weekday":6,"hour":15,"orders":1,"revenue":"145.7400"}, \n {"weekday":6,"hour":17,"orders":1,"revenue":"421.8400"}, \n {"weekday":6,"hour":19,"orders":1,"revenue":"134.1600"}, \n {"weekday":7,"hour":4,"orders":1,"revenue":"625.0700"}, \n {"weekday":7,"hour":6,"orders":1,"revenue":"48.5800"}, \n {"weekday":7,"hour":8,"orders":1,"revenue":"524.7100"}, \n {"weekday":7,"hour":9,"orders":1,"revenue":"97.1600"}, \n {"weekday":7,"hour":12,"orders":1,"revenue":"40.4100"}, \n {"weekday":7,"hour":21,"orders":1,"revenue":"244.8100"}, \n {"weekday":7,"hour":22,"orders":1,"revenue":"204.5600"}], "tastes" : [{"class" : "A", "sku" : "P10000", "name" : "红木 Tea Set", "revenue" : "6121.0800"}, {"class" : "A", "sku" : "P10004", "name" : "Blue Notebook", "revenue" : "1111.8800"}, {"class" : "A", "sku" : "P10006", "name" : "Vintage Lantern", "revenue" : "690.6200"}, {"class" : "A", "sku" : "P10001", "name" : "Red Tea Set", "revenue" : "379.3100"}, {"class" : "A", "sku" : "P10009", "name" : "Blue Notebook", "revenue" : "301.8600"}, {"class" : "B", "sku" : "P10000", "name" : "红木 Tea Set", "revenue" : "1773.1700"}, {"class" : "B", "sku" : "P10001", "name" : "Red Tea Set", "revenue" : "174.3000"}, {"class" : "B", "sku" : "P10004", "name" : "Blue Notebook", "revenue" : "117.0400"}, {"class" : "B", "sku" : "P10003", "name" : "Hanging 灯笼", "revenue" : "7.2000"}, {"class" : "B", "sku" : "P10002", "name" : "Silver 花瓶", "revenue" : "6.5000"}]}
prospecting	GBP	2026-11-30 06:53:30.158432+00	0.000942314	{"months" : [{"month" : "2025-01", "active" : 2, "new" : 2, "ever" : 2}, {"month" : "2025-02", "active" : 1, "new" : 0, "ever" : 2}, {"month" : "2025-03", "active" : 2, "new" : 1, "ever" : 3}, {"month" : "2025-04", "active" : 1, "new" : 0, "ever" : 3}, {"month" : "2025-05", "active" : 2, "new" : 0, "ever" : 3}, {"month" : "2025-06", "active" : 1, "new" : 0, "ever" : 3}, {"month" : "2025-07", "active" : 1, "new" : 0, "ever" : 3}, {"month" : "2025-08", "active" : 3, "new" : 1, "ever" : 4}, {"month" : "2025-09", "active" : 1, "new" : 0, "ever" : 4}, {"month" : "2025-10", "active" : 2, "new" : 0, "ever" : 4}, {"month" : "2025-11", "active" : 2, "new" : 0, "ever" : 4}, {"month" : "2025-12", "active" : 1, "new" : 0, "ever" : 4}, {"month" : "2026-11", "active" : 1, "new" : 0, "ever" : 4}], "trend" : {"months" : 12, "meanNew" : 0.33, "growth" : -0.0909}, "forecast" : [{"month" : "2026-01", "new" : 0}, {"month" : "2026-02", "new" : 0}, {"month" : "2026-03", "new" : 0}, {"month" : "2026-04", "new" : 0}, {"month" : "2026-05", "new" : 0}, {"month" : "2026-06", "new" : 0}], "expected" : {"weeks" : null, "customers" : 0, "alive" : null, "purchases" : null, "futureValue" : null, "asOf" : null}}
\.


--
-- Data for Name: sales_cell; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.sales_cell (currency, dimension, cell, lane, orders, revenue, credits, credited) FROM stdin;
GBP	hour	2-18	3	1	8639100	0	0
GBP	hour	4-03	3	1	741700	0	0
GBP	walk-in	2025-06	3	1	741700	0	0
GBP	walk-in	2025-10	3	1	8639100	0	0
GBP	hour	1-00	3	1	6558300	0	0
GBP	hour	1-13	3	1	5984600	0	0
GBP	hour	1-15	3	1	4157300	0	0
GBP	hour	1-16	3	1	971600	0	0
GBP	hour	2-07	3	1	13255400	0	0
GBP	hour	2-22	3	1	242900	0	0
GBP	hour	3-14	3	1	5561600	0	0
GBP	hour	4-05	3	1	1457400	0	0
GBP	hour	4-19	3	1	971600	0	0
GBP	hour	5-12	3	1	4831100	0	0
GBP	hour	6-02	3	1	3620200	0	0
GBP	hour	6-17	3	1	4218400	0	0
GBP	hour	6-19	3	1	1341600	0	0
GBP	hour	7-09	3	1	971600	0	0
GBP	month	2025-02	3	3	11364300	0	0
GBP	month	2025-03	3	4	24891300	0	0
GBP	month	2025-04	3	3	5432900	0	0
GBP	hour	4-21	3	1	6422000	1	728700
GBP	hour	5-10	3	1	585200	1	585200
GBP	month	2025-01	3	3	8735200	1	728700
GBP	hour	1-11	3	1	971600	0	0
GBP	hour	2-05	3	1	971600	0	0
GBP	hour	3-09	3	1	2124800	0	0
GBP	hour	3-11	3	1	415000	0	0
GBP	hour	3-12	3	1	2429000	0	0
GBP	hour	7-08	3	1	5247100	0	0
GBP	hour	7-21	3	1	2448100	0	0
GBP	month	2025-05	3	3	7171500	1	585200
GBP	hour	6-01	3	1	747000	1	747000
GBP	month	2025-06	3	4	7707400	1	747000
GBP	month	2025-08	3	4	8828600	0	0
GBP	month	2025-10	3	4	13213200	0	0
GBP	month	2025-11	3	3	6017300	0	0
GBP	hour	2-02	3	1	242900	0	0
GBP	hour	2-04	3	1	1767700	0	0
GBP	hour	2-20	3	1	242900	0	0
GBP	hour	4-01	3	1	6167700	0	0
GBP	hour	4-16	3	1	1397300	0	0
GBP	hour	4-18	3	1	3400600	0	0
GBP	hour	5-07	3	1	5553800	0	0
GBP	hour	5-08	3	1	971600	0	0
GBP	hour	5-23	3	1	728700	0	0
GBP	hour	6-14	3	1	2920900	0	0
GBP	hour	6-15	3	1	1457400	0	0
GBP	hour	7-04	3	1	6250700	0	0
GBP	hour	7-06	3	1	485800	0	0
GBP	hour	7-12	3	1	404100	0	0
GBP	hour	7-22	3	1	2045600	0	0
GBP	month	2025-07	3	3	5689100	0	0
GBP	month	2025-09	3	3	8421200	0	0
GBP	month	2025-12	3	3	12047400	0	0
GBP	month	2026-11	3	1	404100	0	0
\.


--
-- Data for Name: schema_migration; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.schema_migration (name, applied_at) FROM stdin;
m0000_messaging	2026-11-30 06:53:07.847899+00
m0000_messaging_parking	2026-11-30 06:53:07.921395+00
m0000_messaging_walk	2026-11-30 06:53:07.949297+00
m0000_messaging_zz_operators	2026-11-30 06:53:07.96132+00
m0000_messaging_zz_raw_headers	2026-11-30 06:53:07.981279+00
m0000_messaging_zz_rebuilds	2026-11-30 06:53:07.98523+00
m0000_messaging_zz_tracing	2026-11-30 06:53:07.990922+00
m0000_messaging_zzz_seals	2026-11-30 06:53:07.993194+00
m0000_messaging_zzzz_letter_keys	2026-11-30 06:53:08.005238+00
m0000_messaging_zzzzz_queue	2026-11-30 06:53:08.013202+00
m0001_ledger	2026-11-30 06:53:08.014201+00
m0002_contacts	2026-11-30 06:53:08.029221+00
m0010_value	2026-11-30 06:53:08.109395+00
m0020_search	2026-11-30 06:53:08.2014+00
m0030_redirects	2026-11-30 06:53:08.290563+00
m0031_ledger_origin	2026-11-30 06:53:08.301192+00
m0032_history	2026-11-30 06:53:08.309226+00
m0033_merges	2026-11-30 06:53:08.317231+00
m0034_duplicates	2026-11-30 06:53:08.338684+00
m0035_consent	2026-11-30 06:53:08.377276+00
m0036_erasures	2026-11-30 06:53:08.388769+00
m0037_archives	2026-11-30 06:53:08.409242+00
m0037_ledger_told	2026-11-30 06:53:08.433261+00
m0040_import_rows	2026-11-30 06:53:08.437197+00
m0041_duplicate_addresses	2026-11-30 06:53:08.438847+00
m0042_stages	2026-11-30 06:53:08.441197+00
m0043_months	2026-11-30 06:53:08.481257+00
m0044_benefits	2026-11-30 06:53:08.513293+00
m0045_search_references	2026-11-30 06:53:08.525232+00
m0046_referrals	2026-11-30 06:53:08.52919+00
m0047_interactions	2026-11-30 06:53:08.537186+00
\.


--
-- Data for Name: subject_key; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.subject_key (owner, subject, version, key) FROM stdin;
/contacts	3ee46405-091b-5de9-9f8f-046216a1e775	1	\\x27ac0a2f927509806abd8f583160a4184199955625d2cfbec1e4695fea13b026
/contacts	62b5d2eb-7584-54fa-9e03-8d47189aca79	1	\\x43fcde25b847fdb18fb5eb0c78df029f030a04493a9dbb133df2d19c42a90de0
/contacts	a5eb7d09-db6f-5430-a0ca-77bea9d65641	1	\\x70aa6d3ae425fea20ffa7f95f3778329bfce3529fe8d50837782afcc1b66f3d0
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
/contacts	01a22b3a-b208-7423-9dd4-0d939a6b160a	3	\\x9c01b9720562d066672a5e333e11e6c5c7d754349db83b61d26ab2a4507815e7
/tickets	01a22b3a-c7e1-70d3-a36f-9385d8983274	2	\N
/sales	01a22b3a-c7de-745f-8715-ab1d5b6f41b0	2	\N
/notifications	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xd25818aab96697bf806b06db06428933e36a2cca9faa2f6fa846a22c46c881b1
/notifications	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x501fccb61d0a4545e9cbc32a49df087e16803b39bce383237f9c9a386bdf54c4
/campaigns	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\xed258bfe3bb8114d0b516ab6c72f857e6f9fa7459a3c1d4f8e8b507e5bd78a10
/sales	01a22b3a-b1f0-7120-93e4-9d9bffba3801	1	\\x87f6b71495a009e7f474a916495535d81e2aec6076dfc3d5de63ab39179ef581
/campaigns	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x00133479f7ef326d7b37d86a41598b93fbb36e7f5f6206cb3b373887efcaa79b
/sales	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x16ff915b785368c77508446a954eb8c0c98e13d405ca8544c88a3fdf08f2e74c
/tickets	01a22b3a-b1f6-755b-a24f-0ea35539c47e	1	\\x80303e7c9ac087cd6a85e43b1b2f3e7be7b41d8e39051ac9ead3f208ec457c4f
\.


--
-- Data for Name: timer; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.timer (id, due_at, kind, key, payload) FROM stdin;
1	2026-11-30 07:58:22.290117+00	subject-key-end	01a22b3a-b208-7423-9dd4-0d939a6b160a	["01a22b3a-b208-7423-9dd4-0d939a6b160a"]
2	2026-12-07 06:53:22.317842+00	archive-expiry	01a22b3a-c7fa-7630-ae81-0783c055aae5	\N
\.


--
-- Data for Name: touch; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.touch (party_id, at, kind, reference, title) FROM stdin;
62b5d2eb-7584-54fa-9e03-8d47189aca79	2026-11-30 06:53:13.20188+00	segment.entered	new	came into segment new: first order on 2025-08-11
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:13.201884+00	segment.entered	active	came into segment active: second last order on 2025-05-05
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:16.801182+00	segment.entered	values-relationship	came into segment values-relationship: says so
3ee46405-091b-5de9-9f8f-046216a1e775	2026-11-30 06:53:13.201719+00	segment.entered	inactive	came into segment inactive: last order on 2025-01-09
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2026-11-30 06:53:13.201887+00	segment.entered	active	came into segment active: second last order on 2025-03-04
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2026-11-30 06:53:13.201889+00	segment.entered	inactive	came into segment inactive: last order on 2025-03-13
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:22.151402+00	message.sent	01a22b3a-c677-715e-8529-39fda4768707	message sent
3ee46405-091b-5de9-9f8f-046216a1e775	2026-11-30 06:53:22.151583+00	message.sent	01a22b3a-c70a-72d2-b163-9e5ff9c1688f	message sent
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2026-11-30 06:53:22.151594+00	message.sent	01a22b3a-c70a-72d4-9162-9fc1e0aa8f74	message sent
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:22.163729+00	message.sent	0190a000-0000-7000-8000-000000000004	message sent
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:22.151568+00	message.sent	01a22b3a-c70a-72d3-a8dd-803904f5b51d	message sent
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:22.151603+00	message.suppressed	0190a000-0000-7000-8000-000000000002	message suppressed: the address gets no marketing
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:22.151551+00	message.failed	0190a000-0000-7000-8000-000000000001	message failed: there is no template unknown
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.490754+00	quote.created	01a22b3a-c0e9-733c-a99d-722772a6cec1	quote over 40.41 GBP
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.522699+00	quote.created	01a22b3a-c10a-759e-81f4-ccc72a28c716	quote over 40.41 GBP
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.504266+00	quote.created	01a22b3a-c0f7-73dd-9fc1-65296d2f6965	quote over 40.41 GBP
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.538161+00	quote.created	01a22b3a-c119-76e9-8cbc-6e0a35135f2e	quote over 22.41 EUR
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.486658+00	opportunity.created	01a22b3a-c0e4-7292-8023-bcec4071f5b3	Deal ordered: qualification
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.501673+00	opportunity.created	01a22b3a-c0f5-7542-9335-25f7b9f13e71	Deal overdue: qualification
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.45884+00	opportunity.created	01a22b3a-c0c9-73f9-ab13-8d1a5f945564	Tea for 40: qualification
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.534269+00	opportunity.created	01a22b3a-c115-7729-872a-91f8b9651418	Deal draft: qualification
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.519845+00	opportunity.created	01a22b3a-c107-75b4-8028-5da558f09332	Deal requested: qualification
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:20.466901+00	opportunity.created	01a22b3a-c0d2-714f-b683-7d6d395c7d1d	Cups: qualification
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-20 09:30:00+00	visit	01a22b3a-c622-70c7-b689-528f631dcf79	Offer (by maria, at Leeds)
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-20 09:30:00+00	call	01a22b3a-c61f-73b0-b76d-381738a5bb13	Offer (by maria, reached)
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:20.455998+00	lead.created	01a22b3a-c0c7-7635-959a-296ce19c1e78	Clara Probe: new
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:21.637909+00	task.raised	01a22b3a-c563-744b-96a3-ffe2bc38f0f3	The ERP has not answered order request 01a22b3a-c0fe-75ab-b64f-1d49fc719ab8
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.602003+00	quote.ordered	01a22b3a-c0e9-733c-a99d-722772a6cec1	the quote became order F-1
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:21.874713+00	ticket.opened	01a22b3a-c650-72cc-b194-011379a2774d	A cup is broken
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:21.878251+00	ticket.opened	01a22b3a-c655-7521-ba33-b51c74faeb23	Which size?
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:22.003279+00	ticket.opened	f1b6a73e-fd96-5011-b602-1e145becf8de	订单 F-1 的货物延误
3ee46405-091b-5de9-9f8f-046216a1e775	2026-11-30 06:53:13.207745+00	segment.left	inactive	left segment inactive: last order on 2025-11-26
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:22.192577+00	message.opened	0190a000-0000-7000-8000-000000000004	message opened
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.493167+00	quote.accepted	01a22b3a-c0e9-733c-a99d-722772a6cec1	quote over 40.41 GBP
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.527096+00	quote.accepted	01a22b3a-c10a-759e-81f4-ccc72a28c716	quote over 40.41 GBP
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.511027+00	quote.accepted	01a22b3a-c0f7-73dd-9fc1-65296d2f6965	quote over 40.41 GBP
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.493308+00	opportunity.won	01a22b3a-c0e4-7292-8023-bcec4071f5b3	Deal ordered: won
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.511132+00	opportunity.won	01a22b3a-c0f5-7542-9335-25f7b9f13e71	Deal overdue: won
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:20.527198+00	opportunity.won	01a22b3a-c107-75b4-8028-5da558f09332	Deal requested: won
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:20.476419+00	opportunity.moved	01a22b3a-c0d2-714f-b683-7d6d395c7d1d	Cups: proposal
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:21.882892+00	ticket.replied	01a22b3a-c650-72cc-b194-011379a2774d	A cup is broken
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-30 06:53:21.897868+00	ticket.replied	01a22b3a-c655-7521-ba33-b51c74faeb23	Which size?
3ee46405-091b-5de9-9f8f-046216a1e775	2026-11-30 06:53:13.207759+00	segment.entered	active	came into segment active: second last order on 2025-11-17
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:20.482093+00	opportunity.lost	01a22b3a-c0d2-714f-b683-7d6d395c7d1d	Cups: lost
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:21.910979+00	ticket.resolved	01a22b3a-c650-72cc-b194-011379a2774d	A cup is broken
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2025-03-05 07:36:35+00	shipment.dispatched	VS40-7	shipment of order S40-7 left
62b5d2eb-7584-54fa-9e03-8d47189aca79	2025-08-12 13:27:48+00	shipment.dispatched	VS40-25	shipment of order S40-25 left
01a22b3a-b1f0-7120-93e4-9d9bffba3801	2026-11-30 06:53:21.954909+00	survey.answered	01a22b3a-c650-72cc-b194-011379a2774d	csat 4: Quick.
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2025-03-07 07:36:35+00	shipment.delivered	VS40-7	shipment of order S40-7 arrived
62b5d2eb-7584-54fa-9e03-8d47189aca79	2025-08-14 13:27:48+00	shipment.delivered	VS40-25	shipment of order S40-25 arrived
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2025-03-14 05:16:05+00	shipment.dispatched	VS40-8	shipment of order S40-8 left
3ee46405-091b-5de9-9f8f-046216a1e775	2025-01-10 21:39:30+00	shipment.dispatched	VS40-1	shipment of order S40-1 left
d48f58c0-acd3-5c33-9d18-74ad62f12c76	2025-03-16 05:16:05+00	shipment.delivered	VS40-8	shipment of order S40-8 arrived
3ee46405-091b-5de9-9f8f-046216a1e775	2025-01-12 21:39:30+00	shipment.delivered	VS40-1	shipment of order S40-1 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-01-19 19:19:01+00	shipment.dispatched	VS40-2	shipment of order S40-2 left
3ee46405-091b-5de9-9f8f-046216a1e775	2025-05-15 12:52:40+00	shipment.dispatched	VS40-15	shipment of order S40-15 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-01-21 19:19:01+00	shipment.delivered	VS40-2	shipment of order S40-2 arrived
3ee46405-091b-5de9-9f8f-046216a1e775	2025-05-17 12:52:40+00	shipment.delivered	VS40-15	shipment of order S40-15 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-02-15 12:17:33+00	shipment.dispatched	VS40-5	shipment of order S40-5 left
3ee46405-091b-5de9-9f8f-046216a1e775	2025-08-21 11:07:19+00	shipment.dispatched	VS40-26	shipment of order S40-26 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-02-17 12:17:33+00	shipment.delivered	VS40-5	shipment of order S40-5 arrived
3ee46405-091b-5de9-9f8f-046216a1e775	2025-08-23 11:07:19+00	shipment.delivered	VS40-26	shipment of order S40-26 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-02-24 09:57:04+00	shipment.dispatched	VS40-6	shipment of order S40-6 left
3ee46405-091b-5de9-9f8f-046216a1e775	2025-11-18 11:42:26+00	shipment.dispatched	VS40-36	shipment of order S40-36 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-02-26 09:57:04+00	shipment.delivered	VS40-6	shipment of order S40-6 arrived
3ee46405-091b-5de9-9f8f-046216a1e775	2025-11-20 11:42:26+00	shipment.delivered	VS40-36	shipment of order S40-36 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-03-23 02:55:36+00	shipment.dispatched	VS40-9	shipment of order S40-9 left
3ee46405-091b-5de9-9f8f-046216a1e775	2025-11-27 09:21:57+00	shipment.dispatched	VS40-37	shipment of order S40-37 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-03-25 02:55:36+00	shipment.delivered	VS40-9	shipment of order S40-9 arrived
3ee46405-091b-5de9-9f8f-046216a1e775	2025-11-29 09:21:57+00	shipment.delivered	VS40-37	shipment of order S40-37 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-04-09 22:14:38+00	shipment.dispatched	VS40-11	shipment of order S40-11 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-04-11 22:14:38+00	shipment.delivered	VS40-11	shipment of order S40-11 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-04-18 19:54:08+00	shipment.dispatched	VS40-12	shipment of order S40-12 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-04-20 19:54:08+00	shipment.delivered	VS40-12	shipment of order S40-12 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-04-27 17:33:39+00	shipment.dispatched	VS40-13	shipment of order S40-13 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-04-29 17:33:39+00	shipment.delivered	VS40-13	shipment of order S40-13 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-05-06 15:13:10+00	shipment.dispatched	VS40-14	shipment of order S40-14 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-05-08 15:13:10+00	shipment.delivered	VS40-14	shipment of order S40-14 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-05-24 10:32:11+00	shipment.dispatched	VS40-16	shipment of order S40-16 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-05-26 10:32:11+00	shipment.delivered	VS40-16	shipment of order S40-16 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-02 08:11:42+00	shipment.dispatched	VS40-17	shipment of order S40-17 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-04 08:11:42+00	shipment.delivered	VS40-17	shipment of order S40-17 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-11 05:51:13+00	shipment.dispatched	VS40-18	shipment of order S40-18 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-13 05:51:13+00	shipment.delivered	VS40-18	shipment of order S40-18 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-06-29 01:10:14+00	shipment.dispatched	VS40-20	shipment of order S40-20 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-07-01 01:10:14+00	shipment.delivered	VS40-20	shipment of order S40-20 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-07-07 22:49:45+00	shipment.dispatched	VS40-21	shipment of order S40-21 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-07-09 22:49:45+00	shipment.delivered	VS40-21	shipment of order S40-21 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-08-30 08:46:49+00	shipment.dispatched	VS40-27	shipment of order S40-27 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-09-01 08:46:49+00	shipment.delivered	VS40-27	shipment of order S40-27 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-09-08 06:26:20+00	shipment.dispatched	VS40-28	shipment of order S40-28 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-09-10 06:26:20+00	shipment.delivered	VS40-28	shipment of order S40-28 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-09-17 04:05:51+00	shipment.dispatched	VS40-29	shipment of order S40-29 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-09-19 04:05:51+00	shipment.delivered	VS40-29	shipment of order S40-29 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-09-26 01:45:21+00	shipment.dispatched	VS40-30	shipment of order S40-30 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-09-28 01:45:21+00	shipment.delivered	VS40-30	shipment of order S40-30 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-10-31 16:23:24+00	shipment.dispatched	VS40-34	shipment of order S40-34 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-11-02 16:23:24+00	shipment.delivered	VS40-34	shipment of order S40-34 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-11-09 14:02:55+00	shipment.dispatched	VS40-35	shipment of order S40-35 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-11-11 14:02:55+00	shipment.delivered	VS40-35	shipment of order S40-35 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-12-24 02:20:29+00	shipment.dispatched	VS40-40	shipment of order S40-40 left
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2025-12-26 02:20:29+00	shipment.delivered	VS40-40	shipment of order S40-40 arrived
a5eb7d09-db6f-5430-a0ca-77bea9d65641	2026-11-29 18:00:00+00	shipment.delayed	S-1	shipment of order F-1 is late: snow
01a22b3a-b208-7423-9dd4-0d939a6b160a	2026-11-30 06:53:22.274692+00	ticket.opened	01a22b3a-c7e1-70d3-a36f-9385d8983274	Forget me
01a22b3a-b208-7423-9dd4-0d939a6b160a	2026-11-30 06:53:22.270647+00	lead.created	01a22b3a-c7de-745f-8715-ab1d5b6f41b0	Otto Niemand: new
\.


--
-- Data for Name: value_scale; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.value_scale (currency, refreshed_at, customers, recency, frequency, monetary, abc) FROM stdin;
GBP	2026-11-30 06:53:30.134296+00	4	{"2025-03-13 05:16:05+00","2025-08-11 13:27:48+00","2025-08-11 13:27:48+00","2025-11-26 09:21:57+00"}	{1,2,2,6}	{5984600,14081800,14081800,14712800}	{5984600,14712800}
\.


--
-- Data for Name: value_weight; Type: TABLE DATA; Schema: contacts; Owner: -
--

COPY contacts.value_weight (behaviour, weight) FROM stdin;
frequency	2
recency	1.5
\.


--
-- Name: consent_decision_id_seq; Type: SEQUENCE SET; Schema: contacts; Owner: -
--

SELECT pg_catalog.setval('contacts.consent_decision_id_seq', 8, true);


--
-- Name: dead_letter_action_id_seq; Type: SEQUENCE SET; Schema: contacts; Owner: -
--

SELECT pg_catalog.setval('contacts.dead_letter_action_id_seq', 1, true);


--
-- Name: dead_letter_id_seq; Type: SEQUENCE SET; Schema: contacts; Owner: -
--

SELECT pg_catalog.setval('contacts.dead_letter_id_seq', 2, true);


--
-- Name: duplicate_check_id_seq; Type: SEQUENCE SET; Schema: contacts; Owner: -
--

SELECT pg_catalog.setval('contacts.duplicate_check_id_seq', 20, true);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: contacts; Owner: -
--

SELECT pg_catalog.setval('contacts.outbox_id_seq', 76, true);


--
-- Name: rebuild_id_seq; Type: SEQUENCE SET; Schema: contacts; Owner: -
--

SELECT pg_catalog.setval('contacts.rebuild_id_seq', 1, true);


--
-- Name: timer_id_seq; Type: SEQUENCE SET; Schema: contacts; Owner: -
--

SELECT pg_catalog.setval('contacts.timer_id_seq', 2, true);


--
-- Name: applied_sequence applied_sequence_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.applied_sequence
    ADD CONSTRAINT applied_sequence_pkey PRIMARY KEY (key, source, grp);


--
-- Name: archive_piece archive_piece_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.archive_piece
    ADD CONSTRAINT archive_piece_pkey PRIMARY KEY (archive_id, service, party_id, piece);


--
-- Name: campaign_message campaign_message_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.campaign_message
    ADD CONSTRAINT campaign_message_pkey PRIMARY KEY (campaign_id, party_id);


--
-- Name: campaign_name campaign_name_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.campaign_name
    ADD CONSTRAINT campaign_name_pkey PRIMARY KEY (id);


--
-- Name: cohort_month cohort_month_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.cohort_month
    ADD CONSTRAINT cohort_month_pkey PRIMARY KEY (currency, cohort, month);


--
-- Name: consent_decision consent_decision_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.consent_decision
    ADD CONSTRAINT consent_decision_pkey PRIMARY KEY (id);


--
-- Name: consent_effective consent_effective_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.consent_effective
    ADD CONSTRAINT consent_effective_pkey PRIMARY KEY (party_id, channel, purpose);


--
-- Name: consent consent_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.consent
    ADD CONSTRAINT consent_pkey PRIMARY KEY (party_id, channel, purpose);


--
-- Name: consumer_offset consumer_offset_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.consumer_offset
    ADD CONSTRAINT consumer_offset_pkey PRIMARY KEY (grp, topic, part);


--
-- Name: custom_field custom_field_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.custom_field
    ADD CONSTRAINT custom_field_pkey PRIMARY KEY (key);


--
-- Name: dead_letter_action dead_letter_action_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.dead_letter_action
    ADD CONSTRAINT dead_letter_action_pkey PRIMARY KEY (id);


--
-- Name: dead_letter dead_letter_grp_topic_part_off_key; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.dead_letter
    ADD CONSTRAINT dead_letter_grp_topic_part_off_key UNIQUE (grp, topic, part, off);


--
-- Name: dead_letter dead_letter_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.dead_letter
    ADD CONSTRAINT dead_letter_pkey PRIMARY KEY (id);


--
-- Name: document_detail document_detail_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.document_detail
    ADD CONSTRAINT document_detail_pkey PRIMARY KEY (id, kind);


--
-- Name: duplicate_check duplicate_check_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.duplicate_check
    ADD CONSTRAINT duplicate_check_pkey PRIMARY KEY (id);


--
-- Name: duplicate_pair duplicate_pair_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.duplicate_pair
    ADD CONSTRAINT duplicate_pair_pkey PRIMARY KEY (low, high);


--
-- Name: erasure erasure_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.erasure
    ADD CONSTRAINT erasure_pkey PRIMARY KEY (id);


--
-- Name: erasure_receipt erasure_receipt_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.erasure_receipt
    ADD CONSTRAINT erasure_receipt_pkey PRIMARY KEY (erasure_id, party_id, service);


--
-- Name: erp_document erp_document_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.erp_document
    ADD CONSTRAINT erp_document_pkey PRIMARY KEY (id, kind);


--
-- Name: idempotency_key idempotency_key_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (key);


--
-- Name: import_chunk import_chunk_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.import_chunk
    ADD CONSTRAINT import_chunk_pkey PRIMARY KEY (import_id, seq);


--
-- Name: import_error import_error_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.import_error
    ADD CONSTRAINT import_error_pkey PRIMARY KEY (import_id, line);


--
-- Name: import_row import_row_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.import_row
    ADD CONSTRAINT import_row_pkey PRIMARY KEY (import_id, party_id);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id, source, grp);


--
-- Name: interaction interaction_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.interaction
    ADD CONSTRAINT interaction_pkey PRIMARY KEY (kind, reference);


--
-- Name: match_key match_key_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.match_key
    ADD CONSTRAINT match_key_pkey PRIMARY KEY (kind, key, party_id);


--
-- Name: model_run model_run_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.model_run
    ADD CONSTRAINT model_run_pkey PRIMARY KEY (id);


--
-- Name: month_seen month_seen_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.month_seen
    ADD CONSTRAINT month_seen_pkey PRIMARY KEY (currency, month);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: parked_key parked_key_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.parked_key
    ADD CONSTRAINT parked_key_pkey PRIMARY KEY (grp, topic, key);


--
-- Name: parked_message parked_message_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.parked_message
    ADD CONSTRAINT parked_message_pkey PRIMARY KEY (grp, topic, key, off);


--
-- Name: party_archive party_archive_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_archive
    ADD CONSTRAINT party_archive_pkey PRIMARY KEY (id);


--
-- Name: party_benefit party_benefit_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_benefit
    ADD CONSTRAINT party_benefit_pkey PRIMARY KEY (party_id);


--
-- Name: party_custom party_custom_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_custom
    ADD CONSTRAINT party_custom_pkey PRIMARY KEY (field, number, party_id);


--
-- Name: party_history party_history_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_history
    ADD CONSTRAINT party_history_pkey PRIMARY KEY (party_id, valid_from);


--
-- Name: party_import party_import_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_import
    ADD CONSTRAINT party_import_pkey PRIMARY KEY (id);


--
-- Name: party_merge party_merge_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_merge
    ADD CONSTRAINT party_merge_pkey PRIMARY KEY (id);


--
-- Name: party_month party_month_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_month
    ADD CONSTRAINT party_month_pkey PRIMARY KEY (party_id, month, currency);


--
-- Name: party party_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party
    ADD CONSTRAINT party_pkey PRIMARY KEY (id);


--
-- Name: party_prediction party_prediction_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_prediction
    ADD CONSTRAINT party_prediction_pkey PRIMARY KEY (party_id, currency);


--
-- Name: party_redirect party_redirect_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_redirect
    ADD CONSTRAINT party_redirect_pkey PRIMARY KEY (party_id);


--
-- Name: party_reference party_reference_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_reference
    ADD CONSTRAINT party_reference_pkey PRIMARY KEY (system, reference);


--
-- Name: party_relation party_relation_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_relation
    ADD CONSTRAINT party_relation_pkey PRIMARY KEY (party_id, kind, other_id);


--
-- Name: party_stage_change party_stage_change_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_stage_change
    ADD CONSTRAINT party_stage_change_pkey PRIMARY KEY (party_id, at, stage);


--
-- Name: party_stage party_stage_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_stage
    ADD CONSTRAINT party_stage_pkey PRIMARY KEY (party_id);


--
-- Name: party_value party_value_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_value
    ADD CONSTRAINT party_value_pkey PRIMARY KEY (party_id, currency);


--
-- Name: party_view party_view_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_view
    ADD CONSTRAINT party_view_pkey PRIMARY KEY (id);


--
-- Name: party_voice party_voice_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_voice
    ADD CONSTRAINT party_voice_pkey PRIMARY KEY (party_id, survey);


--
-- Name: party_wallet party_wallet_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_wallet
    ADD CONSTRAINT party_wallet_pkey PRIMARY KEY (party_id, currency);


--
-- Name: product_name product_name_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.product_name
    ADD CONSTRAINT product_name_pkey PRIMARY KEY (sku);


--
-- Name: rebuild rebuild_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.rebuild
    ADD CONSTRAINT rebuild_pkey PRIMARY KEY (id);


--
-- Name: report report_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.report
    ADD CONSTRAINT report_pkey PRIMARY KEY (name, currency);


--
-- Name: sales_cell sales_cell_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.sales_cell
    ADD CONSTRAINT sales_cell_pkey PRIMARY KEY (currency, dimension, cell, lane);


--
-- Name: schema_migration schema_migration_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (name);


--
-- Name: subject_key subject_key_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.subject_key
    ADD CONSTRAINT subject_key_pkey PRIMARY KEY (subject, owner);


--
-- Name: timer timer_kind_key_key; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.timer
    ADD CONSTRAINT timer_kind_key_key UNIQUE (kind, key);


--
-- Name: timer timer_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.timer
    ADD CONSTRAINT timer_pkey PRIMARY KEY (id);


--
-- Name: touch touch_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.touch
    ADD CONSTRAINT touch_pkey PRIMARY KEY (party_id, at, kind, reference);


--
-- Name: value_scale value_scale_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.value_scale
    ADD CONSTRAINT value_scale_pkey PRIMARY KEY (currency);


--
-- Name: value_weight value_weight_pkey; Type: CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.value_weight
    ADD CONSTRAINT value_weight_pkey PRIMARY KEY (behaviour);


--
-- Name: archive_piece_of; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX archive_piece_of ON contacts.archive_piece USING btree (party_id);


--
-- Name: campaign_message_newest; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX campaign_message_newest ON contacts.campaign_message USING btree (sent_at DESC);


--
-- Name: consent_decision_of; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX consent_decision_of ON contacts.consent_decision USING btree (party_id, id);


--
-- Name: dead_letter_action_of; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX dead_letter_action_of ON contacts.dead_letter_action USING btree (dead_letter_id);


--
-- Name: dead_letter_of_key; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX dead_letter_of_key ON contacts.dead_letter USING btree (grp, topic, part, md5(COALESCE(key, '\x'::bytea)), off) WHERE (status = 'open'::text);


--
-- Name: dead_letter_open; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX dead_letter_open ON contacts.dead_letter USING btree (last_failed_at) WHERE (status = 'open'::text);


--
-- Name: dead_letter_order; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX dead_letter_order ON contacts.dead_letter USING btree (grp, topic, part, off) WHERE (status = 'open'::text);


--
-- Name: document_detail_newest; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX document_detail_newest ON contacts.document_detail USING btree (currency, at DESC);


--
-- Name: duplicate_pair_of_high; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX duplicate_pair_of_high ON contacts.duplicate_pair USING btree (high);


--
-- Name: duplicate_pair_open; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX duplicate_pair_open ON contacts.duplicate_pair USING btree (((- score)), low, high) WHERE (status = 'open'::text);


--
-- Name: erp_document_of_origin; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX erp_document_of_origin ON contacts.erp_document USING btree (origin_id) WHERE (origin_id IS NOT NULL);


--
-- Name: erp_document_of_party; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX erp_document_of_party ON contacts.erp_document USING btree (party_id, at DESC) WHERE (party_id IS NOT NULL);


--
-- Name: idempotency_key_age; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX idempotency_key_age ON contacts.idempotency_key USING btree (created_at);


--
-- Name: interaction_of; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX interaction_of ON contacts.interaction USING btree (party_id, at) WHERE (party_id IS NOT NULL);


--
-- Name: interaction_of_mail; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX interaction_of_mail ON contacts.interaction USING btree (mail_key) WHERE (party_id IS NULL);


--
-- Name: interaction_of_phone; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX interaction_of_phone ON contacts.interaction USING btree (phone_key) WHERE (party_id IS NULL);


--
-- Name: interaction_unclaimed; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX interaction_unclaimed ON contacts.interaction USING btree (told_at) WHERE (party_id IS NULL);


--
-- Name: match_key_of; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX match_key_of ON contacts.match_key USING btree (party_id);


--
-- Name: model_run_latest; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX model_run_latest ON contacts.model_run USING btree (currency, asked_at DESC);


--
-- Name: model_run_open; Type: INDEX; Schema: contacts; Owner: -
--

CREATE UNIQUE INDEX model_run_open ON contacts.model_run USING btree (currency) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));


--
-- Name: parked_key_due; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX parked_key_due ON contacts.parked_key USING btree (grp, next_try);


--
-- Name: party_benefit_of; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_benefit_of ON contacts.party_benefit USING btree (COALESCE(declared, learnt), party_id);


--
-- Name: party_by_created; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_by_created ON contacts.party USING btree (created_at, id);


--
-- Name: party_by_email; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_by_email ON contacts.party USING btree (lower(email) text_pattern_ops) WHERE (email IS NOT NULL);


--
-- Name: party_by_phone; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_by_phone ON contacts.party USING btree (reverse(phone) text_pattern_ops) WHERE (phone IS NOT NULL);


--
-- Name: party_by_sort_name; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_by_sort_name ON contacts.party USING btree (sort_name, id);


--
-- Name: party_by_updated; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_by_updated ON contacts.party USING btree (updated_at, id);


--
-- Name: party_custom_of; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_custom_of ON contacts.party_custom USING btree (party_id);


--
-- Name: party_import_open; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_import_open ON contacts.party_import USING btree (created_at) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text, 'undoing'::text]));


--
-- Name: party_merge_of_merged; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_merge_of_merged ON contacts.party_merge USING btree (merged_id);


--
-- Name: party_merge_of_survivor; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_merge_of_survivor ON contacts.party_merge USING btree (survivor_id);


--
-- Name: party_merge_step; Type: INDEX; Schema: contacts; Owner: -
--

CREATE UNIQUE INDEX party_merge_step ON contacts.party_merge USING btree (merged_id) WHERE (undone_at IS NULL);


--
-- Name: party_month_newest; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_month_newest ON contacts.party_month USING brin (month);


--
-- Name: party_redirect_to; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_redirect_to ON contacts.party_redirect USING btree (survivor_id);


--
-- Name: party_reference_by; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_reference_by ON contacts.party_reference USING btree (reference text_pattern_ops);


--
-- Name: party_reference_of; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_reference_of ON contacts.party_reference USING btree (party_id);


--
-- Name: party_referrer; Type: INDEX; Schema: contacts; Owner: -
--

CREATE UNIQUE INDEX party_referrer ON contacts.party_relation USING btree (other_id) WHERE (kind = 'refers'::text);


--
-- Name: party_relation_other; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_relation_other ON contacts.party_relation USING btree (other_id);


--
-- Name: party_search; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_search ON contacts.party USING gin (search_terms);


--
-- Name: party_stage_due; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_stage_due ON contacts.party_stage USING btree (due_at) WHERE (due_at IS NOT NULL);


--
-- Name: party_stage_of; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_stage_of ON contacts.party_stage USING btree (stage, party_id);


--
-- Name: party_unsearched; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_unsearched ON contacts.party USING btree (id) WHERE (search_terms IS NULL);


--
-- Name: party_value_by_net; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX party_value_by_net ON contacts.party_value USING btree (currency, ((revenue - credited)) DESC, party_id);


--
-- Name: timer_due; Type: INDEX; Schema: contacts; Owner: -
--

CREATE INDEX timer_due ON contacts.timer USING btree (due_at);


--
-- Name: party check_changed_party; Type: TRIGGER; Schema: contacts; Owner: -
--

CREATE TRIGGER check_changed_party AFTER UPDATE OF updated_at ON contacts.party FOR EACH ROW WHEN ((((((((old.name IS DISTINCT FROM new.name) OR (old.email IS DISTINCT FROM new.email)) OR (old.phone IS DISTINCT FROM new.phone)) OR (old.country IS DISTINCT FROM new.country)) OR (old.kind IS DISTINCT FROM new.kind)) OR (old.merged_into IS DISTINCT FROM new.merged_into)) OR (old.details IS DISTINCT FROM new.details))) EXECUTE FUNCTION contacts.check_changed_party();


--
-- Name: party check_new_parties; Type: TRIGGER; Schema: contacts; Owner: -
--

CREATE TRIGGER check_new_parties AFTER INSERT ON contacts.party REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION contacts.check_new_parties();


--
-- Name: party party_history; Type: TRIGGER; Schema: contacts; Owner: -
--

CREATE TRIGGER party_history BEFORE UPDATE OF updated_at ON contacts.party FOR EACH ROW EXECUTE FUNCTION contacts.keep_party_history();


--
-- Name: party party_search_insert; Type: TRIGGER; Schema: contacts; Owner: -
--

CREATE TRIGGER party_search_insert BEFORE INSERT ON contacts.party FOR EACH ROW WHEN ((new.sort_name IS NULL)) EXECUTE FUNCTION contacts.party_search_stale();


--
-- Name: party party_search_update; Type: TRIGGER; Schema: contacts; Owner: -
--

CREATE TRIGGER party_search_update BEFORE UPDATE OF name, email, phone, kind, country, language, time_zone, owner, category, tags, details, custom ON contacts.party FOR EACH ROW WHEN (((NOT (new.search_terms IS DISTINCT FROM old.search_terms)) AND ((((((((((((new.name IS DISTINCT FROM old.name) OR (new.email IS DISTINCT FROM old.email)) OR (new.phone IS DISTINCT FROM old.phone)) OR (new.kind IS DISTINCT FROM old.kind)) OR (new.country IS DISTINCT FROM old.country)) OR (new.language IS DISTINCT FROM old.language)) OR (new.time_zone IS DISTINCT FROM old.time_zone)) OR (new.owner IS DISTINCT FROM old.owner)) OR (new.category IS DISTINCT FROM old.category)) OR (new.tags IS DISTINCT FROM old.tags)) OR (new.details IS DISTINCT FROM old.details)) OR (new.custom IS DISTINCT FROM old.custom)))) EXECUTE FUNCTION contacts.party_search_stale();


--
-- Name: archive_piece archive_piece_archive_id_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.archive_piece
    ADD CONSTRAINT archive_piece_archive_id_fkey FOREIGN KEY (archive_id) REFERENCES contacts.party_archive(id) ON DELETE CASCADE;


--
-- Name: erasure_receipt erasure_receipt_erasure_id_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.erasure_receipt
    ADD CONSTRAINT erasure_receipt_erasure_id_fkey FOREIGN KEY (erasure_id) REFERENCES contacts.erasure(id);


--
-- Name: import_chunk import_chunk_import_id_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.import_chunk
    ADD CONSTRAINT import_chunk_import_id_fkey FOREIGN KEY (import_id) REFERENCES contacts.party_import(id) ON DELETE CASCADE;


--
-- Name: import_error import_error_import_id_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.import_error
    ADD CONSTRAINT import_error_import_id_fkey FOREIGN KEY (import_id) REFERENCES contacts.party_import(id) ON DELETE CASCADE;


--
-- Name: party_custom party_custom_party_id_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_custom
    ADD CONSTRAINT party_custom_party_id_fkey FOREIGN KEY (party_id) REFERENCES contacts.party(id) ON DELETE CASCADE;


--
-- Name: party_merge party_merge_merged_id_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_merge
    ADD CONSTRAINT party_merge_merged_id_fkey FOREIGN KEY (merged_id) REFERENCES contacts.party(id);


--
-- Name: party_merge party_merge_survivor_id_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_merge
    ADD CONSTRAINT party_merge_survivor_id_fkey FOREIGN KEY (survivor_id) REFERENCES contacts.party(id);


--
-- Name: party party_merged_into_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party
    ADD CONSTRAINT party_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES contacts.party(id);


--
-- Name: party_reference party_reference_party_id_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_reference
    ADD CONSTRAINT party_reference_party_id_fkey FOREIGN KEY (party_id) REFERENCES contacts.party(id);


--
-- Name: party_relation party_relation_other_id_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_relation
    ADD CONSTRAINT party_relation_other_id_fkey FOREIGN KEY (other_id) REFERENCES contacts.party(id) ON DELETE CASCADE;


--
-- Name: party_relation party_relation_party_id_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_relation
    ADD CONSTRAINT party_relation_party_id_fkey FOREIGN KEY (party_id) REFERENCES contacts.party(id) ON DELETE CASCADE;


--
-- Name: party_wallet party_wallet_party_id_fkey; Type: FK CONSTRAINT; Schema: contacts; Owner: -
--

ALTER TABLE ONLY contacts.party_wallet
    ADD CONSTRAINT party_wallet_party_id_fkey FOREIGN KEY (party_id) REFERENCES contacts.party(id);


--
-- PostgreSQL database dump complete
--


