import CRMModel
import Contacts
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres
import ServiceKit
import Telemetry

/// What customer value costs: orders applied beside millions that are stored, a pass over a million customers, a fit of the models.
///
/// `BENCH_STORED` names the sizes of the ledger in millions, `0,1,10` unless given; `BENCH_CUSTOMERS` the customers of the pass and the
/// fit in thousands, 1000 unless given.
@Loop
struct ValueBench {
    let bench: Bench
    private let count = 150_000
    /// Applied before it counts: a page that is touched for the first time since a checkpoint goes to the log whole, and in a large base
    /// that is nearly every page at first and few later.
    private let warmUp = 90_000

    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let sizes = (environment["BENCH_STORED"] ?? "0,1,10").split(separator: ",").compactMap { Double($0) }
        bench.title(
            "customer value: orders of 5 lines applied beside stored ones, 500 a transaction, behind 90,000 others")
        var first: Double?
        for millions in sizes {
            let rate = try await apply(beside: millions)
            let name = "events applied per second, \(decimal(millions, 1)) million stored"
            bench.row(
                name, grouped(rate), ratio: first.map { rate / $0 }, goal: first == nil ? "" : ">= 0.80 of the first")
            first = first ?? rate
        }
        let thousands = environment["BENCH_CUSTOMERS"].flatMap { Int($0) } ?? 1000
        if thousands > 0 { try await refresh(customers: thousands * 1000) }
    }

    // MARK: Applying beside stored orders

    private func apply(beside millions: Double) async throws -> Double {
        let settings = try await bench.contactsSchema()
        // As many customers for each order as there are in the demo's file: a million for ten million orders.
        let customers = max(20_000, Int(millions * 100_000))
        if millions > 0 {
            try await StoredOrders.fill(
                settings, orders: Int(millions * 1_000_000), customers: customers, prefix: "v")
        }
        let topic = Topic(name: "bench.value.\(UInt32.random(in: 0 ... .max))", key: "customer number", owner: "bench")
        try await KafkaAdmin.createTopics([TopicPlan(name: topic.name, partitions: 12)], bench.kafka)
        try await bench.publish(count, customers: customers, prefix: "v", to: topic.name)
        let runner = ConsumerRunner(
            try ContactsService.subscriptions(to: [topic]), group: "bench-\(topic.name)", kafka: bench.kafka,
            postgres: settings)
        runner.onProblem = { print("  problem: \($0)") }
        try runner.start()
        while runner.statistics.applied < warmUp { try await Loop.sleep(for: .milliseconds(2)) }
        let begin = (Loop.now, runner.statistics.applied)
        while runner.statistics.applied < count { try await Loop.sleep(for: .milliseconds(2)) }
        let rate = Double(runner.statistics.applied - begin.1) / (Loop.now - begin.0).seconds
        await runner.stop()
        return rate
    }

    // MARK: The whole base

    private func refresh(customers: Int) async throws {
        let settings = try await bench.contactsSchema()
        try await StoredOrders.fill(settings, orders: customers * 3, customers: customers, prefix: "v")
        bench.title(
            "customer value: a base of \(grouped(Double(customers))) customers, \(grouped(Double(customers * 3))) orders"
        )
        for (name, seconds) in try await passes(settings) {
            bench.row(name, "\(decimal(seconds, 2)) s")
        }
    }

    /// Runs every pass over the base once, and says how many seconds each took.
    private func passes(_ settings: PostgresSettings) async throws -> [(String, Double)] {
        let pool = PostgresPool(settings, size: 2)
        try await pool.start()
        defer { pool.close() }
        let context = ServiceContext(pool: pool, log: Log(service: "bench"), settings: Settings([:]))
        var times: [(String, Double)] = []
        func time(_ name: String, _ work: () async throws -> Void) async throws {
            let begin = Loop.now
            try await work()
            times.append((name, (Loop.now - begin).seconds))
        }
        try await time("edges of the classes refreshed") { try await ValueScale.refresh(context) }
        let id = UUID()
        try await time("models fitted, and every customer foretold") {
            _ = try await pool.query(ContactsStatements.named("model.ask"), id, "GBP", 52)
            _ = try await ModelWorker(context).workOne()
        }
        let row = try await pool.query(
            Statement(
                "bench.fit", "SELECT coalesce(fit_seconds, -1), coalesce(error, '') FROM model_run WHERE id = $1"), id)
        if let fit = row.first {
            times.append(("  of it the fits \(try fit.value(1) as String)", try fit.value(0)))
        }
        for report in Report.all {
            try await time("report \(report.name)") { try await Reports.refresh(report, "GBP", context) }
        }
        _ = try await pool.query(
            Statement("bench.stale", "INSERT INTO month_stale SELECT currency, max(month) FROM party_month GROUP BY 1"))
        try await time("report persistency again, its newest month counted anew") {
            for report in Report.all where report.name == "persistency" {
                try await Reports.refresh(report, "GBP", context)
            }
        }
        return times
    }
}
