import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import Text

/// Changes of parties that people and programs ask for.
@Loop
enum PartyCommands {
    /// Creates a party; the id is drawn here, so that everything goes to the database at once.
    static func create(_ input: PartyInput, in transaction: Transaction) async throws -> PartyState {
        guard let name = input.name else { throw Problem.field("name", "is required") }
        try await checkCustom(input, transaction)
        var party = Party(id: UUID.v7(), name: name)
        party.apply(input)
        transaction.enqueue(PartyStore.insert, values: try party.values)
        if !party.custom.isEmpty { transaction.enqueue(PartyStore.insertNumbers, [party.id]) }
        try Outbox.append(
            PartyCreated(party: party.state), topic: .contacts, key: party.id.text, sequence: 1, in: transaction)
        return party.state
    }

    /// Changes a party, if it is still as the caller saw it, and gives its new form as JSON and its version.
    static func change(
        _ id: UUID, _ seen: Seen, _ input: PartyInput, in transaction: Transaction
    ) async throws -> (party: String, version: Int) {
        let row = try await lock(id, transaction)
        let current: Int = try row.value(0)
        try seen.check("party", try row.value(18), at: current)
        try await checkCustom(input, transaction)
        var party = try Party(row)
        party.apply(input)
        let rows = try await transaction.query(PartyStore.update, values: try party.values)
        if !input.custom.isEmpty || input.cleared.contains("custom") {
            transaction.enqueue(PartyStore.clearNumbers, [id])
            transaction.enqueue(PartyStore.insertNumbers, [id])
        }
        try Outbox.append(
            PartyChanged(party: party.state), topic: .contacts, key: id.text, sequence: current + 1, in: transaction)
        guard let changed = rows.first else { throw Problem.missing("party", id) }
        return (try changed.value(0), current + 1)
    }

    /// Locks a party that is to be changed: one that is merged into another is not changed any more, for nobody would see it.
    @discardableResult
    static func lock(_ id: UUID, _ transaction: Transaction) async throws -> Row {
        guard let row = try await transaction.query(PartyStore.lock, id).first else {
            throw Problem.missing("party", id)
        }
        if let survivor: UUID = try row.value(19) as UUID? {
            throw Problem(
                status: .conflict, detail: "Party \(id.text) is merged into \(survivor.text): change that one.",
                errors: [FieldError(field: "id", message: "is merged into \(survivor.text)")],
                headers: ["link": "</v1/parties/\(survivor.text)>; rel=\"successor-version\""])
        }
        return row
    }

    /// Writes what a party, whose row is locked, can be found by.
    static func index(_ parties: [Party], _ transaction: Transaction) {
        let search = parties.map(\.search)
        transaction.enqueue(
            PartyStore.setSearch, parties.map(\.id), search.map(\.sortName), search.map(\.text), search.map(\.terms))
    }

    /// Only what has custom fields asks for their definitions.
    private static func checkCustom(_ input: PartyInput, _ transaction: Transaction) async throws {
        guard !input.custom.isEmpty else { return }
        try CustomFields(try await transaction.query(FieldStore.all)).check(input.custom)
    }
}

extension Party {
    /// Reads `PartyStore.columns`.
    init(_ row: Row) throws {
        let details: String = try row.value(13)
        let custom: String = try row.value(14)
        let tags: String = try row.value(9)
        let references: String = try row.value(17)
        let decoder = JSONDecoder()
        self.init(
            id: try row.value(16), kind: try row.value(1), name: try row.value(2), email: try row.value(3),
            phone: try row.value(4), language: try row.value(5), timeZone: try row.value(6), country: try row.value(7),
            notes: try row.value(8), tags: try decoder.decode([String].self, from: Data(tags.utf8)),
            owner: try row.value(10), category: try row.value(11), birthday: try row.value(12),
            details: try decoder.decode(PartyDetails.self, from: Data(details.utf8)),
            custom: try decoder.decode([String: CustomValue].self, from: Data(custom.utf8)),
            customerNo: try row.value(15), references: try decoder.decode([String].self, from: Data(references.utf8)))
    }

    /// The parameters of `PartyStore.insert` and `update`.
    var values: [any SQLEncodable] {
        get throws {
            let search = search
            return [
                id, kind, name, email, phone, language, timeZone, country, notes, tags, owner, category, birthday,
                try detailsJSON, try customJSON, search.sortName, search.text, search.terms,
            ]
        }
    }

    var detailsJSON: String { get throws { details == PartyDetails() ? "{}" : try ModelJSON.text(details) } }

    var customJSON: String { get throws { custom.isEmpty ? "{}" : try ModelJSON.text(custom) } }
}
