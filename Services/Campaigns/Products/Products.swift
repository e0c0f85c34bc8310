import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// What is sold, and how much of it.
    static let products = Capability(
        "products", "what is sold, and how much of it",
        migrations: [ProductsSchema.deltas, ProductsSchema.sources],
        statements: ProductStore.statements + ItemStore.statements,
        readModels: [
            // Those from before ERPs were told apart may lack a name.
            ReadModel(
                "order_item", equal: "SELECT (order_id, sku, currency, quantity, revenue)::text FROM order_item"),
            // As what the ledger keeps aside.
            ReadModel("order_item_elsewhere", equal: "SELECT NULL::text WHERE false"),
            // When it came and what it is called depend on which of two topics was read first. Older programs left a row with a name
            // alone for what was ordered before its master came.
            ReadModel(
                "product",
                equal: """
                    SELECT (sku, category, price, currency, is_discontinued)::text FROM product
                    WHERE is_discontinued OR num_nonnulls(category, price, currency) > 0
                    """),
            // Before the sums, as whoever folds takes the two tables.
            ReadModel("product_sales_delta", equal: "SELECT NULL::text WHERE false"),
            // What was sold and cancelled in one batch was never sold; what is folded and what is not differs.
            ReadModel(
                "product_sales",
                equal: """
                    SELECT (sku, currency, orders, quantity, revenue)::text FROM (\(ProductStore.sums())) AS sums
                    WHERE (orders, quantity, revenue) <> (0, 0, 0)
                    """),
        ],
        standings: [
            .fact("order_item"), .fact("order_item_elsewhere"), .assertion("product"), .fact("product_sales_delta"),
            .fact("product_sales"),
        ], holdings: [ProductStore.holding]
    ) { context in
        let sums = context.shared(ProductSums.init)
        return CapabilityParts(routes: productRoutes(context), background: [{ await sums.run() }]) {
            $0.on(ProductUpserted.self, ProductHandlers.upserted)
            $0.on(ProductDiscontinued.self, ProductHandlers.discontinued)
        }
    }
}
