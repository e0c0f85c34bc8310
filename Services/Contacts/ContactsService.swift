import EventLoop
import Postgres
import ServiceKit

/// Contacts: the single picture of the customer.
public enum ContactsService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "contacts"

    /// Its tables.
    public static let migrations =
        Ledger.migrations + [ContactsSchema.migration, ValueSchema.migration, SearchSchema.migration]
        + MergeSchema.migrations + [
            SearchSchema.imports, StageSchema.migration, ValueSchema.months, StageSchema.benefits,
        ]

    /// Its SQL.
    public static let statements =
        Ledger.statements + PartyStore.statements + ValueStore.statements + TimelineStore.statements
        + ConsentStore.statements + ScoreStore.statements + LongWork.statements + ModelStore.statements
        + ReportStore.statements + FactStore.statements + MergeStore.statements + DuplicateStore.statements
        + HistoryStore.statements + ErasureStore.statements + contactsPersonalData.statements
        + RelationStore.statements + FieldStore.statements + ViewStore.statements + ImportStore.statements
        + StageStore.statements + MonthStore.statements + BenefitStore.statements

    /// Puts its parts together.
    @Loop
    public static func compose(_ context: ServiceContext) throws -> ServiceParts {
        var parts = ServiceParts()
        let models = try ModelWorker(context)
        let imports = ImportWorker(context)
        parts.routes = contactsRoutes(context, models, imports, try PreferenceLinks(context))
        parts.subscriptions = contactsSubscriptions()
        let scale = ValueScale(context)
        let duplicates = DuplicateFinder(context)
        let indexer = PartyIndexer(context)
        let stages = StageClock(context)
        parts.background = [
            { await scale.run() }, { await models.run() }, { await duplicates.run() }, { await indexer.run() },
            { await imports.run() }, { await stages.run() },
        ]
        return parts
    }
}
