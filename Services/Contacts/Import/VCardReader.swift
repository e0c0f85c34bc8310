import FoundationEssentials
import Text

/// Reads vCards of versions 3.0 (RFC 2426) and 4.0 (RFC 6350), many in a file.
enum VCardReader {
    /// One card: its properties, and where it was.
    struct Card {
        var properties: [Property] = []
        /// Lines of the file before it.
        var line = 0
        var source = ""
        /// Whether its end was there.
        var isWhole = false
    }

    /// `EMAIL;TYPE=work:ann@example.com`.
    struct Property {
        let name: String
        let types: String
        let value: String

        /// The parts of a structured value, unescaped.
        var parts: [String] { VCardReader.split(value, ";") }
    }

    /// The end of the last whole card; 0 where there is none.
    static func lastCardEnd(_ bytes: [UInt8]) -> Int {
        let mark = Array("END:VCARD".utf8)
        var index = bytes.count - mark.count
        while index >= 0 {
            let isMark = zip(bytes[index...], mark).allSatisfy { ($0 & 0xDF) == ($1 & 0xDF) || $0 == $1 }
            if isMark, index == 0 || bytes[index - 1] == 0x0A {
                let end = bytes[index...].firstIndex(of: 0x0A).map { $0 + 1 }
                if let end { return end }
            }
            index -= 1
        }
        return 0
    }

    /// The cards of a text; lines that go on with a blank are put together (RFC 6350, section 3.2).
    static func cards(_ text: [UInt8]) -> [Card] {
        var cards: [Card] = []
        var card: Card?
        var pending = ""
        var number = 0
        func take(_ line: String) {
            guard !line.isEmpty else { return }
            let folded = line.uppercased()
            if folded == "BEGIN:VCARD" {
                if let broken = card { cards.append(broken) }
                card = Card(line: number)
            } else if folded == "END:VCARD" {
                card?.isWhole = true
                if let whole = card { cards.append(whole) }
                card = nil
            } else if let property = property(line) {
                card?.properties.append(property)
                card?.source += line + "\n"
            }
        }
        for slice in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let bytes = slice.last == 0x0D ? slice.dropLast() : slice
            let line = String(decoding: bytes, as: UTF8.self)
            if let first = bytes.first, first == 0x20 || first == 0x09 {
                pending += line.dropFirst()
            } else {
                take(pending)
                pending = line
            }
            number += 1
        }
        take(pending)
        if let broken = card { cards.append(broken) }
        return cards
    }

    private static func property(_ line: String) -> Property? {
        var isQuoted = false
        let colon = line.firstIndex { character in
            if character == "\"" { isQuoted.toggle() }
            return character == ":" && !isQuoted
        }
        guard let colon else { return nil }
        let head = line[..<colon].split(separator: ";")
        guard let first = head.first else { return nil }
        // Apple's cards group properties: `item1.EMAIL`.
        let name = first.split(separator: ".").last.map { $0.uppercased() } ?? ""
        let types = head.dropFirst().joined(separator: ";").lowercased()
        return Property(name: name, types: types, value: String(line[line.index(after: colon)...]))
    }

    /// Splits at a character that no backslash stands before, and unescapes the parts.
    static func split(_ text: String, _ separator: Character) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if isEscaped {
                parts[parts.count - 1].append(character == "n" || character == "N" ? "\n" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == separator {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }

    /// Sets a row from a card; gives the field that is wrong and why.
    static func fill(_ row: inout ImportRow, _ card: Card) -> (String, String)? {
        for property in card.properties {
            let whole = split(property.value, "\u{0}").joined().trimmed
            guard !whole.isEmpty else { continue }
            let isText = !property.value.utf8.contains(0)
            if !isText, let field = fields[property.name] ?? structured[property.name] {
                return (field, "has a NUL character")
            }
            if property.name == "ADR" {
                addAddress(property, &row)
                continue
            }
            if property.name == "N" {
                (row.words["familyName"], row.words["givenName"]) = names(property.parts)
                continue
            }
            guard let field = fields[property.name] else { continue }
            let text =
                switch property.name {
                case "TEL": whole.hasPrefix("tel:") ? String(whole.dropFirst(4).prefix { $0 != ";" }) : whole
                case "ORG": property.parts.first?.trimmed ?? ""
                case "CATEGORIES": split(property.value, ",").joined(separator: ",")
                case "BDAY": birthday(whole)
                case "TZ": TimeZoneName.ofCard(whole)
                case "KIND": whole.lowercased() == "org" ? "enterprise" : "consumer"
                default: whole
                }
            guard !text.isEmpty else { continue }
            if let complaint = row.set(field, text) { return (field, complaint) }
        }
        return nil
    }

    private static let fields = [
        "FN": "name", "EMAIL": "email", "TEL": "phone", "ORG": "organisation", "TITLE": "title", "NOTE": "notes",
        "BDAY": "birthday", "CATEGORIES": "tags", "LANG": "language", "TZ": "timeZone", "UID": "reference",
        "KIND": "kind",
    ]

    /// Properties of parts, by the fields that a complaint names.
    private static let structured = ["ADR": "addresses", "N": "name"]

    /// The day of a date with or without a time; a birthday without its year or in words (RFC 6350, section 6.2.5) is none that can be kept.
    private static func birthday(_ text: String) -> String {
        let day = String(text.prefix { $0 != "T" && $0 != " " })
        let isPartial = day.hasPrefix("-") || !day.utf8.allSatisfy { (0x2D...0x39).contains($0) } || day.utf8.count < 8
        return isPartial ? "" : day
    }

    private static func names(_ parts: [String]) -> (String?, String?) {
        let clean = parts.map(\.trimmed).map { $0.isEmpty ? nil : $0 }
        return (clean.first ?? nil, clean.count > 1 ? clean[1] : nil)
    }

    /// Box, extension, street, city, region, code, country (RFC 6350, section 6.3.1).
    private static func addAddress(_ property: Property, _ row: inout ImportRow) {
        let parts = property.parts.map(\.trimmed).map { $0.isEmpty ? nil : String($0.prefix(200)) }
        func part(_ index: Int) -> String? { index < parts.count ? parts[index] : nil }
        let address = PartyDetails.Address(
            street: part(2), city: part(3), region: part(4), postalCode: part(5), country: part(6))
        guard address != PartyDetails.Address(), (row.details.addresses?.count ?? 0) < 20 else { return }
        row.details.addresses = (row.details.addresses ?? []) + [address]
        row.words["country"] = row.words["country"] ?? part(6)
    }
}
