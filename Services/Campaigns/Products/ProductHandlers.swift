import CRMModel
import EventLoop
import Messaging
import Postgres
import ServiceKit

/// What campaigns does with the ERP's product master and with the lines of orders.
@Loop
enum ProductHandlers {
    static func upserted(_ events: [Received<ProductUpserted>], _ transaction: Transaction) async throws {
        upsert(events.map(\.data), transaction)
    }

    static func discontinued(_ events: [Received<ProductDiscontinued>], _ transaction: Transaction) async throws {
        transaction.enqueue(ProductStore.hold)
        transaction.enqueue(ProductStore.discontinue, Set(events.map(\.data.sku)).sorted())
    }

    /// The last record of a product wins.
    static func upsert(_ products: [ProductUpserted], _ transaction: Transaction) {
        var latest: [String: ProductUpserted] = [:]
        for product in products { latest[product.sku] = product }
        let list = latest.values.sorted { $0.sku < $1.sku }
        transaction.enqueue(ProductStore.hold)
        transaction.enqueue(
            ProductStore.upsert, list.map(\.sku), list.map(\.name), list.map(\.category), list.map(\.price?.units),
            list.map(\.currency))
    }

    /// Counts the lines of orders, each named once; a cancelled one holds nothing.
    static func count(_ orders: [LedgerEntry], _ transaction: Transaction) {
        let sold = SoldItems(orders.filter { !$0.isCancelled }.map(\.document))
        let names = sold.names.sorted { $0.key < $1.key }
        let rows = sold.items.sorted { ($0.key.sku, $0.key.order) < ($1.key.sku, $1.key.order) }
        transaction.enqueue(ProductStore.hold)
        transaction.enqueue(ProductStore.addMissing, names.map(\.key), names.map(\.value))
        transaction.enqueue(
            ProductStore.addItems, orders.map(\.document.id).sorted(), rows.map(\.key.order), rows.map(\.key.sku),
            rows.map(\.value.currency), rows.map(\.value.quantity), rows.map(\.value.revenue), rows.map(\.value.at))
    }
}
