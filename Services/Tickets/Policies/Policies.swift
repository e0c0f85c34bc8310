import Messaging
import ServiceKit

extension Capability {
    /// What is promised about time.
    static let policies = Capability(
        "policies", "what is promised about time, by priority", statements: PolicyStore.statements,
        standings: [.own("sla_policy")]
    ) { context in
        CapabilityParts(routes: policyRoutes(context))
    }
}
