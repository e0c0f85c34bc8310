import EventLoop
import Postgres

/// The SQL of custom fields.
enum FieldStore {
    static let statements: [any Preparable] = [all, labels, list, insert, lock, update, delete, strip, fill]

    static let all = Statement("field.all", "SELECT key, type, to_json(choices)::text FROM custom_field")

    static let labels = Statement("field.labels", "SELECT key, label FROM custom_field")

    private static let json = """
        json_build_object('key', key, 'version', version, 'label', label, 'type', type, 'choices', choices,
            'createdAt', created_at)
        """

    static let list = Query(
        "field.list", gives: String.self,
        sql: "SELECT coalesce(json_agg(\(json) ORDER BY label, key), '[]')::text FROM custom_field")

    static let insert = Query(
        "field.insert", takes: String.self, String.self, String.self, [String].self, gives: String.self,
        sql: """
            INSERT INTO custom_field (key, label, type, choices) VALUES ($1, $2, $3, $4::text[])
            RETURNING \(json)::text
            """)

    static let lock = Query(
        "field.lock", takes: String.self, gives: Int.self, String.self, String.self,
        sql: "SELECT version, type, \(json)::text FROM custom_field WHERE key = $1 FOR UPDATE")

    static let update = Query(
        "field.update", takes: String.self, String?.self, [String]?.self, gives: String.self, Int.self,
        sql: """
            UPDATE custom_field SET label = coalesce($2, label), choices = coalesce($3::text[], choices), version = version
                + ((label, choices) IS DISTINCT FROM (coalesce($2, label), coalesce($3::text[], choices)))::int
            WHERE key = $1 RETURNING \(json)::text, version
            """)

    static let delete = Statement("field.delete", "DELETE FROM custom_field WHERE key = $1")

    static let strip = Statement("field.strip", "DELETE FROM party_custom WHERE field = $1")

    /// What parties still have of a field that comes back is found by ranges again.
    static let fill = Statement(
        "field.fill",
        """
        \(PartyStore.numbers("p.custom ? $1 AND f.key = $1")) ON CONFLICT DO NOTHING
        """)
}
