import CRMModel
import Postgres

/// The SQL of the keys under which events of persons are sealed.
public enum SubjectKeyStore {
    /// All statements, for the test that prepares them.
    public static let statements = [
        known, durably, make, undecided, learn, withhold, destroy, refresh, tellEnds, tellLast,
    ]

    /// Looked up one by one, whatever the tables held when the plan was made. A join planned on empty tables reads
    /// them whole until they are next analysed.
    static let known = Statement(
        "seal.known",
        """
        SELECT k.owner, k.subject, k.version, k.key, k.epoch, k.others FROM unnest($1::text[], $2::text[]) AS n(owner, subject)
        CROSS JOIN LATERAL (
            SELECT * FROM subject_key k WHERE k.subject = n.subject AND k.owner = n.owner LIMIT 1) k
        """)

    /// Has the transaction's commit wait for the disk, as the relay's others do not. A key that the log has and the database has forgotten
    /// would be made anew under the same version, and what is sealed with the second nobody could read.
    static let durably = Statement("seal.durably", "SELECT set_config('synchronous_commit', 'on', true)")

    /// Makes keys for rows of the outbox whose subjects have none, and tells of them; answers the rows that tell, as pages have them, each
    /// with its key.
    ///
    /// The lock decides between this and an erasure: either the key is there when the erasure looks for it, or the row is blank. Who comes
    /// back after an erasure gets a new key only when the end of the old one is in the log: of a key the last word must stay the last.
    static let make = Statement(
        "seal.make",
        """
        WITH drawn AS (SELECT * FROM unnest($2::bigint[], $3::bytea[]) AS n(id, key)),
        waiting AS (
            SELECT o.key AS subject, d.key FROM drawn d CROSS JOIN LATERAL (
                SELECT o.key FROM outbox o WHERE o.id = d.id AND o.payload IS NOT NULL FOR SHARE) o),
        made AS (
            INSERT INTO subject_key AS k (owner, subject, version, key, epoch, made_at)
            SELECT $1, w.subject, 1, w.key, coalesce((SELECT epoch FROM life), 0), clock_timestamp() FROM (SELECT DISTINCT ON (subject) * FROM waiting) w
            LEFT JOIN LATERAL (
                SELECT e.subject FROM subject_key e WHERE e.subject = w.subject AND e.owner = $1 LIMIT 1) e ON true
            WHERE e.subject IS NULL
                OR NOT EXISTS (SELECT 1 FROM outbox t WHERE t.topic = '\(Topic.subjectKeys.name)' AND t.key = w.subject)
            ON CONFLICT (subject, owner) DO UPDATE SET version = k.version + 1, key = excluded.key,
                epoch = excluded.epoch, made_at = excluded.made_at, others = NULL WHERE k.key IS NULL
            RETURNING subject, version, key)
        \(told(["owner": "$1", "subject": "subject", "key": "encode(key, 'base64')"]))
        FROM made
        RETURNING id, topic, key, seq, event_id, type, trace, created_at, payload, false, past,
            decode(payload::json ->> 'key', 'base64')
        """)

    /// `INSERT INTO outbox … SELECT …` of rows with a subject and a version.
    private static func told(_ members: KeyValuePairs<String, String>) -> String {
        SQLEvent.insert(SubjectKeyChanged.self, key: "subject", sequence: "version", members)
    }

    /// Which of some rows have something to say and no key yet.
    static let undecided = Statement(
        "seal.undecided",
        """
        SELECT o.id FROM outbox o LEFT JOIN subject_key k ON k.owner = $1 AND k.subject = o.key
        WHERE o.id = ANY($2::bigint[]) AND o.payload IS NOT NULL AND k.key IS NULL
        """)

    /// Takes in what services tell of keys: later lives count before earlier ones, and in one life the later version; an older word changes
    /// nothing, and what is known, as a service's own keys are, costs a look only. Of two keys under one version both stay.
    static let learn = Statement(
        "seal.learn",
        """
        INSERT INTO subject_key AS k (owner, subject, version, key, epoch, others, made_at)
        SELECT n.* FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[], $5::bigint[], $6::bytea[], $7::timestamptz[])
            AS n(owner, subject, version, key, epoch, others, made_at)
        LEFT JOIN LATERAL (
            SELECT e.version, e.key, e.epoch, e.others FROM subject_key e
            WHERE e.subject = n.subject AND e.owner = n.owner LIMIT 1) e ON true
        WHERE e.version IS NULL OR \(isNews("e", "n"))
        ON CONFLICT (subject, owner) DO UPDATE SET version = excluded.version, key = excluded.key, epoch = excluded.epoch,
            others = CASE WHEN k.version <> excluded.version OR k.key IS NULL OR excluded.key IS NULL THEN excluded.others
                WHEN k.key = excluded.key THEN coalesce(k.others, excluded.others)
                ELSE substr(k.key || coalesce(k.others, '') || coalesce(excluded.others, ''), 1, \(32 * mostOthers)) END,
            made_at = CASE WHEN k.version = excluded.version THEN least(k.made_at, excluded.made_at)
                ELSE excluded.made_at END
        WHERE \(isNews("k", "excluded"))
        """)

    /// How many keys beside the one that counts are kept of a version.
    static let mostOthers = 8

    /// Whether a word says more than a row. Of a row from before lives were kept the version alone says how old it is.
    private static func isNews(_ row: String, _ word: String) -> String {
        """
        (CASE WHEN \(row).epoch < 0 THEN \(row).version < \(word).version
            ELSE (\(row).epoch, \(row).version) < (\(word).epoch, \(word).version) END
            OR \(row).version = \(word).version AND \(row).epoch <= \(word).epoch AND \(row).key <> \(word).key
                AND position(\(word).key IN coalesce(\(row).others, '')) = 0)
        """
    }

    /// Blanks what waits to be published of subjects, up to a time where one is given: it goes out under its number, and nobody can read it.
    static let withhold = Statement(
        "seal.withhold",
        """
        UPDATE outbox SET payload = NULL WHERE key = ANY($1::text[]) AND type = ANY($2::text[])
            AND ($3::timestamptz IS NULL OR created_at <= $3)
        """)

    /// Destroys keys, those made up to a time where one is given, and tells so; as many rows as keys.
    static let destroy = Statement(
        "seal.destroy",
        """
        WITH gone AS (
            UPDATE subject_key SET key = NULL, version = version + 1, others = NULL,
                epoch = coalesce((SELECT l.epoch FROM life l), 0)
            WHERE owner = $1 AND subject = ANY($2::text[]) AND key IS NOT NULL
                AND ($3::timestamptz IS NULL OR made_at IS NULL OR made_at <= $3) RETURNING subject, version)
        \(told(["owner": "$1", "subject": "subject"]))
        FROM gone
        """)

    /// Puts what is known of own keys in the place of older words on them that wait to be published: a later life would tell these as newer.
    static let refresh = Statement(
        "seal.refresh",
        """
        UPDATE outbox o SET seq = k.version,
            payload = \(SQLEvent.payload(
                SubjectKeyChanged.self, ["owner": "k.owner", "subject": "k.subject", "key": "encode(k.key, 'base64')"]))
        FROM subject_key k
        WHERE o.topic = '\(Topic.subjectKeys.name)' AND k.owner = $1 AND k.subject = o.key AND k.version > o.seq
        """)

    /// Tells own keys once more of which an older word came, or one (under version -1) that counts for nobody, unless what is told of one waits to be published: that comes behind it.
    static let tellLast = Statement(
        "seal.tell_last",
        """
        \(told(["owner": "$1::text", "subject": "subject", "key": "encode(key, 'base64')"]))
        FROM (
            SELECT k.* FROM unnest($2::text[], $3::bigint[]) AS n(subject, version) CROSS JOIN LATERAL (
                SELECT * FROM subject_key k WHERE k.subject = n.subject AND k.owner = $1 LIMIT 1) k
            WHERE k.version > n.version) late
        WHERE NOT EXISTS (
            SELECT 1 FROM outbox t WHERE t.topic = '\(Topic.subjectKeys.name)' AND t.key = late.subject AND t.seq >= late.version)
        """)

    /// Tells the end of keys once more, under the number that it had: readers have it already.
    static let tellEnds = Statement(
        "seal.tell_ends",
        """
        \(told(["owner": "$1::text", "subject": "subject"]))
        FROM subject_key WHERE owner = $1 AND subject = ANY($2::text[]) AND key IS NULL
        """)
}
