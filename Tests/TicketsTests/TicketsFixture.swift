import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import Telemetry
import TestKit

@testable import Tickets

/// The service on a database of its own, without sockets and without Kafka.
@Loop
final class TicketsFixture {
    let settings: PostgresSettings
    let pool: PostgresPool
    let parts: ServiceParts
    private let router: Router

    init() async throws {
        let url = try await TestDatabase.make("tickets")
        settings = PostgresSettings(url: url, applicationName: "test", schema: TicketsService.name)
        _ = try await Migrations.apply(MessagingSchema.migrations + TicketsService.migrations, to: settings)
        pool = PostgresPool(settings, size: 4)
        pool.holdToStatements(of: TicketsService.self)
        try await pool.start()
        let log = Log(service: "tickets", level: .error, style: .json) { _ in }
        parts = try TicketsService.compose(ServiceContext(pool: pool, log: log, settings: Settings([:])))
        router = Router(parts.routes, onError: { error, request in print("\(request.path): \(error)") })
    }

    /// An answer's status, JSON and headers.
    struct Answer {
        let status: Int
        let json: JSON
        let etag: String?
    }

    func send(
        _ method: HTTP.Method, _ target: String, _ body: String? = nil, headers: Headers = [:]
    ) async throws -> Answer {
        let request = try Request(method, target, headers: headers, body: Array((body ?? "").utf8))
        let response = await router.respond(to: request)
        let json = (try? JSONDecoder().decode(JSON.self, from: Data(response.bytes ?? []))) ?? .null
        return Answer(status: response.status.rawValue, json: json, etag: response.headers["etag"])
    }

    /// What a browser of a language is shown.
    func page(_ method: HTTP.Method, _ target: String, language: String) async throws -> String {
        let response = await router.respond(
            to: try Request(method, target, headers: ["accept-language": language], body: []))
        return String(decoding: response.bytes ?? [], as: UTF8.self)
    }

    /// Opens a ticket and gives its id.
    func open(_ body: String = #"{"subject":"Where is my order?"}"#) async throws -> String {
        let answer = try await send(.post, "/v1/tickets", body)
        return answer.json["id"].text.lowercased()
    }

    func sql(_ text: String) async throws -> Rows { try await pool.query(Statement("test.\(text.hashValue)", text)) }

    /// The types of the events in the outbox, in order, without owner and version.
    func news(topic: String = "crm.tickets") async throws -> [String] {
        try await sql("SELECT type || ' ' || coalesce(seq, 0) FROM outbox WHERE topic = '\(topic)' ORDER BY id").map {
            try $0.value(0)
        }
    }
}

/// JSON as tests look at it.
enum JSON: Decodable {
    case object([String: JSON]), list([JSON]), string(String), number(Double), flag(Bool), null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode([String: JSON].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .list(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .null
        }
    }

    subscript(key: String) -> JSON { if case .object(let members) = self { members[key] ?? .null } else { .null } }
    subscript(index: Int) -> JSON {
        if case .list(let items) = self, items.indices.contains(index) { items[index] } else { .null }
    }
    var text: String { if case .string(let text) = self { text } else { "" } }
    var number: Double { if case .number(let number) = self { number } else { .nan } }
    var count: Int { if case .list(let items) = self { items.count } else { 0 } }
    var isNull: Bool { if case .null = self { true } else { false } }
}
