import CRMModel
import EventLoop
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

    /// Counts the lines of orders, each named once and its row in the ledger held; a cancelled one holds nothing.
    func count(_ orders: [LedgerEntry], _ transaction: Transaction) {
        let sold = SoldItems(orders.filter { !$0.isCancelled }.map(\.document))
        let rows = sold.items.sorted { ($0.key.order, $0.key.sku) < ($1.key.order, $1.key.sku) }
        transaction.enqueue(
            ProductStore.addItems, orders.map(\.document.id).sorted(), rows.map(\.key.order), rows.map(\.key.sku),
            rows.map { sold.names[$0.key.sku] ?? $0.key.sku }, rows.map(\.value.currency),
            rows.map(\.value.quantity.units),
            rows.map(\.value.revenue.units), rows.map(\.value.at))
        isBusyUntil = Loop.now + .seconds(2)
    }
}
