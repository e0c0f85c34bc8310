import CRMModel
import FoundationEssentials
import HTTP
import Phones
import ServiceKit
import Text
import Writing

/// What a party has several of, and what is shown and not sorted by (C1): kept as one JSON value beside the party's columns.
struct PartyDetails: Codable, Equatable {
    /// Mail addresses; the first is the one to write to.
    var emails: [Email]?
    /// Phone numbers; the first is the one to call.
    var phones: [Phone]?
    var addresses: [Address]?
    var handles: [Handle]?
    var likes: [String]?
    var preferences: [String: String]?
    /// The firm a person is known to work for and what they do there, where it is no party of its own.
    var organisation: String?
    var title: String?
    /// The number by which tax offices know the party.
    var taxId: String?

    struct Email: Codable, Equatable {
        var address: String
        var label: String?
    }

    struct Phone: Codable, Equatable {
        var number: String
        var label: String?
        /// What is dialled behind it to reach a desk.
        var `extension`: String?

        /// The number as it is stored, by the plan of a country.
        func read(in region: String?) -> Phone {
            guard let read = PhoneNumber(number, in: region) else { return self }
            return Phone(number: read.number, label: label, extension: self.extension ?? read.extension)
        }
    }

    struct Address: Codable, Equatable {
        var label: String?
        var street: String?
        var city: String?
        var region: String?
        var postalCode: String?
        var country: String?

        /// The names of its parts.
        static let parts = ["label", "street", "city", "region", "postalCode", "country"]

        /// Its parts by their names.
        var named: [(String, String?)] {
            Array(zip(Self.parts, [label, street, city, region, postalCode, country]))
        }
    }

    struct Handle: Codable, Equatable {
        var network: String
        var handle: String
    }

    /// Cleans and checks all of it; each refusal names its field.
    func checked() throws -> PartyDetails {
        var clean = self
        clean.emails = try Self.list(emails, "emails") { email, field in
            guard let address = MailAddress.normal(email.address) else {
                throw Problem.field("\(field).address", "must be a mail address such as name@example.com")
            }
            return Email(address: address, label: try FieldCheck.text(email.label, "\(field).label", atMost: 50))
        }
        clean.phones = try Self.list(phones, "phones") { phone, field in
            Phone(
                number: try PhoneNumber.checked(phone.number, "\(field).number"),
                label: try FieldCheck.text(phone.label, "\(field).label", atMost: 50),
                extension: try FieldCheck.text(phone.extension, "\(field).extension", atMost: 20))
        }
        clean.addresses = try Self.list(addresses, "addresses") { try $0.checked($1) }
        clean.handles = try Self.list(handles, "handles") { handle, field in
            Handle(
                network: try FieldCheck.needed(handle.network, "\(field).network", atMost: 50),
                handle: try FieldCheck.needed(handle.handle, "\(field).handle", atMost: 200))
        }
        clean.likes = try Self.list(likes, "likes", atMost: 100) { try FieldCheck.needed($0, $1, atMost: 200) }
        clean.organisation = try FieldCheck.text(organisation, "organisation")
        clean.title = try FieldCheck.text(title, "title")
        clean.taxId = try FieldCheck.text(taxId, "taxId", atMost: 100)
        return clean
    }

    private static func list<T>(
        _ values: [T]?, _ field: String, atMost limit: Int = 20, _ check: (T, String) throws -> T
    ) throws -> [T]? {
        guard let values else { return nil }
        guard values.count <= limit else { throw Problem.field(field, "takes at most \(limit)") }
        return try values.enumerated().map { try check($1, "\(field)[\($0)]") }
    }

    /// This, changed by what is given in another.
    func merging(_ other: PartyDetails, cleared: Set<String>) -> PartyDetails {
        func pick<T>(_ name: String, _ old: T?, _ new: T?) -> T? { cleared.contains(name) ? nil : new ?? old }
        return PartyDetails(
            emails: pick("emails", emails, other.emails), phones: pick("phones", phones, other.phones),
            addresses: pick("addresses", addresses, other.addresses), handles: pick("handles", handles, other.handles),
            likes: pick("likes", likes, other.likes),
            preferences: pick("preferences", preferences, other.preferences),
            organisation: pick("organisation", organisation, other.organisation),
            title: pick("title", title, other.title), taxId: pick("taxId", taxId, other.taxId))
    }
}

extension PartyDetails {
    /// Those of a party as events tell them.
    init(_ told: PartyState) {
        emails = told.emails?.map { Email(address: $0.address, label: $0.label) }
        phones = told.phones?.map { Phone(number: $0.number, label: $0.label, extension: $0.extension) }
        addresses = told.addresses?.map(Address.init)
        organisation = told.organisation
        title = told.title
        taxId = told.taxId
    }
}

extension PartyDetails.Address {
    /// An address as events tell it.
    init(_ told: PartyAddress) {
        self.init(
            label: told.label, street: told.street, city: told.city, region: told.region, postalCode: told.postalCode,
            country: told.country.map(Country.stored))
    }

    fileprivate func checked(_ field: String) throws -> PartyDetails.Address {
        let clean = PartyDetails.Address(
            label: try FieldCheck.text(label, "\(field).label", atMost: 50),
            street: try FieldCheck.text(street, "\(field).street"),
            city: try FieldCheck.text(city, "\(field).city", atMost: 100),
            region: try FieldCheck.text(region, "\(field).region", atMost: 100),
            postalCode: try FieldCheck.text(postalCode, "\(field).postalCode", atMost: 20),
            country: try FieldCheck.text(country, "\(field).country", atMost: 100).map(Country.stored))
        guard
            clean.street != nil || clean.city != nil || clean.region != nil || clean.postalCode != nil
                || clean.country != nil
        else { throw Problem.field(field, "must say at least one part of the address") }
        return clean
    }
}

extension PartyDetails {
    /// All mail addresses of a party; the first one stands beside its details where it is the only one.
    func emails(or first: String?) -> [Email] {
        if let emails, !emails.isEmpty { return emails }
        return first.map { [Email(address: $0)] } ?? []
    }

    /// All telephone numbers, likewise.
    func phones(or first: String?) -> [Phone] {
        if let phones, !phones.isEmpty { return phones }
        return first.map { [Phone(number: $0)] } ?? []
    }
}
