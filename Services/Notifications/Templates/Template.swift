import Text

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
        var text = Self.fill(found.body, data)
        if let unsubscribe {
            text += chosen == "zh" ? "\n\n退订：\(unsubscribe)" : "\n\nUnsubscribe: \(unsubscribe)"
        }
        let subject = Self.fill(found.subject, data)
        return Rendered(language: chosen, subject: subject, text: text + "\n", html: HTMLText.page(text, chosen))
    }

    private static func main(_ language: String) -> String { String(language.prefix { $0 != "-" && $0 != "_" }) }

    /// Replaces each `{{name}}`, once: what data brings in is not looked at again. Names without data become nothing.
    static func fill(_ text: String, _ data: [String: String]) -> String {
        var filled = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            filled += rest[..<open.lowerBound]
            filled += data[rest[open.upperBound..<close.lowerBound].filter { $0 != " " }] ?? ""
            rest = rest[close.upperBound...]
        }
        return filled + rest
    }
}

/// Plain text as simple HTML.
enum HTMLText {
    static func page(_ text: String, _ language: String) -> String {
        // CR LF is one character, which no LF parts.
        let plain = text.replacing("\r\n", with: "\n").replacing(["\r": "\n"])
        let paragraphs = plain.split(separator: "\n\n").map { paragraph in
            let lines = paragraph.split(separator: "\n", omittingEmptySubsequences: false).map(line)
            return "<p>\(lines.joined(separator: "<br>\n"))</p>"
        }
        return """
            <!DOCTYPE html>
            <html lang="\(language)"><meta charset="utf-8"><body>
            \(paragraphs.joined(separator: "\n"))
            </body></html>

            """
    }

    /// Web addresses become links.
    private static func line(_ text: Substring) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let clean = escaped(word)
            guard let start = ["https://", "http://"].compactMap({ clean.firstRange(of: $0)?.lowerBound }).first else {
                return clean
            }
            return "\(clean[..<start])<a href=\"\(clean[start...])\">\(clean[start...])</a>"
        }.joined(separator: " ")
    }

    static func escaped(_ text: some StringProtocol) -> String {
        var safe = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }
}
