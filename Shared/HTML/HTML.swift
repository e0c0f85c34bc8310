/// A piece of a page, made so that what people have written can never become a part of its structure: texts are escaped where they stand, names
/// of elements and attributes are the program's own.
public struct HTML: Sendable, ExpressibleByStringLiteral {
    /// The markup.
    public let markup: String

    private init(markup: String) { self.markup = markup }

    /// A text.
    public init(_ text: String) { markup = HTML.escaped(text) }

    /// A text of the program.
    public init(stringLiteral text: String) { self.init(text) }

    /// Nothing.
    public static let nothing = HTML(markup: "")

    /// An element with what stands in it.
    public static func element(
        _ name: StaticString, _ attributes: [Attribute] = [], _ children: [HTML] = []
    ) -> HTML {
        HTML(markup: "<\(name)\(attributes.map(\.markup).joined())>\(children.map(\.markup).joined())</\(name)>")
    }

    /// An element that nothing stands in: `input`, `meta`, `hr`.
    public static func empty(_ name: StaticString, _ attributes: [Attribute] = []) -> HTML {
        HTML(markup: "<\(name)\(attributes.map(\.markup).joined())>")
    }

    /// Pieces one behind the other.
    public static func group(_ pieces: [HTML]) -> HTML { HTML(markup: pieces.map(\.markup).joined()) }

    /// A whole page, in bytes.
    public var page: [UInt8] { Array("<!doctype html>\n\(markup)\n".utf8) }

    /// A text as it stands between elements and in quotes.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: isSpecial) else { return text }
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            // No page may hold it (HTML Standard, 13.2.3.5).
            case "\0": output += "\u{FFFD}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"), 0: true
        default: false
        }
    }
}

extension HTML {
    /// An attribute of an element.
    public struct Attribute: Sendable {
        let markup: String

        private init(markup: String) { self.markup = markup }

        private init(_ name: StaticString, _ value: String) {
            markup = " \(name)=\"\(HTML.escaped(value))\""
        }

        /// One whose value is text to the browser: `name`, `value`, `autocomplete`. Not for addresses and scripts.
        public static func text(_ name: StaticString, _ value: String) -> Attribute {
            precondition(!isActive("\(name)"), "addresses have kinds of their own, and scripts and styles none")
            return Attribute(name, value)
        }

        /// One that is there or not: `required`, `checked`.
        public static func flag(_ name: StaticString, _ isOn: Bool = true) -> Attribute {
            Attribute(markup: isOn ? " \(name)" : "")
        }

        /// Classes of the style sheet.
        public static func classes(_ names: StaticString) -> Attribute { Attribute("class", "\(names)") }

        /// A name on the page, a letter first: what begins with a digit is no name to style sheets and scripts.
        public static func id(_ name: String) -> Attribute {
            let isName =
                name.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } == true
                && name.utf8.allSatisfy {
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
                }
            return isName ? Attribute("id", name) : Attribute(markup: "")
        }

        /// Where a link leads, `href`; one that is no path here and no address of the web leads nowhere.
        public static func link(_ address: String) -> Attribute { Attribute("href", safe(address)) }

        /// Where a form goes.
        public static func action(_ address: String) -> Attribute { Attribute("action", safe(address)) }

        /// Where a picture or a script comes from.
        public static func source(_ address: String) -> Attribute { Attribute("src", safe(address)) }

        private static func safe(_ address: String) -> String {
            let isPath = address.hasPrefix("/") && !address.hasPrefix("//") && !address.hasPrefix("/\\")
            let isWeb = ["https://", "http://", "mailto:", "otpauth://", "#", "?"].contains { address.hasPrefix($0) }
            return isPath || isWeb ? address : "#"
        }

        private static func isActive(_ name: String) -> Bool {
            name.hasPrefix("on") || ["href", "src", "action", "formaction", "style", "srcdoc", "srcset"].contains(name)
        }
    }
}
