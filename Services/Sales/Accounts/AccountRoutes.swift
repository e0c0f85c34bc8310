import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import Text

extension Capability {
    /// Parties as salespeople see them, and what they bought.
    static let accounts = Capability(
        "accounts", "parties as salespeople see them, and what they bought", migrations: [SalesSchema.migration],
        statements: AccountStore.statements,
        readModels: [
            // A row of zeros is there or not, as a document and its cancellation came in two batches or in one.
            ReadModel(
                "account_revenue",
                equal:
                    "SELECT t::text FROM account_revenue t WHERE (orders, revenue, credits, credited) <> (0, 0, 0, 0)")
        ]
    ) { context in
        CapabilityParts(routes: accountRoutes(context)) {
            $0.on(PartyCreated.self, AccountHandlers.partiesCreated)
            $0.on(PartyChanged.self, AccountHandlers.partiesChanged)
            $0.onRedirects(MergeHandlers.follow)
        }
    }
}

extension Resource {
    /// Accounts over HTTP.
    static let accounts = Resource("account", at: "/v1/accounts", schema: shownAccount, get: AccountStore.get)
}

private let shownAccount = Schema.named(
    "Account",
    .object([
        .init("id", .uuid), .init("version", .integer()), .init("name", .nullable(.string)),
        .init("kind", .nullable(.string)), .init("email", .nullable(.string)), .init("phone", .nullable(.string)),
        .init("country", .nullable(.string)), .init("customerNo", .nullable(.string)),
        .init("owner", .nullable(.string)), .init("mergedInto", .nullable(.uuid)),
        .init(
            "revenue",
            .array(
                .object([
                    .init("currency", .string), .init("orders", .integer()), .init("revenue", .amount),
                    .init("credits", .integer()), .init("credited", .amount), .init("netRevenue", .amount),
                    .init("lastOrderAt", .nullable(.dateTime)),
                ]))),
    ]))

@Loop
func accountRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/accounts", "Accounts with their revenue", tag: "accounts", access: .read,
            parameters: Route.Parameter.paging + [
                .query("owner", .string, "Only those of an owner"),
                .query("name", .string, "Only those whose name begins so"),
            ], gives: .json(.page(of: shownAccount))
        ) { request in
            let name = request.query("name").map { likePrefix($0.lowercased()) }
            let rows = try await context.query(
                AccountStore.page, request.pageAfter, request.query("owner"), name, request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Resource.accounts.one(context),
        Route(
            .patch, "/v1/accounts/{id}", "Gives an account an owner", tag: "accounts", access: .change,
            parameters: [.path("id", .uuid), .ifMatch], body: .json(.object([.init("owner", .string)])),
            gives: .json(shownAccount), refuses: [412, 428]
        ) { request in
            let id = try request.id()
            let seen = try await Seen(request)
            let version = try request.seenVersion()
            let owner = try FieldCheck.needed(await request.model(Assignment.self).owner, "owner", atMost: 200)
            return try await context.transaction { transaction in
                guard let row = try await transaction.query(AccountStore.assign, id, version, owner).first else {
                    let (current, at) = try await Resource.accounts.shown(id, in: transaction)
                    try seen.check("account", current, at: at)
                    throw Problem(status: .conflict, detail: "The account has just changed; try again.")
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
