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
        TeamState.kept.parts(TeamState.kept.routes(context, "Teams"))
    }
}
