import CRMModel
import FoundationEssentials
import Phones
import Postgres
import Text
import Writing

/// A customer of the ERP as a party is made of it: by its master record, or by the number that an order names.
struct ToldCustomer {
    let id: UUID
    let number: String
    /// The circle of numbers that it is of.
    private let system: String
    private let kind: String?
    private let name: String
    private var email: String?
    private var phone: String?
    private var language: String?
    private var timeZone: String?
    private var country: String?
    /// What it says of the party's details, JSON: addresses and tax id.
    private var details = "{}"
    /// What a new party is searched by; of one that is there the indexer writes it, for only it knows the rest of the party.
    private let search: SearchText

    init(_ record: CustomerUpserted) {
        id = record.partyID
        number = record.customerNo
        system = record.number?.system ?? CustomerNumber.erp
        kind = record.kind.flatMap { PartyInput.kinds.contains($0) ? $0 : nil }
        name = record.name.trimmed.isEmpty ? record.customerNo : record.name.trimmed
        email = record.email.flatMap(MailAddress.normal)
        country = record.country.map(Country.stored)
        let region = record.country.flatMap(Country.code)
        phone = record.phone.flatMap { PhoneNumber.normal($0, in: region) }
        language = record.language.flatMap(LanguageTag.normal)
        timeZone = record.timeZone.flatMap(TimeZoneName.normal)
        var party = Party(id: id, name: name)
        party.details.taxId = record.taxId.flatMap { $0.trimmed.isEmpty ? nil : $0.trimmed }
        party.details.addresses = record.addresses.flatMap { $0.isEmpty ? nil : $0.map(PartyDetails.Address.init) }
        // Texts always can be written.
        details = party.detailsJSON
        party.kind = kind ?? party.kind
        (party.email, party.phone, party.language) = (email, phone, language)
        (party.timeZone, party.country, party.references) = (timeZone, country, [number])
        search = party.search
    }

    /// One of whom nothing is known yet.
    init(_ id: UUID, _ customer: CustomerNumber) {
        self.id = id
        number = customer.number
        system = customer.system
        kind = nil
        name = number
        var party = Party(id: id, name: number)
        party.references = [number]
        search = party.search
    }

    /// Many of them as columns of arrays, the parameters of `CustomerStore.insertFromERP` and `updateFromERP`.
    static func columns(_ customers: [ToldCustomer]) -> [any SQLEncodable] {
        [
            customers.map(\.id), customers.map(\.number), customers.map(\.kind), customers.map(\.name),
            customers.map(\.email), customers.map(\.phone), customers.map(\.language), customers.map(\.timeZone),
            customers.map(\.country), customers.map(\.search.sortName), customers.map(\.search.text),
            customers.map(\.search.terms), customers.map(\.system),
            customers.map(\.details),
        ]
    }
}
