import Postgres

extension MessagingSchema {
    /// The life of this schema and those of others, what is told in them, and what a new one must ask a person.
    static let lives = Migration(
        "m202611301513_lives",
        """
        -- Whose word this schema is. Who loses a schema, or goes back to an older one, begins another life and says so.
        CREATE TABLE life (
            one boolean PRIMARY KEY DEFAULT true CHECK (one),
            epoch bigint NOT NULL, incarnation uuid NOT NULL DEFAULT gen_random_uuid(),
            cause text NOT NULL CHECK (cause IN ('first', 'empty', 'restored')),
            state text NOT NULL DEFAULT 'whole' CHECK (state IN ('drawn', 'told', 'recovered', 'whole')),
            begun_at timestamptz NOT NULL DEFAULT clock_timestamp(), actor text, reason text,
            -- What the life before told up to this place is known here; what it told behind it is not.
            before bigint, known_place bigint NOT NULL DEFAULT 0,
            -- A list of topics with the ends of their partitions: what lies before was acted on in another life.
            act_from jsonb NOT NULL DEFAULT '[]'
        );
        -- A schema from before there were lives goes on in the one without a number.
        INSERT INTO life (epoch, cause)
        SELECT 0, 'first' WHERE EXISTS (SELECT 1 FROM consumer_offset) OR (SELECT is_called FROM outbox_id_seq);
        -- The lives of others that were heard of, and where what they told of themselves was whole.
        CREATE TABLE source_life (
            source text NOT NULL, epoch bigint NOT NULL, incarnation uuid NOT NULL, cause text NOT NULL,
            begun_at timestamptz NOT NULL, ends jsonb NOT NULL, whole jsonb,
            heard_at timestamptz NOT NULL DEFAULT clock_timestamp(), settled_at timestamptz,
            PRIMARY KEY (source, epoch)
        );
        -- Keys of this service's own topics that another life told last; they are told again.
        CREATE TABLE tell_again (key text PRIMARY KEY);
        ALTER TABLE outbox ADD past boolean NOT NULL DEFAULT coalesce(current_setting('rapport.past', true), '') = '1';
        -- What is past asks for nothing to be done later, whoever writes it; that the end of a key is told once more harms nobody.
        CREATE FUNCTION leave_out_past() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE TRIGGER timer_past BEFORE INSERT ON timer FOR EACH ROW
            WHEN (current_setting('rapport.past', true) = '1' AND NEW.kind <> 'subject-key-end')
            EXECUTE FUNCTION leave_out_past();
        CREATE TRIGGER intent_past BEFORE INSERT ON intent FOR EACH ROW
            WHEN (current_setting('rapport.past', true) = '1') EXECUTE FUNCTION leave_out_past();
        -- The life that the newest sequence belongs to, and by what its event is known again.
        ALTER TABLE applied_sequence ADD epoch bigint NOT NULL DEFAULT 0, ADD last_id bigint;
        -- Deeds of which nobody can know whether a life before did them; a person says.
        CREATE TABLE held (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            kind text NOT NULL, key text NOT NULL, subject text NOT NULL, payload text, cause text NOT NULL,
            asked_at timestamptz NOT NULL, held_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'released', 'discarded')),
            settled_at timestamptz, actor text, reason text,
            UNIQUE (kind, key)
        );
        CREATE INDEX held_open ON held (id) WHERE state = 'held';
        """)

    /// How far the topics on which others tell too were looked through, and keys of others of which a last word was told.
    static let ends = Migration(
        "m202611301850_told_ends",
        """
        -- Up to where of its own topics nothing was told by this service that its schema does not know: a start looks from there on.
        CREATE TABLE told_end (
            topic text NOT NULL, part integer NOT NULL, next_offset bigint NOT NULL, PRIMARY KEY (topic, part)
        );
        -- Keys that a life of another does not know any more; what rests on them ends.
        CREATE TABLE ended_key (
            source text NOT NULL, key text NOT NULL, epoch bigint NOT NULL, PRIMARY KEY (source, key)
        );
        """)

    /// Keys of sealed events are ordered by life and version, as events are; and when each was made.
    static let keysOfLives = Migration(
        "m202611302211_keys_of_lives",
        """
        -- Two lives, or two copies of one, may make a key under one version while both run: what is sealed with the other one is opened with it
        -- all the same, as long as the version counts. -1 and null are of what was told before this was kept.
        ALTER TABLE subject_key ADD epoch bigint NOT NULL DEFAULT -1, ADD others bytea, ADD made_at timestamptz;
        """)

    /// When this service has erased whom.
    static let erasures = Migration(
        "m202611302220_erasures_done",
        """
        -- An erasure that comes once more, as in another life, takes what was there then, and not what came since.
        CREATE TABLE erasure_done (
            erasure uuid NOT NULL, party uuid NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (erasure, party)
        );
        """)

    /// What a life does not tell again, as it does not know it.
    static let gone = Migration(
        "m202611301641_gone",
        """
        ALTER TABLE tell_again ADD is_gone boolean NOT NULL DEFAULT false;
        ALTER TABLE source_life ADD gone jsonb;
        """)
}
