import EventLoop
import Postgres

/// What PostgreSQL knows of a schema: all that decides how it behaves, each thing by its definition.
@Loop
struct Catalogue {
    private let settings: PostgresSettings

    init(of settings: PostgresSettings) { self.settings = settings }

    /// A text for each table, column, constraint, index, function, trigger, view, sequence and type, in order. Where a column stands
    /// among the others does not count.
    func definitions() async throws -> [String] { try await column(Self.all) }

    /// How many rows each table has.
    func counts() async throws -> [String: Int] {
        let names = try await column(
            "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'")
        let counts = names.map { "SELECT '\($0) ' || count(*) FROM \"\($0)\"" }
        let pairs = try await column(counts.joined(separator: " UNION ALL ")).map { $0.split(separator: " ") }
        return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), Int($0[1]) ?? -1) })
    }

    /// What only one of two has, a line each.
    static func differences(migrated: [String], fresh: [String]) -> [String] {
        Set(migrated).subtracting(fresh).sorted().map { "only migrated: \($0)" }
            + Set(fresh).subtracting(migrated).sorted().map { "only new: \($0)" }
    }

    private func column(_ sql: String) async throws -> [String] {
        let connection = try await PostgresConnection.open(settings)
        defer { connection.close() }
        return try await connection.transaction { transaction in
            try await transaction.query(Statement("catalogue", sql)).map { try $0.value(0) }
        }
    }

    /// Expressions without the brackets that need not be: a dump writes them otherwise than they were nested.
    private nonisolated static let all = """
        WITH relation AS (
            SELECT * FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')),
        known(text) AS (
            SELECT concat_ws(' ', 'relation', relname, relkind, relpersistence, 'partition of ' || nullif(relispartition, false),
                'row security ' || nullif(relrowsecurity, false), (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(reloptions) o))
            FROM relation
            UNION ALL
            SELECT concat_ws(' ', 'column', r.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod),
                CASE WHEN a.attnotnull THEN 'not null' END, 'default ' || pg_get_expr(d.adbin, d.adrelid, true),
                'identity ' || nullif(a.attidentity::text, ''), 'generated ' || nullif(a.attgenerated::text, ''),
                'collate ' || c.collname, 'storage ' || a.attstorage::text)
            FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
            LEFT JOIN pg_collation c ON c.oid = a.attcollation AND c.collname <> 'default'
            UNION ALL
            SELECT concat_ws(' ', 'constraint', r.relname, c.conname, pg_get_constraintdef(c.oid, true))
            FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
            UNION ALL
            SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid, 0, true), CASE WHEN NOT i.indisvalid THEN 'invalid' END)
            FROM relation r JOIN pg_index i ON i.indrelid = r.oid
            UNION ALL
            SELECT 'trigger ' || pg_get_triggerdef(t.oid, true) FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid
            WHERE NOT t.tgisinternal
            UNION ALL
            SELECT 'view ' || relname || pg_get_viewdef(oid, true) FROM relation WHERE relkind IN ('v', 'm')
            UNION ALL
            SELECT 'statistics ' || pg_get_statisticsobjdef(oid) FROM pg_statistic_ext
            WHERE stxnamespace = current_schema()::regnamespace
            UNION ALL
            SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc
            WHERE pronamespace = current_schema()::regnamespace AND prokind IN ('f', 'p')
            UNION ALL
            SELECT concat_ws(' ', 'sequence', c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin,
                s.seqmax, s.seqcache, s.seqcycle)
            FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
            WHERE c.relnamespace = current_schema()::regnamespace
            UNION ALL
            SELECT concat_ws(' ', 'type', t.typname, nullif(format_type(t.typbasetype, t.typtypmod), '-'),
                (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
                (SELECT string_agg(pg_get_constraintdef(c.oid, true), ' ' ORDER BY c.conname) FROM pg_constraint c
                    WHERE c.contypid = t.oid))
            FROM pg_type t WHERE t.typnamespace = current_schema()::regnamespace AND t.typtype IN ('e', 'd'))
        SELECT text FROM known ORDER BY text COLLATE "C"
        """
}
