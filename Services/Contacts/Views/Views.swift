import Messaging
import ServiceKit

extension Capability {
    /// Saved lists.
    static let views = Capability(
        "views", "saved lists",
        statements: ViewStore.statements,
        standings: [.own("party_view")]
    ) { context in
        CapabilityParts(routes: viewRoutes(context))
    }
}
