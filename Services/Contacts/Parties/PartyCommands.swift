import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// Changes of parties that people and programs ask for.
@Loop
enum PartyCommands {
    /// Creates a party; the id is drawn here, so that everything goes to the database at once.
    static func create(_ input: PartyInput, in transaction: Transaction) throws -> PartyState {
        guard let name = input.name else { throw Problem.field("name", "is required") }
        let party = PartyState(
            partyId: UUID.v7(), kind: input.kind ?? "consumer", name: name, email: input.email, phone: input.phone,
            language: input.language, timeZone: input.timeZone, country: input.country)
        transaction.enqueue(
            PartyStore.insert, party.partyId, party.kind, party.name, party.email, party.phone, party.language,
            party.timeZone, party.country, input.notes, input.tags)
        try Outbox.append(
            PartyCreated(party: party), topic: .contacts, key: party.partyId.text, sequence: 1,
            in: transaction)
        return party
    }

    /// Changes a party, if it is still at the version that the caller saw; answers its new form as JSON.
    static func change(
        _ id: UUID, seen version: Int, _ input: PartyInput, in transaction: Transaction
    ) async throws -> String {
        guard let row = try await transaction.query(PartyStore.lock, id).first else {
            throw Problem(status: .notFound, detail: "There is no party \(id).")
        }
        let current: Int = try row.value(0)
        guard current == version else {
            throw Problem(
                status: 412,
                detail: "The party is at version \(current), not \(version): read it again and repeat the change.")
        }
        let party = PartyState(
            partyId: id, kind: try input.kind ?? row.value(1), name: try input.name ?? row.value(2),
            email: try input.email ?? row.value(3), phone: try input.phone ?? row.value(4),
            language: try input.language ?? row.value(5), timeZone: try input.timeZone ?? row.value(6),
            country: try input.country ?? row.value(7), customerNo: try row.value(10))
        let notes: String? = try input.notes ?? row.value(8)
        let rows = try await transaction.query(
            PartyStore.update, id, party.kind, party.name, party.email, party.phone, party.language, party.timeZone,
            party.country, notes, input.tags)
        try Outbox.append(
            PartyChanged(party: party), topic: .contacts, key: id.text, sequence: current + 1,
            in: transaction)
        guard let changed = rows.first else { throw Problem(status: .notFound) }
        return try changed.value(0)
    }
}
