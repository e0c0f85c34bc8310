import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of what channels tell.
enum InteractionStore {
    static let statements: [any Preparable] = [put, take, claim, expire, get, forgetSenders, forget]

    /// Writes touches, each once, with the parties that they are found to be of: $3 where the channel knows, else by the exact address or
    /// number, else by one that only one party has. What is nobody's is looked at again. One from before sources were kept is taken for the
    /// one that is told again under its number. Answers the places of those that are new.
    static let put = Query(
        "interaction.put",
        takes: [String].self, [String].self, [UUID?].self, [Date].self, [String].self, [SQLJSON].self, [String?].self,
        [String?].self, [String?].self, [String?].self, [String].self, [String].self,
        gives: Int.self,
        sql: """
            WITH incoming AS (
                SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::jsonb[], $7::text[],
                    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]) WITH ORDINALITY
                    AS i(kind, reference, party_id, at, title, body, email, phone, mail_key, phone_key, sender, source, n)),
            nameless AS (
                SELECT t.kind, t.reference, i.source FROM incoming i JOIN interaction t USING (kind, reference)
                WHERE t.source = '' AND NOT EXISTS (
                    SELECT FROM interaction x WHERE x.kind = i.kind AND x.reference = i.reference AND x.source = i.source)
                ORDER BY t.kind, t.reference FOR UPDATE OF t),
            known AS (
                UPDATE interaction t SET source = n.source FROM nameless n
                WHERE t.kind = n.kind AND t.reference = n.reference AND t.source = ''
                RETURNING t.kind, t.reference, t.source),
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
                INSERT INTO interaction (kind, reference, party_id, at, title, body, mail_key, phone_key, sender, source)
                SELECT i.kind, i.reference, coalesce(i.party_id, f.id), i.at, i.title, i.body, i.mail_key, i.phone_key, i.sender,
                    i.source
                FROM incoming i LEFT JOIN found f USING (n)
                WHERE (i.kind, i.reference, i.source) NOT IN (SELECT kind, reference, source FROM known)
                ORDER BY i.kind, i.reference, i.source
                ON CONFLICT DO NOTHING RETURNING kind, reference, source, party_id),
            unclaimed AS (
                INSERT INTO interaction_check (kind, reference, source)
                SELECT kind, reference, source FROM written WHERE party_id IS NULL)
            SELECT i.n FROM incoming i JOIN written w USING (kind, reference, source)
            """)

    /// Takes parties and touches off the queue.
    static let take = Query(
        "interaction.take", takes: Int.self, gives: UUID?.self, String?.self, String?.self, String.self,
        sql: """
            DELETE FROM interaction_check WHERE id IN (
                SELECT id FROM interaction_check ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
            RETURNING party_id, kind, reference, coalesce(source, '')
            """)

    /// Gives parties whose keys are new the touches that were nobody's, and touches the one party that has their address or number; in
    /// order of touches, as two may be at it.
    static let claim = Query(
        "interaction.claim", takes: [UUID].self, [String].self, [String].self, [String].self,
        sql: """
            WITH mine AS (
                SELECT kind, key, min(party_id::text)::uuid AS party_id FROM match_key
                WHERE party_id = ANY($1::uuid[]) AND kind IN ('mail', 'phone') GROUP BY kind, key),
            matched AS (
                SELECT i.kind, i.reference, i.source, m.party_id FROM mine m JOIN interaction i ON m.kind = 'mail' AND i.mail_key = m.key
                WHERE i.party_id IS NULL
                UNION
                SELECT i.kind, i.reference, i.source, m.party_id FROM mine m JOIN interaction i ON m.kind = 'phone' AND i.phone_key = m.key
                WHERE i.party_id IS NULL
                UNION
                SELECT i.kind, i.reference, i.source, k.party_id
                FROM unnest($2::text[], $3::text[], $4::text[]) AS n(kind, reference, source)
                JOIN interaction i ON i.kind = n.kind AND i.reference = n.reference AND i.source = n.source AND i.party_id IS NULL
                CROSS JOIN LATERAL (
                    SELECT min(m.party_id::text)::uuid AS party_id FROM match_key m
                    WHERE (m.kind, m.key) IN (('mail', i.mail_key), ('phone', i.phone_key))
                    HAVING count(DISTINCT m.party_id) = 1) k),
            locked AS (
                SELECT i.kind, i.reference, i.source, m.party_id
                FROM (SELECT * FROM matched ORDER BY kind, reference, source, party_id) m
                CROSS JOIN LATERAL (
                    SELECT * FROM interaction i WHERE i.kind = m.kind AND i.reference = m.reference AND i.source = m.source
                        AND i.party_id IS NULL FOR UPDATE) i)
            UPDATE interaction i SET party_id = m.party_id FROM locked m
            WHERE i.kind = m.kind AND i.reference = m.reference AND i.source = m.source AND i.party_id IS NULL
            """)

    /// Lets go of what nobody has claimed in 90 days, and waits for none that somebody claims.
    static let expire = Statement(
        "interaction.expire",
        """
        DELETE FROM interaction WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM interaction WHERE party_id IS NULL AND told_at < now() - interval '90 days'
            LIMIT 5000 FOR UPDATE SKIP LOCKED))
        """)

    /// That of a source, or of whichever told it first.
    static let get = Query(
        "interaction.get", takes: String.self, String.self, String?.self, gives: String.self,
        sql: """
            SELECT json_build_object('kind', kind, 'reference', reference, 'source', nullif(source, ''), 'partyId', party_id,
                'at', at, 'title', title, 'told', body)::text
            FROM interaction WHERE kind = $1 AND reference = $2 AND ($3::text IS NULL OR source = $3)
            ORDER BY told_at, source LIMIT 1
            """)

    /// What ends a sender on the topic says that it is.
    static let senderForgotten = "contacts.sender.forgotten"

    /// Takes what senders told out of the topic, which is compacted: a message without data replaces the last of each. Also of touches that
    /// are nobody's and come from an address or a number of the parties.
    static let forgetSenders = Statement(
        "interaction.forget_senders",
        """
        \(SQLEvent.end(of: senderForgotten, on: .interactions, key: "sender")) FROM (
            SELECT sender FROM interaction WHERE party_id = ANY($1::uuid[]) AND sender <> ''
            UNION
            SELECT i.sender FROM match_key k JOIN interaction i ON i.mail_key = k.key AND i.party_id IS NULL
            WHERE k.party_id = ANY($1::uuid[]) AND k.kind = 'mail' AND i.sender <> ''
            UNION
            SELECT i.sender FROM match_key k JOIN interaction i ON i.phone_key = k.key AND i.party_id IS NULL
            WHERE k.party_id = ANY($1::uuid[]) AND k.kind = 'phone' AND i.sender <> '') s
        """)

    /// Deletes what senders told who were forgotten, but what is another party's.
    static let forget = Query(
        "interaction.forget", takes: [String].self,
        sql: """
            DELETE FROM interaction i WHERE sender = ANY($1::text[]) AND (party_id IS NULL
                OR EXISTS (SELECT FROM erasure e WHERE i.party_id = ANY(e.parties)))
            """)
}
