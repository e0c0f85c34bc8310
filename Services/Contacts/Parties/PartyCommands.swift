import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import Text
import Writing

/// Changes of parties that people and programs ask for.
@Loop
enum PartyCommands {
    /// Creates a party and answers its id, which is drawn here, so that everything goes to the database at once.
    static func create(_ input: PartyInput, in transaction: Transaction) async throws -> UUID {
        guard let name = input.name else { throw Problem.field("name", "is required") }
        try await checkCustom(input, transaction)
        var party = Party(id: UUID.v7(), name: name)
        try party.apply(input)
        Outbox.carryTrace(in: transaction)
        transaction.enqueue(PartyStore.insert, values: try party.values)
        if !party.custom.isEmpty { transaction.enqueue(FieldStore.insertNumbers, [party.id]) }
        return party.id
    }

    /// Changes a party, if it is still as the caller saw it; answers the statement that shows it as that left it.
    static func change(
        _ id: UUID, _ seen: Seen, _ input: PartyInput, in transaction: Transaction
    ) async throws -> Completion<Rows> {
        let row = try await lock(id, transaction) { try seen.check("party", try $0.value(2), at: try $0.value(0)) }
        try await checkCustom(input, transaction)
        let old = try Party(row)
        var party = old
        try party.apply(input)
        // A value that is said again is found again by ranges, though its field came back after it.
        if !input.custom.isEmpty, party.custom == old.custom {
            transaction.enqueue(FieldStore.clearNumbers, [id])
            transaction.enqueue(FieldStore.insertNumbers, [id])
        }
        if party == old { return transaction.enqueue(PartyStore.get.statement, id) }
        Outbox.carryTrace(in: transaction)
        return try save(party, over: old, in: transaction)
    }

    /// Writes a changed party over its old form, whose row is locked, and tells of it; answers the statement that shows it then.
    @discardableResult
    static func save(_ party: Party, over old: Party, in transaction: Transaction) throws -> Completion<Rows> {
        let shown = transaction.enqueue(PartyStore.update, values: try party.values)
        if party.custom != old.custom {
            transaction.enqueue(FieldStore.clearNumbers, [party.id])
            transaction.enqueue(FieldStore.insertNumbers, [party.id])
        }
        return shown
    }

    /// Locks a party that is to be changed: one that is merged into another is not changed any more, for nobody would see it. What the caller
    /// has seen is checked before that.
    @discardableResult
    static func lock(
        _ id: UUID, _ transaction: Transaction, seen: (Row) async throws -> Void = { _ in }
    ) async throws -> Row {
        guard let row = try await transaction.query(PartyStore.lock, id).first else {
            throw Problem.missing("party", id)
        }
        try await seen(row)
        try refuse(id, mergedInto: try row.value(3))
        return row
    }

    /// The same of several parties, and locks others with them: all in one set.
    static func lock(_ ids: [UUID], with others: [UUID], _ transaction: Transaction) async throws {
        PartyLocks.take(ids + others, in: transaction)
        for id in ids.sorted() {
            guard let row = try await transaction.query(PartyStore.mergedInto, id).first else {
                throw Problem.missing("party", id)
            }
            try refuse(id, mergedInto: try row.value(0))
        }
    }

    private static func refuse(_ id: UUID, mergedInto survivor: UUID?) throws {
        guard let survivor else { return }
        throw Problem(
            status: .conflict, detail: "Party \(id.text) is merged into \(survivor.text): change that one.",
            errors: [FieldError(field: "id", message: "is merged into \(survivor.text)")],
            headers: ["link": "</v1/parties/\(survivor.text)>; rel=\"successor-version\""])
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
        self = try ModelJSON.decoder.decode(Party.self, from: Data((try row.value(1) as String).utf8))
    }

    /// The parameters of `PartyStore.insert` and `update`.
    var values: [any SQLEncodable] {
        get throws {
            let search = search
            return [
                id, kind, name, email, phone, language, timeZone, country, notes, tags, owner, category, birthday,
                detailsJSON, try customJSON, search.sortName, search.text, search.terms,
            ]
        }
    }

    var detailsJSON: String { details.json }

    var customJSON: String { get throws { custom.isEmpty ? "{}" : try ModelJSON.text(custom) } }
}
