import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What sales does with the ERP's documents and with what contacts tells of parties: all of a batch in one call, as it locks accounts.
///
/// Locks are taken in the order of all services: redirects, documents, accounts, what they bought, the rest; each in order of id. So processes
/// wait for each other at an account of which both hear, and never in a circle.
@Loop
enum AccountHandlers {
    /// Notes what will be locked.
    static func foresee(_ news: [AccountNews], _ transaction: Transaction) {
        foresee(SortedNews(news), transaction)
    }

    private static func foresee(_ said: SortedNews, _ transaction: Transaction) {
        Redirects.foresee(said.entries.compactMap(\.document.partyID), in: transaction)
        Ledger.foresee(moving: said.redirects.map(\.party), in: transaction)
    }

    static func apply(_ news: [AccountNews], _ transaction: Transaction) async throws {
        let said = SortedNews(news)
        foresee(said, transaction)
        let recorded = said.entries.isEmpty ? [] : try await Ledger.record(said.entries, in: transaction).changes
        let moved = said.redirects.isEmpty ? [] : try await Ledger.follow(said.redirects, in: transaction)
        Ledger.takeForeseen(in: transaction)
        let sums = RevenueChanges(recorded + moved)
        makeMissing(sums.customers, said.parties, transaction)
        try upsert(said.parties, transaction)
        // Times are kept as the latest ever: of what was cancelled, moved or given another date they have to be looked up.
        let redated = recorded.filter { $0.count < 0 || $0.previous != nil } + moved
        add(sums, redated: RevenueChanges(redated.filter { $0.kind == .order }), transaction)
        if !said.removed.isEmpty { transaction.enqueue(AccountStore.remove, said.removed.sorted()) }
        OrderRequestHandlers.follow(said.entries, recorded, transaction)
        for refusal in said.refusals { try await OrderRefusals.take(refusal, in: transaction) }
    }

    /// Contacts does not know parties any more: they stand for themselves, without what it said of them.
    static func end(_ source: String, _ keys: [String], _ transaction: Transaction) async throws {
        let parties = keys.compactMap { UUID(text: $0) }.sorted()
        guard source == "/contacts", !parties.isEmpty else { return }
        try await apply(parties.map { .redirect(Redirect($0, to: $0)) }, transaction)
        transaction.enqueue(AccountStore.end, parties)
    }

    /// Makes the accounts that are missing, those of parties that are told of in the same batch too, so that all are made in one order.
    private static func makeMissing(
        _ customers: [UUID: CustomerNumber], _ parties: [UUID: PartyState], _ transaction: Transaction
    ) {
        guard !customers.isEmpty else { return }
        let missing = customers.filter { parties[$0.key] == nil }.map { id, number in
            // The number of an account that is merged into another is not the other's.
            PartyState(
                partyId: id, kind: "consumer", name: number.number,
                customerNo: number.party == id && number.system == CustomerNumber.erp ? number.number : nil)
        }
        let list = (missing + parties.values).sorted { $0.partyId < $1.partyId }
        transaction.enqueue(
            AccountStore.addMissing, list.map(\.partyId), list.map(\.name), list.map(\.kind), list.map(\.email),
            list.map(\.phone), list.map(\.country), list.map(\.customerNo))
    }

    private static func upsert(_ parties: [UUID: PartyState], _ transaction: Transaction) throws {
        let list = parties.values.sorted { $0.partyId < $1.partyId }
        guard !list.isEmpty else { return }
        transaction.enqueue(
            AccountStore.upsert, list.map(\.partyId), list.map(\.name), list.map(\.kind), list.map(\.email),
            list.map(\.phone), list.map(\.country), list.map(\.customerNo), try list.map { try $0.profile })
        let keys = list.flatMap { party in AccountKey.all(of: party).map { (party.partyId, $0) } }
        transaction.enqueue(
            AccountStore.keepKeys, list.map(\.partyId), keys.map(\.0), keys.map(\.1.kind.rawValue), keys.map(\.1.key))
    }

    /// Adds what documents change to the revenue of their accounts.
    private static func add(_ sums: RevenueChanges, redated: RevenueChanges, _ transaction: Transaction) {
        let rows = sums.rows.sorted { $0.key < $1.key }
        guard !rows.isEmpty else { return }
        transaction.enqueue(
            AccountStore.addRevenue, rows.map(\.key.account), rows.map(\.key.currency), rows.map(\.value.orders),
            rows.map(\.value.revenue.units), rows.map(\.value.credits), rows.map(\.value.credited.units),
            rows.map(\.value.lastAt))
        let keys = redated.rows.keys.sorted()
        if !keys.isEmpty { transaction.enqueue(AccountStore.redate, keys.map(\.account), keys.map(\.currency)) }
    }
}
