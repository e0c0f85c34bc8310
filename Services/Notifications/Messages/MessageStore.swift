import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The SQL of messages.
enum MessageStore {
    static let statements: [any Preparable] = [queue, get, page, opened, clicked]

    /// A message as the routes show it; what the template fills in stays inside, for it may hold secret links.
    private static let json = """
        json_build_object('id', m.id, 'deduplicationKey', m.dedup_key, 'recipient', m.recipient, 'channel', m.channel,
            'address', m.address, 'template', m.template, 'language', m.language, 'purpose', m.purpose,
            'status', m.status, 'attempts', m.attempts, 'reason', m.reason,
            'nextTryAt', CASE WHEN m.status IN ('queued', 'sending') THEN m.next_try_at END,
            'expiresAt', m.expires_at, 'sentAt', m.sent_at, 'createdAt', m.created_at)::text
        """

    /// Tells what became of messages by an event, in their published form, CRMModel's MessageOutcome; complete it with FROM, where `m` is
    /// the message.
    static func told<T: EventData>(_ type: T.Type, reason: String) -> String {
        SQLEvent.insert(
            type, key: "m.id::text", sequence: "m.version",
            [
                "messageId": "m.id", "recipientId": "m.recipient", "deduplicationKey": "m.dedup_key", "reason": reason,
            ])
    }

    static let queue = Query(
        "message.queue",
        takes: [UUID].self, [String].self, [UUID?].self, [String].self, [String?].self, [String].self, [String?].self,
        [SQLJSON].self, [String].self, [Date?].self, [Date?].self, [Date?].self,
        sql: """
            INSERT INTO message (id, dedup_key, recipient, channel, address, template, language, data, purpose,
                next_try_at, expires_at, created_at)
            SELECT n.id, n.dedup_key, n.recipient, n.channel, n.address, n.template, n.language, n.data, n.purpose,
                greatest(now(), n.not_before), n.expires_at, coalesce(n.asked_at, now())
            FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::jsonb[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[])
                AS n(id, dedup_key, recipient, channel, address, template, language, data, purpose, not_before,
                    expires_at, asked_at)
            ON CONFLICT DO NOTHING
            """)

    static let get = Query(
        "message.get", takes: UUID.self, gives: String.self, sql: "SELECT \(json) FROM message m WHERE m.id = $1")

    /// Newest first, of the recipient and of all that are merged into it.
    static let page = Query(
        "message.page", takes: UUID.self, Date.self, UUID.self, Int.self, gives: String.self, Date.self, UUID.self,
        sql: """
            SELECT \(json), m.created_at, m.id FROM message m
            WHERE m.recipient = ANY(\(Redirects.circle("$1"))) AND (m.created_at, m.id) < ($2, $3)
            ORDER BY m.created_at DESC, m.id DESC LIMIT $4
            """)

    static let opened = touch(MessageFates.Opened.self)
    static let clicked = touch(MessageFates.Clicked.self)

    /// Publishes that a message that was sent has been opened, or a link in it followed; no row for any other.
    private static func touch<Fate: MessageFate>(_ fate: Fate.Type) -> Query<(UUID, String?), Int> {
        Query(
            "message.\(Fate.name)", takes: UUID.self, String?.self, gives: Int.self,
            sql: """
                WITH m AS (
                    UPDATE message SET version = version + 1, updated_at = now() WHERE id = $1 AND status = 'sent'
                    RETURNING *)
                \(told(MessageTold<Fate>.self, reason: "$2::text")) FROM m RETURNING id
                """)
    }
}
