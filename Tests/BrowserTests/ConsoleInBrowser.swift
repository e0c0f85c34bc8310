import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Console

/// A console that answers at a port of this machine, with an administrator, and a Chromium that looks at it.
@Loop
struct ConsoleInBrowser {
    let service: TestService
    let chromium: Chromium
    let address: String
    let administrator: UUID
    private let server: HTTPServer
    static let password = "correct horse battery"

    /// Runs a test with one; without a Chromium the test is cancelled, which says so.
    static func with(
        _ more: [String: String] = [:], _ body: @Loop (ConsoleInBrowser) async throws -> Void
    ) async throws {
        guard let chromium = try await Chromium.open() else { try Test.cancel("there is no Chromium") }
        do {
            let console = try await ConsoleInBrowser(chromium, more)
            try await body(console)
            await console.close()
        } catch {
            await chromium.close()
            throw error
        }
    }

    private init(_ chromium: Chromium, _ more: [String: String]) async throws {
        self.chromium = chromium
        let port = try ReservedPort(address: "127.0.0.1", port: 0)
        // By name, as passkeys are bound to names.
        address = "http://localhost:\(port.port)"
        let settings = ["CONSOLE_SECRET": "a secret of sixteen", "CONSOLE_URL": address]
        service = try await TestService(ConsoleService.self, settings: settings.merging(more) { $1 })
        let local: Middleware = { request, next in
            request.principal = .local
            return await next(request)
        }
        server = try HTTPServer(
            address: "127.0.0.1", port: port.port, router: Router(service.parts.routes, middleware: [local]),
            socket: port.descriptor)
        let first = try await service.send(.post, "/v1/first-link").json(Link.self)
        administrator = first.personId
        try await Self.choose(first, ["name": "Ada Berg", "email": "ada@x.example"], service)
    }

    private func close() async {
        await chromium.close()
        await server.stop(within: .seconds(1))
        service.close()
    }

    private struct Link: Decodable {
        let link: String
        let personId: UUID
        var path: String { link.firstRange(of: "/welcome/").map { String(link[$0.lowerBound...]) } ?? "" }
    }

    private static func choose(_ link: Link, _ fields: [String: String], _ service: TestService) async throws {
        let body = fields.merging(["password": password]) { $1 }.map { name, value in
            "\(name)=" + value.utf8.map { "%" + Hex.encode([$0]) }.joined()
        }.joined(separator: "&")
        let answer = try await service.send(
            .post, link.path, body, headers: ["content-type": "application/x-www-form-urlencoded"])
        try #require(answer.status == 303, "\(answer.text)")
    }

    /// Adds somebody who has chosen a password.
    @discardableResult
    func person(_ name: String, _ email: String, roles: [String] = [], _ more: String = "") async throws -> UUID {
        let id = try await service.make("/v1/people", #"{"name":"\#(name)","email":"\#(email)"\#(more)}"#)
        let list = roles.map { "\"\($0)\"" }.joined(separator: ",")
        _ = try await service.send(.post, "/v1/people/\(id)/roles", #"{"roles":[\#(list)]}"#)
        try await Self.choose(
            try await service.send(.post, "/v1/people/\(id)/sign-in-link").json(Link.self), [:], service)
        return id
    }

    // MARK: In the browser

    /// Opens a page.
    func go(_ path: String) async throws { try await chromium.go(address + path) }

    /// Signs in by the page, as a person does.
    func signIn(_ email: String = "ada@x.example") async throws {
        try await chromium.forget()
        try await go("/sign-in")
        try await chromium.type(email, into: "#email")
        try await chromium.type(Self.password, into: "#password")
        try await chromium.click("main form .pri")
        try await eventually("being in", within: .seconds(20)) { try await chromium.count(".app") == 1 }
    }

    /// A link that lets the administrator choose a password.
    func welcome() async throws -> String {
        try await service.send(.post, "/v1/people/\(administrator)/sign-in-link").json(Link.self).path
    }
}
