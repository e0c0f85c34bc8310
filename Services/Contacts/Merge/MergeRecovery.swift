import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What a new life of contacts knows of the merges of those before: where each party leads. What a merge changed of a record is in no event,
/// so that such a merge is not undone.
@Loop
enum MergeRecovery {
    static func know(_ redirects: [Redirect], _ transaction: Transaction) async throws {
        var latest: [UUID: UUID] = [:]
        for redirect in redirects { latest[redirect.party] = redirect.survivor }
        let list = latest.sorted { $0.key < $1.key }
        transaction.enqueue(MergeStore.stub, Set(list.flatMap { [$0.key, $0.value] }).sorted())
        let changes = try await Ledger.follow(list.map { Redirect($0.key, to: $0.value) }, in: transaction)
        ValueHandlers.recount(changes, transaction)
        transaction.enqueue(MergeStore.know, list.map(\.key), list.map(\.value))
        for (survivor, parties) in Dictionary(grouping: list, by: \.value).sorted(by: { $0.key < $1.key }) {
            transaction.enqueue(MergeStore.references, parties.map(\.key), survivor)
        }
    }

    /// Tells again where parties lead that are merged.
    static func tellAgain(_ keys: [String], _ transaction: Transaction) async throws {
        var merged: [UUID: [UUID]] = [:]
        for (party, survivor) in try await transaction.rows(MergeStore.leading, keys.compactMap { UUID(text: $0) }) {
            merged[survivor, default: []].append(party)
        }
        for (survivor, parties) in merged.sorted(by: { $0.key < $1.key }) {
            transaction.enqueue(MergeStore.redirect, parties, survivor)
        }
    }
}
