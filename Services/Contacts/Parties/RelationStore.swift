import Postgres

/// The SQL of relations and references.
enum RelationStore {
    static let statements = [list, put, remove, refer, unrefer]

    /// Both ends of a party's relations; `direction` says on which side the party stands.
    static let list = Statement(
        "relation.list",
        """
        SELECT coalesce(json_agg(json_build_object('kind', r.kind, 'direction', r.direction, 'partyId', r.other_id,
            'name', o.name, 'since', r.since, 'note', r.note) ORDER BY r.kind, r.direction, o.name), '[]')::text
        FROM (
            (SELECT kind, 'to' AS direction, other_id, since, note FROM party_relation WHERE party_id = $1 LIMIT 1000)
            UNION ALL
            (SELECT kind, 'from', party_id, since, note FROM party_relation WHERE other_id = $1 LIMIT 1000)) r
        JOIN party o ON o.id = r.other_id
        """)

    static let put = Statement(
        "relation.put",
        """
        INSERT INTO party_relation (party_id, kind, other_id, since, note) VALUES ($1, $2, $3, $4::text::date, $5)
        ON CONFLICT (party_id, kind, other_id) DO UPDATE SET since = excluded.since, note = excluded.note
        """)

    static let remove = Statement(
        "relation.remove", "DELETE FROM party_relation WHERE party_id = $1 AND kind = $2 AND other_id = $3 RETURNING 1")

    static let refer = Statement(
        "relation.refer",
        """
        INSERT INTO party_reference AS r (system, reference, party_id) VALUES ($1, $2, $3)
        ON CONFLICT (system, reference) DO UPDATE SET party_id = r.party_id RETURNING party_id
        """)

    static let unrefer = Statement(
        "relation.unrefer",
        "DELETE FROM party_reference WHERE system = $1 AND reference = $2 AND party_id = $3 RETURNING 1")
}
