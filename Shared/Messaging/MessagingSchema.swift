import Postgres

/// The tables that every service's schema has for its messages.
public enum MessagingSchema {
    /// The first steps of every service's migrations.
    public static let migrations = [
        migration, parking, walk, operators, rebuilds, rawHeaders, tracing, seals, letterKeys, queue, intents, lives,
        gone, ends, keysOfLives, erasures, keptActions, DeadLetterMendStore.migration,
    ]

    /// What operators did stays as it was written: a fault in a statement, or somebody else's words in it, must not change the record of it.
    static let keptActions = Migration(
        "m202611302227_kept_actions",
        """
        CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is added to and never changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END $$;
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dead_letter_action
            FOR EACH STATEMENT EXECUTE FUNCTION append_only();
        """)

    /// Keys whose time has not come, and the age of what is remembered for a time only.
    static let parking = Migration(
        "m0000_messaging_parking",
        """
        -- Keys that wait, each with its messages below; parked and freed under the lock of their partition's offset.
        CREATE TABLE parked_key (
            grp text NOT NULL, topic text NOT NULL, key text NOT NULL, part integer NOT NULL,
            reason text NOT NULL, attempt integer NOT NULL DEFAULT 0,
            next_try timestamptz NOT NULL, parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (grp, topic, key)
        );
        CREATE INDEX parked_key_due ON parked_key (grp, next_try);
        CREATE TABLE parked_message (
            grp text NOT NULL, topic text NOT NULL, key text NOT NULL, off bigint NOT NULL, part integer NOT NULL,
            raw_key bytea, headers bytea NOT NULL, payload bytea,
            PRIMARY KEY (grp, topic, key, off)
        );
        CREATE INDEX inbox_age ON inbox (received_at);
        """)

    /// What is old in the inbox is found by walking through it; an index by age cost something at each message.
    static let walk = Migration("m0000_messaging_walk", "DROP INDEX inbox_age;")

    /// Events that are written by SQL alone carry the trace that `Outbox.carryTrace` has set.
    static let tracing = Migration(
        "m0000_messaging_zz_tracing",
        "ALTER TABLE outbox ALTER COLUMN trace SET DEFAULT nullif(current_setting('rapport.trace', true), '')")

    /// Keys under which events of persons are sealed.
    static let seals = Migration(
        "m0000_messaging_zzz_seals",
        """
        -- Our own and those of other services that were told here; an erasure leaves the row without the key.
        CREATE TABLE subject_key (
            owner text NOT NULL, subject text NOT NULL, version bigint NOT NULL,
            key bytea CHECK (octet_length(key) = 32),
            PRIMARY KEY (subject, owner)
        );
        """)

    /// Finds the older dead letters of a key among however many are open; by a digest, as a key may be longer than an index takes.
    static let letterKeys = Migration(
        "m0000_messaging_zzzz_letter_keys",
        """
        CREATE INDEX dead_letter_of_key ON dead_letter (grp, topic, part, md5(coalesce(key, '')), off)
        WHERE status = 'open'
        """)

    /// A queue is cleaned for what was deleted; to go over what has come and soon goes gains nothing.
    static let queue = Migration(
        "m0000_messaging_zzzzz_queue", "ALTER TABLE outbox SET (autovacuum_vacuum_insert_threshold = -1)")

    /// Reactions that wait for facts.
    static let intents = Migration(
        "m202611301213_intents",
        """
        -- What is to be done once a fact of `key` is told. It ends in the transaction of its effects; `look_at` is when it is looked at
        -- next, whoever tells what, and `is_told` that the fact was told since the last look.
        CREATE TABLE intent (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            kind text NOT NULL, key text NOT NULL, subject text NOT NULL, payload text,
            parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            look_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, is_told boolean NOT NULL DEFAULT false,
            UNIQUE (kind, subject)
        ) WITH (fillfactor = 70);
        CREATE INDEX intent_of_key ON intent (key);
        CREATE INDEX intent_due ON intent (look_at);
        """)

    /// What operators do.
    static let operators = Migration(
        "m0000_messaging_zz_operators",
        """
        -- Everything that operators did to dead letters; never changed, never deleted.
        CREATE TABLE dead_letter_action (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            dead_letter_id bigint NOT NULL, action text NOT NULL CHECK (action IN ('replay', 'discard')),
            actor text NOT NULL, reason text, outcome text NOT NULL,
            at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        CREATE INDEX dead_letter_action_of ON dead_letter_action (dead_letter_id);
        CREATE INDEX dead_letter_order ON dead_letter (grp, topic, part, off) WHERE status = 'open';
        """)

    /// Rebuilds of read models, for those who look on and those who ask later.
    static let rebuilds = Migration(
        "m0000_messaging_zz_rebuilds",
        """
        CREATE TABLE rebuild (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed')),
            actor text NOT NULL, reason text, started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            seen_at timestamptz NOT NULL DEFAULT clock_timestamp(), finished_at timestamptz,
            messages bigint NOT NULL DEFAULT 0, expected bigint NOT NULL DEFAULT 0, outcome jsonb, error text
        );
        """)

    /// Headers are any bytes; `headers` shows as text what can be shown.
    static let rawHeaders = Migration(
        "m0000_messaging_zz_raw_headers", "ALTER TABLE dead_letter ADD COLUMN raw_headers bytea")

    /// The first step.
    package static let migration = Migration(
        "m0000_messaging",
        """
        -- Events of this service that wait to be published. A row exists until the broker has acknowledged it. The identity
        -- must not cache: its order is the order of publication, drawn while the aggregate's row is locked.
        CREATE TABLE outbox (
            id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
            topic text NOT NULL,
            key text NOT NULL,
            lane smallint NOT NULL GENERATED ALWAYS AS ((hashtext(key) & 7)::smallint) STORED,
            seq bigint,
            event_id uuid NOT NULL DEFAULT gen_random_uuid(),
            type text NOT NULL,
            trace text,
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            payload text,
            CONSTRAINT outbox_payload_size CHECK (octet_length(payload) <= 900000)
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

        -- Where this service stands in each partition; -1 before the first message. The truth, moved with the effects.
        CREATE TABLE consumer_offset (
            grp text NOT NULL, topic text NOT NULL, part integer NOT NULL,
            next_offset bigint NOT NULL,
            updated_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (grp, topic, part)
        ) WITH (fillfactor = 50);

        -- Events of outside sources that were applied.
        CREATE TABLE inbox (
            id text NOT NULL, source text NOT NULL, grp text NOT NULL,
            received_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (id, source, grp)
        );

        -- The newest sequence applied of each key of our own sources.
        CREATE TABLE applied_sequence (
            grp text NOT NULL, source text NOT NULL, key text NOT NULL, seq bigint NOT NULL,
            PRIMARY KEY (key, source, grp)
        ) WITH (fillfactor = 80);

        -- Messages that could not be applied, as they came.
        CREATE TABLE dead_letter (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            grp text NOT NULL, topic text NOT NULL, part integer NOT NULL, off bigint NOT NULL,
            key bytea, headers jsonb NOT NULL, payload bytea,
            event_type text, error_class text NOT NULL, error_text text NOT NULL, fingerprint text NOT NULL,
            attempts integer NOT NULL DEFAULT 1,
            first_failed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            last_failed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'resolved', 'discarded')),
            actor text, note text,
            UNIQUE (grp, topic, part, off)
        );
        CREATE INDEX dead_letter_open ON dead_letter (last_failed_at) WHERE status = 'open';

        -- Work that is due at a time; the row lock is the lease.
        CREATE TABLE timer (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            due_at timestamptz NOT NULL, kind text NOT NULL, key text NOT NULL, payload text,
            UNIQUE (kind, key)
        );
        CREATE INDEX timer_due ON timer (due_at);

        -- Answers to requests that carried an Idempotency-Key.
        CREATE TABLE idempotency_key (
            key text PRIMARY KEY, fingerprint text NOT NULL, status integer NOT NULL, content_type text NOT NULL,
            body bytea NOT NULL, headers jsonb NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        CREATE INDEX idempotency_key_age ON idempotency_key (created_at);
        """)
}
