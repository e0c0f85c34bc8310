import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of what channels tell.
enum InteractionStore {
    static let statements: [any Preparable] = [hold, put, claim, expire, get, forgetSenders]

    /// Keeps the one who indexes new parties waiting: who is not found now is met by him after this has committed.
    static let hold = Statement(
        "interaction.hold", "SELECT pg_advisory_xact_lock_shared(44, hashtext(current_schema()))")

    /// Writes touches, each once, with the parties that they are found to be of: $3 where the channel knows, else by the exact address or
    /// number, else by one that only one party has. Answers the places of those that are new.
    static let put = Query(
        "interaction.put",
        takes: [String].self, [String].self, [UUID?].self, [Date].self, [String].self, [SQLJSON].self, [String?].self,
        [String?].self, [String?].self, [String?].self, [String].self,
        gives: Int.self,
        sql: """
            WITH incoming AS (
                SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::jsonb[], $7::text[],
                    $8::text[], $9::text[], $10::text[], $11::text[]) WITH ORDINALITY
                    AS i(kind, reference, party_id, at, title, body, email, phone, mail_key, phone_key, sender, n)),
            found AS (
                SELECT DISTINCT ON (n) n, id FROM (
                    SELECT i.n, p.id, 1 AS rank, p.merged_into, p.created_at FROM incoming i
                    JOIN party p ON lower(p.email) = i.email AND p.email IS NOT NULL WHERE i.party_id IS NULL
                    UNION ALL
                    SELECT i.n, p.id, 2, p.merged_into, p.created_at FROM incoming i
                    JOIN party p ON reverse(p.phone) = reverse(i.phone) AND p.phone IS NOT NULL WHERE i.party_id IS NULL
                    UNION ALL
                    SELECT i.n, k.id, 3, NULL, NULL FROM incoming i CROSS JOIN LATERAL (
                        SELECT min(m.party_id::text)::uuid AS id FROM match_key m
                        WHERE (m.kind, m.key) IN (('mail', i.mail_key), ('phone', i.phone_key))
                        HAVING count(DISTINCT m.party_id) = 1) k WHERE i.party_id IS NULL) f
                ORDER BY n, rank, merged_into IS NOT NULL, created_at, id),
            written AS (
                INSERT INTO interaction (kind, reference, party_id, at, title, body, mail_key, phone_key, sender)
                SELECT i.kind, i.reference, coalesce(i.party_id, f.id), i.at, i.title, i.body, i.mail_key, i.phone_key, i.sender
                FROM incoming i LEFT JOIN found f USING (n) ON CONFLICT DO NOTHING RETURNING kind, reference)
            SELECT i.n FROM incoming i JOIN written w USING (kind, reference)
            """)

    /// Gives parties whose keys are new the touches that were nobody's.
    static let claim = Statement(
        "interaction.claim",
        """
        WITH mine AS (
            SELECT kind, key, min(party_id::text)::uuid AS party_id FROM match_key
            WHERE party_id = ANY($1::uuid[]) AND kind IN ('mail', 'phone') GROUP BY kind, key),
        matched AS (
            SELECT i.kind, i.reference, m.party_id FROM mine m JOIN interaction i ON m.kind = 'mail' AND i.mail_key = m.key
            WHERE i.party_id IS NULL
            UNION
            SELECT i.kind, i.reference, m.party_id FROM mine m JOIN interaction i ON m.kind = 'phone' AND i.phone_key = m.key
            WHERE i.party_id IS NULL)
        UPDATE interaction i SET party_id = m.party_id FROM matched m
        WHERE i.kind = m.kind AND i.reference = m.reference AND i.party_id IS NULL
        """)

    /// Lets go of what nobody has claimed in 90 days.
    static let expire = Statement(
        "interaction.expire", "DELETE FROM interaction WHERE party_id IS NULL AND told_at < now() - interval '90 days'")

    static let get = Query(
        "interaction.get", takes: String.self, String.self, gives: String.self,
        sql: """
            SELECT json_build_object('kind', kind, 'reference', reference, 'partyId', party_id, 'at', at, 'title', title,
                'told', body)::text FROM interaction WHERE kind = $1 AND reference = $2
            """)

    /// Takes what senders told out of the topic, which is compacted: a message without data replaces the last of each.
    static let forgetSenders = Statement(
        "interaction.forget_senders",
        """
        \(SQLEvent.end(of: "contacts.sender.forgotten", on: .interactions, key: "sender")) FROM (
            SELECT DISTINCT sender FROM interaction WHERE party_id = ANY($1::uuid[]) AND sender <> '') s
        """)
}
