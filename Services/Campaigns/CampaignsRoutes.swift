import EventLoop
import HTTP
import ServiceKit

/// The HTTP surface of campaigns.
@Loop
func campaignsRoutes(_ context: ServiceContext) -> [Route] {
    productRoutes(context) + memberRoutes(context) + segmentRoutes(context) + campaignRoutes(context)
        + Ledger.routes(context) + campaignsPersonalData.routes(context)
}
