import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of what a new life knows of messages.
enum MessageRecoveryStore {
    static let statements: [any Preparable] = [know, derive, hold, release, discard, known]

    /// Keeps outcomes that were told, and settles the messages that are there: none of them is sent any more.
    static let know = Query(
        "message.know", takes: [String].self, [UUID].self, [Int].self, [String?].self, [String?].self, [Date].self,
        sql: """
            WITH told AS (
                SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[])
                    AS n(dedup_key, message_id, version, status, reason, at)),
            kept AS (
                INSERT INTO message_told AS k (dedup_key, message_id, version, status, reason, told_at)
                SELECT * FROM told
                ON CONFLICT (dedup_key) DO UPDATE SET version = greatest(k.version, excluded.version),
                    (status, reason, told_at) = (SELECT n.status, n.reason, n.told_at FROM (
                        VALUES (k.status, k.reason, k.told_at, k.version),
                            (excluded.status, excluded.reason, excluded.told_at, excluded.version))
                            AS n(status, reason, told_at, version)
                        WHERE n.status IS NOT NULL OR (k.status IS NULL AND excluded.status IS NULL)
                        ORDER BY n.version DESC LIMIT 1)),
            settled AS (
                UPDATE message m SET version = greatest(m.version, t.version), status = t.status, reason = t.reason,
                    sent_at = CASE WHEN t.status = 'sent' THEN t.at END, updated_at = now()
                FROM told t WHERE m.dedup_key = t.dedup_key AND t.status IS NOT NULL
                    AND m.status IN ('queued', 'sending', 'held') RETURNING m.dedup_key)
            DELETE FROM held h USING settled s WHERE h.kind = 'message' AND h.key = s.dedup_key AND h.state = 'held'
            """)

    /// Takes in requests of the time before this life: they are what was told of them, else held; what nobody could send in time any more
    /// is suppressed. An address that got no marketing then gets none now.
    static let derive = Query(
        "message.derive",
        takes: [UUID].self, [String].self, [UUID?].self, [String].self, [String?].self, [String].self, [String?].self,
        [SQLJSON].self, [String].self, [Date?].self, [Date?].self, [Date?].self,
        sql: """
            WITH derived AS (
                INSERT INTO message (id, dedup_key, recipient, channel, address, template, language, data, purpose,
                    next_try_at, expires_at, created_at, version, status, reason, sent_at)
                SELECT n.id, n.dedup_key, n.recipient, n.channel, n.address, n.template, n.language, n.data, n.purpose,
                    greatest(now(), n.not_before), n.expires_at, coalesce(n.asked_at, now()),
                    coalesce(t.version, CASE WHEN n.expires_at <= now() THEN 1 ELSE 0 END),
                    coalesce(t.status, CASE WHEN n.expires_at <= now() THEN 'suppressed' ELSE 'held' END),
                    CASE WHEN t.status IS NOT NULL THEN t.reason
                        WHEN n.expires_at <= now() THEN 'its time was over' END,
                    CASE WHEN t.status = 'sent' THEN t.told_at END
                FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
                    $8::jsonb[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[])
                    AS n(id, dedup_key, recipient, channel, address, template, language, data, purpose, not_before,
                        expires_at, asked_at)
                LEFT JOIN message_told t USING (dedup_key)
                ON CONFLICT DO NOTHING RETURNING *),
            kept AS (
                INSERT INTO suppression (address, reason)
                SELECT DISTINCT lower(address), 'had none before the data was lost' FROM derived
                WHERE reason = '\(addressSuppressed)' AND address IS NOT NULL
                ON CONFLICT DO NOTHING),
            waits AS (\(held("derived")) WHERE m.status = 'held' ON CONFLICT (kind, key) DO NOTHING)
            \(MessageStore.told(MessageSuppressed.self, reason: "m.reason")) FROM derived m
            WHERE m.status = 'suppressed' AND NOT EXISTS (
                SELECT FROM message_told t WHERE t.dedup_key = m.dedup_key AND t.status IS NOT NULL)
            """)

    /// Holds what a life before had taken in and not settled; how many there were.
    static let hold = Query(
        "message.hold", gives: Int.self,
        sql: """
            WITH old AS (
                SELECT m.id FROM message m JOIN life l ON l.cause <> 'first' AND m.updated_at < l.begun_at
                WHERE m.status IN ('queued', 'sending') ORDER BY m.id FOR UPDATE OF m SKIP LOCKED),
            kept AS (
                UPDATE message m SET status = 'held', updated_at = now() FROM old WHERE m.id = old.id RETURNING m.*),
            waits AS (\(held("kept")) ON CONFLICT (kind, key) DO NOTHING)
            SELECT count(*) FROM kept
            """)

    /// What was held is sent, as if it had just come.
    static let release = Query(
        "message.release", takes: String.self,
        sql: """
            UPDATE message SET status = 'queued', attempts = 0, next_try_at = now(), updated_at = now()
            WHERE dedup_key = $1 AND status = 'held'
            """)

    /// What was held is given up.
    static let discard = Query(
        "message.discard", takes: String.self,
        sql: """
            WITH given AS (
                UPDATE message SET status = 'suppressed', reason = '\(givenUp)', version = version + 1, updated_at = now()
                WHERE dedup_key = $1 AND status = 'held' RETURNING *)
            \(MessageStore.told(MessageSuppressed.self, reason: "m.reason")) FROM given m
            """)

    /// Which of some messages there are, or were told of.
    static let known = Query(
        "message.known", takes: [UUID].self, gives: UUID.self,
        sql: """
            SELECT id FROM message WHERE id = ANY($1::uuid[])
            UNION SELECT message_id FROM message_told WHERE message_id = ANY($1::uuid[])
            """)

    /// Why a message that a person gave up was not sent.
    static let givenUp = "nobody knows whether it was sent before data was lost, and a person gave it up"

    /// Why a message to an address on the suppression list was not sent.
    static let addressSuppressed = "the address gets no marketing"

    /// A message `m` of a part of the statement, for a person to decide.
    private static func held(_ part: String) -> String {
        """
        INSERT INTO held (kind, key, subject, cause, asked_at)
        SELECT '\(MessageRecovery.kind)', m.dedup_key, coalesce(m.recipient::text, m.address, m.dedup_key),
            'asked for before this life began, and no outcome was told', m.created_at
        FROM \(part) m
        """
    }
}
