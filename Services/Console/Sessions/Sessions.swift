import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// Who is signed in.
    static let sessions = Capability(
        "sessions", "who is signed in", migrations: [SessionStore.migration], statements: SessionStore.statements,
        standings: [.own("session")]
    ) { context in
        CapabilityParts(routes: try sessionRoutes(context))
    }
}

@Loop
private func sessionRoutes(_ context: ServiceContext) throws -> [Route] {
    let sessions = try context.shared(Sessions.init)
    return [
        Route(
            .get, "/v1/sessions", "Sessions, newest first", tag: "sessions", access: .configure,
            parameters: Route.Parameter.paging + [.query("person", .uuid, "Only those of a person")],
            gives: .json(.page(of: shownSession))
        ) { request in
            .page(
                byID: try await context.rows(
                    SessionStore.page, request.pageAfter, request.id(query: "person"), request.pageLimit),
                limit: request.pageLimit)
        },
        Route(
            .post, "/v1/sessions/{id}/end", "Ends a session", tag: "sessions", access: .configure,
            parameters: [.path("id", .uuid)], gives: .nothing, refuses: [404]
        ) { request in
            let id = try request.id()
            guard try await sessions.end(id, of: nil, "by an administrator") else {
                throw Problem.missing("session that goes on,", id)
            }
            return Response(.noContent)
        },
        Route(
            .post, "/v1/tokens", "Gives a token for a session, whose secret is sent as Bearer", tag: "sessions",
            access: .open, gives: .json(shownToken), refuses: [401]
        ) { request in
            let secret = request.headers["authorization"].flatMap { $0.hasPrefix("Bearer ") ? $0.dropFirst(7) : nil }
            guard let secret, let session = try await sessions.find(String(secret), from: Caller(request)) else {
                throw Problem(
                    status: 401, detail: "The session has ended, or never was.",
                    headers: ["www-authenticate": "Bearer"])
            }
            return try Response(.ok, json: ShownToken(try await sessions.token(of: session)))
                .with("cache-control", "no-store")
        },
    ]
}

/// A token as callers get it.
struct ShownToken: Encodable {
    let token: String
    let expiresAt: String

    init(_ issued: IssuedToken) {
        token = issued.token
        expiresAt = RFC3339.string(issued.expiresAt)
    }
}

let shownToken = Schema.object([.init("token", .string), .init("expiresAt", .dateTime)])

private let shownSession = Schema.named(
    "Session",
    .object([
        .init("id", .uuid), .init("personId", .uuid), .init("address", .string), .init("agent", .string),
        .init("begunAt", .dateTime), .init("seenAt", .dateTime), .init("endedAt", .nullable(.dateTime)),
        .init("why", .nullable(.string)),
    ]))
