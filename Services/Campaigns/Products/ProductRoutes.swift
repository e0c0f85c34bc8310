import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func productRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/products", "Products with their sales, by SKU", tag: "products", access: .read,
            parameters: Route.Parameter.pagingByKeys, gives: .json(.page(of: shownProduct))
        ) { request in
            let after = try request.pageAfter(keys: 1)[0]
            let rows = try await context.rows(ProductStore.page, after, request.pageLimit)
            return .page(
                rows.map(\.0), limit: request.pageLimit, next: rows.last.map { PageCursor.text($0.1) })
        },
        Route(.get, "/v1/products/{sku}", "One product", tag: "products", access: .read, gives: .json(shownProduct)) {
            request in
            guard let product = try await context.rows(ProductStore.get, request.path("sku")).first else {
                throw Problem.missing("product", request.path("sku"))
            }
            return .stored(product)
        },
    ]
}

private let shownProduct = Schema.named(
    "Product",
    .object([
        .init("sku", .string), .init("name", .nullable(.string)), .init("category", .nullable(.string)),
        .init("price", .nullable(.amount)), .init("currency", .nullable(.string)), .init("isDiscontinued", .boolean),
        .init(
            "sales",
            .array(
                .object([
                    .init("currency", .string), .init("orders", .integer()), .init("quantity", .amount),
                    .init("revenue", .amount), .init("lastOrderedAt", .nullable(.dateTime)),
                ]))),
    ]))
