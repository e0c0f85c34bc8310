import EventLoop
import Postgres
import ServiceKit

/// Tickets: what customers ask, and what they were promised about time.
public enum TicketsService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "tickets"

    /// Its tables.
    public static let migrations = [TicketsSchema.migration, Redirects.migration, TicketsSchema.told]

    /// Its SQL.
    public static let statements =
        TicketStore.statements + ReplyStore.statements + PolicyStore.statements + ClockStore.statements
        + CustomerStore.statements + SurveyStore.statements + Redirects.statements
        + ticketsPersonalData.statements

    /// Puts its parts together.
    @Loop
    public static func compose(_ context: ServiceContext) throws -> ServiceParts {
        var parts = ServiceParts()
        parts.routes = ticketsRoutes(context, try Surveys(context))
        parts.subscriptions = ticketsSubscriptions()
        parts.timers = ClockHandlers.timers
        return parts
    }
}
