import Contacts
import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import Telemetry

/// What it costs that every change writes down who did it: the same creates with the audit and without, and the smallest audited write beside
/// pgbench with the same statement.
@Loop
struct AuditBench {
    let bench: Bench
    private let lanes = 8

    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        bench.title("audit: contacts, \(lanes) at a time, the tree growing beside")
        // In turns, as the machine is not the same from one moment to the next; the round in the middle counts.
        var rounds: [(with: Double, without: Double)] = []
        for _ in 0..<3 {
            rounds.append((try await creates(ContactsService.self), try await creates(UnauditedContacts.self)))
        }
        rounds.sort { $0.with / $0.without < $1.with / $1.without }
        let ratios = rounds.map { decimal($0.with / $0.without, 2) }.joined(separator: ", ")
        bench.row(
            "creates per second with audit (of \(ratios))", grouped(rounds[1].with),
            beside: "without \(grouped(rounds[1].without))", ratio: rounds[1].with / rounds[1].without, goal: ">= 0.90")
        let written = try await entries()
        let peer = try await bench.pgbench(Self.statement, clients: lanes)
        bench.row(
            "entries per second, a transaction each", grouped(written), beside: "pgbench \(grouped(peer))",
            ratio: written / peer, goal: ">= 5,000 where pgbench is")
    }

    /// Parties made a second, through the routes of a service and without a socket.
    private func creates(_ definition: any ServiceDefinition.Type) async throws -> Double {
        let (context, parts) = try await opened(definition)
        defer { context.pool.close() }
        let local: Middleware = { request, next in
            request.principal = .local
            return await next(request)
        }
        let router = Router(parts.routes, middleware: [local])
        let works = parts.background.map { work in Task { @Loop in await work() } }
        defer { for work in works { work.cancel() } }
        return try await rate { number in
            let body = #"{"name":"Bench \#(number)","email":"b\#(number)@example.com"}"#
            let request = try Request(
                .post, "/v1/parties", headers: ["content-type": "application/json"], body: Array(body.utf8))
            guard await router.respond(to: request).status == .created else {
                throw BenchError(text: "a create was refused")
            }
        }
    }

    /// Entries a second, each in a transaction of its own.
    private func entries() async throws -> Double {
        let (context, _) = try await opened(ContactsService.self)
        defer { context.pool.close() }
        return try await rate { number in
            try await context.transaction { Audit.write(AuditEntry("bench.done", "bench:\(number)"), in: $0) }
        }
    }

    private func opened(_ definition: any ServiceDefinition.Type) async throws -> (ServiceContext, ServiceParts) {
        let settings = try await bench.contactsSchema()
        let pool = PostgresPool(settings, size: lanes)
        try await pool.start()
        let context = ServiceContext(pool: pool, log: Log(service: "bench"), settings: Settings([:]))
        return (context, try definition.compose(context))
    }

    /// So often a second is something done in all lanes together.
    private func rate(_ work: @escaping @Loop (Int) async throws -> Void) async throws -> Double {
        var number = 0
        var failure: (any Error)?
        let begin = Loop.now
        let tasks = (0..<lanes).map { _ in
            Task { @Loop in
                while Loop.now - begin < .seconds(5), failure == nil {
                    number += 1
                    do { try await work(number) } catch { failure = error }
                }
            }
        }
        for task in tasks { await task.value }
        if let failure { throw failure }
        return Double(number) / (Loop.now - begin).seconds
    }

    private static let statement = """
        WITH written AS (
            INSERT INTO contacts.audit (entry, actor, action, subject)
            VALUES ('{"id":"01a20876-406b-70c6-b692-5766b1cf7d0b","at":"2026-12-01T02:00:00.000000Z","actor":"service",'
                || '"name":"the service itself","action":"bench.done","subject":"bench:' || random() || '"}',
                'service', 'bench.done', 'bench:' || random()) RETURNING id)
        INSERT INTO contacts.audit_waiting (id) SELECT id FROM written;
        """
}

/// Contacts, and nobody writes down what is done.
private enum UnauditedContacts: ServiceDefinition {
    static let name = ContactsService.name
    static let topic = ContactsService.topic
    static let personalData: PersonalData? = ContactsService.personalData
    static let capabilities = ContactsService.capabilities.filter { $0.name != "audit" }
}
