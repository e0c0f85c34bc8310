import CRMModel
import FoundationEssentials
import HTTP
import Phones
import ServiceKit
import Text
import Writing

/// What a caller may say of a party: a member that is absent stays as it is, one that is null is taken away (RFC 7396).
struct PartyInput: Decodable {
    var kind: String?
    var name: String?
    var email: String?
    var phone: String?
    var language: String?
    var timeZone: String?
    var country: String?
    var notes: String?
    var tags: [String]?
    var owner: String?
    var category: String?
    var birthday: CalendarDay?
    /// Without preferences.
    var details = PartyDetails()
    /// Each that is said; null takes one away.
    var preferences: [String: String?] = [:]
    var custom: [String: CustomValue?] = [:]
    /// The members that are null.
    var cleared: Set<String> = []

    /// Bytes of a name, as the table has it.
    static let longestName = 1000
    /// The kinds of customers (C2).
    static let kinds = ["consumer", "enterprise", "partner", "internal"]
    /// The business categories of logistics firms (C2).
    static let categories = ["brokerage", "investment", "asset-management", "strategic-alliance", "community"]

    private enum Key: String, CodingKey, CaseIterable {
        case kind, name, email, phone, language, timeZone, country, notes, tags, owner, category, birthday, custom
        case emails, phones, addresses, handles, likes, preferences, organisation, title, taxId
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        kind = try container.decodeIfPresent(String.self, forKey: .kind)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        email = try container.decodeIfPresent(String.self, forKey: .email)
        phone = try container.decodeIfPresent(String.self, forKey: .phone)
        language = try container.decodeIfPresent(String.self, forKey: .language)
        timeZone = try container.decodeIfPresent(String.self, forKey: .timeZone)
        country = try container.decodeIfPresent(String.self, forKey: .country)
        notes = try container.decodeIfPresent(String.self, forKey: .notes)
        tags = try container.decodeIfPresent([String].self, forKey: .tags)
        owner = try container.decodeIfPresent(String.self, forKey: .owner)
        category = try container.decodeIfPresent(String.self, forKey: .category)
        birthday = try container.decodeIfPresent(CalendarDay.self, forKey: .birthday)
        custom = try container.decodeIfPresent([String: CustomValue?].self, forKey: .custom) ?? [:]
        preferences = try container.decodeIfPresent([String: String?].self, forKey: .preferences) ?? [:]
        details = PartyDetails(
            emails: try container.decodeIfPresent([PartyDetails.Email].self, forKey: .emails),
            phones: try container.decodeIfPresent([PartyDetails.Phone].self, forKey: .phones),
            addresses: try container.decodeIfPresent([PartyDetails.Address].self, forKey: .addresses),
            handles: try container.decodeIfPresent([PartyDetails.Handle].self, forKey: .handles),
            likes: try container.decodeIfPresent([String].self, forKey: .likes),
            organisation: try container.decodeIfPresent(String.self, forKey: .organisation),
            title: try container.decodeIfPresent(String.self, forKey: .title),
            taxId: try container.decodeIfPresent(String.self, forKey: .taxId))
        for key in Key.allCases where try container.contains(key) && container.decodeNil(forKey: key) {
            cleared.insert(key.rawValue)
        }
    }

    /// Cleans and checks what was given; each refusal names its field.
    func checked() throws -> PartyInput {
        var input = self
        for field in ["name", "kind"] where cleared.contains(field) {
            throw Problem.field(field, "must not be null")
        }
        input.name = try FieldCheck.text(name, "name")
        if let name = input.name, name.utf8.count > Self.longestName {
            throw Problem.field("name", "must have at most \(Self.longestName) bytes of UTF-8")
        }
        _ = try FieldCheck.word(kind, "kind", of: Self.kinds)
        _ = try FieldCheck.word(category, "category", of: Self.categories)
        input.email = try email.map { try MailAddress.checked($0) }
        input.phone = try phone.map { try PhoneNumber.checked($0) }
        input.notes = try FieldCheck.text(notes, "notes", atMost: 10_000)
        input.language = try language.map { try LanguageTag.checked($0) }
        input.timeZone = try timeZone.map { try TimeZoneName.checked($0) }
        input.country = try FieldCheck.text(country, "country", atMost: 100).map(Country.stored)
        input.owner = try FieldCheck.text(owner, "owner", atMost: 100)
        if let tags {
            let clean = tags.prefix(51).compactMap { $0.utf8.count <= 1000 ? CleanText.oneLine($0) : nil }
            guard tags.count <= 50, clean.count == tags.count, clean.allSatisfy({ $0.count <= 50 }) else {
                throw Problem.field("tags", "takes at most 50 tags of 1 to 50 characters")
            }
            input.tags = clean
        }
        input.details = try details.checked()
        for (key, value) in preferences {
            _ = try FieldCheck.needed(key, "preferences", atMost: 100)
            if let value { _ = try FieldCheck.needed(value, "preferences.\(key)", atMost: 500) }
        }
        return input
    }
}

/// A party as it is stored, whole.
struct Party: Decodable, Equatable {
    /// The stages in the order of a customer's life.
    static let stages = ["prospect", "lead", "customer", "loyal", "lapsing", "lapsed", "lost", "won_back"]

    var id: UUID
    var kind = "consumer"
    var name: String
    var email: String?
    var phone: String?
    var language: String?
    var timeZone: String?
    var country: String?
    var notes: String?
    var tags: [String] = []
    var owner: String?
    var category: String?
    var birthday: String?
    var details = PartyDetails()
    var custom: [String: CustomValue] = [:]
    /// What other systems call it.
    var references: [String] = []

    /// Takes over what was given.
    mutating func apply(_ input: PartyInput) throws {
        func pick<T>(_ name: String, _ old: T?, _ new: T?) -> T? { input.cleared.contains(name) ? nil : new ?? old }
        kind = input.kind ?? kind
        name = input.name ?? name
        language = pick("language", language, input.language)
        timeZone = pick("timeZone", timeZone, input.timeZone)
        country = pick("country", country, input.country).map(Country.stored)
        notes = pick("notes", notes, input.notes)
        tags = pick("tags", tags, input.tags) ?? []
        owner = pick("owner", owner, input.owner)
        category = pick("category", category, input.category)
        birthday = pick("birthday", birthday, input.birthday?.text)
        for (key, value) in input.custom { custom[key] = value }
        if input.cleared.contains("custom") { custom = [:] }
        details = details.merging(input.details, cleared: input.cleared)
        // What was written is read once, by the country as it is now; what is stored is whole or waits for a country.
        var input = input
        let region = region
        let called = input.phone.flatMap { PhoneNumber($0, in: region) }
        input.phone = called?.number ?? input.phone
        if input.details.phones != nil { details.phones = details.phones?.map { $0.read(in: region) } }
        completeNumbers()
        if !input.preferences.isEmpty {
            var preferences = details.preferences ?? [:]
            for (key, value) in input.preferences { preferences[key] = value }
            // A merge may have left more.
            guard preferences.count <= max(100, details.preferences?.count ?? 0) else {
                throw Problem.field("preferences", "takes at most 100 members")
            }
            details.preferences = preferences.isEmpty ? nil : preferences
        }
        applyFirst(input)
        if let desk = called?.extension { keep(desk, of: input.phone) }
    }

    /// The country whose numbers it writes: its own, or that of its first address.
    private var region: String? {
        (country ?? details.addresses?.lazy.compactMap(\.country).first).flatMap(Country.code)
    }

    /// National numbers become E.164 by the party's country; what is dialled behind one stands beside it.
    mutating func completeNumbers() {
        let region = region
        guard region != nil else { return }
        details.phones = details.phones?.map { $0.number.hasPrefix("+") ? $0 : $0.read(in: region) }
        guard let number = phone, !number.hasPrefix("+"), let read = PhoneNumber(number, in: region) else { return }
        phone = read.number
        if let desk = read.extension { keep(desk, of: phone) }
    }

    /// Notes what is dialled behind the first number, which only the list has room for.
    private mutating func keep(_ desk: String, of number: String?) {
        guard let number else { return }
        var list = details.phones ?? []
        if list.isEmpty { list = [PartyDetails.Phone(number: number)] }
        if list[0].number == number, list[0].extension == nil { list[0].extension = desk }
        details.phones = list
    }

    /// The first of the lists and the single members `email` and `phone` are the same thing.
    private mutating func applyFirst(_ input: PartyInput) {
        if input.details.emails != nil || input.cleared.contains("emails") {
            email = details.emails?.first?.address
        }
        if input.details.phones != nil || input.cleared.contains("phones") { phone = details.phones?.first?.number }
        if let address = input.email {
            leadEmails(by: address)
        } else if input.cleared.contains("email") {
            if details.emails?.isEmpty == false { details.emails?.removeFirst() }
            email = details.emails?.first?.address
        }
        if let number = input.phone {
            leadPhones(by: number)
        } else if input.cleared.contains("phone") {
            if details.phones?.isEmpty == false { details.phones?.removeFirst() }
            phone = details.phones?.first?.number
        }
    }

    /// Sets the first mail address, in the list too, as `PartyStore.led` does.
    mutating func leadEmails(by address: String) {
        email = address
        guard let list = details.emails, var first = list.first else { return }
        first.address = address
        details.emails =
            [list.first { $0.address == address } ?? first] + list.dropFirst().filter { $0.address != address }
    }

    /// Sets the first phone number, in the list too.
    mutating func leadPhones(by number: String) {
        phone = number
        guard let list = details.phones, var first = list.first else { return }
        first.number = number
        details.phones = [list.first { $0.number == number } ?? first] + list.dropFirst().filter { $0.number != number }
    }

    /// All mail addresses, whichever way they are kept.
    var allEmails: [PartyDetails.Email] {
        details.emails(or: email)
    }

    /// All phone numbers.
    var allPhones: [PartyDetails.Phone] {
        details.phones(or: phone)
    }

    /// What of it is searched.
    var search: SearchText {
        let emails = details.emails?.map(\.address) ?? []
        let phones = details.phones?.map(\.number) ?? []
        return SearchText(
            name: name, emails: emails.isEmpty ? email.map { [$0] } ?? [] : emails,
            phones: phones.isEmpty ? phone.map { [$0] } ?? [] : phones, references: references, facets: facets)
    }

    /// `field=value` for each value that filters compare with, but for what is searched anyway.
    private var facets: [String] {
        var facets = ["kind=\(kind)"]
        func add(_ field: String, _ value: String?) {
            if let value, value.count <= 200 { facets.append("\(field)=\(value)") }
        }
        add("language", language)
        add("timeZone", timeZone)
        add("country", country)
        add("owner", owner)
        add("category", category)
        add("organisation", details.organisation)
        add("title", details.title)
        add("taxId", details.taxId)
        for tag in tags { add("tag", tag) }
        for like in details.likes ?? [] { add("like", like) }
        for handle in details.handles ?? [] { add("handle", handle.handle) }
        for (key, value) in details.preferences ?? [:] { add("preferences.\(key)", value) }
        for address in details.addresses ?? [] {
            for (part, value) in address.named { add("address.\(part)", value) }
        }
        for (key, value) in custom { add("custom.\(key)", value.facet) }
        return facets
    }
}
