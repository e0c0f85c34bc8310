import EventLoop
import FoundationEssentials
import Postgres

/// Creates and reads by HTTP at 8 connections, beside pgbench with the same statements at 8 clients.
@Loop
struct HTTPBench {
    let bench: Bench
    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        bench.title("HTTP: contacts, 8 connections")
        _ = try await bench.contactsSchema()
        let program = try await RunningProgram.start("rapport-contacts", bench)
        defer { program.kill() }
        try await creates(program.port)
        let ids = try await someIDs()
        let read = try await load(program.port, seconds: 5) { number in
            "GET /v1/parties/\(ids[number % ids.count]) HTTP/1.1\r\nHost: localhost\r\n\r\n"
        }
        let list = ids.map { "'\($0)'" }.joined(separator: ",")
        let peer = try await bench.pgbench(
            "\\set n random(1, \(ids.count))\n" + ContactsStatements.read(list), clients: 8)
        bench.row(
            "reads per second", grouped(read), beside: "pgbench \(grouped(peer))", ratio: read / peer, goal: ">= 0.45")
    }

    /// Creates at 8 connections, beside pgbench with the same transaction; `first` keeps names apart from what is there.
    func creates(_ port: Int, first: Int = 0) async throws {
        let created = try await load(port, seconds: 6) { number in
            let id = first + number
            let body =
                "{\"name\":\"Bench \(id)\",\"email\":\"b\(id)@example.com\",\"phone\":\"+4420\(10_000_000 + id)\"}"
            return "POST /v1/parties HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + "\(body.utf8.count)\r\n\r\n\(body)"
        }
        let create = try await bench.pgbench(
            "BEGIN;\n" + ContactsStatements.create().joined(separator: ";\n")
                + ";\nCOMMIT;\n", clients: 8)
        bench.row(
            "creates per second", grouped(created), beside: "pgbench \(grouped(create))", ratio: created / create,
            goal: ">= 0.70")
    }

    private func someIDs() async throws -> [String] {
        let connection = try await PostgresConnection.open(
            PostgresSettings(url: bench.database, applicationName: "rapport-bench", schema: "contacts"))
        defer { connection.close() }
        return try await connection.transaction { transaction in
            try await transaction.query(Statement("bench.ids", "SELECT id::text FROM party LIMIT 200"))
                .map { try $0.value(0) }
        }
    }

    /// Requests a second over 8 connections, each asking as soon as it is answered.
    private func load(_ port: Int, seconds: Int, _ request: @escaping @Loop (Int) -> String) async throws -> Double {
        let load = Load(request, until: Loop.now + .seconds(seconds))
        let begin = Loop.now
        var tasks: [Task<Void, Never>] = []
        for _ in 0..<8 {
            let client = try await LoadClient.connect(port: port)
            tasks.append(Task { @Loop in await load.run(client) })
        }
        for task in tasks { await task.value }
        if load.failures > 0 { throw BenchError(text: "\(load.failures) requests were refused") }
        return Double(load.answered) / (Loop.now - begin).seconds
    }
}

/// The counts that all connections of one load share.
@Loop
private final class Load {
    private(set) var answered = 0
    private(set) var failures = 0
    private var number = 0
    private let request: @Loop (Int) -> String
    private let end: Duration

    init(_ request: @escaping @Loop (Int) -> String, until end: Duration) {
        self.request = request
        self.end = end
    }

    func run(_ client: LoadClient) async {
        while Loop.now < end {
            number += 1
            guard let answer = try? await client.ask(Array(request(number).utf8)) else { return }
            if answer.status < 300 { answered += 1 } else { failures += 1 }
        }
        client.close()
    }
}
