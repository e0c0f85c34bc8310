import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// Keeps the sums of what was sold: orders add to them without waiting for each other, and what they added is folded together beside them.
@Loop
final class ProductSums {
    /// How many deltas are folded in one transaction.
    static let page = 5000
    private let context: ServiceContext
    private let work: SteadyWork
    /// Until when there may be something to fold for sure; after it only what another process has left.
    private var isBusyUntil = Duration.zero
    private var lastLook = Duration.zero

    init(_ context: ServiceContext) {
        self.context = context
        work = SteadyWork(context.log, every: .milliseconds(200), failing: "the sums of products are folded later")
    }

    /// Folds until its task is cancelled. A process without orders looks seldom: a twin may have died before it folded its own.
    func run() async {
        await work.run {
            guard Loop.now < isBusyUntil || Loop.now - lastLook > .seconds(5) else { return false }
            lastLook = Loop.now
            let isFull = try await fold() == Self.page
            if isFull { isBusyUntil = Loop.now + .seconds(2) }
            return isFull
        }
    }

    /// Folds one page; answers how many deltas there were.
    func fold() async throws -> Int {
        try await context.pool.rows(ProductStore.fold, Self.page).first ?? 0
    }

    /// Counts the lines of the orders that were recorded and whose rows in the ledger are held: a cancelled one holds nothing, and of a
    /// state that does not count the lines are kept aside.
    func count(_ recorded: LedgerRecorded, _ transaction: Transaction) {
        var told: [BookName: LedgerChange] = [:]
        var aside: [LedgerChange] = []
        for change in recorded.changes where change.kind == .order {
            switch change.standing {
            case .told: told[change.name] = change
            case .aside: aside.append(change)
            case .recalled: break
            }
        }
        claim(recorded.claimed.filter { $0.kind == LedgerEntry.Kind.order.rawValue }, transaction)
        move(recorded.moves.filter { $0.name.kind == LedgerEntry.Kind.order.rawValue }, aside, transaction)
        let orders = told.keys.sorted()
        guard !orders.isEmpty else { return }
        let sold = SoldItems(orders.compactMap { told[$0] })
        let rows = sold.rows
        transaction.enqueue(
            ProductStore.addItems, orders.map(\.id), orders.map(\.source), rows.map(\.key.order.id),
            rows.map(\.key.order.source), rows.map(\.key.sku.text),
            rows.map { sold.names[$0.key.sku] ?? $0.key.sku.text },
            rows.map(\.value.currency), rows.map(\.value.quantity.units), rows.map(\.value.revenue.units),
            rows.map(\.value.at))
        isBusyUntil = Loop.now + .seconds(2)
    }

    private func claim(_ orders: [BookName], _ transaction: Transaction) {
        guard !orders.isEmpty else { return }
        transaction.enqueue(ItemStore.claim, orders.map(\.id), orders.map(\.source))
    }

    /// Puts the lines of states aside and takes those back that count again.
    private func move(_ moves: [LedgerMove], _ aside: [LedgerChange], _ transaction: Transaction) {
        if !moves.isEmpty {
            let names = moves.map(\.name)
            transaction.enqueue(
                ItemStore.putAside, names.map(\.id), names.map(\.source), moves.map { $0.from ?? .nobody })
        }
        if !aside.isEmpty {
            // One by one: an order may be told under several numbers in one batch.
            let rows = aside.flatMap { state in
                let sold = SoldItems([state])
                return sold.rows.map { (key: $0.key, item: $0.value, party: state.party, name: sold.names[$0.key.sku]) }
            }
            transaction.enqueue(
                ItemStore.keepAside, aside.map(\.name.id), aside.map(\.name.source), aside.map { $0.party ?? .nobody },
                rows.map(\.key.order.id), rows.map(\.key.order.source), rows.map { $0.party ?? .nobody },
                rows.map(\.key.sku.text), rows.map(\.name), rows.map(\.item.currency), rows.map(\.item.quantity.units),
                rows.map(\.item.revenue.units))
        }
        let recalled = moves.filter(\.isRecalled)
        guard !recalled.isEmpty else { return }
        transaction.enqueue(
            ItemStore.recall, recalled.map(\.name.id), recalled.map(\.name.source), recalled.map { $0.to ?? .nobody })
        isBusyUntil = Loop.now + .seconds(2)
    }
}
