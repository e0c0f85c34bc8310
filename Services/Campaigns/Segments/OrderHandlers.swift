import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// What campaigns does with the ERP's documents.
@Loop
struct OrderHandlers {
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

    func apply(_ entries: [LedgerEntry], _ transaction: Transaction) async throws {
        let changes = try await Ledger.record(entries, in: transaction)
        let taken = Set(changes.map(\.document.id))
        let orders = Ledger.latest(entries).filter { $0.kind == .order && taken.contains($0.document.id) }
        guard !orders.isEmpty else { return }
        sums.count(orders, transaction)
        Self.add(changes, clock, transaction)
    }

    /// Counts orders for their members, and works out the segments of these.
    static func add(_ changes: [LedgerChange], _ clock: SegmentClock, _ transaction: Transaction) {
        var counts: [UUID: Int] = [:]
        for change in changes where change.kind == .order {
            if let party = change.party { counts[party, default: 0] += change.count }
        }
        guard !counts.isEmpty else { return }
        let members = counts.sorted { $0.key < $1.key }
        transaction.enqueue(MemberStore.addOrders, members.map(\.key), members.map(\.value))
        clock.evaluate(members.map(\.key), transaction)
    }
}
