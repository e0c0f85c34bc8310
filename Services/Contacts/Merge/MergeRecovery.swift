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
    /// A redirect as an event told it.
    struct Told {
        let redirect: Redirect
        let version: Int
        let epoch: Int

        init?<T>(_ told: Received<T>, _ party: UUID, to survivor: UUID) {
            guard let version = told.event.sequence else { return nil }
            (redirect, self.version, epoch) = (Redirect(party, to: survivor), version, told.event.epoch)
        }
    }

    static func recover(_ subscriptions: inout Subscriptions) {
        subscriptions.on(
            [
                Heard(PartyMerged.self) { Told($0, $0.data.partyId, to: $0.data.survivorId) },
                Heard(PartyUnmerged.self) { Told($0, $0.data.partyId, to: $0.data.partyId) },
            ], know)
    }

    private static func know(_ told: [Told], _ transaction: Transaction) async throws {
        var latest: [UUID: Told] = [:]
        for one in told
        where latest[one.redirect.party].map({ ($0.epoch, $0.version) < (one.epoch, one.version) }) ?? true {
            latest[one.redirect.party] = one
        }
        let heard = latest.sorted { $0.key < $1.key }.map(\.value)
        transaction.enqueue(
            PartyStore.stub, Set(heard.flatMap { [$0.redirect.party, $0.redirect.survivor] }).sorted())
        // What this schema did itself behind what it has told stands.
        let newer: [UUID] = try await transaction.rows(
            MergeStore.newer, heard.map(\.redirect.party), heard.map(\.version),
            heard.map { transaction.isOfLaterLife($0.epoch) })
        let parties = Set(newer)
        let list = heard.filter { parties.contains($0.redirect.party) }
        let redirects = list.map(\.redirect)
        guard !redirects.isEmpty else { return }
        let changes = try await Ledger.follow(redirects, in: transaction)
        ValueHandlers.recount(changes, transaction)
        transaction.enqueue(
            MergeStore.know, redirects.map(\.party), redirects.map(\.survivor), list.map(\.version))
        for (survivor, parties) in Dictionary(grouping: redirects, by: \.survivor).sorted(by: { $0.key < $1.key }) {
            transaction.enqueue(MergeStore.references, parties.map(\.party), survivor)
        }
    }

    /// Tells again where parties lead that are merged; that they are known is said by who keeps the parties.
    static func tellAgain(_ keys: [String], _ transaction: Transaction) async throws -> Set<String> {
        var merged: [UUID: [UUID]] = [:]
        for (party, survivor) in try await transaction.rows(MergeStore.leading, keys.compactMap { UUID(text: $0) }) {
            merged[survivor, default: []].append(party)
        }
        for (survivor, parties) in merged.sorted(by: { $0.key < $1.key }) {
            transaction.enqueue(MergeStore.redirect, parties, survivor)
        }
        return []
    }
}
