import ServiceKit

extension Capability {
    /// What a person allows, by channel and purpose.
    static let consents = Capability(
        "consent", "what a person allows, by channel and purpose",
        statements: ConsentStore.statements
    ) { context in
        CapabilityParts(
            routes: consentRoutes(context) + preferencePages(context, try PreferenceLinks(context)))
    }
}
