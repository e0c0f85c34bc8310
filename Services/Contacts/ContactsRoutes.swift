import EventLoop
import HTTP
import ServiceKit

/// The HTTP surface of contacts.
@Loop
func contactsRoutes(_ context: ServiceContext) -> [Route] {
    partyRoutes(context) + valueRoutes(context) + timelineRoutes(context) + consentRoutes(context)
        + Ledger.routes(context)
}
