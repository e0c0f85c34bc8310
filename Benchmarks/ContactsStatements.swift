import CRMModel
import Contacts
import EventLoop
import Messaging
import Postgres
import ServiceKit
import Telemetry
import Text

extension ContactsService {
    /// The subscriptions of contacts, reading other topics.
    @Loop
    static func subscriptions(to topics: [Topic]) throws -> Subscriptions {
        // Nothing that it hears asks for a connection of its own.
        let pool = PostgresPool(PostgresSettings(url: "", applicationName: "bench"), size: 0)
        let context = ServiceContext(pool: pool, log: Log(service: name), settings: Settings([:]))
        return try compose(context).subscriptions.reading(topics)
    }
}

/// What contacts does, as SQL text for pgbench: its own statements, with expressions in the place of parameters.
enum ContactsStatements {
    /// Makes 200 batches of 500 orders in a table, as columns of arrays: the parameters that a batch of the service would send.
    static func batches(customers: Int) -> [String] {
        [
            "INSERT INTO consumer_offset (grp, topic, part, next_offset) VALUES ('bench', 'bench', 0, 0)",
            """
            CREATE TABLE bench_batch AS
            SELECT b AS n, array_agg('order'::text) AS kinds, array_agg('o' || b || '-' || i) AS ids,
                array_agg('/bench'::text) AS sources, array_agg(md5(c::text)::uuid) AS parties,
                array_agg('c' || c) AS numbers, array_agg(now()) AS times, array_agg('GBP'::text) AS currencies,
                array_agg((c * 7)::bigint) AS totals, array_agg('open'::text) AS statuses,
                array_agg(false) AS cancelled, array_agg(5::bigint) AS lines, array_agg(1::bigint) AS ones,
                array_agg(0::bigint) AS zeros, array_agg(NULL::text) AS nothing,
                array_agg('[["10001",30000,75000],["10002",60000,150000],["10003",10000,25000],'
                    '["10004",10000,25000],["10005",120000,300000]]'::jsonb) AS details
            FROM generate_series(1, 200) b,
                LATERAL (SELECT i, min((random() * \(customers))::int) AS c FROM generate_series(1, 500) i
                    WHERE b > 0 GROUP BY i) AS drawn
            GROUP BY b
            """,
            "CREATE UNIQUE INDEX bench_batch_n ON bench_batch (n)",
            "CREATE SEQUENCE bench_run",
        ]
    }

    /// The statements of one batch: move the offset, remember the events, record the documents, add the parties, add the values,
    /// publish. Each batch is told under new ids, as the service would meet it.
    static func batch() throws -> [String] {
        func column(_ name: String) -> String { "(SELECT \(name) FROM bench_batch WHERE n = :n)" }
        let fresh = "(SELECT array_agg(x || '-' || currval('bench_run')) FROM unnest(\(column("ids"))) x)"
        // Values are folded per party before they are sent, so the batch must name each party once.
        func folded(_ expression: String) -> String {
            "(SELECT array_agg(v ORDER BY p) FROM (SELECT p, \(expression) AS v FROM "
                + "unnest(\(column("parties")), \(column("totals")), \(column("numbers"))) AS u(p, t, c) GROUP BY p) AS f)"
        }
        let offset = "(SELECT next_offset FROM consumer_offset WHERE grp = 'bench')"
        return try [
            "SELECT nextval('bench_run')",
            fill(
                ConsumerStore.move.sql,
                ["'bench'", "ARRAY['bench']", "ARRAY[0::bigint]", "ARRAY[\(offset)]", "ARRAY[\(offset) + 500]"]),
            fill(ConsumerStore.remember.sql, ["'bench'", column("sources"), fresh]),
            fill(
                Redirects.take.sql,
                [
                    "(SELECT array_agg(l ORDER BY l) FROM (SELECT DISTINCT (get_byte(uuid_send(p), 15) & 63)::bigint AS l "
                        + "FROM unnest(\(column("parties"))) p) d)",
                    "'{}'::boolean[]",
                ]),
            fill(
                LedgerStore.record.statement.sql,
                [
                    column("sources"), column("kinds"), fresh, column("parties"), column("ones"), column("times"),
                    column("cancelled"), column("times"), column("currencies"), column("totals"), column("statuses"),
                    column("lines"), column("cancelled"), "false", "'{}'::uuid[]",
                ]),
            fill(named("party.add_missing").sql, [folded("p"), folded("min(c)"), folded("'/bench'::text")]),
            fill(
                named("value.detail").sql,
                [
                    fresh, column("kinds"), column("sources"), column("currencies"), column("times"), column("nothing"),
                    column("zeros"), column("zeros"), column("totals"), column("details"),
                ]),
            fill(
                named("value.add_cells").sql,
                [
                    column("kinds"), column("currencies"), column("times"), column("ones"), column("totals"),
                    column("cancelled"),
                ]),
            fill(named("party.lock_and_raise").sql, [folded("p")]),
            fill(
                named("value.add").sql,
                [
                    column("kinds"), column("parties"), column("currencies"), column("times"), column("totals"),
                    column("zeros"), column("zeros"),
                ]),
            fill(named("value.publish").sql, [folded("p")]),
            fill(named("stage.judge").sql, [folded("p"), folded("'order'::text")]),
        ]
    }

    /// As many terms as the name, the address and the number of such a party are searched by.
    private static let terms = 28

    /// The statements of one create.
    static func create() throws -> [String] {
        let id = "gen_random_uuid()"
        return try [
            fill(
                named("party.insert").sql,
                [
                    id, "'consumer'", "'Bench ' || random()", "'b' || random() || '@example.com'",
                    "'+44' || (random() * 1000000000)::bigint", "NULL", "NULL", "NULL", "NULL", "'{}'", "NULL", "NULL",
                    "NULL", "'{}'", "'{}'", "'bench'", "'bench'",
                    "'{\((1...terms).map(String.init).joined(separator: ","))}'",
                ]),
            fill(
                Outbox.insert.sql,
                [
                    "'crm.contacts'", "\(id)::text", "1", "'contacts.party.created.v1'", "NULL",
                    "'{\"partyId\":\"01a20876-406b-70c6-b692-5766b1cf7d0b\",\"name\":\"Bench\",\"kind\":\"consumer\"}'",
                ]),
            fill(
                named("audit.write").sql,
                [
                    "'{\"id\":\"01a20876-406b-70c6-b692-5766b1cf7d0b\",\"at\":\"2026-12-01T02:00:00.000000Z\",\"actor\":\"local\"}'",
                    "'local'", "'party.made'", "'party:' || gen_random_uuid()",
                ]),
        ]
    }

    /// The statement of one read, for one of a list of ids.
    static func read(_ ids: String) throws -> String {
        let sql = try named("party.get").sql.replacing("$1", with: "(ARRAY[\(ids)])[:n]::uuid")
        return sql.replacing("FROM party", with: "FROM contacts.party") + ";\n"
    }

    /// A statement of the service by its name.
    static func named(_ name: String) throws -> Statement {
        guard let statement = ContactsService.statements.first(where: { $0.name == name }) else {
            throw BenchError(text: "contacts has no statement \(name) any more")
        }
        return statement
    }

    /// Puts expressions in the place of parameters, the higher numbers first. A statement that has got other parameters since says so.
    private static func fill(_ sql: String, _ values: [String]) throws -> String {
        let numbers = sql.matches(of: /\$(\d+)/).compactMap { Int($0.1) }
        guard Set(numbers) == Set(1...values.count) else {
            throw BenchError(text: "has other parameters than the \(values.count) that are filled in here: \(sql)")
        }
        return values.indices.reversed().reduce(sql) { sql, index in
            sql.replacing("$\(index + 1)", with: values[index])
        }
    }
}
