import EventLoop
import HTTP
import ServiceKit

/// The HTTP surface of contacts.
@Loop
func contactsRoutes(
    _ context: ServiceContext, _ models: ModelWorker, _ imports: ImportWorker, _ links: PreferenceLinks
) -> [Route] {
    partyRoutes(context) + searchRoutes(context) + relationRoutes(context) + referralRoutes(context)
        + referenceRoutes(context)
        + fieldRoutes(context) + viewRoutes(context)
        + importRoutes(context, imports) + exportRoutes(context) + valueRoutes(context) + timelineRoutes(context)
        + interactionRoutes(context)
        + consentRoutes(context) + preferencePages(context, links) + mergeRoutes(context) + duplicateRoutes(context)
        + historyRoutes(context) + stageRoutes(context) + benefitRoutes(context) + privacyRoutes(context)
        + archiveRoutes(context)
        + modelRoutes(context, models)
        + Reports.routes(context)
        + Ledger.routes(context)
}
