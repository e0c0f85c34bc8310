import Postgres
import ServiceKit

/// The SQL of messages.
enum MessageStore {
    static let statements = [queue, get, page, touch]

    /// A message as the routes show it; what the template fills in stays inside, for it may hold secret links.
    private static let json = """
        json_build_object('id', m.id, 'deduplicationKey', m.dedup_key, 'recipient', m.recipient, 'channel', m.channel,
            'address', m.address, 'template', m.template, 'language', m.language, 'purpose', m.purpose,
            'status', m.status, 'attempts', m.attempts, 'reason', m.reason,
            'nextTryAt', CASE WHEN m.status IN ('queued', 'sending') THEN m.next_try_at END,
            'expiresAt', m.expires_at, 'sentAt', m.sent_at, 'createdAt', m.created_at)::text
        """

    static let queue = Statement(
        "message.queue",
        """
        INSERT INTO message (id, dedup_key, recipient, channel, address, template, language, data, purpose, next_try_at,
            expires_at)
        SELECT n.id, n.dedup_key, n.recipient, n.channel, n.address, n.template, n.language, n.data, n.purpose,
            greatest(now(), n.not_before), n.expires_at
        FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[],
            $9::text[], $10::timestamptz[], $11::timestamptz[])
            AS n(id, dedup_key, recipient, channel, address, template, language, data, purpose, not_before, expires_at)
        ON CONFLICT DO NOTHING
        """)

    static let get = Statement("message.get", "SELECT \(json) FROM message m WHERE m.id = $1")

    /// Newest first, of the recipient and of all that are merged into it.
    static let page = Statement(
        "message.page",
        """
        SELECT \(json), m.created_at, m.id FROM message m
        WHERE m.recipient = ANY(\(Redirects.circle("$1"))) AND (m.created_at, m.id) < ($2, $3)
        ORDER BY m.created_at DESC, m.id DESC LIMIT $4
        """)

    /// Publishes that a message that was sent has been opened, or a link in it followed; no row for any other.
    static let touch = Statement(
        "message.touch",
        """
        WITH touched AS (
            UPDATE message SET version = version + 1, updated_at = now() WHERE id = $1 AND status = 'sent' RETURNING *)
        INSERT INTO outbox (topic, key, seq, type, payload)
        SELECT 'crm.notifications', id::text, version, 'notifications.message.' || $2 || '.v1', json_build_object(
            'messageId', id, 'recipientId', recipient, 'deduplicationKey', dedup_key, 'reason', $3::text)::text
        FROM touched RETURNING id
        """)
}
