import EventLoop
import Messaging
import Postgres
import ServiceKit

/// Sales: accounts, leads, opportunities, quotes, and the orders that come of them.
public enum SalesService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "sales"

    /// Its tables.
    public static let migrations = Ledger.migrations + [SalesSchema.migration, SalesSchema.activities]

    /// Its SQL.
    public static let statements =
        Ledger.statements + AccountStore.statements + QuotaStore.statements + LeadStore.statements
        + OpportunityStore.statements + QuoteStore.statements + OrderRequestStore.statements + TaskStore.statements
        + ActivityStore.statements + salesPersonalData.statements

    /// What follows from the ERP's documents. Accounts have owners, given over HTTP.
    public static let rebuildPlan: RebuildPlan? = RebuildPlan(
        [
            ReadModel("erp_document"),
            // A row of zeros is there or not, as a document and its cancellation came in two batches or in one.
            ReadModel(
                "account_revenue",
                equal:
                    "SELECT t::text FROM account_revenue t WHERE (orders, revenue, credits, credited) <> (0, 0, 0, 0)"),
        ], given: ["party_redirect"])

    /// Puts its parts together.
    @Loop
    public static func compose(_ context: ServiceContext) throws -> ServiceParts {
        var parts = ServiceParts()
        parts.routes = try salesRoutes(context)
        parts.subscriptions = salesSubscriptions()
        parts.timers = [OrderRequestHandlers.timer: OrderRequestHandlers.overdue]
        return parts
    }
}
