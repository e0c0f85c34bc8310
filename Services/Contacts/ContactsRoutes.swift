import EventLoop
import HTTP
import ServiceKit

/// The HTTP surface of contacts.
@Loop
func contactsRoutes(_ context: ServiceContext, _ imports: ImportWorker) -> [Route] {
    partyRoutes(context) + relationRoutes(context) + fieldRoutes(context) + viewRoutes(context)
        + importRoutes(context, imports) + exportRoutes(context) + valueRoutes(context) + timelineRoutes(context)
        + consentRoutes(context)
        + Ledger.routes(context)
}
