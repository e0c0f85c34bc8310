import ServiceKit

extension Capability {
    /// The words of messages, in several languages.
    static let templates = Capability(
        "templates", "the words of messages, in several languages"
    ) { context in
        CapabilityParts(routes: templateRoutes(language: try MailSettings(context.settings).language))
    }
}
