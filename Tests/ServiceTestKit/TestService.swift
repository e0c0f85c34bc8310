import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import Telemetry
import TestKit

/// A service on a fresh database with its real schema, its routes answering without a socket, and no broker.
@Loop
public final class TestService {
    /// What the service's parts work with.
    public let context: ServiceContext
    /// The parts.
    public let parts: ServiceParts
    private let router: Router
    /// Where its database is.
    public let options: PostgresSettings

    /// Makes the database, or takes the one at an address, applies the migrations and composes the service.
    public init(
        _ definition: any ServiceDefinition.Type, settings: [String: String] = [:], on database: String? = nil
    ) async throws {
        let url = if let database { database } else { try await TestDatabase.make(definition.name) }
        options = PostgresSettings(url: url, applicationName: "test", schema: definition.name)
        _ = try await Migrations.apply(MessagingSchema.migrations + definition.migrations, to: options)
        let pool = PostgresPool(options, size: 4, acquireTimeout: .seconds(20))
        pool.holdToStatements(of: definition)
        try await pool.start()
        context = ServiceContext(pool: pool, log: Log(service: definition.name), settings: Settings(settings))
        parts = try definition.compose(context)
        router = Router(
            parts.routes,
            middleware: [
                { request, next in
                    request.principal = .local
                    return await next(request)
                }
            ])
        for prepare in parts.prepares { try await prepare() }
    }

    /// Closes the connections; call it at a test's end.
    public func close() { context.pool.close() }

    /// Has the server plan every statement of a service against its schema, and holds its records against what is published.
    public func prepareAll(of definition: any ServiceDefinition.Type) async throws {
        let statements = ServiceCommand.allStatements(of: definition)
        var faults = try await faults(of: statements) + Self.faultsOfNames(statements)
        for record in definition.capabilities.flatMap(\.records) { faults += try record.faults() }
        guard faults.isEmpty else { throw UnexpectedAnswer(description: faults.joined(separator: "\n")) }
    }

    /// What of statements does not fit the schema.
    public func faults(of statements: [Statement]) async throws -> [String] {
        let connection = try await PostgresConnection.open(options)
        defer { connection.close() }
        var faults: [String] = []
        for statement in statements { faults += try await connection.faults(of: statement) }
        return faults
    }

    /// Runs handlers as a batch does.
    @discardableResult
    public func transaction<T>(_ body: (Transaction) async throws -> T) async throws -> T {
        try await context.transaction(body)
    }

    /// The first column of a query as text, a string for each row.
    public func column(_ sql: String) async throws -> [String] {
        let name = "test.\(UInt64.random(in: 0 ... .max))"
        return try await context.pool.query(Statement(name, sql)).map { row in
            (try row.value(0) as String?) ?? "null"
        }
    }

    /// Sends a request with JSON and gives the answer, which must be as its route describes it.
    public func send(
        _ method: HTTP.Method, _ path: String, _ json: String = "", headers: [String: String] = [:]
    ) async throws -> Answer {
        var fields = Headers()
        if !json.isEmpty, headers["content-type"] == nil { fields.add("content-type", "application/json") }
        for (name, value) in headers { fields.add(name, value) }
        let request = try Request(method, path, headers: fields, body: Array(json.utf8))
        let response = await router.respond(to: request)
        if let route = request.route {
            let faults = AnswerCheck.faults(of: response, by: route)
            guard faults.isEmpty else {
                throw UnexpectedAnswer(description: "\(method) \(path): \(faults.joined(separator: "; "))")
            }
        }
        return Answer(
            status: response.status.rawValue, text: String(decoding: response.bytes ?? [], as: UTF8.self),
            headers: response.headers)
    }

    /// Creates something with a POST and gives its id; throws where the answer is not 201.
    public func make(_ path: String, _ json: String = "", headers: [String: String] = [:]) async throws -> UUID {
        let answer = try await send(.post, path, json, headers: headers)
        let made = try? JSONDecoder().decode(MadeID.self, from: Data(answer.text.utf8))
        guard answer.status == 201, let made else { throw UnexpectedAnswer(description: "\(answer)") }
        return made.id
    }

    /// The header of a change by somebody who has just read what is under a path.
    public func seen(_ path: String) async throws -> [String: String] {
        ["if-match": try await send(.get, path).headers["etag"] ?? "none"]
    }

    /// The events in the outbox in order: type without version, key and sequence.
    public func outbox() async throws -> [String] {
        try await column("SELECT type || ' ' || key || ' ' || coalesce(seq::text, '-') FROM outbox ORDER BY id")
    }

    /// The types of the events in the outbox in order.
    public func outboxTypes() async throws -> [String] { try await column("SELECT type FROM outbox ORDER BY id") }

    /// Lets the timers of a kind fire as if they were due, in the transaction that takes them.
    public func fire(_ kind: String) async throws {
        let handler = parts.timers[kind]
        try await context.transaction { transaction in
            let take = Statement("test.fire", "DELETE FROM timer WHERE kind = $1 RETURNING kind, key, due_at, payload")
            let due = try await transaction.query(take, kind).map { row in
                DueTimer(
                    kind: try row.value(0), key: try row.value(1), dueAt: try row.value(2), payload: try row.value(3))
            }
            if !due.isEmpty { try await handler?(due, transaction) }
        }
    }

    /// The tables in which a text stands, as text or as bytes.
    public func tables(with text: String) async throws -> [String] {
        let hex = text.utf8.map { String(Int($0) + 256, radix: 16).suffix(2) }.joined()
        var found: [String] = []
        let names = try await column(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1")
        for name in names {
            let hits = try await column(
                """
                SELECT 1::text FROM \(name) t
                WHERE position('\(text)' IN t::text) > 0 OR position('\(hex)' IN t::text) > 0 LIMIT 1
                """)
            if !hits.isEmpty { found.append(name) }
        }
        return found
    }

    private struct MadeID: Decodable { let id: UUID }
}

/// What a service answered.
public struct Answer: Sendable {
    /// The status code.
    public let status: Int
    /// The body.
    public let text: String
    /// The header fields.
    public let headers: Headers

    /// Reads the body; throws where it is of another shape.
    public func json<T: Decodable>(_ type: T.Type) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

struct UnexpectedAnswer: Error, CustomStringConvertible {
    let description: String
}

extension ERPDocument {
    /// An order as the ERP tells it.
    public static func order(
        _ id: String, customer: String?, at: String, total: String = "10.00", currency: String = "GBP",
        lines: [(sku: String, name: String, quantity: String, price: String)] = [], correlation: String? = nil
    ) throws -> ERPDocument {
        let list = lines.map { line in
            """
            {"sku":"\(line.sku)","name":"\(line.name)","quantity":"\(line.quantity)","unitPrice":"\(line.price)"}
            """
        }
        func quoted(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
        let json = """
            {"orderId":"\(id)","customerNo":\(quoted(customer)),"status":"placed","placedAt":"\(at)",
            "currency":"\(currency)","lines":[\(list.joined(separator: ","))],"total":"\(total)",
            "correlationId":\(quoted(correlation))}
            """
        let outcome = Array(json.utf8).withUnsafeBytes { bytes in
            Result { () throws(JSONError) -> ERPDocument in try OrderPlaced(json: bytes).order }
        }
        return try outcome.get()
    }
}
