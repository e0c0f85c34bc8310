import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of trees of parties. A merged party stands where its survivor stands; a merge may make two referrers of a party or a circle,
/// so every way ends where it has been.
enum ReferralStore {
    static let statements: [any Preparable] = [tops, referrer, isAbove, above, below]

    /// Who brought a party itself.
    static let referrer = Statement(
        "referral.referrer", "SELECT party_id FROM party_relation WHERE other_id = $1 AND kind = 'refers'")

    /// SQL: the next ones above the party `c.id` by relations of a kind, as survivors.
    private static func parents(_ kind: String) -> String {
        """
        SELECT coalesce(p.merged_into, p.id) AS id FROM party_relation r JOIN party p ON p.id = r.party_id
        WHERE r.kind = \(kind) AND r.other_id = ANY(\(Redirects.circle("c.id")))
        """
    }

    /// Who stands above the parties $1 by relations of the kind $2 and under nobody; of a circle the least.
    static let tops = Statement(
        "referral.tops",
        """
        WITH RECURSIVE up AS (
            SELECT coalesce(merged_into, id) AS id FROM party WHERE id = ANY($1::uuid[])
            UNION SELECT n.id FROM up c CROSS JOIN LATERAL (\(parents("$2"))) n),
        tops AS (SELECT c.id FROM up c WHERE NOT EXISTS (SELECT FROM (\(parents("$2"))) n))
        SELECT id FROM tops
        UNION SELECT min(id::text)::uuid FROM up HAVING count(*) > 0 AND NOT EXISTS (SELECT FROM tops) ORDER BY 1
        """)

    /// A row where the party $2 stands above $1 by relations of the kind $3.
    static let isAbove = Statement(
        "referral.is_above",
        """
        WITH RECURSIVE up AS (
            SELECT coalesce(merged_into, id) AS id FROM party WHERE id = $1
            UNION SELECT n.id FROM up c CROSS JOIN LATERAL (\(parents("$3"))) n)
        SELECT 1 FROM up WHERE id = (SELECT coalesce(merged_into, id) FROM party WHERE id = $2)
        """)

    /// The party and who is above it, at most a hundred, nearest first; no row where there is no such party.
    static let above = Query(
        "referral.above", takes: UUID.self,
        gives: UUID.self, String.self, String.self, Int.self, UUID?.self,
        sql: """
            WITH RECURSIVE up AS (
                SELECT id, 0 AS depth, ARRAY[id] AS way FROM party WHERE id = $1
                UNION ALL
                SELECT n.id, c.depth - 1, c.way || n.id FROM up c CROSS JOIN LATERAL (
                    SELECT min(id::text)::uuid AS id FROM (\(parents("'refers'"))) n) n
                WHERE n.id IS NOT NULL AND NOT n.id = ANY(c.way) AND c.depth > -100)
            SELECT c.id, p.name, \(stage), c.depth, lead(c.id) OVER (ORDER BY c.depth DESC)
            FROM up c JOIN party p ON p.id = c.id ORDER BY c.depth DESC
            """)

    /// Those below a party down to the depth $2, nearest first.
    static let below = Query(
        "referral.below", takes: UUID.self, Int.self, Int.self,
        gives: UUID.self, String.self, String.self, Int.self, UUID?.self,
        sql: """
            WITH RECURSIVE tree AS (
                SELECT id, 0 AS depth, NULL::uuid AS referrer, ARRAY[id] AS way FROM party WHERE id = $1
                UNION ALL
                SELECT n.id, c.depth + 1, c.id, c.way || n.id FROM tree c CROSS JOIN LATERAL (
                    SELECT DISTINCT coalesce(p.merged_into, p.id) AS id FROM party_relation r JOIN party p ON p.id = r.other_id
                    WHERE r.kind = 'refers' AND r.party_id = ANY(\(Redirects.circle("c.id")))) n
                WHERE c.depth < $2 AND NOT n.id = ANY(c.way)),
            bounded AS (SELECT * FROM tree WHERE depth > 0 LIMIT $3)
            SELECT c.id, p.name, \(stage), c.depth, c.referrer
            FROM bounded c JOIN party p ON p.id = c.id ORDER BY c.depth, p.sort_name, c.id
            """)

    private static let stage = """
        coalesce((SELECT s.stage FROM party_stage s WHERE s.party_id = p.id), 'prospect')
        """
}
