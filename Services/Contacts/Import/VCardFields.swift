import CRMModel
import Crypto
import FoundationEssentials
import Phones
import Text
import Writing

/// What the properties of a card mean.
extension ImportRow {
    /// Sets the row from a card; gives the field that is wrong and why.
    mutating func fill(_ card: VCardReader.Card) -> (String, String)? {
        if let problem = Self.problem(card) { return problem }
        let own = card.properties.contains { $0.name == "PRODID" && $0.value.contains("Rapport") }
        // What is preferred comes first; else the order of the card.
        let ordered = card.properties.enumerated().sorted {
            ($0.element.preference, $0.offset) < ($1.element.preference, $1.offset)
        }.map(\.element)
        for property in ordered {
            let text = property.text.trimmed
            guard !text.isEmpty else { continue }
            if text.utf8.contains(0) {
                guard Self.fields[property.name] != nil || ["ADR", "N"].contains(property.name) else { continue }
                return (
                    Self.fields[property.name] ?? (property.name == "N" ? "name" : "addresses"), "has a NUL character"
                )
            }
            if let complaint = take(property, text, card, own) { return complaint }
        }
        if !own, words["country"] == nil { words["country"] = details.addresses?.lazy.compactMap(\.country).first }
        return nil
    }

    /// Cards that are no person's or firm's.
    private static func problem(_ card: VCardReader.Card) -> (String, String)? {
        let kind = card.properties.first { $0.name == "KIND" || $0.name == "X-ADDRESSBOOKSERVER-KIND" }?.value
            .lowercased().trimmed
        guard kind == "group" else { return nil }
        return ("kind", "is a group of cards and no person")
    }

    private mutating func take(
        _ property: VCardReader.Property, _ text: String, _ card: VCardReader.Card, _ own: Bool
    ) -> (String, String)? {
        let label = Self.label(property, card)
        switch property.name {
        case "TEL":
            let number = text.lowercased().hasPrefix("tel:") ? text.replacing("\\;", with: ";") : text
            guard PhoneNumber.isOne(number) else {
                oddities.append("phone \(text) is no phone number, left out")
                return nil
            }
            phones.append(.init(number: number, label: label))
        case "EMAIL":
            guard let address = MailAddress.normal(text.hasPrefix("mailto:") ? String(text.dropFirst(7)) : text) else {
                return ("email", "is no mail address")
            }
            emails.append(.init(address: address, label: label))
        case "ADR": addAddress(property, label)
        case "N": takeNames(property.parts)
        case "ORG": return set("organisation", property.parts.first?.trimmed ?? "").map { ("organisation", $0) }
        case "CATEGORIES":
            tags += VCardReader.split(property.value, ",").map(\.trimmed).filter { !$0.isEmpty }
            if tags.count > 50 || tags.contains(where: { $0.count > 50 }) {
                return ("tags", "takes at most 50 tags of 50 characters")
            }
        case "BDAY": return takeBirthday(property, text)
        case "TZ":
            let zone = TimeZoneName.ofCard(text)
            return zone.isEmpty ? nil : set("timeZone", zone).map { ("timeZone", $0) }
        case "KIND": kind = text.lowercased() == "org" ? kind ?? "enterprise" : kind ?? "consumer"
        case "UID": takeUID(text, own)
        case "IMPP", "SOCIALPROFILE", "X-SOCIALPROFILE": addHandle(property, text)
        case "INTEREST", "HOBBY": details.likes = (details.likes ?? []) + [String(text.prefix(200))]
        case let name where name.hasPrefix("X-RAPPORT-"): return takeOwn(String(name.dropFirst(10)), property, text)
        default:
            guard let field = Self.fields[property.name] else { return nil }
            return set(field, text).map { (field, $0) }
        }
        return nil
    }

    private static let fields = [
        "FN": "name", "EMAIL": "email", "TEL": "phone", "ORG": "organisation", "TITLE": "title", "NOTE": "notes",
        "BDAY": "birthday", "CATEGORIES": "tags", "LANG": "language", "TZ": "timeZone", "UID": "reference",
        "KIND": "kind",
    ]

    /// Ours beside the standard's: kinds, categories and what has no property.
    private mutating func takeOwn(_ name: String, _ property: VCardReader.Property, _ text: String) -> (String, String)?
    {
        let key = property.parameters["KEY"]?.first ?? ""
        switch name {
        case "KIND":
            // The standard knows persons and firms only.
            kind = nil
            return set("kind", text).map { ("kind", $0) }
        case "PREFERENCE":
            details.preferences = details.preferences ?? [:]
            details.preferences?[key] = text
        case "CUSTOM": customTexts[key] = text
        case "REFERENCE":
            if key == "import" { reference = text } else { references.append("\(key):\(text)") }
        case "TAXID": return set("taxId", text).map { ("taxId", $0) }
        case "COUNTRY", "OWNER", "CATEGORY":
            let field = name.lowercased()
            return set(field, text).map { (field, $0) }
        default: break
        }
        return nil
    }

    /// The id of one of our own cards is that of the party; those of others are what their program calls it.
    private mutating func takeUID(_ text: String, _ own: Bool) {
        let id = text.hasPrefix("urn:uuid:") ? UUID(text: String(text.dropFirst(9))) : nil
        if own, let id { partyID = id } else { reference = reference ?? String(text.prefix(200)) }
    }

    private mutating func takeNames(_ parts: [String]) {
        let clean = parts.map(\.trimmed).map { $0.isEmpty ? nil : $0 }
        for (place, field) in ["familyName", "givenName", "middleName"].enumerated() where place < clean.count {
            words[field] = clean[place]
        }
    }

    /// The label that the person gave, else what kind of line it is; those that say nothing are none.
    private static func label(_ property: VCardReader.Property, _ card: VCardReader.Card) -> String? {
        let silent: Set<String> = ["internet", "pref", "voice", "x-internet", "uri", "preferred"]
        if !property.group.isEmpty,
            let own = card.properties.first(where: { $0.group == property.group && $0.name == "X-ABLABEL" })?.text
                .trimmed
        {
            // Apple's own words stand in signs: _$!<Other>!$_.
            guard own.hasPrefix("_$!<") else { return own.isEmpty ? nil : String(own.prefix(50)) }
            let word = own.dropFirst(4).prefix { $0 != ">" }.lowercased()
            return standard[word] ?? String(word.prefix(50))
        }
        let types = property.types.filter { !silent.contains($0) && !$0.isEmpty }
        // A mobile of the firm is a mobile; the kind of line comes before the place.
        let word = types.first { $0 == "cell" || $0 == "fax" } ?? types.first
        return word.map { String((property.parameters["X-LABEL"]?.first ?? $0).prefix(50)) }
            ?? property.parameters["X-LABEL"]?.first
    }

    /// The day of a date with or without a time; a birthday without its year, as Apple writes with 1604, or in words is none that can be kept
    /// (RFC 6350, 6.2.5).
    private mutating func takeBirthday(_ property: VCardReader.Property, _ text: String) -> (String, String)? {
        let day = String(text.prefix { $0 != "T" && $0 != " " })
        let isPartial = day.hasPrefix("-") || !day.utf8.allSatisfy { (0x2D...0x39).contains($0) } || day.utf8.count < 8
        let omitted = property.parameters["X-APPLE-OMIT-YEAR"]?.first
        guard !isPartial, omitted.map({ !day.hasPrefix($0) }) ?? true, !day.hasPrefix("1604") else {
            oddities.append("birthday \(text) has no year, left out")
            return nil
        }
        return set("birthday", day).map { ("birthday", $0) }
    }

    private mutating func addHandle(_ property: VCardReader.Property, _ text: String) {
        var network =
            (property.parameters["SERVICE-TYPE"] ?? property.parameters["X-SERVICE-TYPE"] ?? property.parameters["TYPE"])?
            .first
        var handle = text
        if property.name == "IMPP", !text.hasPrefix("http"), let (scheme, name) = text.parted(by: ":") {
            network = network ?? scheme
            handle = name
        }
        guard let network, !network.isEmpty, !handle.isEmpty, (details.handles?.count ?? 0) < 20 else { return }
        details.handles =
            (details.handles ?? []) + [.init(network: String(network.prefix(50)), handle: String(handle.prefix(200)))]
    }

    /// Box, extension, street, city, region, code, country (RFC 6350, 6.3.1).
    private mutating func addAddress(_ property: VCardReader.Property, _ label: String?) {
        let parts = property.parts.map(\.trimmed).map { $0.isEmpty ? nil : String($0.prefix(200)) }
        func part(_ index: Int) -> String? { index < parts.count ? parts[index] : nil }
        let address = PartyDetails.Address(
            label: label, street: part(2), city: part(3), region: part(4), postalCode: part(5),
            country: part(6).map(Country.stored))
        var bare = address
        bare.label = nil
        guard bare != PartyDetails.Address(), (details.addresses?.count ?? 0) < 20 else { return }
        details.addresses = (details.addresses ?? []) + [address]
    }
}
