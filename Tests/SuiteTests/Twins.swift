import Broker
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Postgres
import TestKit

/// Two processes of sales on a database and a broker of the test's own, and orders that come all the time.
@Loop
final class Twins {
    /// The programs' processes.
    private(set) var processes: [ChildProcess] = []
    private let folder: String
    private let broker: Broker
    private let producer: KafkaProducer
    private let environment: [String]
    private let observer: PostgresConnection
    private let http: HTTPClient
    /// Orders that were written.
    private(set) var orders = 0
    private var load: Task<Void, Never>?

    /// Runs a test with two processes that share the work, and ends them afterwards.
    static func with(_ body: (Twins) async throws -> Void) async throws {
        let twins = try await Twins()
        do {
            try await twins.start()
            try await body(twins)
        } catch {
            for number in 1...2 { print("--- \(number)\n\(twins.log(of: number).suffix(3000))") }
            await twins.stop()
            throw error
        }
        await twins.stop()
    }

    private init() async throws {
        folder = try TestPaths.temporaryFolder()
        broker = try Broker(BrokerSettings(dataDirectory: folder + "/broker"))
        try await broker.start()
        let url = try await TestDatabase.make("twins")
        let brokers = "127.0.0.1:\(broker.port)"
        producer = try KafkaProducer(KafkaSettings(brokers: brokers, clientID: "test"))
        var own = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("KAFKA_") && $0.key != "API_TOKEN" }
        own.merge(["DATABASE_URL": url, "KAFKA_BROKERS": brokers]) { $1 }
        environment = own.map { "\($0.key)=\($0.value)" }
        let settings = PostgresSettings(url: url, applicationName: "observer", schema: "sales")
        observer = try await PostgresConnection.open(settings)
        http = try HTTPClient(connectionsPerHost: 2)
    }

    private func start() async throws {
        let migrate = try launch("migrate", 0)
        guard try await migrate.exit().isSuccess else { throw SuiteFailure(log(of: 0)) }
        for number in 1...2 { processes.append(try launch("serve", number)) }
        for number in 1...2 {
            try await eventually("process \(number) is ready", within: .seconds(60)) {
                try await ask(number, "/health/ready") != nil
            }
        }
        load = Task { @Loop in
            while (try? await Loop.sleep(for: .milliseconds(10))) != nil { try? order() }
        }
        try await eventually("work for both", within: .seconds(60)) {
            for number in 1...2 where try await !figure(number, "crm_consumer_lag_messages") { return false }
            return try await positions().count == 12
        }
    }

    /// Freezes or kills a process.
    func signal(_ number: Int, _ signal: Int32) { processes[number - 1].kill(signal) }

    /// Wakes it, or starts it again, and waits until both have work.
    func wake(_ number: Int, _ signal: Int32) async throws {
        if signal == SIGSTOP {
            processes[number - 1].kill(SIGCONT)
        } else {
            _ = try await processes[number - 1].exit()
            TestPaths.remove("\(folder)/\(number).log")
            processes[number - 1] = try launch("serve", number)
        }
        // What it says of itself before it has noticed is of yesterday.
        try await Loop.sleep(for: .seconds(3))
        try await eventually("it is ready", within: .seconds(60)) { try await ask(number, "/health/ready") != nil }
    }

    private func launch(_ word: String, _ number: Int) throws -> ChildProcess {
        try ChildProcess(
            try TestPaths.program("rapport-sales"), [word], environment: environment + ["INSTANCE=\(number)"],
            output: "\(folder)/\(number).log")
    }

    func log(of number: Int) -> String { TestPaths.contents("\(folder)/\(number).log") }

    private func order() throws {
        orders += 1
        let customer = "C\(orders % 97)"
        let json = """
            {"orderId":"O\(orders)","customerNo":"\(customer)","placedAt":"2026-01-01T00:00:00Z","currency":"EUR",
            "lines":[],"total":"7"}
            """
        let headers = [
            ("ce_specversion", "1.0"), ("ce_id", "\(orders)"), ("ce_source", "/erp"),
            ("ce_type", "erp.order.placed.v1"),
        ]
        try producer.produce(
            topic: "erp.orders", key: customer, value: Array(json.utf8),
            headers: headers.map { ($0.0, Array($0.1.utf8)) },
            id: orders)
    }

    // MARK: What is to be seen

    /// The next offset of each partition of orders.
    func positions() async throws -> [Int: Int] {
        let rows = try await query(
            "SELECT part, next_offset FROM consumer_offset WHERE topic = 'erp.orders' AND next_offset > 0")
        return try Dictionary(rows.map { (try $0.value(0) as Int, try $0.value(1) as Int) }) { $1 }
    }

    /// Puts an event into the outbox; answers its number.
    func tell() async throws -> Int {
        try await query(
            """
            INSERT INTO outbox (topic, key, seq, type, payload) VALUES ('crm.sales', gen_random_uuid()::text, 1, 'test', '{}')
            RETURNING id
            """)[0].value(0)
    }

    func query(_ sql: String) async throws -> Rows {
        try await observer.transaction { try await $0.query(Statement("test.\(sql.hashValue)", sql)) }
    }

    /// Whether a process has a figure and it is not zero, for whoever leads; that there are some, for lags.
    func figure(_ number: Int, _ name: String) async throws -> Bool {
        let lines = try await ask(number, "/metrics")?.split(separator: "\n").filter { $0.hasPrefix(name) } ?? []
        return lines.contains { name.hasSuffix("messages") || !$0.hasSuffix(" 0") }
    }

    /// What a process answers; nil where it does not with 200.
    func ask(_ number: Int, _ path: String) async throws -> String? {
        guard let address = log(of: number).firstRange(of: "http://127.0.0.1:") else { return nil }
        let port = log(of: number)[address.upperBound...].prefix { $0.isNumber }
        let request = ClientRequest(.get, "http://127.0.0.1:\(port)\(path)", timeout: .seconds(5))
        guard let answer = try? await http.send(request), answer.status == .ok else { return nil }
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// Waits until all orders are applied, and answers how many and for how much by the service's own books.
    func settle() async throws -> String {
        load?.cancel()
        guard await producer.flush(within: .seconds(20)) else { throw SuiteFailure("orders were not written") }
        try await eventually("all orders", within: .seconds(30)) {
            try await query("SELECT count(*) FROM erp_document")[0].value(0) as Int == orders
        }
        return try await ask(1, "/v1/ledger/totals") ?? ""
    }

    private func stop() async {
        load?.cancel()
        for process in processes {
            process.kill(SIGCONT)
            process.kill(SIGKILL)
            _ = try? await process.exit()
        }
        observer.close()
        producer.close()
        await broker.stop()
        TestPaths.remove(folder)
    }
}
