import Postgres

/// The SQL that every service's process needs.
public enum ServiceStore {
    /// All statements, for the test that prepares them.
    public static let statements = [missingMigrations, keepAnswer, findAnswer, positions]

    /// Those of some migrations that were not applied.
    static let missingMigrations = Statement(
        "service.missing_migrations",
        "SELECT n FROM unnest($1::text[]) AS n WHERE NOT EXISTS (SELECT 1 FROM schema_migration WHERE name = n)")

    static let positions = Statement(
        "service.positions", "SELECT topic, part, next_offset FROM consumer_offset ORDER BY topic, part")

    static let keepAnswer = Statement(
        "service.keep_answer",
        """
        INSERT INTO idempotency_key (key, fingerprint, status, content_type, body, headers)
        VALUES ($1, $2, $3, $4, $5, $6)
        """)

    static let findAnswer = Statement(
        "service.find_answer",
        "SELECT fingerprint, status, content_type, body, headers::text FROM idempotency_key WHERE key = $1")
}
