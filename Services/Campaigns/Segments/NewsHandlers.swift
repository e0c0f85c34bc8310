import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What campaigns does with the ERP's documents and with what contacts tells of parties: all of a batch in one call, as it locks members.
///
/// Locks are taken in the order of all services: redirects, documents, members; what follows from them is only added, or is under a member's
/// lock. So processes wait for each other at a member whom both hear of, and never in a circle.
@Loop
struct NewsHandlers {
    let clock: SegmentClock
    let sums: ProductSums

    init(_ context: ServiceContext) throws {
        clock = try context.shared(SegmentClock.init)
        sums = context.shared(ProductSums.init)
    }

    /// Moves the clock of segments, where it goes by orders.
    func placed(_ events: [Received<OrderPlaced>], _ transaction: Transaction) {
        clock.note(events.map { ($0.event.source, $0.data.order.at) }, transaction)
    }

    /// Notes what will be locked.
    func foresee(_ news: [MemberNews], _ transaction: Transaction) {
        let said = SortedNews(news)
        foreseeRedirects(said, transaction)
        MemberLocks.foresee(said.members, in: transaction)
    }

    /// Whoever works out segments holds the redirects: a merge at the same time would miss what he writes.
    private func foreseeRedirects(_ said: SortedNews, _ transaction: Transaction) {
        Redirects.foresee(said.entries.compactMap(\.document.partyID) + said.benefits.keys, in: transaction)
        Ledger.foresee(moving: said.redirects.map(\.party), in: transaction)
    }

    func apply(_ news: [MemberNews], _ transaction: Transaction) async throws {
        let said = SortedNews(news)
        foreseeRedirects(said, transaction)
        let recorded = said.entries.isEmpty ? nil : try await Ledger.record(said.entries, in: transaction)
        let moved = said.redirects.isEmpty ? [] : try await Ledger.follow(said.redirects, in: transaction)
        if !said.benefits.isEmpty { Redirects.hold(Array(said.benefits.keys), in: transaction) }
        let orders = Self.orders((recorded?.changes ?? []) + moved)
        let kinds = [
            said.redirects.isEmpty, said.parties.isEmpty, said.consents.isEmpty, said.benefits.isEmpty, orders.isEmpty,
        ]
        MemberLocks.take(
            said.members.union(orders.keys).sorted(), isOne: kinds.count(where: { !$0 }) <= 1 && said.redirects.isEmpty,
            in: transaction)
        MemberHandlers.upsert(said.parties, transaction)
        MemberHandlers.decide(said.consents, transaction)
        MemberHandlers.value(said.benefits, transaction)
        MemberHandlers.count(orders, transaction)
        // Also where no order moved: what the merged value counts no more either.
        let evaluated = Set(orders.keys).union(said.benefits.keys).union(said.redirects.map(\.party)).sorted()
        if !evaluated.isEmpty { clock.evaluate(evaluated, transaction) }
        if let recorded { sums.count(recorded, transaction) }
    }

    /// Contacts does not know parties any more: they stand for themselves, and nobody can be written to whose address it told.
    func end(_ source: String, _ keys: [String], _ transaction: Transaction) async throws {
        guard source == "/contacts" else { return }
        let asked = keys.compactMap { UUID(text: $0) }.sorted()
        let members: [UUID] = try await transaction.query(MemberStore.present, asked).map { try $0.value(0) }
        guard !members.isEmpty else { return }
        try await apply(members.map { .redirect(Redirect($0, to: $0)) }, transaction)
        transaction.enqueue(MemberStore.end, members)
        clock.evaluate(members, transaction)
    }

    /// By how much the number of orders of each member grows; also of those where it stays, as an order's time may have changed.
    private static func orders(_ changes: [LedgerChange]) -> [UUID: Int] {
        var counts: [UUID: Int] = [:]
        for change in changes where change.kind == .order {
            if let party = change.party { counts[party, default: 0] += change.count }
        }
        return counts
    }
}
