import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What a new life of contacts knows of the parties of those before, which they told themselves. Notes, custom fields, handles, likes and
/// preferences are in no event; a backup alone holds them.
@Loop
enum PartyRecovery {
    static func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(
            [
                Heard(PartyCreated.self) { ToldRecord($0, $0.data.party) },
                Heard(PartyChanged.self) { ToldRecord($0, $0.data.party) },
            ], know)
        subscriptions.on(PartyRemoved.self) { told, transaction in
            transaction.enqueue(PartyStore.forget, told.map(\.data.partyId))
        }
    }

    private static func know(_ told: [ToldRecord<PartyState>], _ transaction: Transaction) throws {
        var latest: [UUID: ToldRecord<PartyState>] = [:]
        for one in told where latest[one.record.partyId].map({ $0.isBefore(one) }) ?? true {
            latest[one.record.partyId] = one
        }
        let list = latest.sorted { $0.key < $1.key }.map(\.value)
        let parties = list.map(\.record)
        transaction.enqueue(
            PartyStore.know, parties.map(\.partyId), list.map(\.version), parties.map(\.kind), parties.map(\.name),
            parties.map(\.email), parties.map(\.phone), parties.map(\.language), parties.map(\.timeZone),
            parties.map(\.country), try parties.map { try ModelJSON.text($0.tags ?? []) }, parties.map(\.owner),
            parties.map(\.category), parties.map(\.birthday?.text),
            try parties.map { try ModelJSON.text(PartyDetails($0)) }, list.map(\.at),
            list.map { $0.isOfLaterLife(transaction) })
        var names: [(party: UUID, name: PartyReference)] = []
        for party in parties {
            let numbers = party.customerNo.map { [PartyReference(system: CustomerNumber.erp, reference: $0)] } ?? []
            for name in party.references ?? numbers { names.append((party.partyId, name)) }
        }
        guard !names.isEmpty else { return }
        names.sort { ($0.name.system, $0.name.reference) < ($1.name.system, $1.name.reference) }
        transaction.enqueue(
            PartyStore.knowReferences, names.map(\.name.system), names.map(\.name.reference), names.map(\.party))
    }

    static func tellAgain(_ keys: [String], _ transaction: Transaction) async throws -> Set<String> {
        let parties = keys.compactMap { UUID(text: $0) }.sorted()
        transaction.enqueue(PartyStore.tellAgain, parties)
        return Set(try await transaction.rows(PartyStore.known, parties).map(\.text))
    }
}
