import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of relations and references.
enum RelationStore {
    static let statements: [any Preparable] = [list, put, remove, refer, unrefer]

    /// Both ends of the relations of a party and of those merged into it; `direction` says on which side the party stands. Others that are
    /// merged are shown as what they are merged into. No row where there is no such party.
    static let list = Statement(
        "relation.list",
        """
        SELECT (SELECT coalesce(json_agg(json_build_object('kind', r.kind, 'direction', r.direction, 'partyId', o.id,
            'name', o.name, 'since', r.since, 'note', r.note) ORDER BY r.kind, r.direction, o.name, o.id), '[]')
            FROM (
                (SELECT kind, 'to' AS direction, other_id, since, note FROM party_relation
                    WHERE party_id = ANY(\(Redirects.circle("$1"))) LIMIT 1000)
                UNION
                (SELECT kind, 'from', party_id, since, note FROM party_relation
                    WHERE other_id = ANY(\(Redirects.circle("$1"))) LIMIT 1000)) r
            JOIN party b ON b.id = r.other_id JOIN party o ON o.id = coalesce(b.merged_into, b.id)
            WHERE o.id <> $1)::text
        FROM party p WHERE p.id = $1
        """)

    /// Says whether the relation is as asked for now; one that is there is not changed.
    static let put = Query(
        "relation.put", takes: UUID.self, String.self, UUID.self, String?.self, String?.self,
        gives: Bool.self,
        sql: """
            INSERT INTO party_relation AS r (party_id, kind, other_id, since, note) VALUES ($1, $2, $3, $4::text::date, $5)
            ON CONFLICT (party_id, kind, other_id) DO UPDATE SET note = r.note
            RETURNING (r.since, r.note) IS NOT DISTINCT FROM ($4::text::date, $5::text)
            """)

    static let remove = Statement(
        "relation.remove", "DELETE FROM party_relation WHERE party_id = $1 AND kind = $2 AND other_id = $3 RETURNING 1")

    /// Whose the reference is then, and whether it is new.
    static let refer = Query(
        "relation.refer", takes: String.self, String.self, UUID.self, gives: UUID?.self, Bool.self,
        sql: """
            INSERT INTO party_reference AS r (system, reference, party_id) VALUES ($1, $2, $3)
            ON CONFLICT (system, reference) DO UPDATE SET party_id = r.party_id RETURNING party_id, xmax = 0
            """)

    static let unrefer = Statement(
        "relation.unrefer",
        "DELETE FROM party_reference WHERE system = $1 AND reference = $2 AND party_id = $3 RETURNING 1")
}
