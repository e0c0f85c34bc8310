import CRMModel
import Messaging
import ServiceKit

extension Capability {
    /// What is sold, and how much of it.
    static let products = Capability(
        "products", "what is sold, and how much of it",
        statements: ProductStore.statements,
        readModels: [
            ReadModel("order_item"),
            // When it came and what it is called depend on which of two topics was read first.
            ReadModel(
                "product", equal: "SELECT (sku, category, price, currency, is_discontinued)::text FROM product"),
            // What was sold and cancelled in one batch was never sold.
            ReadModel(
                "product_sales",
                equal: """
                    SELECT (sku, currency, orders, quantity, revenue)::text FROM product_sales
                    WHERE (orders, quantity, revenue) <> (0, 0, 0)
                    """),
        ]
    ) { context in
        CapabilityParts(routes: productRoutes(context)) {
            $0.on(ProductUpserted.self, ProductHandlers.upserted)
            $0.on(ProductDiscontinued.self, ProductHandlers.discontinued)
        }
    }
}
