import Messaging
import ServiceKit

extension Capability {
    /// Parties that may be one.
    static let duplicates = Capability(
        "duplicates", "parties that may be one",
        statements: DuplicateStore.statements,
        standings: [.own("duplicate_check"), .own("duplicate_pair"), .fact("match_key")]
    ) { context in
        let finder = DuplicateFinder(context)
        return CapabilityParts(routes: duplicateRoutes(context), background: [{ await finder.run() }])
    }
}
