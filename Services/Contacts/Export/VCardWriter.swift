import FoundationEssentials

/// Writes a party as a vCard 4.0 (RFC 6350).
enum VCardWriter {
    static func card(_ party: ExportedParty) -> String {
        var lines = ["BEGIN:VCARD", "VERSION:4.0", "UID:urn:uuid:\(party.id)", "FN:\(escape(party.name))"]
        if party.kind == "enterprise" || party.kind == "partner" { lines.append("KIND:org") }
        lines += party.emails.map { "EMAIL\(type($0.label)):\(escape($0.address))" }
        lines += party.phones.map { phone in
            phone.number.hasPrefix("+")
                ? "TEL;VALUE=uri\(type(phone.label)):tel:\(phone.number)"
                : "TEL\(type(phone.label)):\(escape(phone.number))"
        }
        lines += party.addresses.map { address in
            let parts = ["", "", address.street, address.city, address.region, address.postalCode, address.country]
            return "ADR\(type(address.label)):\(parts.map { escape($0 ?? "") }.joined(separator: ";"))"
        }
        let single = [
            ("ORG", party.organisation), ("TITLE", party.title), ("NOTE", party.notes), ("LANG", party.language),
            ("TZ", party.timeZone), ("BDAY", party.birthday?.replacing("-", with: "")),
        ]
        for (name, value) in single { if let value { lines.append("\(name):\(escape(value))") } }
        if !party.tags.isEmpty { lines.append("CATEGORIES:\(party.tags.map(escape).joined(separator: ","))") }
        lines.append("END:VCARD")
        return lines.map(fold).joined()
    }

    private static func type(_ label: String?) -> String {
        guard let label, label.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D }) else { return "" }
        return ";TYPE=\(label)"
    }

    private static func escape(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\r\n", with: "\\n").replacing("\n", with: "\\n")
            .replacing("\r", with: "").replacing(",", with: "\\,").replacing(";", with: "\\;")
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
