/// Strings of JSON for what is written too often for the general encoder.
enum JSONQuoted {
    /// A JSON string (RFC 8259, section 7); NUL, which PostgreSQL's text does not take, is left out.
    static func text(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else { return "\"\(text)\"" }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\0": continue
            case "\u{1}"..<" ":
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u00\(scalar.value < 16 ? "0" : "")\(hex)"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
