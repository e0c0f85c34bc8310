import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceTestKit
import Testing

@testable import Console

/// A console with an administrator who has chosen a password.
@Loop
struct Desk {
    let service: TestService
    let administrator: UUID
    static let settings = ["CONSOLE_SECRET": "a secret of sixteen", "CONSOLE_URL": "https://crm.example"]
    static let password = "correct horse battery"

    init() async throws {
        service = try await TestService(ConsoleService.self, settings: Self.settings)
        let first = try await service.send(.post, "/v1/first-link").json(Link.self)
        administrator = first.personId
        let answer = try await service.form(
            first.path, ["name": "Ada", "email": "ada@x.example", "password": Self.password])
        try #require(answer.status == 303, "\(answer.text)")
    }

    /// Adds somebody who has chosen a password.
    func person(_ name: String, _ email: String, roles: [String] = []) async throws -> UUID {
        let id = try await service.make("/v1/people", #"{"name":"\#(name)","email":"\#(email)"}"#)
        let list = roles.map { "\"\($0)\"" }.joined(separator: ",")
        _ = try await service.send(.post, "/v1/people/\(id)/roles", #"{"roles":[\#(list)]}"#)
        let link = try await service.send(.post, "/v1/people/\(id)/sign-in-link").json(Link.self)
        try #require(try await service.form(link.path, ["password": Self.password]).status == 303)
        return id
    }

    /// Signs in as a program does.
    func signIn(_ email: String, _ password: String = Desk.password, _ more: String = "") async throws -> Answer {
        try await service.send(.post, "/v1/sign-in", #"{"email":"\#(email)","password":"\#(password)"\#(more)}"#)
    }

    /// Signs in as a browser does; gives its cookies.
    func browser(_ email: String = "ada@x.example") async throws -> String {
        try await service.form("/sign-in", ["email": email, "password": Self.password]).cookies
    }

    func close() { service.close() }

    struct Link: Decodable {
        let link: String
        let personId: UUID
        var path: String { String(link.dropFirst("https://crm.example".count)) }
    }

    struct Begun: Decodable {
        let session: UUID
        let secret: String
        let token: String
    }
}

extension TestService {
    /// Sends a form as a page of this host does.
    func form(_ path: String, _ fields: [String: String], cookie: String = "") async throws -> Answer {
        let body = fields.map { name, value in
            "\(name)=" + value.utf8.map { "%" + Hex.encode([$0]) }.joined()
        }.joined(separator: "&")
        var headers = ["content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"]
        if !cookie.isEmpty { headers["cookie"] = cookie }
        return try await send(.post, path, body, headers: headers)
    }
}

extension Answer {
    /// The cookies that it sets, as a browser sends them back.
    var cookies: String {
        headers.fields.filter { $0.name == "set-cookie" }.map { String($0.value.prefix { $0 != ";" }) }
            .joined(separator: "; ")
    }
}
