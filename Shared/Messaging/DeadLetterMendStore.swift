import FoundationEssentials
import Kafka
import Postgres

/// The SQL of mending messages that were put aside.
enum DeadLetterMendStore {
    static let statements = [mend, recordMend, mended]

    static let migration = Migration(
        "m202611302252_dead_letter_mends",
        """
        -- What people have put in the place of a message's data and of some of its headers; the message as it came stays beside it.
        ALTER TABLE dead_letter ADD COLUMN mended_payload bytea, ADD COLUMN mended_headers jsonb,
            ADD COLUMN mended_at timestamptz;
        CREATE INDEX dead_letter_mended ON dead_letter (topic) WHERE mended_at IS NOT NULL;
        ALTER TABLE dead_letter_action DROP CONSTRAINT dead_letter_action_action_check,
            ADD CONSTRAINT dead_letter_action_action_check CHECK (action IN ('replay', 'discard', 'mend'))
        """)

    /// Puts data and headers in the place of those that are there; what is null stays.
    static let mend = Statement(
        "dead_letter.mend",
        """
        UPDATE dead_letter SET mended_payload = coalesce($2, mended_payload), event_type = coalesce($4, event_type),
            mended_headers = coalesce(mended_headers, '{}') || $3::jsonb, mended_at = clock_timestamp()
        WHERE id = $1 AND status = 'open'
        """)

    static let recordMend = Statement(
        "dead_letter.record_mend",
        """
        INSERT INTO dead_letter_action (dead_letter_id, action, actor, reason, outcome)
        VALUES ($1, 'mend', $2, $3, left($4, 1000))
        """)

    /// Messages of a topic that were mended and applied, as `DeadLetterStore.take` gives them.
    static let mended = Statement(
        "dead_letter.mended",
        """
        SELECT grp, topic, part, off, key, headers::text, payload, event_type, raw_headers, mended_payload, mended_headers::text
        FROM dead_letter WHERE topic = $1 AND mended_at IS NOT NULL AND status = 'resolved'
        """)
}
