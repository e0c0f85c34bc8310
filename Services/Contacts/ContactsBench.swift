import CRMModel
import EventLoop
import Messaging
import Postgres
import ServiceKit
import Text

/// What the benchmarks need of contacts: its subscriptions on another topic, and its own statements as SQL text for pgbench.
extension ContactsService {
    /// The subscriptions of contacts, reading other topics.
    @Loop
    public static func subscriptions(to topics: [Topic]) -> Subscriptions { contactsSubscriptions(topics) }

    /// Makes 200 batches of 500 orders in a table, as columns of arrays: the parameters that a batch of the service would send.
    public static func benchBatches(customers: Int) -> [String] {
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
    public static var benchStatements: [String] {
        func column(_ name: String) -> String { "(SELECT \(name) FROM bench_batch WHERE n = :n)" }
        let fresh = "(SELECT array_agg(x || '-' || currval('bench_run')) FROM unnest(\(column("ids"))) x)"
        // Values are folded per party before they are sent, so the batch must name each party once.
        func folded(_ expression: String) -> String {
            "(SELECT array_agg(v ORDER BY p) FROM (SELECT p, \(expression) AS v FROM "
                + "unnest(\(column("parties")), \(column("totals")), \(column("numbers"))) AS u(p, t, c) GROUP BY p) AS f)"
        }
        let offset = "(SELECT next_offset FROM consumer_offset WHERE grp = 'bench')"
        return [
            "SELECT nextval('bench_run')",
            fill(
                ConsumerStore.move.sql,
                ["'bench'", "ARRAY['bench']", "ARRAY[0::bigint]", "ARRAY[\(offset)]", "ARRAY[\(offset) + 500]"]),
            fill(ConsumerStore.remember.sql, ["'bench'", column("sources"), fresh]),
            Redirects.hold.sql,
            fill(
                Ledger.record.sql,
                [
                    column("kinds"), fresh, column("parties"), column("times"), column("currencies"), column("totals"),
                    column("statuses"), column("cancelled"), column("lines"), column("times"),
                    "false",
                ]),
            fill(PartyStore.addMissing.sql, [folded("p"), folded("min(c)")]),
            fill(
                ValueStore.detail.sql,
                [
                    fresh, column("kinds"), column("currencies"), column("times"), column("nothing"), column("zeros"),
                    column("zeros"), column("details"),
                ]),
            fill(
                ValueStore.addCells.sql,
                [
                    column("kinds"), column("currencies"), column("times"), column("ones"), column("totals"),
                    column("cancelled"),
                ]),
            fill(ValueStore.lock.sql, [folded("p")]),
            fill(
                ValueStore.add.sql,
                [
                    column("kinds"), column("parties"), column("currencies"), column("times"), column("totals"),
                    column("zeros"), column("zeros"),
                ]),
            fill(ValueStore.publish.sql, [folded("p")]),
            fill(StageStore.judge.sql, [folded("p"), folded("'order'::text")]),
        ]
    }

    /// The statements of one create.
    public static var benchCreate: [String] {
        let id = "gen_random_uuid()"
        return [
            fill(
                PartyStore.insert.sql,
                [
                    id, "'consumer'", "'Bench ' || random()", "'b' || random() || '@example.com'",
                    "'+44' || (random() * 1000000000)::bigint", "NULL", "NULL", "NULL", "NULL", "'{}'", "NULL", "NULL",
                    "NULL", "'{}'", "'{}'", "'bench'", "'bench'",
                    "'\(SearchText(name: "Bench 7", emails: ["b7@example.com"], phones: ["+442010000007"], facets: ["kind=consumer"]).terms)'",
                ]),
            fill(
                Outbox.insert.sql,
                [
                    "'crm.contacts'", "\(id)::text", "1", "'contacts.party.created.v1'", "NULL",
                    "'{\"partyId\":\"01a20876-406b-70c6-b692-5766b1cf7d0b\",\"name\":\"Bench\",\"kind\":\"consumer\"}'",
                ]),
        ]
    }

    /// The statement of one read, for one of a list of ids.
    public static func benchRead(_ ids: String) -> String {
        let sql = PartyStore.get.sql.replacing("$1", with: "(ARRAY[\(ids)])[:n]::uuid")
        return sql.replacing("FROM party", with: "FROM contacts.party") + ";\n"
    }

    /// Puts expressions in the place of parameters, the higher numbers first.
    private static func fill(_ sql: String, _ values: [String]) -> String {
        values.indices.reversed().reduce(sql) { sql, index in
            sql.replacing("$\(index + 1)", with: values[index])
        }
    }
}
