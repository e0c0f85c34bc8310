import Postgres

/// The tables of notifications.
enum NotificationsSchema {
    static let migration = Migration(
        "m0001_notifications",
        """
        -- Messages asked for. One row for a deduplication key, whatever asks again. The version counts the events told of the message.
        -- While it is being sent, next_try_at is when whoever died over it is taken for dead.
        CREATE TABLE message (
            id uuid PRIMARY KEY,
            version bigint NOT NULL DEFAULT 0,
            dedup_key text NOT NULL UNIQUE,
            recipient uuid, channel text NOT NULL, address text, template text NOT NULL, language text,
            data jsonb NOT NULL,
            purpose text NOT NULL CHECK (purpose IN ('transactional', 'marketing')),
            status text NOT NULL DEFAULT 'queued'
                CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'suppressed')),
            attempts bigint NOT NULL DEFAULT 0,
            next_try_at timestamptz NOT NULL, expires_at timestamptz,
            reason text, sent_at timestamptz,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now()
        ) WITH (fillfactor = 70);
        CREATE INDEX message_due ON message (purpose, next_try_at) WHERE status IN ('queued', 'sending');
        CREATE INDEX message_of_recipient ON message (recipient, created_at, id) WHERE recipient IS NOT NULL;

        -- Addresses that get no marketing, in lower case.
        CREATE TABLE suppression (
            address text PRIMARY KEY, reason text NOT NULL, created_at timestamptz NOT NULL DEFAULT now()
        );
        """)

    static let lives = Migration(
        "m202611301550_message_lives",
        """
        -- What lives before have told of messages, by what they are sent once; their requests are read behind it.
        CREATE TABLE message_told (
            dedup_key text PRIMARY KEY, message_id uuid NOT NULL, version bigint NOT NULL, status text, reason text,
            told_at timestamptz NOT NULL
        );
        -- Held: asked for before this life, and nobody knows whether it was sent.
        ALTER TABLE message DROP CONSTRAINT message_status_check;
        ALTER TABLE message ADD CONSTRAINT message_status_check
            CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'suppressed', 'held'));
        """)
}
