import CRMModel
import Crypto
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// Groups of members, kept current by events.
    static let segments = Capability(
        "segments", "groups of members, kept current by events",
        migrations: [CampaignsSchema.migration, SegmentsSchema.clock],
        statements: SegmentStore.statements,
        standings: [.fact("segment_member"), .fact("order_clock"), .fact("order_clock_delta")]
    ) { context in
        let news = try NewsHandlers(context)
        return CapabilityParts(
            routes: segmentRoutes(context), background: [{ await news.clock.run() }],
            listen: {
                $0.on(OrderPlaced.self, news.placed)
                $0.on(MemberNews.heard, isFirst: true, foresee: news.foresee, news.apply)
            },
            tellsAgain: { keys, transaction in
                let members = keys.compactMap { UUID(text: $0) }.sorted()
                transaction.enqueue(MemberStore.lock, members)
                return Set(try await transaction.rows(SegmentStore.tellAgain, members).map(\.text))
            }, orphans: news.end)
    }
}
