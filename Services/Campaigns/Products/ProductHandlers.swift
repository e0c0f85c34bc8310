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
        transaction.enqueue(ProductStore.discontinue, Set(events.map(\.data.sku)).sorted())
    }

    /// The last record of a product wins.
    static func upsert(_ products: [ProductUpserted], _ transaction: Transaction) {
        var latest: [String: ProductUpserted] = [:]
        for product in products { latest[product.sku] = product }
        let list = latest.values.sorted { $0.sku < $1.sku }
        transaction.enqueue(
            ProductStore.upsert, list.map(\.sku), list.map(\.name), list.map(\.category), list.map(\.price?.units),
            list.map(\.currency))
    }
}
