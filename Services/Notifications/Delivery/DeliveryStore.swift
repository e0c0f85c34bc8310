import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of sending.
enum DeliveryStore {
    static let statements: [any Preparable] = [claim, settle]

    /// Takes messages that are due, and those whose sender is taken for dead, for as long as the lease lasts; what a life before has left is held. Whether consent was withdrawn
    /// is asked of the recipient, of the party that it was merged into since, and of all who have the address.
    static let claim = Query(
        "delivery.claim", takes: String.self, Int.self, Double.self,
        gives: UUID.self, Int.self, String.self, String?.self, String.self, String?.self, String.self, String.self,
        Date.self, Bool.self, Bool.self, Bool.self,
        sql: """
            WITH due AS (
                SELECT id FROM message
                WHERE status IN ('queued', 'sending') AND purpose = $1 AND next_try_at <= now()
                    AND updated_at >= coalesce((SELECT begun_at FROM life WHERE cause <> 'first'), '-infinity')
                ORDER BY next_try_at LIMIT $2 FOR UPDATE SKIP LOCKED)
            UPDATE message m SET status = 'sending', attempts = m.attempts + 1,
                next_try_at = now() + make_interval(secs => $3), updated_at = now()
            FROM due WHERE m.id = due.id
            RETURNING m.id, m.attempts, m.channel, m.address, m.template, m.language, m.data::text, m.purpose,
                m.created_at, coalesce(m.expires_at <= now(), false),
                EXISTS (SELECT 1 FROM suppression s WHERE s.address = lower(m.address)),
                EXISTS (SELECT 1 FROM withdrawal w WHERE w.party_id = m.recipient AND w.channel = m.channel)
                    OR EXISTS (SELECT 1 FROM party_redirect d JOIN withdrawal w ON w.party_id = d.survivor_id
                        WHERE d.party_id = m.recipient AND w.channel = m.channel)
                    OR EXISTS (SELECT 1 FROM withdrawal_address a JOIN withdrawal w USING (party_id, channel)
                        WHERE a.channel = m.channel AND a.address = lower(m.address))
            """)

    /// Writes what became of messages and publishes what is final. Whoever lost the lease writes nothing. An attempt that
    /// was not made is given back.
    static let settle = Query(
        "delivery.settle", takes: [UUID].self, [Int].self, [String].self, [String?].self, [Double?].self,
        sql: """
            WITH outcome AS (
                SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::float8[])
                    AS n(id, attempt, status, reason, pause)),
            settled AS (
                UPDATE message m SET status = o.status, reason = o.reason,
                    attempts = m.attempts - CASE WHEN o.status = 'queued' AND o.pause IS NULL THEN 1 ELSE 0 END,
                    version = m.version + CASE WHEN o.status = 'queued' THEN 0 ELSE 1 END,
                    next_try_at = now() + make_interval(secs => coalesce(o.pause, 0)),
                    sent_at = CASE WHEN o.status = 'sent' THEN now() END, updated_at = now()
                FROM outcome o WHERE m.id = o.id AND m.attempts = o.attempt AND m.status = 'sending'
                RETURNING m.*),
            sent AS (\(told(MessageFates.Sent.self))),
            failed AS (\(told(MessageFates.Failed.self)))
            \(told(MessageFates.Suppressed.self))
            """)

    private static func told<Fate: MessageFate>(_ fate: Fate.Type) -> String {
        "\(MessageStore.told(MessageTold<Fate>.self, reason: "m.reason")) FROM settled m WHERE m.status = '\(Fate.name)'"
    }
}
