import FoundationEssentials
import Postgres

/// The SQL of saved views.
enum ViewStore {
    static let statements: [any Preparable] = [list, get, definition, insert, lock, update, delete]

    private static let json = """
        json_build_object('id', id, 'version', version, 'name', name, 'owner', owner, 'definition', definition,
            'updatedAt', updated_at)::text
        """

    static let list = Query(
        "view.list", takes: String?.self, UUID?.self, Int.self, gives: String.self, UUID.self,
        sql: """
            SELECT \(json), id FROM party_view WHERE ($1::text IS NULL OR owner IS NULL OR owner = $1)
                AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
            """)

    static let get = Query(
        "view.get", takes: UUID.self, gives: String.self, Int.self,
        sql: "SELECT \(json), version FROM party_view WHERE id = $1")

    static let definition = Query(
        "view.definition", takes: UUID.self, gives: String.self,
        sql: "SELECT definition::text FROM party_view WHERE id = $1")

    static let insert = Statement(
        "view.insert", "INSERT INTO party_view (id, name, owner, definition) VALUES ($1, $2, $3, $4::text::jsonb)")

    static let lock = Query(
        "view.lock", takes: UUID.self, gives: Int.self, String.self,
        sql: "SELECT version, \(json) FROM party_view WHERE id = $1 FOR UPDATE")

    static let update = Query(
        "view.update", takes: UUID.self, String.self, String?.self, String.self, gives: String.self, Int.self,
        sql: """
            UPDATE party_view SET name = $2, owner = $3, definition = $4::text::jsonb, updated_at = now(), version = version
                + ((name, owner, definition) IS DISTINCT FROM ($2::text, $3::text, $4::text::jsonb))::int
            WHERE id = $1 RETURNING \(json), version
            """)

    static let delete = Statement("view.delete", "DELETE FROM party_view WHERE id = $1")
}
