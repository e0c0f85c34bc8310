import EventLoop
import Messaging
import Postgres
import ServiceKit

/// Sales: accounts, leads, opportunities, quotes, and the orders that come of them.
public enum SalesService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "sales"

    /// Its tables.
    public static let migrations = Ledger.migrations + [SalesSchema.migration]

    /// Its SQL.
    public static let statements =
        Ledger.statements + AccountStore.statements + QuotaStore.statements + LeadStore.statements
        + OpportunityStore.statements + QuoteStore.statements + OrderRequestStore.statements + TaskStore.statements
        + salesPersonalData.statements

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
