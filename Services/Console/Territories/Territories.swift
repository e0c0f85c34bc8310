import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// The parts of the market.
    static let territories = Capability(
        "territories", "the parts of the market", migrations: [TerritoryStore.migration],
        statements: TreeStore.statements + TerritoryState.kept.statements + TerritoryStore.statements,
        records: [TerritoryState.record], standings: [.own("territory")]
    ) { context in
        let kept = TerritoryState.kept
        return CapabilityParts(
            routes: kept.routes(context, "Territories"), recovers: { kept.recover(&$0) },
            tellsAgain: { try await kept.tellAgain($0, in: $1) })
    }
}
