import CRMModel
import EventLoop
import Kafka
import EventLoop
import Postgres

extension LockKind {
    /// Where a consumer stands: what every batch begins with.
    public static let offsets = LockKind(10, "offsets")
}

/// The SQL of consuming.
public enum ConsumerStore {
    /// All statements, for the test that prepares them.
    public static let statements = [
        load, addMissing, reusePlans, move, moveUnparked, remember, sequences, raiseSequences, deadLetter,
    ]

    static let load = Statement(
        "consumer.load", "SELECT topic, part, next_offset FROM consumer_offset WHERE grp = $1")

    static let addMissing = Statement(
        "consumer.add_missing",
        """
        INSERT INTO consumer_offset (grp, topic, part, next_offset)
        SELECT $1, t, p, -1 FROM unnest($2::text[], $3::bigint[]) AS n(t, p) ON CONFLICT DO NOTHING
        """)

    /// Until the transaction's end, statements are not planned anew for their values; what the server cannot know of tables that have just been
    /// made must not lead a plan to read them whole.
    static let reusePlans = Statement(
        "consumer.reuse_plans",
        "SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)")

    /// Moves the offsets by compare-and-set. Where another process has moved one, the division raises 22012, so that statements
    /// sent behind it are not run.
    public static let move = Statement("consumer.move", locks: .offsets, moving(andOnlyIf: "true"))

    /// The same for a batch that knows of no parked keys. It may be behind one that another process has applied in its stead, parking a key,
    /// and would fit: what it has of that key would overtake what waits.
    static let moveUnparked = Statement(
        "consumer.move_unparked", locks: .offsets,
        moving(
            andOnlyIf: """
                NOT EXISTS (SELECT 1 FROM parked_key k JOIN unnest($2::text[], $3::bigint[]) AS n(topic, part)
                    ON k.grp = $1 AND k.topic = n.topic AND k.part = n.part)
                """))

    /// What is parked is read with the offsets, in one snapshot: it is parked in the transactions that move them.
    private static func moving(andOnlyIf condition: String) -> String {
        """
        WITH moved AS (
            UPDATE consumer_offset o SET next_offset = n.next, updated_at = now()
            FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) AS n(topic, part, expected, next)
            WHERE o.grp = $1 AND o.topic = n.topic AND o.part = n.part AND o.next_offset = n.expected
            RETURNING 1)
        SELECT 1 / (CASE WHEN (SELECT count(*) FROM moved) = cardinality($2::text[])
            AND \(condition) THEN 1 ELSE 0 END)
        """
    }

    /// The move, or what a planted bug makes of it.
    @Loop static func nextMove(knowsParked: Bool) -> Statement {
        #if RAPPORT_PLANTED_BUGS
            if PlantedBug.noCompareAndSet.isPlanted { return Statement("consumer.move_blindly", "without comparing") }
            if PlantedBug.overtakesParked.isPlanted { return move }
        #endif
        return knowsParked ? move : moveUnparked
    }

    /// Remembers outside events and says which were new.
    public static let remember = Statement(
        "consumer.remember",
        """
        INSERT INTO inbox (grp, source, id) SELECT $1, s, i FROM unnest($2::text[], $3::text[]) AS n(s, i)
        ON CONFLICT DO NOTHING RETURNING source, id
        """)

    /// Looked up one by one: a join planned while the table was empty would read it whole until it is next analysed.
    static let sequences = Statement(
        "consumer.sequences",
        """
        SELECT a.source, a.key, a.seq, a.epoch, a.last_id FROM unnest($2::text[], $3::text[]) AS n(source, key)
        CROSS JOIN LATERAL (
            SELECT * FROM applied_sequence a WHERE a.key = n.key AND a.source = n.source AND a.grp = $1 LIMIT 1) a
        """)

    static let raiseSequences = Statement(
        "consumer.raise_sequences",
        """
        INSERT INTO applied_sequence (grp, source, key, seq, epoch, last_id)
        SELECT $1, n.* FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[]) AS n(s, k, q, e, i)
        ON CONFLICT (key, source, grp)
            DO UPDATE SET seq = excluded.seq, epoch = excluded.epoch, last_id = excluded.last_id
            WHERE (applied_sequence.epoch, applied_sequence.seq) < (excluded.epoch, excluded.seq)
        """)

    static let deadLetter = Statement(
        "consumer.dead_letter",
        """
        INSERT INTO dead_letter
            (grp, topic, part, off, key, headers, payload, event_type, error_class, error_text, fingerprint, raw_headers)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, left($10, 4000),
            \(DeadLetterStore.fingerprint("$9", "$8", "$10")), $11)
        ON CONFLICT (grp, topic, part, off)
            DO UPDATE SET attempts = dead_letter.attempts + 1, last_failed_at = clock_timestamp()
        """)
}
