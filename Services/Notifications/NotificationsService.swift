import EventLoop
import HTTP
import Postgres
import ServiceKit

/// Notifications: messages that the other services ask for, each sent once.
public enum NotificationsService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "notifications"

    /// Its tables.
    public static let migrations = [
        NotificationsSchema.migration, NotificationsSchema.withdrawals, Redirects.migration,
    ]

    /// Its SQL.
    public static let statements =
        MessageStore.statements + DeliveryStore.statements + SuppressionStore.statements + Redirects.statements
        + notificationsPersonalData.statements

    /// Puts its parts together.
    @Loop
    public static func compose(_ context: ServiceContext) throws -> ServiceParts {
        let settings = try MailSettings(context.settings)
        let worker = DeliveryWorker(context, settings, try settings.transport())
        var parts = ServiceParts()
        parts.routes = notificationsRoutes(context, settings)
        parts.subscriptions = notificationsSubscriptions()
        parts.background = [{ await worker.run() }]
        return parts
    }
}
