import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit

@testable import Tickets

/// The service on a database of its own, without sockets and without Kafka.
@Loop
final class TicketsFixture {
    let service: TestService
    var pool: PostgresPool { service.context.pool }
    var parts: ServiceParts { service.parts }

    init(_ settings: [String: String] = [:]) async throws {
        service = try await TestService(TicketsService.self, settings: settings)
    }

    /// An answer's status, JSON and headers.
    struct Answer {
        let status: Int
        let json: JSON
        let text: String
        let etag: String?
    }

    func send(
        _ method: HTTP.Method, _ target: String, _ body: String = "", headers: [String: String] = [:]
    ) async throws -> Answer {
        let answer = try await service.send(method, target, body, headers: headers)
        let json = (try? answer.json(JSON.self)) ?? .null
        return Answer(status: answer.status, json: json, text: answer.text, etag: answer.headers["etag"])
    }

    /// What a browser of a language is shown.
    func page(_ method: HTTP.Method, _ target: String, language: String) async throws -> String {
        try await service.send(method, target, headers: ["accept-language": language]).text
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
