import CRMModel
import Crypto
import FoundationEssentials
import Phones
import ServiceKit
import Text
import Writing

/// What cells of files mean.
extension ImportRow {
    /// Sets a field from a file's text; gives what is wrong with it, for people.
    mutating func set(_ field: String, _ text: String, label: String? = nil) -> String? {
        if field.hasPrefix("moved.") { return setMoved(String(field.dropFirst(6)), text) }
        let limit =
            field == "notes" || field == "moreAddresses"
            ? 10_000 : field == "name" ? 300 : Self.lists.contains(field) ? 4_000 : 200
        let isShort = text.utf8.count <= limit || text.count <= limit && text.utf8.count <= 8 * limit
        guard isShort else { return "has more than \(limit) characters" }
        guard !text.utf8.contains(0) else { return "has a NUL character" }
        switch field {
        case "name":
            guard let clean = CleanText.oneLine(text) else { return "has nothing that can be seen" }
            name = clean
        case "kind":
            guard let known = Self.kinds[text.lowercased()] else {
                return "must be one of \(PartyInput.kinds.joined(separator: ", "))"
            }
            kind = known
        case "email": return addEmails(text, label)
        case "phone": return addPhones(text, label)
        case "tags": return addTags(text)
        case "birthday": return setBirthday(text)
        case "language":
            guard let tag = LanguageTag.normal(text) else { return "must be a language tag of BCP 47 such as zh-CN" }
            words[field] = tag
        case "timeZone":
            guard let zone = TimeZoneName.normal(text) else { return "must be an IANA time zone such as Asia/Shanghai" }
            words[field] = zone
        case "category":
            guard PartyInput.categories.contains(text) else {
                return "must be one of \(PartyInput.categories.joined(separator: ", "))"
            }
            words[field] = text
        case "country": words[field] = Country.stored(text)
        case "organisation": details.organisation = CleanText.oneLine(text)
        case "title": details.title = CleanText.oneLine(text)
        case "taxId": details.taxId = text
        case "street", "city", "region", "postalCode", "addressLabel", "addressCountry": setAddress(field, text)
        case "reference": reference = text
        case "partyId":
            guard let id = UUID(text: text) else { return "must be the id of a party" }
            partyID = id
        case "emailLabels": Self.put(Self.list(text), into: &emails) { $0.label = $1 }
        case "phoneLabels": Self.put(Self.list(text), into: &phones) { $0.label = $1 }
        case "references": references = Self.list(text)
        case "likes": details.likes = Array(Self.list(text).prefix(100))
        case "handles": return addHandles(text)
        case "preferences": return addPreferences(text)
        case "moreAddresses": return addAddresses(text)
        case "namePrefix", "nameSuffix": break
        default: words[field] = text
        }
        return nil
    }

    private static let lists: Set<String> = [
        "email", "phone", "tags", "likes", "handles", "preferences", "references", "emailLabels", "phoneLabels",
    ]

    /// Of one column's values: the labels that another column has for them.
    mutating func label(_ field: String, from place: Int, _ text: String) {
        let labels = Self.parts(text).map { $0.trimmed.trimmingPrefix { $0 == "*" || $0 == " " } }
            .map { Self.standard[$0.lowercased()] ?? String($0.prefix(50)) }
        if field == "email" {
            Self.put(labels, into: &emails, from: place) { $0.label = $1 }
        } else {
            Self.put(labels, into: &phones, from: place) { $0.label = $1 }
        }
    }

    /// One label for all of a column's values where there is only one.
    private static func put<T>(
        _ labels: [String], into list: inout [T], from place: Int = 0, _ set: (inout T, String) -> Void
    ) {
        for index in list.indices.dropFirst(place) {
            let label = labels.count == 1 ? labels[0] : index - place < labels.count ? labels[index - place] : ""
            if !label.isEmpty { set(&list[index], label) }
        }
    }

    /// Labels of other programs as cards have them.
    static let standard = [
        "mobile": "cell", "home": "home", "work": "work", "main": "main", "other": "other", "住宅": "home", "工作": "work",
        "手机": "cell", "移动": "cell", "其他": "other", "iphone": "cell", "privat": "home", "geschäftlich": "work",
        "mobil": "cell",
    ]

    // MARK: Several in a cell

    /// What a cell holds several of, Google's way too.
    private static func parts(_ text: String) -> [String] {
        func separates(_ scalar: Unicode.Scalar) -> Bool {
            scalar == ";" || scalar == "," || scalar == "|" || scalar == "；" || scalar == "\n"
        }
        return text.components(by: " ::: ").flatMap { cell in
            cell.unicodeScalars.contains(where: separates)
                ? cell.unicodeScalars.split(whereSeparator: separates).map { String($0) } : [cell]
        }.map(\.trimmed).filter { !$0.isEmpty }
    }

    /// A list as our exports write it: parted by semicolons, a backslash before those of a value. Values that are empty hold their place.
    static func list(_ text: String) -> [String] {
        var parts = [""]
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                parts[parts.count - 1].unicodeScalars.append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == ";" {
                parts.append("")
            } else {
                parts[parts.count - 1].unicodeScalars.append(scalar)
            }
        }
        return parts
    }

    private mutating func addEmails(_ text: String, _ label: String?) -> String? {
        for part in Self.parts(text) {
            guard let address = MailAddress.normal(part) else {
                guard moved != nil else { return "is no mail address" }
                oddities.append("email \(String(part.unicodeScalars.prefix(100))) is no mail address, left out")
                continue
            }
            emails.append(.init(address: address, label: label))
        }
        return nil
    }

    /// A number that is none loses nobody: it is told.
    private mutating func addPhones(_ text: String, _ label: String?) -> String? {
        let parts = Self.parts(text)
        let areSeveral =
            parts.dropFirst().contains { $0.count { ("0"..."9").contains($0) } > 6 } || !PhoneNumber.isOne(text)
        for part in (areSeveral ? parts : [text]).flatMap({ $0.components(by: " / ") }) {
            if PhoneNumber.isOne(part) {
                phones.append(.init(number: part, label: label))
            } else {
                oddities.append("phone \(part) is no phone number, left out")
            }
        }
        return nil
    }

    private mutating func addTags(_ text: String) -> String? {
        let isOurs = text.contains("\\")
        let parts =
            isOurs
            ? Self.list(text)
            : text.components(by: " ::: ").flatMap { cell in
                cell.unicodeScalars.split { ",;，；、|".unicodeScalars.contains($0) }.map { String($0) }
            }
        // Google's groups that every account has.
        tags += parts.map(\.trimmed).filter { !$0.isEmpty && !$0.hasPrefix("* ") }
        return tags.count > 50 || tags.contains(where: { $0.count > 50 })
            ? "takes at most 50 tags of 50 characters" : nil
    }

    private mutating func addHandles(_ text: String) -> String? {
        details.handles = Self.list(text).compactMap { part in
            guard let (network, handle) = part.parted(by: ":"), !network.isEmpty, !handle.isEmpty else { return nil }
            return .init(network: network, handle: handle)
        }
        return nil
    }

    private mutating func addPreferences(_ text: String) -> String? {
        for part in Self.list(text) {
            guard let (key, value) = part.parted(by: "=") else { return "must be key=value, parted by semicolons" }
            details.preferences = details.preferences ?? [:]
            details.preferences?[key] = value
        }
        return nil
    }

    private mutating func addAddresses(_ text: String) -> String? {
        guard let more = try? JSONDecoder().decode([PartyDetails.Address].self, from: Data(text.utf8)) else {
            return "must be a JSON list of addresses"
        }
        details.addresses = (details.addresses ?? []) + more.prefix(19)
        return nil
    }

    private mutating func setAddress(_ field: String, _ text: String) {
        var address = details.addresses?.first ?? PartyDetails.Address()
        switch field {
        case "street": address.street = text
        case "city": address.city = text
        case "region": address.region = text
        case "addressLabel": address.label = text
        case "addressCountry": address.country = Country.stored(text)
        default: address.postalCode = text
        }
        details.addresses = [address] + (details.addresses ?? []).dropFirst()
    }

    private static let kinds = [
        "consumer": "consumer", "person": "consumer", "individual": "consumer", "个人": "consumer", "消费者": "consumer",
        "enterprise": "enterprise", "company": "enterprise", "org": "enterprise", "企业": "enterprise",
        "公司": "enterprise",
        "partner": "partner", "渠道": "partner", "合作伙伴": "partner", "代理商": "partner", "internal": "internal",
        "内部": "internal",
    ]

    // MARK: Days

    private mutating func setBirthday(_ text: String) -> String? {
        if let day = Self.day(text) {
            birthday = day
            return nil
        }
        // 2/3/1990 is the third of February in one country and the second of March in others: the person comes without it.
        let parts = text.split(separator: "/")
        if parts.count == 3, parts.allSatisfy({ Int($0) != nil }) {
            oddities.append("birthday \(text) may be one of two days, left out; write it as YYYY-MM-DD")
            return nil
        }
        return "must be a date, YYYY-MM-DD"
    }

    /// `1990-05-01`, `1990/5/1`, `1990年5月1日`, `19900501`, `1.5.1990`, `13/5/1990`, `5/13/1990`, all with or without a time; nil for others.
    static func day(_ text: String) -> String? {
        let date = String(text.prefix { $0 != "T" && $0 != " " })
        var parts = date.split(whereSeparator: { !$0.isASCII || !$0.isNumber }).map(String.init)
        if parts.count == 1, parts[0].count == 8 {
            let digits = parts[0]
            parts = [String(digits.prefix(4)), String(digits.dropFirst(4).prefix(2)), String(digits.suffix(2))]
        }
        guard parts.count == 3 else { return nil }
        if parts[2].count == 4, parts[0].count <= 2, let first = Int(parts[0]), let second = Int(parts[1]) {
            // Points part days of German writing; with a slash the month is told only where the other is more than twelve, or both are one.
            guard date.contains(".") || first > 12 || second > 12 || first == second else { return nil }
            let isMonthFirst = !date.contains(".") && second > 12
            parts = isMonthFirst ? [parts[2], parts[0], parts[1]] : [parts[2], parts[1], parts[0]]
        }
        guard parts[0].count == 4 else { return nil }
        let padded = parts.dropFirst().map { $0.count == 1 ? "0\($0)" : $0 }
        return CalendarDay("\(parts[0])-\(padded.joined(separator: "-"))")?.text
    }
}

extension String {
    /// The parts between a separator.
    fileprivate func components(by separator: String) -> [String] {
        guard let sign = separator.utf8.first(where: { $0 != 0x20 }), utf8.contains(sign) else { return [self] }
        var parts: [String] = []
        var rest = unicodeScalars[...]
        while let place = rest.firstRange(of: separator.unicodeScalars) {
            parts.append(String(rest[..<place.lowerBound]))
            rest = rest[place.upperBound...]
        }
        return parts + [String(rest)]
    }

    fileprivate func trimmingPrefix(_ isPart: (Character) -> Bool) -> String { String(drop(while: isPart)) }
}
