import Text

/// The order of names that a reader's language has.
///
/// Folded names stand as English, German, French and most others have them, and Chinese ones by their sounds: that is the order of
/// `sort_name`. Languages whose alphabet has letters of its own, as Swedish has å behind z, are sorted by ICU's rules for them, which the
/// database knows.
struct ListLanguage {
    /// The database's collation; nil for languages that folded names are in order for.
    let collation: String?

    /// By a language tag; nil for what is none.
    init?(_ text: String) {
        guard let tag = LanguageTag.normal(text) else { return nil }
        let language = String(tag.prefix { $0 != "-" })
        let known = Self.others[language] ?? language
        collation = Self.apart.contains(known) ? "\(known)-x-icu" : nil
    }

    /// Those with letters of their own, or other orders of those that all have.
    static let apart: Set<String> = [
        "az", "bs", "cs", "cy", "da", "eo", "es", "et", "fi", "fo", "hr", "hu", "is", "kl", "lt", "lv", "mt", "nb",
        "nn", "pl",
        "ro", "se", "sk", "sl", "sq", "sv", "tr", "vi",
    ]
    private static let others = ["no": "nb"]
}
