import EventLoop
import Postgres
import ServiceKit

/// Contacts: the single picture of the customer.
public enum ContactsService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "contacts"

    /// Its tables.
    public static let migrations = [Ledger.migration, ContactsSchema.migration]

    /// Its SQL.
    public static let statements =
        Ledger.statements + PartyStore.statements + ValueStore.statements + TimelineStore.statements
        + ConsentStore.statements

    /// Puts its parts together.
    @Loop
    public static func compose(_ context: ServiceContext) throws -> ServiceParts {
        var parts = ServiceParts()
        parts.routes = contactsRoutes(context)
        parts.subscriptions = contactsSubscriptions()
        let scale = ValueScale(context)
        parts.background = [{ await scale.run() }]
        return parts
    }
}
