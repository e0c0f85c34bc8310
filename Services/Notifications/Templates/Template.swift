/// What a message says, in several languages; `{{name}}` stands for what its data holds under that name.
struct Template: Sendable {
    struct Words: Sendable {
        let subject: String
        let body: String
    }

    /// A message as it is sent.
    struct Rendered: Codable, Sendable {
        let language: String
        let subject: String
        let text: String
        let html: String
    }

    /// By language, always with English.
    let words: [String: Words]

    /// Fills in. The language is the recipient's, else its main one (`zh` for `zh-TW`), else the fallback, else English. With a link to
    /// unsubscribe, the last line offers it.
    func rendered(
        _ language: String?, fallback: String, _ data: [String: String], unsubscribe: String? = nil
    ) -> Rendered {
        let wanted = [language, language.map(Self.main), fallback, Self.main(fallback)].compactMap { $0?.lowercased() }
        let chosen = wanted.first { words[$0] != nil } ?? "en"
        let found = words[chosen] ?? Words(subject: "", body: "")
        var text = FilledText(found.body, data)
        if let unsubscribe {
            text.append(chosen == "zh" ? "\n\n退订：\(unsubscribe)" : "\n\nUnsubscribe: \(unsubscribe)")
        }
        return Rendered(
            language: chosen, subject: FilledText(found.subject, data).text, text: text.text + "\n",
            html: HTMLText.page(text, chosen))
    }

    private static func main(_ language: String) -> String { String(language.prefix { $0 != "-" && $0 != "_" }) }
}
