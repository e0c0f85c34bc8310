import EventLoop
import Messaging
import Postgres
import ServiceKit

/// Campaigns: who buys what and when, and whom to tell.
public enum CampaignsService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "campaigns"

    /// Its tables.
    public static let migrations = Ledger.migrations + [CampaignsSchema.migration, CampaignsSchema.benefits]

    /// Its SQL.
    public static let statements =
        Ledger.statements + ProductStore.statements + MemberStore.statements + SegmentStore.statements
        + CampaignStore.statements + RecipientStore.statements + campaignsPersonalData.statements

    /// What follows from the ERP's documents and products. Members are numbered as their segment events were published.
    public static let rebuildPlan: RebuildPlan? = RebuildPlan(
        [
            ReadModel("erp_document"), ReadModel("order_item"),
            // When it came and what it is called depend on which of two topics was read first.
            ReadModel(
                "product", equal: "SELECT (sku, category, price, currency, is_discontinued)::text FROM product"),
            // What was sold and cancelled in one batch was never sold.
            ReadModel(
                "product_sales",
                equal: """
                    SELECT (sku, currency, orders, quantity, revenue)::text FROM product_sales
                    WHERE (orders, quantity, revenue) <> (0, 0, 0)
                    """),
        ], given: ["party_redirect"])

    /// Puts its parts together.
    @Loop
    public static func compose(_ context: ServiceContext) throws -> ServiceParts {
        let clock = try SegmentClock(context)
        var parts = ServiceParts()
        parts.routes = campaignsRoutes(context)
        parts.subscriptions = campaignsSubscriptions(clock)
        parts.timers = [RecipientHandlers.timer: RecipientHandlers.pages]
        parts.background = [{ await clock.run() }]
        return parts
    }
}
