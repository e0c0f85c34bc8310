import FoundationEssentials
import Text

/// Writes a party as a vCard 4.0 (RFC 6350), all that is known of it: what the standard has no property for in such of our own, which import
/// reads again and others pass over.
enum VCardWriter {
    static func card(_ party: ExportedParty) -> String {
        var lines = [
            "BEGIN:VCARD", "VERSION:4.0", "PRODID:-//Rapport//contacts//EN", "UID:urn:uuid:\(party.id)",
            "FN:\(escape(party.name))",
        ]
        let isFirm = party.kind == "enterprise" || party.kind == "partner"
        if isFirm { lines.append("KIND:org") } else { lines.append(names(party.name)) }
        if party.kind != "consumer", party.kind != "enterprise" { lines.append("X-RAPPORT-KIND:\(party.kind)") }
        var groups = 0
        func line(_ head: String, _ label: String?, _ value: String) {
            guard let label else { return lines.append("\(head):\(value)") }
            if isType(label) { return lines.append("\(head);TYPE=\(label):\(value)") }
            groups += 1
            lines += ["item\(groups).\(head):\(value)", "item\(groups).X-ABLabel:\(escape(label))"]
        }
        for email in party.emails { line("EMAIL", email.label, escape(email.address)) }
        for phone in party.phones {
            let desk = phone.extension.map { ";ext=\($0)" } ?? ""
            if phone.number.hasPrefix("+") {
                line("TEL;VALUE=uri", phone.label, "tel:\(phone.number)\(desk)")
            } else {
                line("TEL", phone.label, escape(phone.number + (phone.extension.map { " ext. \($0)" } ?? "")))
            }
        }
        for address in party.details.addresses ?? [] {
            let parts = ["", "", address.street, address.city, address.region, address.postalCode, address.country]
            line("ADR", address.label, parts.map { escape($0 ?? "") }.joined(separator: ";"))
        }
        for handle in party.details.handles ?? [] {
            lines.append("SOCIALPROFILE;VALUE=text;SERVICE-TYPE=\(quoted(handle.network)):\(escape(handle.handle))")
        }
        for like in party.details.likes ?? [] { lines.append("INTEREST:\(escape(like))") }
        let single = [
            ("ORG", party.details.organisation), ("TITLE", party.details.title), ("NOTE", party.notes),
            ("LANG", party.language), ("TZ", party.timeZone), ("BDAY", party.birthday?.replacing("-", with: "")),
            ("X-RAPPORT-COUNTRY", party.country), ("X-RAPPORT-OWNER", party.owner),
            ("X-RAPPORT-CATEGORY", party.category), ("X-RAPPORT-TAXID", party.details.taxId),
        ]
        for (name, value) in single { if let value { lines.append("\(name):\(escape(value))") } }
        if !party.tags.isEmpty { lines.append("CATEGORIES:\(party.tags.map(escape).joined(separator: ","))") }
        let keyed =
            (party.details.preferences ?? [:]).sorted { $0.key < $1.key }.map { ("PREFERENCE", $0.key, $0.value) }
            + party.custom.sorted { $0.key < $1.key }.map { ("CUSTOM", $0.key, $0.value) }
            + party.references.map { ("REFERENCE", $0.system, $0.reference) }
        lines += keyed.map { "X-RAPPORT-\($0.0);KEY=\(quoted($0.1)):\(escape($0.2))" }
        lines.append("END:VCARD")
        return lines.map(fold).joined()
    }

    /// The parts of a person's name, for programs that sort by them: in Chinese the first character is the family's, else the last word.
    private static func names(_ name: String) -> String {
        let words = name.split(separator: " ")
        let isChinese = name.unicodeScalars.allSatisfy { (0x3400...0x9FFF).contains($0.value) }
        let (family, given) =
            isChinese && (2...4).contains(name.count)
            ? (String(name.prefix(1)), String(name.dropFirst()))
            : words.count > 1 ? (String(words[words.count - 1]), words.dropLast().joined(separator: " ")) : (name, "")
        return "N:\(escape(family));\(escape(given));;;"
    }

    /// A word that other programs know, or could: small letters, and none that says something else there.
    private static func isType(_ label: String) -> Bool {
        !label.isEmpty && label.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
            && !["internet", "pref", "voice", "x-internet", "uri", "preferred"].contains(label)
    }

    /// A parameter's value in quotes, its own left out (RFC 6868 writes them as ^').
    private static func quoted(_ text: String) -> String {
        let safe = text.replacing(["^": "^^", "\"": "^'", "\n": "^n"])
        return "\"\(safe)\""
    }

    private static func escape(_ text: String) -> String {
        text.replacing(["\\": "\\\\", "\n": "\\n", "\r": "", ",": "\\,", ";": "\\;"])
    }

    /// Lines of at most 75 bytes, never cut within a character (RFC 6350, section 3.2).
    private static func fold(_ line: String) -> String {
        guard line.utf8.count > 75 else { return line + "\r\n" }
        var folded = ""
        var width = 0
        for scalar in line.unicodeScalars {
            let length = UTF8.width(scalar)
            if width + length > 75 {
                folded += "\r\n "
                width = 1
            }
            folded.unicodeScalars.append(scalar)
            width += length
        }
        return folded + "\r\n"
    }
}
