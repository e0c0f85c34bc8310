import ServiceKit

extension Capability {
    /// Custom fields.
    static let fields = Capability(
        "fields", "custom fields",
        statements: FieldStore.statements
    ) { context in
        CapabilityParts(routes: fieldRoutes(context))
    }
}
