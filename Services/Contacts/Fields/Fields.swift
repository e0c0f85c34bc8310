import Messaging
import ServiceKit

extension Capability {
    /// Custom fields.
    static let fields = Capability(
        "fields", "custom fields",
        statements: FieldStore.statements,
        standings: [.own("custom_field"), .own("party_custom")]
    ) { context in
        CapabilityParts(routes: fieldRoutes(context))
    }
}
