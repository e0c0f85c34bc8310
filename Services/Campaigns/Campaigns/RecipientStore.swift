import CRMModel
import Messaging
import Postgres

/// The SQL of a campaign's recipients.
enum RecipientStore {
    static let statements: [any Preparable] = [ask, outcome]

    /// Takes the next members of a campaign's audience behind `$2`: each gets its row, and those new with consent and a mail
    /// address a request for one message. $3 holds ids for the messages, as many as the page is long. Answers where it ended
    /// and how many it took.
    static let ask = Statement(
        "recipient.ask",
        """
        WITH taken AS (
            SELECT s.party_id, m.name, m.email, m.language, row_number() OVER (ORDER BY s.party_id) AS place,
                CASE WHEN m.may_mail IS NOT TRUE THEN 'no consent' WHEN m.email IS NULL THEN 'no mail address'
                    WHEN EXISTS (SELECT 1 FROM party_redirect d JOIN recipient r ON r.party_id = d.party_id
                        WHERE d.survivor_id = s.party_id AND r.campaign_id = $1 AND r.message_id IS NOT NULL)
                        THEN 'asked before a merge' END AS reason
            FROM segment_member s JOIN member m USING (party_id)
            WHERE s.segment = (SELECT segment FROM campaign WHERE id = $1)
                AND ($2::uuid IS NULL OR s.party_id > $2)
            ORDER BY s.party_id LIMIT cardinality($3::uuid[])),
        chosen AS (
            INSERT INTO recipient (campaign_id, party_id, message_id, status, reason)
            SELECT $1, t.party_id, CASE WHEN t.reason IS NULL THEN ($3::uuid[])[t.place] END,
                CASE WHEN t.reason IS NULL THEN 'requested' ELSE 'suppressed' END, t.reason
            FROM taken t
            ON CONFLICT DO NOTHING RETURNING party_id, message_id),
        asked AS (
            \(SQLEvent.insert(
                MessageRequested.self, key: "t.party_id::text", sequence: nil,
                [
                    "messageId": "h.message_id", "recipientId": "t.party_id", "channel": "'mail'", "address": "t.email",
                    "template": "c.template", "language": "t.language", "purpose": "c.purpose",
                    "deduplicationKey": "'campaign:' || c.id || ':' || t.party_id",
                    "data": "json_build_object('name', coalesce(t.name, ''), 'campaign', c.name, "
                        + "'subject', w.subject, 'body', w.body)",
                ]))
            FROM chosen h JOIN taken t USING (party_id) JOIN campaign c ON c.id = $1
            CROSS JOIN LATERAL (SELECT
                CASE WHEN c.subject_en IS NULL OR c.subject_zh IS NOT NULL AND t.language LIKE 'zh%'
                    THEN c.subject_zh ELSE c.subject_en END AS subject,
                CASE WHEN c.subject_en IS NULL OR c.subject_zh IS NOT NULL AND t.language LIKE 'zh%'
                    THEN c.body_zh ELSE c.body_en END AS body) w
            WHERE h.message_id IS NOT NULL ORDER BY t.place)
        SELECT party_id, count(*) OVER () FROM taken ORDER BY party_id DESC LIMIT 1
        """)

    /// What became of messages.
    static let outcome = Statement(
        "recipient.outcome",
        """
        UPDATE recipient r SET status = $3, reason = n.reason, updated_at = now()
        FROM unnest($1::uuid[], $2::uuid[], $4::text[]) AS n(campaign_id, party_id, reason)
        WHERE r.campaign_id = n.campaign_id AND r.party_id = n.party_id AND r.status <> $3
        """)
}
