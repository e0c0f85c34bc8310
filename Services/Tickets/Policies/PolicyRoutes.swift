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
        ) { _ in .items(try await context.rows(PolicyStore.all).first) },
        Route(
            .put, "/v1/sla-policies", "Sets the promises for tickets opened from now on", tag: "policies",
            access: .configure, body: PolicyInput.input.body, gives: .json(promises)
        ) { request in
            let items = try await PolicyInput.input.read(request)
            let shown = try await context.transaction { transaction in
                transaction.enqueue(
                    PolicyStore.set, items.map(\.priority), items.map(\.firstResponseMinutes),
                    items.map(\.resolutionMinutes))
                return transaction.enqueue(PolicyStore.all.statement)
            }
            return .items(try await shown.wait().first?.value(0))
        },
    ]
}

private struct PolicyInput: Decodable {
    struct Item: Decodable {
        let priority: String
        let firstResponseMinutes: Int
        let resolutionMinutes: Int
    }
    let items: [Item]

    static let input = Input.command(
        PolicyInput.self,
        [
            "items": .array(
                .reading(
                    Item.self,
                    [
                        "priority": .enumeration(Policy.priorities), "firstResponseMinutes": .integer(minutes),
                        "resolutionMinutes": .integer(minutes),
                    ]))
        ]
    ) { try $0.checked() }
    private static let minutes = 1...525_600

    private func checked() throws -> [Item] {
        guard items.map(\.priority).sorted() == Policy.priorities.sorted() else {
            throw Problem.field("items", "must name each of \(Policy.priorities.joined(separator: ", ")) once")
        }
        for (index, item) in items.enumerated() {
            let values = [
                ("firstResponseMinutes", item.firstResponseMinutes), ("resolutionMinutes", item.resolutionMinutes),
            ]
            for (name, value) in values where !Self.minutes.contains(value) {
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
