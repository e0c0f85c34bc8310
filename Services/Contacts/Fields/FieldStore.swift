import EventLoop
import Postgres

/// The SQL of custom fields.
enum FieldStore {
    static let statements: [any Preparable] = [
        all, labels, list, insert, lock, update, delete, strip, fill, clearNumbers, insertNumbers,
    ]

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
        \(numbers("p.custom ? $1 AND f.key = $1")) ON CONFLICT DO NOTHING
        """)

    /// The numbers and days of parties' custom fields, which ranges ask for, anew: a day is counted from 1970-01-01. A value that was left
    /// by an earlier field of that name and another type is passed over.
    static let clearNumbers = Statement(
        "field.clear_numbers", "DELETE FROM party_custom WHERE party_id = ANY($1::uuid[])")
    static let insertNumbers = Statement("field.insert_numbers", numbers("p.id = ANY($1::uuid[])"))

    /// SQL: writes those of the parties `p` and the fields `f` that meet a condition.
    private static func numbers(_ condition: String) -> String {
        """
        INSERT INTO party_custom (party_id, field, number)
        SELECT id, key, number FROM (
            SELECT p.id, f.key, CASE
                WHEN f.type = 'number' AND jsonb_typeof(p.custom->f.key) = 'number' THEN (p.custom->>f.key)::numeric
                WHEN f.type = 'date' AND p.custom->>f.key ~ '^(?!0000)\\d{4}-(0[1-9]|1[0-2])-\\d\\d$' THEN
                    make_date(left(p.custom->>f.key, 4)::integer, substr(p.custom->>f.key, 6, 2)::integer, 1)
                    - date '1970-01-01' + right(p.custom->>f.key, 2)::integer - 1 END AS number
            FROM party p JOIN custom_field f ON p.custom ? f.key WHERE \(condition)) n
        WHERE number IS NOT NULL
        """
    }
}
