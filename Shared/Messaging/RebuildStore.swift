import EventLoop
import Postgres

/// The SQL of rebuilding: what is known beforehand, and what hangs on the plan. Names come from the program, never from outside.
public struct RebuildStore: Sendable {
    let live: String
    let build: String
    private let plan: RebuildPlan

    init(_ plan: RebuildPlan, live: String, build: String) {
        self.plan = plan
        self.live = live
        self.build = build
    }

    /// All statements that hang on no plan, for the test that prepares them.
    public static let statements = [claim, enter, impatience, begin, progress, end, abandon, list]

    /// The number of the lock that a rebuild holds, and nobody else: who works in the service waits for no rebuild.
    static let claimNumber = 48

    /// One at a time, until the session's end.
    static let claim = Statement(
        "rebuild.claim", "SELECT pg_try_advisory_lock(\(claimNumber), hashtext(current_schema()))")

    /// Lets plain names mean another schema until the transaction's end.
    static let enter = Statement("rebuild.enter", "SELECT set_config('search_path', $1, true)")

    /// For how long locks are waited for until the transaction's end.
    static let impatience = Statement("rebuild.impatience", "SELECT set_config('lock_timeout', '5s', true)")

    // MARK: The record

    /// Writes down that a rebuild has begun.
    public static let begin = Statement(
        "rebuild.begin", "INSERT INTO rebuild (actor, reason) VALUES ($1, $2) RETURNING id")

    /// How far it is.
    public static let progress = Statement(
        "rebuild.progress",
        "UPDATE rebuild SET messages = $2, expected = $3, seen_at = clock_timestamp() WHERE id = $1")

    /// How it ended.
    public static let end = Statement(
        "rebuild.end",
        """
        UPDATE rebuild SET state = $2, outcome = $3, error = $4, seen_at = clock_timestamp(),
            finished_at = clock_timestamp() WHERE id = $1
        """)

    /// What says nothing for half a minute has died with its process.
    public static let abandon = Statement(
        "rebuild.abandon",
        """
        UPDATE rebuild SET state = 'failed', error = 'its process has ended', finished_at = clock_timestamp()
        WHERE state = 'running' AND seen_at < clock_timestamp() - interval '30 seconds'
        """)

    /// The latest first.
    public static let list = Statement(
        "rebuild.list",
        """
        SELECT json_build_object('id', id, 'state', state, 'actor', actor, 'reason', reason, 'startedAt', started_at,
            'finishedAt', finished_at, 'messages', messages, 'expected', expected, 'outcome', outcome, 'error', error)::text
        FROM rebuild ORDER BY id DESC LIMIT 20
        """)

    // MARK: The tables

    /// Empties the schema of the new build. The schema stays: the service may not be allowed to make one.
    var clear: Statement {
        command(
            "clear",
            """
            IF to_regnamespace('\(build)') IS NOT NULL THEN
                FOR name IN SELECT c.oid::regclass::text FROM pg_class c
                    WHERE c.relnamespace = '\(build)'::regnamespace AND c.relkind = 'r'
                LOOP EXECUTE 'DROP TABLE IF EXISTS ' || name || ' CASCADE'; END LOOP;
                FOR name IN SELECT p.oid::regprocedure::text FROM pg_proc p
                    WHERE p.pronamespace = '\(build)'::regnamespace
                LOOP EXECUTE 'DROP FUNCTION ' || name || ' CASCADE'; END LOOP;
            END IF;
            """)
    }

    /// What makes the new schema one to rebuild in: nothing is published, and what refers to tables that are not rebuilt finds nothing
    /// there.
    var prepare: [Statement] {
        let models = plan.models.map { "'\($0.table)'" }.joined(separator: ", ")
        return [
            Statement(
                "rebuild.\(build).drop",
                """
                CREATE FUNCTION \(build).drop_event() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RETURN NULL; END $$
                """),
            Statement(
                "rebuild.\(build).silence",
                """
                CREATE TRIGGER silence BEFORE INSERT ON \(build).outbox FOR EACH ROW
                    EXECUTE FUNCTION \(build).drop_event()
                """),
            command(
                "free",
                """
                FOR name IN SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', r.conrelid::regclass, r.conname)
                    FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid
                    WHERE r.contype = 'f' AND r.connamespace = '\(build)'::regnamespace AND c.relname NOT IN (\(models))
                LOOP EXECUTE name; END LOOP;
                """),
        ]
            + plan.given.map {
                Statement("rebuild.\(build).give.\($0)", "INSERT INTO \(build).\($0) SELECT * FROM \(live).\($0)")
            }
    }

    /// Takes over the keys of sealed events as the live service knows them: those of the log may come after what they open.
    var keys: Statement {
        Statement(
            "rebuild.\(build).keys",
            """
            INSERT INTO \(build).subject_key AS k SELECT * FROM \(live).subject_key
            ON CONFLICT (subject, owner) DO UPDATE SET version = excluded.version, key = excluded.key,
                epoch = excluded.epoch, others = excluded.others, made_at = excluded.made_at
            WHERE k.version <= excluded.version OR k.epoch < excluded.epoch
            """)
    }

    /// For the planner, which would meet the new tables without any knowledge of them.
    var analyze: [Statement] {
        plan.models.map { Statement("rebuild.\(build).analyze.\($0.table)", "ANALYZE \(build).\($0.table)") }
    }

    /// Lets all who write wait: first the consumers, whose transactions begin with the offsets.
    var fence: Statement {
        let tables = (["consumer_offset"] + plan.given + plan.models.map(\.table)).map { "\(live).\($0)" }
        return command("fence", "LOCK TABLE \(tables.joined(separator: ", ")) IN SHARE ROW EXCLUSIVE MODE;")
    }

    /// Takes what is left of the persons who were erased from the live tables.
    var keepErased: [Statement] {
        guard let erased = plan.erased else { return [] }
        return plan.models.flatMap { model -> [Statement] in
            guard let person = model.person else { return [] }
            let of = "WHERE \(person) IN (\(erased))"
            return [
                Statement("rebuild.\(build).forget.\(model.table)", "DELETE FROM \(build).\(model.table) \(of)"),
                Statement(
                    "rebuild.\(build).keep.\(model.table)",
                    "INSERT INTO \(build).\(model.table) SELECT * FROM \(live).\(model.table) \(of)"),
            ]
        }
    }

    /// What is copied, as something to compare.
    var given: [ReadModel] { plan.given.map { ReadModel($0) } }

    /// Takes over what people mended of messages that the live service has applied since they were put aside, and gives those messages.
    var settled: Statement {
        Statement(
            "rebuild.\(build).settled",
            """
            UPDATE \(build).dead_letter b SET mended_payload = l.mended_payload, mended_headers = l.mended_headers,
                mended_at = l.mended_at
            FROM \(live).dead_letter l
            WHERE (l.grp, l.topic, l.part, l.off) = (b.grp, b.topic, b.part, b.off) AND l.status = 'resolved' RETURNING b.id
            """)
    }

    var leftOver: Statement {
        Statement(
            "rebuild.\(build).left_over",
            """
            SELECT (SELECT count(*) FROM \(build).dead_letter WHERE status = 'open'),
                (SELECT count(*) FROM \(build).parked_message)
            """)
    }

    /// Puts the new tables in the place of the live ones.
    var swap: Statement {
        command(
            "swap",
            plan.models.map { "DROP TABLE \(live).\($0.table); ALTER TABLE \(build).\($0.table) SET SCHEMA \(live);" }
                .joined(separator: "\n"))
    }

    /// Number and hash of the rows, whatever their order: two sums of 64-bit hashes with different seeds.
    static func hash(of model: ReadModel) -> Statement {
        Statement(
            "rebuild.hash.\(model.table)",
            """
            SELECT count(*), coalesce(md5(sum(hashtextextended(r.line, 0)::numeric)::text || ' '
                || sum(hashtextextended(r.line, 1)::numeric)::text), 'empty')
            FROM (\(model.rows)) AS r(line)
            """)
    }

    /// Several commands as one, and such as are for blocks only.
    private func command(_ name: String, _ body: String) -> Statement {
        Statement("rebuild.\(build).\(name)", "DO $$ DECLARE name text; BEGIN\n\(body)\nEND $$")
    }
}
