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
        transaction.enqueue(ProductStore.discontinue, Set(events.map { ExactText($0.data.sku) }).sorted().map(\.text))
    }

    /// The last record of a product wins.
    static func upsert(_ products: [ProductUpserted], _ transaction: Transaction) {
        var latest: [ExactText: ProductUpserted] = [:]
        for product in products { latest[ExactText(product.sku)] = product }
        let list = latest.sorted { $0.key < $1.key }.map(\.value)
        transaction.enqueue(
            ProductStore.upsert, list.map(\.sku), list.map(\.name), list.map(\.category), list.map(\.price?.units),
            list.map(\.currency))
    }
}
