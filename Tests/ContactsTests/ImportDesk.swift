import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit

@testable import Contacts

/// A service behind a real server, for what streams.
@Loop
final class ImportDesk {
    let service: TestService
    private let server: HTTPServer
    private let client: HTTPClient
    private let worker: ImportWorker

    /// Whoever says a name in the header `x-key` comes with the key of that name.
    init(settings: [String: String] = [:]) async throws {
        service = try await TestService(ContactsService.self, settings: settings)
        let middleware: Middleware = { request, next in
            if let key = request.headers["x-key"] {
                request.principal = Principal(.key, id: "key:\(key)", name: "key \(key)", rights: .all)
            }
            return await next(request)
        }
        server = try HTTPServer(
            address: "127.0.0.1", port: 0, router: Router(service.parts.routes, middleware: [middleware]))
        client = try HTTPClient()
        worker = ImportWorker(service.context)
    }

    func close() async {
        await server.stop(within: .seconds(1))
        service.close()
    }

    func send(
        _ method: HTTP.Method, _ path: String, _ body: [UInt8] = [], key: String? = nil, as caller: String? = nil
    ) async throws -> ClientResponse {
        var headers: Headers = ["content-type": "text/csv"]
        if let key { headers.add("idempotency-key", key) }
        if let caller { headers.add("x-key", caller) }
        return try await client.send(
            ClientRequest(method, "http://127.0.0.1:\(server.port)\(path)", headers: headers, body: body))
    }

    func text(_ path: String) async throws -> String {
        String(decoding: try await send(.get, path).body, as: UTF8.self)
    }

    struct Figures: Decodable, Equatable {
        let id: String
        let state: String
        let rows, created, changed, skipped, refused, undone, kept: Int
        let error: String?

        var counts: [Int] { [rows, created, changed, skipped, refused] }
    }

    /// Uploads a file and works it off.
    func bring(_ query: String, _ bytes: [UInt8]) async throws -> Figures {
        let answer = try await send(.post, "/v1/imports\(query)", bytes)
        guard answer.status == .accepted else {
            throw UploadRefused(description: "\(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
        let id = try JSONDecoder().decode(Figures.self, from: Data(answer.body)).id
        return try await finish(id)
    }

    func bring(_ query: String = "", text: String) async throws -> Figures { try await bring(query, Array(text.utf8)) }

    func finish(_ id: String) async throws -> Figures {
        while try await worker.step() {}
        let answer = try await send(.get, "/v1/imports/\(id)")
        return try JSONDecoder().decode(Figures.self, from: Data(answer.body))
    }

    func undo(_ id: String) async throws -> Figures {
        let answer = try await send(.post, "/v1/imports/\(id)/undo")
        guard answer.status == .accepted else { throw UploadRefused(description: "\(answer.status)") }
        return try await finish(id)
    }
}

struct UploadRefused: Error, CustomStringConvertible { let description: String }
