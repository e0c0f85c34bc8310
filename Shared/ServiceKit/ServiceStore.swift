import EventLoop
import Kafka
import Postgres

/// The SQL that every service's process needs.
public enum ServiceStore {
    /// All statements, for the test that prepares them.
    public static let statements = [
        missingMigrations, keepAnswer, findAnswer, positions, takesChanges, littleMemory, useDisk,
    ]

    /// Those of some migrations that were not applied.
    static let missingMigrations = Statement(
        "service.missing_migrations",
        "SELECT n FROM unnest($1::text[]) AS n WHERE NOT EXISTS (SELECT 1 FROM schema_migration WHERE name = n)")

    /// Where the service stands in each partition; while a life is recovered another group reads its own topics, too.
    private static let positions = Statement(
        "service.positions", "SELECT topic, part, max(next_offset) FROM consumer_offset GROUP BY 1, 2 ORDER BY 1, 2")

    /// The offset that comes next in each partition, in order of topics; -1 before the first message.
    @Loop
    static func places(_ pool: PostgresPool) async throws -> [(partition: TopicPartition, next: Int64)] {
        try await pool.query(positions).map { row in
            let partition = TopicPartition(topic: try row.value(0), partition: Int32(try row.value(1) as Int))
            return (partition, Int64(try row.value(2) as Int))
        }
    }

    /// Whether the database takes changes: a standby does not.
    static let takesChanges = Statement(
        "service.takes_changes", "SELECT current_setting('transaction_read_only') = 'off'")

    /// Lets the transaction's sorts use the disk early.
    static let littleMemory = Statement("service.little_memory", "SELECT set_config('work_mem', '64kB', true)")

    /// A sort of some megabytes: it fails where the disk is full, and leaves nothing behind.
    static let useDisk = Statement(
        "service.use_disk",
        "SELECT count(*) FROM (SELECT repeat('x', 100) || i AS t FROM generate_series(1, 20000) AS i ORDER BY t OFFSET 0) s"
    )

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
