import EventLoop
import Messaging
import Postgres
import ServiceKit

/// Campaigns: who buys what and when, and whom to tell.
public enum CampaignsService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "campaigns"

    /// Its tables.
    public static let migrations = Ledger.migrations + [CampaignsSchema.migration]

    /// Its SQL.
    public static let statements =
        Ledger.statements + ProductStore.statements + MemberStore.statements + SegmentStore.statements
        + CampaignStore.statements + RecipientStore.statements + campaignsPersonalData.statements

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
