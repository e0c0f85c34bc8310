import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The SQL of consent.
enum ConsentStore {
    static let statements: [any Preparable] = [decide, settle, get, counting, decisions]

    /// Keeps decisions; the ERP's only where they change something, for its master repeats itself.
    static let decide = Query(
        "consent.decide", takes: [UUID].self, [String].self, [String].self, [Bool].self, [String].self, [String?].self,
        sql: """
            WITH incoming AS (
                SELECT n.* FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::text[])
                    AS n(party_id, channel, purpose, granted, source, proof)
                WHERE n.source <> 'erp' OR NOT EXISTS (
                    SELECT 1 FROM consent c WHERE c.party_id = n.party_id AND c.channel = n.channel
                        AND c.purpose = n.purpose AND c.granted = n.granted)),
            kept AS (
                INSERT INTO consent_decision (party_id, channel, purpose, granted, source, proof, decided_at)
                SELECT party_id, channel, purpose, granted, source, proof, clock_timestamp() FROM incoming
                RETURNING *)
            INSERT INTO consent AS c (party_id, channel, purpose, granted, source, decided_at)
            SELECT DISTINCT ON (party_id, channel, purpose) party_id, channel, purpose, granted, source, decided_at
            FROM kept ORDER BY party_id, channel, purpose, id DESC
            ON CONFLICT (party_id, channel, purpose) DO UPDATE
                SET granted = excluded.granted, source = excluded.source, decided_at = excluded.decided_at
            """)

    /// What counts for parties and all that are merged into them: the last word, but a refusal from before a merge stands until the
    /// person decides anew, for a merge may be wrong. Publishes what has changed; what nobody says any more is refused.
    static let settle = Statement(
        "consent.settle",
        """
        WITH roots AS (
            SELECT DISTINCT coalesce(r.survivor_id, n.id) AS id FROM unnest($1::uuid[]) AS n(id)
            LEFT JOIN party_redirect r ON r.party_id = n.id),
        circle AS (
            SELECT id, id AS member FROM roots
            UNION ALL SELECT r.survivor_id, r.party_id FROM roots o JOIN party_redirect r ON r.survivor_id = o.id),
        merged AS (
            SELECT c.id, max(m.merged_at) AS at FROM circle c
            JOIN party_merge m ON m.merged_id = c.member AND m.undone_at IS NULL GROUP BY c.id),
        said AS (
            SELECT c.id AS party_id, k.channel, k.purpose,
                (array_agg(k.granted ORDER BY k.decided_at DESC, k.granted))[1]
                    AND (bool_and(k.granted) OR max(k.decided_at) > coalesce(max(m.at), '-infinity')) AS granted,
                (array_agg(k.source ORDER BY k.decided_at DESC, k.granted))[1] AS source,
                max(k.decided_at) AS decided_at
            FROM circle c JOIN consent k ON k.party_id = c.member LEFT JOIN merged m ON m.id = c.id
            GROUP BY c.id, k.channel, k.purpose),
        before AS (SELECT e.* FROM roots o JOIN consent_effective e ON e.party_id = o.id),
        gone AS (
            DELETE FROM consent_effective e USING before b
            WHERE e.party_id = b.party_id AND e.channel = b.channel AND e.purpose = b.purpose AND NOT EXISTS (
                SELECT 1 FROM said s
                WHERE s.party_id = b.party_id AND s.channel = b.channel AND s.purpose = b.purpose)
            RETURNING e.party_id, e.channel, e.purpose, e.granted),
        written AS (
            INSERT INTO consent_effective AS e SELECT * FROM said
            ON CONFLICT (party_id, channel, purpose) DO UPDATE
                SET granted = excluded.granted, source = excluded.source, decided_at = excluded.decided_at),
        changed AS (
            SELECT *, row_number() OVER (PARTITION BY party_id ORDER BY channel, purpose) AS place FROM (
                SELECT s.party_id, s.channel, s.purpose, s.granted, s.source FROM said s
                LEFT JOIN before b USING (party_id, channel, purpose) WHERE s.granted IS DISTINCT FROM b.granted
                UNION ALL SELECT party_id, channel, purpose, false, 'merge undone' FROM gone WHERE granted) AS c),
        raised AS (
            UPDATE party p SET version = p.version + c.n
            FROM (SELECT party_id, count(*) AS n FROM changed GROUP BY party_id) c
            WHERE p.id = c.party_id RETURNING p.id, p.version, c.n)
        \(changed)
        FROM raised r JOIN changed c ON c.party_id = r.id ORDER BY r.id, c.place
        """)

    /// Tells what counts now; a party's changes have the numbers up to its new version.
    private static let changed = SQLEvent.insert(
        ConsentChanged.self, key: "r.id::text", sequence: "r.version - r.n + c.place",
        [
            "partyId": "r.id", "channel": "c.channel", "purpose": "c.purpose", "granted": "c.granted",
            "source": "c.source",
        ])

    /// What counts, for the survivor where the party is merged.
    static let get = Query(
        "consent.get", takes: UUID.self, gives: String.self,
        sql: """
            SELECT coalesce(json_agg(json_build_object('channel', channel, 'purpose', purpose, 'granted', granted,
                'source', source, 'decidedAt', decided_at) ORDER BY channel, purpose), '[]')::text
            FROM consent_effective
            WHERE party_id = coalesce((SELECT survivor_id FROM party_redirect WHERE party_id = $1), $1)
            """)

    /// What counts as rows, for the preference centre.
    static let counting = Query(
        "consent.counting", takes: UUID.self, gives: String.self, String.self, Bool.self,
        sql: """
            SELECT channel, purpose, granted FROM consent_effective
            WHERE party_id = coalesce((SELECT survivor_id FROM party_redirect WHERE party_id = $1), $1)
            """)

    /// Every decision of a party and of all that are merged into it, newest first.
    static let decisions = Query(
        "consent.decisions", takes: UUID.self, Int?.self, Int.self, gives: String.self, Int.self,
        sql: """
            SELECT json_build_object('id', id, 'partyId', party_id, 'channel', channel, 'purpose', purpose,
                'granted', granted, 'source', source, 'proof', proof, 'decidedAt', decided_at)::text, id
            FROM consent_decision WHERE party_id = ANY(\(Redirects.circle("$1"))) AND ($2::bigint IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3
            """)
}
