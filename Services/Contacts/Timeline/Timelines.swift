import Messaging
import ServiceKit

extension Capability {
    /// Every touch of a party, newest first.
    static let timeline = Capability(
        "timeline", "every touch of a party, newest first",
        statements: TimelineStore.statements,
        readModels: [ReadModel("touch", person: "party_id")], standings: [.fact("touch")]
    ) { context in
        CapabilityParts(routes: timelineRoutes(context)) { TimelineHandlers.subscribe(&$0) }
    }
}
