import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// Groups of members, kept current by events.
    static let segments = Capability(
        "segments", "groups of members, kept current by events",
        migrations: [CampaignsSchema.migration, SegmentsSchema.clock],
        statements: SegmentStore.statements
    ) { context in
        let clock = try context.shared(SegmentClock.init)
        let orders = try OrderHandlers(context)
        return CapabilityParts(routes: segmentRoutes(context), background: [{ await clock.run() }]) {
            $0.on(OrderPlaced.self, orders.placed)
            $0.on(
                [Heard(BenefitChanged.self) { $0 }],
                foresee: { Redirects.foresee($0.map(\.data.partyId), in: $1) },
                BenefitHandlers(clock: clock).changed)
            $0.onRedirects(MergeHandlers(clock: clock).follow)
        }
    }
}
