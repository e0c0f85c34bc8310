import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit
import Text

/// What contacts does with the ERP's customer master.
@Loop
enum PartyHandlers {
    static func customersUpserted(_ events: [Received<CustomerUpserted>], _ transaction: Transaction) async throws {
        try upsert(events.map(\.data), transaction)
    }

    static func upsert(_ records: [CustomerUpserted], _ transaction: Transaction) throws {
        // Before any party is locked: a merge takes both in this order too.
        Redirects.hold(in: transaction)
        let customers = latest(records)
        let list = customers.map(\.value)
        let search = customers.map { id, customer in searchText(of: customer, id) }
        transaction.enqueue(
            PartyStore.upsertFromERP, customers.map(\.key), list.map(\.customerNo),
            list.map { $0.kind.flatMap { PartyInput.kinds.contains($0) ? $0 : nil } },
            list.map { $0.name.trimmed.isEmpty ? $0.customerNo : $0.name.trimmed },
            list.map { $0.email.flatMap(MailAddress.normal) }, list.map { phone(of: $0) },
            list.map { $0.language.flatMap(LanguageTag.normal) }, list.map { $0.timeZone.flatMap(TimeZoneName.normal) },
            list.map(\.country), search.map(\.sortName), search.map(\.text),
            search.map(\.terms))
    }

    /// The last record of a customer wins; in order of their numbers.
    static func latest(_ records: [CustomerUpserted]) -> [(key: UUID, value: CustomerUpserted)] {
        var latest: [UUID: CustomerUpserted] = [:]
        for record in records { latest[record.partyID] = record }
        return latest.sorted { $0.value.customerNo < $1.value.customerNo }
    }

    private static func phone(of customer: CustomerUpserted) -> String? {
        customer.phone.flatMap(PhoneNumber.normal).map { PhoneNumber.normal($0, in: customer.country) }
    }

    /// What is searched of a new party; of one that is there the indexer writes it, for only it knows the rest of the party.
    private static func searchText(of customer: CustomerUpserted, _ id: UUID) -> SearchText {
        let name = customer.name.trimmed.isEmpty ? customer.customerNo : customer.name.trimmed
        var party = Party(id: id, name: name)
        party.kind = customer.kind.flatMap { PartyInput.kinds.contains($0) ? $0 : nil } ?? party.kind
        party.email = customer.email.flatMap(MailAddress.normal)
        party.phone = phone(of: customer)
        party.language = customer.language.flatMap(LanguageTag.normal)
        party.timeZone = customer.timeZone.flatMap(TimeZoneName.normal)
        party.country = customer.country
        party.references = [customer.customerNo]
        return party.search
    }
}
