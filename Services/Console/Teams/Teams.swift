import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// People who work together.
    static let teams = Capability(
        "teams", "people who work together", migrations: [TeamStore.migration],
        statements: TeamState.kept.statements + TeamStore.statements, records: [TeamState.record],
        standings: [.own("team")]
    ) { context in
        let kept = TeamState.kept
        return CapabilityParts(
            routes: kept.routes(context, "Teams"), recovers: { kept.recover(&$0) },
            tellsAgain: { try await kept.tellAgain($0, in: $1) })
    }
}
