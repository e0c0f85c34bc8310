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
        "accounts", "parties as salespeople see them, and what they bought",
        migrations: [SalesSchema.migration, AccountSchema.profiles],
        statements: AccountStore.statements, records: [Account.record],
        readModels: [
            // A row of zeros is there or not, as a document and its cancellation came in two batches or in one.
            ReadModel(
                "account_revenue",
                equal:
                    "SELECT t::text FROM account_revenue t WHERE (orders, revenue, credits, credited) <> (0, 0, 0, 0)")
        ], standings: [.assertion("account"), .assertion("account_key"), .fact("account_revenue")],
        holdings: [AccountStore.holding]
    ) { context in
        CapabilityParts(
            routes: accountRoutes(context),
            listen: {
                $0.on(AccountNews.heard, isFirst: true, foresee: AccountHandlers.foresee, AccountHandlers.apply)
            }, orphans: AccountHandlers.end)
    }
}

extension Resource {
    /// Accounts over HTTP.
    static let accounts = Resource(Account.record, at: "/v1/accounts")
}

@Loop
private func accountRoutes(_ context: ServiceContext) -> [Route] {
    [
        Resource.accounts.list(
            "Accounts with their revenue",
            filters: [
                .query("owner", .string, "Only those of an owner"),
                .query("name", .string, "Only those whose name begins so"),
            ]
        ) { request in
            let name = request.query("name").map { LikePattern.literal($0.lowercased()) + "%" }
            return try await context.rows(
                AccountStore.page, request.pageAfter, request.query("owner"), name, request.pageLimit)
        },
        Resource.accounts.one(context),
        Resource.accounts.change(
            context, .change(Account.record),
            summary: "Gives an account an owner, a team or a territory; null takes one away"
        ) { id, seen, said, transaction in try await AccountCommands.change(id, seen, said, in: transaction) },
    ]
}
