import Postgres

/// The SQL of saved views.
enum ViewStore {
    static let statements = [list, get, insert, lock, update, delete]

    private static let json = """
        json_build_object('id', id, 'version', version, 'name', name, 'owner', owner, 'definition', definition,
            'updatedAt', updated_at)::text
        """

    static let list = Statement(
        "view.list",
        """
        SELECT \(json), id FROM party_view WHERE ($1::text IS NULL OR owner IS NULL OR owner = $1)
            AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """)

    static let get = Statement("view.get", "SELECT \(json), version, definition::text FROM party_view WHERE id = $1")

    static let insert = Statement(
        "view.insert", "INSERT INTO party_view (id, name, owner, definition) VALUES ($1, $2, $3, $4::text::jsonb)")

    static let lock = Statement("view.lock", "SELECT version, \(json) FROM party_view WHERE id = $1 FOR UPDATE")

    static let update = Statement(
        "view.update",
        """
        UPDATE party_view SET version = version + 1, name = $2, owner = $3, definition = $4::text::jsonb,
            updated_at = now() WHERE id = $1 RETURNING \(json)
        """)

    static let delete = Statement("view.delete", "DELETE FROM party_view WHERE id = $1")
}
