import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// Finding parties.
@Loop
enum PartyQueries {
    /// Counts go no further: what a person reads above it is "more than".
    nonisolated static let countBound = 10_000

    /// One page of a list in order.
    static func page(
        _ request: PartyListRequest, after: String?, limit: Int, _ context: ServiceContext
    ) async throws -> Response {
        let sort = request.sort ?? "name"
        let query = try PartyQuery.page(
            request, try await fields(request.filter, context), after: try PartyCursor(after, sort: sort), limit: limit,
            columns: "\(PartyStore.json)::text")
        let rows = try await rows(query, context)
        let next = try rows.last.map { PartyCursor(sort: try $0.value(1), id: try $0.value(2)).text(sort: sort) }
        return Response.page(try rows.map { try $0.value(0) }, limit: limit, next: next)
    }

    /// How many parties a list has, as JSON. What an index finds is counted up to a bound; all parties are the database's own estimate;
    /// what only reading finds is counted in a sample of the table where this is larger.
    static func count(_ request: PartyListRequest, _ context: ServiceContext) async throws -> String {
        var query = try PartyQuery(request.filter ?? [], try await fields(request.filter, context))
        if let search = request.search { query.addText(search) }
        let isAll = query.conditions.count == 1
        let total = query.isIndexed ? 0 : try await context.query(PartyStore.estimate).first?.value(0) ?? 0
        if total > countBound {
            if isAll { return "{\"count\":\(total),\"isExact\":false}" }
            let share = Double(countBound) / Double(total)
            let hits = try await number(query.counted(upTo: countBound * 2, sample: share * 100), context)
            return "{\"count\":\(Int(Double(hits) / share)),\"isExact\":false}"
        }
        let count = try await number(query.counted(upTo: countBound + 1), context)
        return "{\"count\":\(min(count, countBound)),\"isExact\":\(count <= countBound)}"
    }

    private static func number(_ select: PartySelect, _ context: ServiceContext) async throws -> Int {
        Int(try await rows(select, context).first?.value(0) ?? "0") ?? 0
    }

    static func rows(_ select: PartySelect, _ context: ServiceContext) async throws -> Rows {
        try await context.query(PartyStore.select, select.text, select.arguments)
    }

    /// Custom fields are looked up only where a filter names one.
    static func fields(_ filter: [PartyCondition]?, _ context: ServiceContext) async throws -> CustomFields {
        guard filter?.contains(where: { $0.field.hasPrefix("custom.") }) == true else {
            return CustomFields(byKey: [:])
        }
        return try CustomFields(try await context.query(FieldStore.all))
    }
}
