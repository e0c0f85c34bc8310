import EventLoop
import Messaging
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
            SearchSchema.references,
            SearchSchema.referrals, InteractionSchema.migration,
        ]

    /// Its SQL.
    public static let statements =
        Ledger.statements + PartyStore.statements + ValueStore.statements + TimelineStore.statements
        + ConsentStore.statements + ScoreStore.statements + LongWork.statements + ModelStore.statements
        + ReportStore.statements + FactStore.statements + MergeStore.statements + DuplicateStore.statements
        + HistoryStore.statements + ErasureStore.statements + ArchiveStore.statements + contactsPersonalData.statements
        + RelationStore.statements + ReferralStore.statements + FieldStore.statements + ViewStore.statements
        + ImportStore.statements
        + StageStore.statements + MonthStore.statements + BenefitStore.statements
        + InteractionStore.statements

    /// All that follows from events. Parties, consent and merges are its own: made over HTTP too, and numbered as they were published.
    public static let rebuildPlan: RebuildPlan? = RebuildPlan(
        [
            ReadModel("erp_document"), ReadModel("document_detail"),
            ReadModel("party_month", equal: "SELECT t::text FROM party_month t WHERE \(counted)"),
            ReadModel("party_value", equal: "SELECT t::text FROM party_value t WHERE \(counted)"),
            ReadModel(
                "sales_cell",
                equal: """
                    SELECT (currency, dimension, cell, sum(orders), sum(revenue), sum(credits), sum(credited))::text
                    FROM sales_cell GROUP BY currency, dimension, cell
                    HAVING (sum(orders), sum(revenue), sum(credits), sum(credited)) <> (0, 0, 0, 0)
                    """),
            ReadModel("touch", person: "party_id"), ReadModel("product_name"), ReadModel("campaign_name"),
            ReadModel("campaign_message"),
            ReadModel(
                "party_voice",
                equal: "SELECT (party_id, survey, answers, round(total::numeric, 9), last_at)::text FROM party_voice",
                person: "party_id"),
        ], given: ["party_redirect"], erased: "SELECT unnest(parties) FROM erasure")

    /// A row of nothing but zeros is there or not, as a document and its cancellation came in two batches or in one.
    private static let counted = "(orders, revenue, credits, credited, paid, cost, costed) <> (0, 0, 0, 0, 0, 0, 0)"

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
        parts.timers = [Archive.timer: Archive.expire]
        return parts
    }
}
