import ServiceKit

extension Capability {
    /// The words of messages, in several languages.
    static let templates = Capability(
        "templates", "the words of messages, in several languages"
    ) { context in
        CapabilityParts(routes: templateRoutes(language: try context.settings.value(Template.mainLanguage)))
    }
}

extension Template {
    /// For messages that say no language, or one that a template does not have.
    static let mainLanguage = Setting<String>(
        "MAIL_LANGUAGE", default: "en", help: "the language of mails to those whose own is not known")
}
