import CRMModel
import FoundationEssentials

/// What an ERP says of a customer whose number is tied to a party of ours. Kept as it was applied last, so that what it says anew takes the
/// place of what it said before, and of nothing that people have written.
struct ERPWord: Codable, Equatable {
    private var name: String?
    private var kind: String?
    private var emails: [String] = []
    private var phones: [String] = []
    private var language: String?
    private var timeZone: String?
    private var country: String?
    private var taxId: String?
    private var addresses: [PartyDetails.Address] = []

    /// What the record of a number says, which is a party of its own until it is tied. A name that is the number and the kind of those who
    /// say none are no words of the ERP.
    init(_ record: Party, number: String) {
        name = record.name == number ? nil : record.name
        kind = record.kind == "consumer" ? nil : record.kind
        emails = record.allEmails.map(\.address)
        phones = record.allPhones.map(\.number)
        (language, timeZone, country) = (record.language, record.timeZone, record.country)
        (taxId, addresses) = (record.details.taxId, record.details.addresses ?? [])
    }

    /// What several say together, in an order that does not depend on who spoke first: where they contradict each other the first one counts,
    /// and addresses and numbers count of all.
    init(_ words: [ERPWord]) {
        for word in words {
            name = name ?? word.name
            kind = kind ?? word.kind
            language = language ?? word.language
            timeZone = timeZone ?? word.timeZone
            country = country ?? word.country
            taxId = taxId ?? word.taxId
            emails += word.emails.filter { !emails.contains($0) }
            phones += word.phones.filter { !phones.contains($0) }
            addresses += word.addresses.filter { !addresses.contains($0) }
        }
    }

    /// Has a party say what this says that another word, the one before, did not.
    func apply(to party: inout Party, since before: ERPWord) {
        func new<T: Equatable>(_ path: KeyPath<ERPWord, T?>) -> T? {
            self[keyPath: path] == before[keyPath: path] ? nil : self[keyPath: path]
        }
        party.name = new(\.name) ?? party.name
        party.kind = new(\.kind) ?? party.kind
        party.language = new(\.language) ?? party.language
        party.timeZone = new(\.timeZone) ?? party.timeZone
        party.country = new(\.country) ?? party.country
        party.details.taxId = new(\.taxId) ?? party.details.taxId
        applyAddresses(to: &party, since: before)
    }

    /// The ERP's stand first, behind them what people wrote.
    private func applyAddresses(to party: inout Party, since before: ERPWord) {
        if emails != before.emails, let first = emails.first {
            let known = party.allEmails
            let others = known.filter { !emails.contains($0.address) && !before.emails.contains($0.address) }
            let own = emails.map { address in known.first { $0.address == address } ?? .init(address: address) }
            party.email = first
            party.details.emails = own.count + others.count > 1 ? own + others : nil
        }
        if phones != before.phones, let first = phones.first {
            let known = party.allPhones
            let others = known.filter { !phones.contains($0.number) && !before.phones.contains($0.number) }
            let own = phones.map { number in known.first { $0.number == number } ?? .init(number: number) }
            party.phone = first
            party.details.phones = own.count + others.count > 1 ? own + others : nil
        }
        if addresses != before.addresses {
            let others = (party.details.addresses ?? []).filter {
                !addresses.contains($0) && !before.addresses.contains($0)
            }
            party.details.addresses = addresses + others
        }
    }
}
