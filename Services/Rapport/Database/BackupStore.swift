import Postgres

/// The SQL of backups, run by a service's own role in its schema.
enum BackupStore {
    /// The last place that the outbox has given, and the transaction that comes next: what was given before is decided once all before it
    /// have ended.
    static let place = Query(
        "backup.place", gives: Int.self, Int.self,
        sql: """
            SELECT coalesce((SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM outbox_id_seq), 0),
                pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            """)

    /// The oldest transaction that has not ended.
    static let oldest = Query(
        "backup.oldest", gives: Int.self, sql: "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")

    /// Whether the schema has lives.
    static let hasLife = Query("backup.has_life", gives: Bool.self, sql: "SELECT to_regclass('life') IS NOT NULL")

    /// The life: epoch, incarnation and cause.
    static let life = Query(
        "backup.life", gives: Int.self, String.self, String.self,
        sql: "SELECT epoch, incarnation::text, cause FROM life")

    /// What the schema is at this moment, under a name by which another session sees the very same: the time, the server's version, the
    /// steps applied, and where the service stood.
    static let moment = Query(
        "backup.moment", gives: String.self, String.self, Int.self, String.self, String.self,
        sql: """
            SELECT pg_export_snapshot(), to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                current_setting('server_version_num')::int,
                (SELECT coalesce(json_agg(name ORDER BY name), '[]') FROM schema_migration)::text,
                (SELECT coalesce(json_agg(json_build_object('topic', topic, 'partition', part, 'next', next_offset)
                    ORDER BY topic, part), '[]') FROM consumer_offset)::text
            """)

    /// The steps that were applied.
    static let migrations = Query(
        "backup.migrations", gives: String.self, sql: "SELECT name FROM schema_migration ORDER BY name")

    /// Whether a schema holds anything that was told or read.
    static let isUsed = Query(
        "backup.is_used", gives: Bool.self,
        sql: "SELECT EXISTS (SELECT FROM consumer_offset) OR (SELECT is_called FROM outbox_id_seq)")

    /// The version of the server.
    static let server = Query(
        "backup.server", gives: Int.self, sql: "SELECT current_setting('server_version_num')::bigint")

    /// Lets the outbox go on behind a place, and behind what waits in it.
    static let setPlace = Query(
        "backup.set_place", takes: Int.self, gives: Int.self,
        sql: """
            SELECT setval('outbox_id_seq', greatest($1::bigint, (SELECT coalesce(max(id), 0) FROM outbox), 1))
            """)

    /// Ends the sessions of a service's programs, those that no suite knows of too.
    static let endOthers = Query(
        "backup.end_others", takes: String.self, gives: Bool.self,
        sql: """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()
                AND (application_name = $1 OR starts_with(application_name, $1 || ' '))
            """)

    /// Takes everything out of the schema, which its role may not make itself. Tables first: with them go the sequences that are theirs.
    static let clear = Statement(
        "backup.clear",
        """
        DO $$
        DECLARE part text;
        BEGIN
            FOREACH part IN ARRAY ARRAY(
                SELECT format('%s IF EXISTS %I CASCADE', k.word, c.relname)
                FROM pg_class c JOIN (VALUES (1, 'r', 'TABLE'), (1, 'p', 'TABLE'), (2, 'v', 'VIEW'),
                    (3, 'm', 'MATERIALIZED VIEW'), (4, 'S', 'SEQUENCE')) AS k(place, kind, word) ON k.kind = c.relkind::text
                WHERE c.relnamespace = current_schema()::regnamespace ORDER BY k.place, c.relname)
                || ARRAY(SELECT format('ROUTINE IF EXISTS %s CASCADE', oid::regprocedure)
                FROM pg_proc WHERE pronamespace = current_schema()::regnamespace)
            LOOP EXECUTE 'DROP ' || part; END LOOP;
        END $$
        """)
}
