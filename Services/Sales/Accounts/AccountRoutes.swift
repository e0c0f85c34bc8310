import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import Text

@Loop
func accountRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/accounts", "Accounts with their revenue", tag: "accounts",
            parameters: Route.Parameter.paging + [
                .query("owner", .string, "Only those of an owner"),
                .query("name", .string, "Only those whose name begins so"),
            ], answers: [200, 400]
        ) { request in
            let name = request.query("name").map { likePrefix($0.lowercased()) }
            let rows = try await context.query(
                AccountStore.page, request.pageAfter, request.query("owner"), name, request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Route(.get, "/v1/accounts/{id}", "One account", tag: "accounts", answers: [200, 404]) { request in
            let id = try request.id()
            guard let row = try await context.query(AccountStore.get, id).first else {
                throw Problem.missing("account", id)
            }
            return .stored(try row.value(0), version: try row.value(1))
        },
        Route(
            .patch, "/v1/accounts/{id}", "Gives an account an owner", tag: "accounts",
            body: .json(.object([.init("owner", .string)])), answers: [200, 400, 404, 412, 428]
        ) { request in
            let id = try request.id()
            let version = try request.seenVersion()
            let owner = try FieldCheck.needed(await request.model(Assignment.self).owner, "owner", atMost: 200)
            return try await context.transaction { transaction in
                guard let row = try await transaction.query(AccountStore.assign, id, version, owner).first else {
                    guard let current = try await transaction.query(AccountStore.get, id).first else {
                        throw Problem.missing("account", id)
                    }
                    throw Problem.stale("account", at: try current.value(1), seen: version)
                }
                return .stored(try row.value(0), version: try row.value(1))
            }
        },
    ]
}

private struct Assignment: Decodable {
    let owner: String?
}

/// What begins with the text, its own wildcards taken literally.
private func likePrefix(_ text: String) -> String {
    LikePattern.literal(text) + "%"
}
