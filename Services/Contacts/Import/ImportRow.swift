import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit
import Text

/// One record of a file on its way to be a party: only what was given.
struct ImportRow: Sendable {
    var line = 0
    var name: String?
    var kind: String?
    var emails: [String] = []
    var phones: [String] = []
    var words: [String: String] = [:]
    var tags: [String] = []
    var birthday: String?
    var details = PartyDetails()
    var custom: [String: CustomValue] = [:]
    var reference: String?

    /// What tells that two rows are one party.
    enum Key: Hashable {
        case reference(String)
        case mail(String)
        case phone(String)
    }

    /// What another system calls the party, its mail address, its phone number.
    var keys: [Key] {
        var keys: [Key] = []
        if let reference { keys.append(.reference(reference)) }
        if let mail = emails.first { keys.append(.mail(mail.lowercased())) }
        if let phone = phones.first { keys.append(.phone(phone)) }
        return keys
    }

    /// Sets a field from a file's text; gives what is wrong with it, for people.
    mutating func set(_ field: String, _ text: String) -> String? {
        let limit = field == "notes" ? 10_000 : field == "name" ? 300 : 200
        let isShort = text.utf8.count <= limit || text.count <= limit && text.utf8.count <= 8 * limit
        guard isShort else { return "has more than \(limit) characters" }
        guard !text.utf8.contains(0) else { return "has a NUL character" }
        switch field {
        case "name":
            name = text
        case "kind":
            guard let known = Self.kinds[text.lowercased()] else {
                return "must be one of consumer, enterprise, partner, internal"
            }
            kind = known
        case "email":
            for part in Self.parts(text) {
                guard let address = MailAddress.normal(part) else { return "is no mail address" }
                emails.append(address)
            }
        case "phone":
            for part in Self.parts(text) {
                guard let number = PhoneNumber.normal(part) else { return "is no phone number" }
                phones.append(number)
            }
        case "tags":
            tags += text.split(whereSeparator: { ",;，；、|".contains($0) }).map { String($0).trimmed }.filter {
                !$0.isEmpty
            }
            if tags.count > 50 || tags.contains(where: { $0.count > 50 }) {
                return "takes at most 50 tags of 50 characters"
            }
        case "birthday":
            guard let day = Self.day(text) else { return "must be a date, YYYY-MM-DD" }
            birthday = day
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
        case "organisation": details.organisation = text
        case "title": details.title = text
        case "street", "city", "region", "postalCode": setAddress(field, text)
        case "reference": reference = text
        default: words[field] = text
        }
        return nil
    }

    /// What a cell holds several of.
    private static func parts(_ text: String) -> [String] {
        func separates(_ scalar: Unicode.Scalar) -> Bool {
            scalar == ";" || scalar == "," || scalar == "|" || scalar == "；"
        }
        guard text.unicodeScalars.contains(where: separates) else { return [text] }
        return text.unicodeScalars.split(whereSeparator: separates).map { String($0) }
    }

    /// Puts together what came in parts; gives the field that is missing and what is wrong.
    mutating func finish() -> (field: String, message: String)? {
        if name == nil {
            let (given, family) = (words["givenName"], words["familyName"])
            let isChinese = (family ?? given)?.unicodeScalars.contains { (0x3400...0x9FFF).contains($0.value) } ?? false
            let parts = isChinese ? [family, given] : [given, family]
            let whole = parts.compactMap { $0 }.joined(separator: isChinese ? "" : " ")
            name = whole.isEmpty ? details.organisation : whole
        }
        words["givenName"] = nil
        words["familyName"] = nil
        if let country = words["country"] ?? details.addresses?.lazy.compactMap(\.country).first {
            phones = phones.map { PhoneNumber.normal($0, in: country) }
        }
        if emails.count > 1 { details.emails = emails.prefix(20).map { .init(address: $0) } }
        if phones.count > 1 { details.phones = phones.prefix(20).map { .init(number: $0) } }
        guard let name else { return ("name", "is missing") }
        return name.utf8.count > PartyInput.longestName
            ? ("name", "has more than \(PartyInput.longestName) bytes of UTF-8") : nil
    }

    private mutating func setAddress(_ field: String, _ text: String) {
        var address = details.addresses?.first ?? PartyDetails.Address()
        switch field {
        case "street": address.street = text
        case "city": address.city = text
        case "region": address.region = text
        default: address.postalCode = text
        }
        details.addresses = [address]
    }

    private static let kinds = [
        "consumer": "consumer", "person": "consumer", "individual": "consumer", "个人": "consumer", "消费者": "consumer",
        "enterprise": "enterprise", "company": "enterprise", "org": "enterprise", "企业": "enterprise",
        "公司": "enterprise",
        "partner": "partner", "渠道": "partner", "合作伙伴": "partner", "代理商": "partner", "internal": "internal",
        "内部": "internal",
    ]

    /// `1990-05-01`, `1990/5/1`, `1990年5月1日`, `19900501`.
    static func day(_ text: String) -> String? {
        var parts = text.split(whereSeparator: { !$0.isASCII || !$0.isNumber }).map(String.init)
        if parts.count == 1, parts[0].count == 8 {
            let digits = parts[0]
            parts = [String(digits.prefix(4)), String(digits.dropFirst(4).prefix(2)), String(digits.suffix(2))]
        }
        guard parts.count == 3, parts[0].count == 4 else { return nil }
        let padded = parts.dropFirst().map { $0.count == 1 ? "0\($0)" : $0 }
        return CalendarDay("\(parts[0])-\(padded.joined(separator: "-"))")?.text
    }

    // MARK: Parties

    /// A new party of the row.
    func party(_ id: UUID) -> Party {
        var party = Party(id: id, name: name ?? "")
        apply(to: &party)
        return party
    }

    /// Takes what the row says over into a party; what it does not say stays.
    func apply(to party: inout Party) {
        party.name = name ?? party.name
        party.kind = kind ?? party.kind
        party.email = emails.first ?? party.email
        party.phone = phones.first ?? party.phone
        party.language = words["language"] ?? party.language
        party.timeZone = words["timeZone"] ?? party.timeZone
        party.country = words["country"] ?? party.country
        party.notes = words["notes"] ?? party.notes
        party.owner = words["owner"] ?? party.owner
        party.category = words["category"] ?? party.category
        party.birthday = birthday ?? party.birthday
        if !tags.isEmpty { party.tags += tags.filter { !party.tags.contains($0) } }
        party.details = party.details.merging(details, cleared: [])
        if let address = emails.first, emails.count == 1 { party.leadEmails(by: address) }
        if let number = phones.first, phones.count == 1 { party.leadPhones(by: number) }
        party.completeNumbers()
        party.custom.merge(custom) { $1 }
        if let reference, !party.references.contains(reference) { party.references.append(reference) }
    }
}
