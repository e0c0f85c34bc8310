import EventLoop
import Postgres
import ServiceKit

/// Contacts: the single picture of the customer.
public enum ContactsService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "contacts"

    /// Its tables.
    public static let migrations = [Ledger.migration, ContactsSchema.migration, SearchSchema.migration]

    /// Its SQL.
    public static let statements =
        Ledger.statements + PartyStore.statements + ValueStore.statements + TimelineStore.statements
        + ConsentStore.statements + RelationStore.statements + FieldStore.statements + ViewStore.statements
        + ImportStore.statements

    /// Puts its parts together.
    @Loop
    public static func compose(_ context: ServiceContext) throws -> ServiceParts {
        var parts = ServiceParts()
        let imports = ImportWorker(context)
        parts.routes = contactsRoutes(context, imports)
        parts.subscriptions = contactsSubscriptions()
        let scale = ValueScale(context)
        let indexer = PartyIndexer(context)
        parts.background = [{ await scale.run() }, { await indexer.run() }, { await imports.run() }]
        return parts
    }
}
