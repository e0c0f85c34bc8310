import EventLoop
import HTTP
import Postgres
import ServiceKit

@Loop
func policyRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/sla-policies", "What is promised about time, by priority", tag: "policies", access: .read,
            gives: .json(promises)
        ) { _ in
            try policies(try await context.query(PolicyStore.all))
        },
        Route(
            .put, "/v1/sla-policies", "Sets the promises for tickets opened from now on", tag: "policies",
            access: .configure,
            body: .json(
                .object([
                    .init(
                        "items",
                        .array(
                            .object([
                                .init("priority", .enumeration(Policy.priorities)),
                                .init("firstResponseMinutes", .integer(1...525_600)),
                                .init("resolutionMinutes", .integer(1...525_600)),
                            ])))
                ])), gives: .json(promises)
        ) { request in
            let items = try await request.model(PolicyInput.self).checked()
            let rows = try await context.transaction { transaction in
                transaction.enqueue(
                    PolicyStore.set, items.map(\.priority), items.map(\.firstResponseMinutes),
                    items.map(\.resolutionMinutes))
                return try await transaction.query(PolicyStore.all)
            }
            return try policies(rows)
        },
    ]
}

private func policies(_ rows: Rows) throws -> Response {
    .stored("{\"items\":\(try rows.first?.value(0) ?? "[]")}")
}

private struct PolicyInput: Decodable {
    struct Item: Decodable {
        let priority: String
        let firstResponseMinutes: Int
        let resolutionMinutes: Int
    }
    let items: [Item]

    func checked() throws -> [Item] {
        guard items.map(\.priority).sorted() == Policy.priorities.sorted() else {
            throw Problem.field("items", "must name each of \(Policy.priorities.joined(separator: ", ")) once")
        }
        for (index, item) in items.enumerated() {
            let values = [
                ("firstResponseMinutes", item.firstResponseMinutes), ("resolutionMinutes", item.resolutionMinutes),
            ]
            for (name, minutes) in values where !(1...525_600).contains(minutes) {
                throw Problem.field("items[\(index)].\(name)", "must be 1 to 525600")
            }
        }
        return items
    }
}

private let promises = Schema.items(
    .object([
        .init("priority", .enumeration(Policy.priorities)), .init("firstResponseMinutes", .number),
        .init("resolutionMinutes", .number),
    ]))
