import ServiceKit

extension Capability {
    /// Lists as files.
    static let exports = Capability(
        "export", "lists as files"
    ) { context in
        CapabilityParts(routes: exportRoutes(context))
    }
}
