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
        let rows = try await context.query(PartyStore.select, query.text, query.arguments)
        let next = try rows.last.map { PartyCursor(sort: try $0.value(1), id: try $0.value(2)).text(sort: sort) }
        return Response.page(try rows.map { try $0.value(0) }, limit: limit, next: next)
    }

    /// The best matches, the exact before the like: what another system calls so, names that begin so, what has all words anywhere, and
    /// where that is little, names at most one letter off.
    static func search(
        _ text: String, _ filter: [PartyCondition], limit: Int, _ context: ServiceContext
    ) async throws -> [String] {
        let clean = text.trimmed
        guard !clean.isEmpty, !clean.contains("\0") else { return [] }
        let query = try PartyQuery(filter, try await fields(filter, context))
        var found = Found(limit: limit)
        let exact = [
            query.referencedLike(clean, limit: min(limit, 20)), query.namedLike(clean, limit: limit),
            query.containing(clean, limit: limit),
        ]
        for case let (text, arguments)? in exact where found.isWanting {
            try found.add(await context.query(PartyStore.select, text, arguments))
        }
        if found.items.count < min(limit, 10), let near = query.near(clean, limit: 300) {
            let words = SearchText.near(SearchText.words(clean))?.map(\.word) ?? []
            let rows = try await context.query(PartyStore.select, near.text, near.arguments)
            try found.add(rows.filter { SearchText.isNear(try $0.value(1), words) })
        }
        return found.items
    }

    /// How many parties a list has, as JSON: exact up to the bound; all of them by the database's own estimate.
    static func count(_ request: PartyListRequest, _ context: ServiceContext) async throws -> String {
        var query = try PartyQuery(request.filter ?? [], try await fields(request.filter, context))
        if let search = request.search { query.addText(search) }
        let counted = query.counted(upTo: countBound + 1)
        let rows = try await context.query(PartyStore.select, counted.text, counted.arguments)
        let count = Int(try rows.first?.value(0) ?? "0") ?? 0
        if count <= countBound { return "{\"count\":\(count),\"isExact\":true}" }
        guard query.conditions.isEmpty else { return "{\"count\":\(countBound),\"isExact\":false}" }
        let estimate: Int = try await context.query(PartyStore.estimate).first?.value(0) ?? 0
        return "{\"count\":\(max(estimate, countBound)),\"isExact\":false}"
    }

    /// Custom fields are looked up only where a filter names one.
    static func fields(_ filter: [PartyCondition]?, _ context: ServiceContext) async throws -> CustomFields {
        guard filter?.contains(where: { $0.field.hasPrefix("custom.") }) == true else {
            return CustomFields(byKey: [:])
        }
        return try CustomFields(try await context.query(FieldStore.all))
    }
}

/// Parties found, each once, in the order of finding.
private struct Found {
    let limit: Int
    private(set) var items: [String] = []
    private var ids: Set<UUID> = []

    init(limit: Int) { self.limit = limit }

    var isWanting: Bool { items.count < limit }

    mutating func add(_ rows: some Sequence<Row>) throws {
        for row in rows where isWanting {
            if ids.insert(try row.value(2)).inserted { items.append(try row.value(0)) }
        }
    }
}
