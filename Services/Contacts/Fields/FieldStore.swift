import EventLoop
import Postgres

/// The SQL of custom fields.
enum FieldStore {
    static let statements = [all, labels, list, insert, lock, update, delete, strip]

    static let all = Statement("field.all", "SELECT key, type, to_json(choices)::text FROM custom_field")

    static let labels = Statement("field.labels", "SELECT key, label FROM custom_field")

    private static let json = """
        json_build_object('key', key, 'version', version, 'label', label, 'type', type, 'choices', choices,
            'createdAt', created_at)::text
        """

    static let list = Statement("field.list", "SELECT \(json) FROM custom_field ORDER BY label, key")

    static let insert = Statement(
        "field.insert",
        "INSERT INTO custom_field (key, label, type, choices) VALUES ($1, $2, $3, $4::text[]) RETURNING \(json)")

    static let lock = Statement(
        "field.lock", "SELECT version, type, \(json) FROM custom_field WHERE key = $1 FOR UPDATE")

    static let update = Statement(
        "field.update",
        """
        UPDATE custom_field SET version = version + 1, label = coalesce($2, label),
            choices = coalesce($3::text[], choices) WHERE key = $1 RETURNING \(json)
        """)

    static let delete = Statement("field.delete", "DELETE FROM custom_field WHERE key = $1")

    static let strip = Statement("field.strip", "DELETE FROM party_custom WHERE field = $1")
}
