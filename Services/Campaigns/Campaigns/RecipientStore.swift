import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of a campaign's recipients.
enum RecipientStore {
    static let statements: [any Preparable] = [audience, ask, askWaiting, giveUp, outcome, know]

    /// The next members of a campaign's audience behind `$2`, in order.
    static let audience = Query(
        "recipient.audience", takes: UUID.self, UUID?.self, Int.self, gives: UUID.self,
        sql: """
            SELECT s.party_id FROM segment_member s JOIN member m USING (party_id)
            WHERE s.segment = (SELECT segment FROM campaign WHERE id = $1)
                AND ($2::uuid IS NULL OR s.party_id > $2)
            ORDER BY s.party_id LIMIT $3
            """)

    /// Takes members of a campaign's audience: each gets its row, and those new with consent and a mail address a request for one message,
    /// which has the id given; those of whom contacts has told nothing yet wait for it.
    static let ask = Statement(
        "recipient.ask",
        """
        WITH known AS (
            SELECT n.party_id, n.message_id, m.name, m.email, m.language,
                CASE WHEN \(isUnknown) THEN 'unknown yet' WHEN m.may_mail IS NOT TRUE THEN 'no consent'
                    \(byAddress("$1"))
                    WHEN \(isAsked("$1", "n.party_id")) THEN 'asked before a merge' END AS reason, \(isUnknown) AS is_unknown
            FROM unnest($2::uuid[], $3::uuid[]) AS n(party_id, message_id) JOIN member m USING (party_id)),
        taken AS (\(onceEach("$1"))),
        chosen AS (
            INSERT INTO recipient (campaign_id, party_id, message_id, status, reason)
            SELECT $1, t.party_id, CASE WHEN t.reason IS NULL THEN t.message_id END,
                CASE WHEN t.reason IS NULL THEN 'requested' WHEN t.is_unknown THEN 'waiting' ELSE 'suppressed' END,
                t.reason
            FROM taken t ORDER BY t.party_id
            ON CONFLICT DO NOTHING RETURNING campaign_id, party_id, message_id, status),
        waits AS (
            \(Intents.insert(
                WaitingRecipients.name, within: "\(WaitingRecipients.bound)", key: "party_id::text",
                subject: "campaign_id::text || ':' || party_id"))
            FROM chosen WHERE status = 'waiting' ORDER BY party_id)
        \(message)
        FROM chosen h JOIN taken t USING (party_id) JOIN campaign c ON c.id = $1 \(words)
        WHERE h.message_id IS NOT NULL ORDER BY t.party_id
        """)

    /// Asks for the messages of recipients of whom contacts has told since, and says why not of the others; those of whom it has not
    /// told all wait on, and are given. One that somebody is at waits too.
    static let askWaiting = Query(
        "recipient.ask_waiting", takes: [UUID].self, [UUID].self, [UUID].self, gives: UUID.self, UUID.self,
        sql: """
            WITH incoming AS (
                SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS n(campaign_id, party_id, message_id)),
            open AS (
                SELECT r.campaign_id, r.party_id, n.message_id
                FROM incoming n JOIN recipient r USING (campaign_id, party_id)
                WHERE r.status = 'waiting' AND NOT \(isHalted("r.campaign_id"))
                ORDER BY 1, 2 FOR UPDATE OF r SKIP LOCKED),
            known AS (
                SELECT o.*, m.name, m.email, m.language,
                    CASE WHEN d.party_id IS NOT NULL THEN 'merged into another customer'
                        WHEN m.may_mail IS FALSE THEN 'no consent'
                        WHEN \(isAsked("o.campaign_id", "o.party_id")) THEN 'asked before a merge'
                        WHEN m.name IS NULL THEN NULL
                        \(byAddress("o.campaign_id")) END AS reason,
                    m.name IS NULL OR m.may_mail IS NULL AS is_unknown
                FROM open o JOIN member m USING (party_id) LEFT JOIN party_redirect d USING (party_id)),
            judged AS (\(onceEach("campaign_id"))),
            settled AS (
                UPDATE recipient r SET status = CASE WHEN j.reason IS NULL THEN 'requested' ELSE 'suppressed' END,
                    message_id = CASE WHEN j.reason IS NULL THEN j.message_id END, reason = j.reason, updated_at = now()
                FROM judged j WHERE r.campaign_id = j.campaign_id AND r.party_id = j.party_id
                    AND (j.reason IS NOT NULL OR NOT j.is_unknown)
                RETURNING r.campaign_id, r.party_id, r.message_id),
            asked AS (
                \(message)
                FROM settled h JOIN judged t USING (campaign_id, party_id) JOIN campaign c ON c.id = h.campaign_id \(words)
                WHERE h.message_id IS NOT NULL ORDER BY t.party_id)
            SELECT r.campaign_id, r.party_id FROM incoming n JOIN recipient r USING (campaign_id, party_id)
            WHERE r.status = 'waiting' AND NOT EXISTS (
                SELECT 1 FROM settled s WHERE s.campaign_id = r.campaign_id AND s.party_id = r.party_id)
            """)

    /// Of recipients whose time is over contacts has not told that they allow it. One that somebody is at waits on, and is given.
    static let giveUp = Query(
        "recipient.give_up", takes: [UUID].self, [UUID].self, gives: UUID.self, UUID.self,
        sql: """
            WITH waiting AS (
                SELECT r.campaign_id, r.party_id FROM unnest($1::uuid[], $2::uuid[]) AS n(campaign_id, party_id)
                JOIN recipient r USING (campaign_id, party_id) WHERE r.status = 'waiting'),
            open AS (
                SELECT r.campaign_id, r.party_id FROM recipient r JOIN waiting USING (campaign_id, party_id)
                WHERE r.status = 'waiting' AND NOT \(isHalted("r.campaign_id")) FOR UPDATE OF r SKIP LOCKED),
            settled AS (
                UPDATE recipient r SET status = 'suppressed', reason = 'no consent was told in time', updated_at = now()
                FROM open o WHERE r.campaign_id = o.campaign_id AND r.party_id = o.party_id)
            SELECT campaign_id, party_id FROM waiting EXCEPT SELECT campaign_id, party_id FROM open
            """)

    /// Why a mailbox is not written to, as parts of a CASE: what one of its owners withdrew counts for all, and a campaign writes to it once.
    private static func byAddress(_ campaign: String) -> String {
        """
        WHEN m.email IS NULL THEN 'no mail address'
        WHEN m.email !~ '^[!-~]+@' THEN 'a mail address that few servers take'
        WHEN EXISTS (SELECT FROM member a WHERE lower(a.email) = lower(m.email) AND a.may_mail IS FALSE)
            THEN 'withdrawn by another of the mail address'
        WHEN EXISTS (
            SELECT FROM member a JOIN recipient b ON b.campaign_id = \(campaign) AND b.party_id = a.party_id
            WHERE lower(a.email) = lower(m.email) AND b.message_id IS NOT NULL) THEN 'written to at the same mail address'
        """
    }

    /// Those who are known, but of several of one mailbox only the first.
    private static func onceEach(_ campaign: String) -> String {
        """
        SELECT party_id, message_id, name, email, language, \(campaign == "$1" ? "" : "campaign_id, ")is_unknown, coalesce(reason, CASE
            WHEN NOT is_unknown AND row_number() OVER (
                PARTITION BY \(campaign == "$1" ? "" : "campaign_id, ")lower(email), reason IS NULL AND NOT is_unknown ORDER BY party_id) > 1
            THEN 'written to at the same mail address' END) AS reason
        FROM known
        """
    }

    /// Whether contacts has told nothing yet of a member, who is known by orders only.
    private static let isUnknown = "(m.name IS NULL AND m.may_mail IS NULL)"

    /// Whether one who is merged into a party was asked by a campaign.
    private static func isAsked(_ campaign: String, _ party: String) -> String {
        """
        EXISTS (SELECT 1 FROM party_redirect x JOIN recipient y ON y.party_id = x.party_id
            WHERE x.survivor_id = \(party) AND y.campaign_id = \(campaign) AND y.message_id IS NOT NULL)
        """
    }

    /// Whether a campaign stands still: those who wait wait on.
    private static func isHalted(_ campaign: String) -> String {
        "EXISTS (SELECT FROM campaign c WHERE c.id = \(campaign) AND \(CampaignStore.isHalted))"
    }

    /// Whom a life before has asked for a message, which is known by its own request: nobody asks again, and nobody waits.
    static let know = Query(
        "recipient.know", takes: [UUID].self, [UUID].self, [UUID].self,
        sql: """
            WITH asked AS (
                SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS n(campaign_id, party_id, message_id)),
            gone AS (
                DELETE FROM intent i USING asked a WHERE i.kind = '\(WaitingRecipients.name)'
                    AND i.subject = a.campaign_id::text || ':' || a.party_id)
            INSERT INTO recipient AS r (campaign_id, party_id, message_id, status)
            SELECT campaign_id, party_id, message_id, 'requested' FROM asked
            ON CONFLICT (campaign_id, party_id) DO UPDATE SET message_id = excluded.message_id, status = 'requested',
                reason = NULL, updated_at = now()
            WHERE r.message_id IS NULL
            """)

    /// The request for the message of a recipient; `h` has its id, `t` the party, `c` the campaign, `w` its words.
    private static let message = SQLEvent.insert(
        MessageRequested.self, key: "t.party_id::text", sequence: nil,
        [
            "messageId": "h.message_id", "recipientId": "t.party_id", "channel": "'mail'", "address": "t.email",
            "template": "c.template", "language": "t.language", "purpose": "c.purpose",
            "deduplicationKey": "'campaign:' || c.id || ':' || t.party_id",
            "data": "json_build_object('name', coalesce(t.name, ''), 'campaign', c.name, "
                + "'subject', w.subject, 'body', w.body)",
        ])

    /// The campaign's words in the recipient's language.
    private static let words = """
        CROSS JOIN LATERAL (SELECT
            CASE WHEN c.subject_en IS NULL OR c.subject_zh IS NOT NULL AND t.language LIKE 'zh%'
                THEN c.subject_zh ELSE c.subject_en END AS subject,
            CASE WHEN c.subject_en IS NULL OR c.subject_zh IS NOT NULL AND t.language LIKE 'zh%'
                THEN c.body_zh ELSE c.body_en END AS body) w
        """

    /// What became of messages.
    static let outcome = Statement(
        "recipient.outcome",
        """
        UPDATE recipient r SET status = $3, reason = n.reason, updated_at = now()
        FROM unnest($1::uuid[], $2::uuid[], $4::text[]) AS n(campaign_id, party_id, reason)
        WHERE r.campaign_id = n.campaign_id AND r.party_id = n.party_id AND r.status <> $3
        """)
}
