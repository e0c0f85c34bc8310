import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// When somebody is away, and who stands in.
    static let absences = Capability(
        "absences", "when somebody is away, and who stands in", migrations: [AbsenceStore.migration],
        statements: AbsenceState.kept.statements + AbsenceStore.statements, records: [AbsenceState.record],
        standings: [.own("absence")]
    ) { context in
        let kept = AbsenceState.kept
        return CapabilityParts(
            routes: kept.routes(context, "Absences"), recovers: { kept.recover(&$0) },
            tellsAgain: { try await kept.tellAgain($0, in: $1) })
    }
}
