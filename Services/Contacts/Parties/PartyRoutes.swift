import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func partyRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/parties", "Creates a party", tag: "parties", access: .change, body: .json(PartySchemas.new),
            gives: .json(.made, .created), refuses: [415, 422]
        ) { request in
            let input = try await request.model(PartyInput.self).checked()
            return try await context.create(request) { transaction in
                let party = try await PartyCommands.create(input, in: transaction)
                return try Response.made(party.partyId, at: "/v1/parties")
            }
        },
        Route(
            .get, "/v1/parties/{id}", "One party", tag: "parties", access: .read, gives: .json(PartySchemas.party)
        ) { request in
            let id = try request.id()
            guard let row = try await context.query(PartyStore.get, id).first else {
                throw Problem.missing("party", id)
            }
            return .stored(try row.value(0), version: try row.value(1))
        },
        Route(
            .patch, "/v1/parties/{id}",
            "Changes the members given; null takes one away. A 412 has both versions, `current` and `yours`; a 409 names the survivor "
                + "of a party that is merged",
            tag: "parties", access: .change,
            parameters: [.ifMatch], body: .json(PartySchemas.change), gives: .json(PartySchemas.party),
            refuses: [409, 412, 415, 428]
        ) { request in
            let id = try request.id()
            let seen = try await Seen(request)
            let input = try await request.model(PartyInput.self).checked()
            return try await context.transaction { transaction in
                let (party, version) = try await PartyCommands.change(id, seen, input, in: transaction)
                return .stored(party, version: version)
            }
        },
        Route(
            .get, "/v1/parties", "Searches parties, or lists them in order", tag: "parties", access: .read,
            parameters: Route.Parameter.partyFilter + Route.Parameter.partyOrder + Route.Parameter.partyPaging,
            gives: .json(PartySchemas.page)
        ) { request in
            let list = try PartyListRequest(request)
            return try await PartyQueries.answer(
                list, after: request.query("after"), limit: request.pageLimit, context)
        },
        Route(
            .get, "/v1/parties/count", "How many parties a list has: exact up to 10,000, else at least so many",
            tag: "parties", access: .read, parameters: Route.Parameter.partyFilter,
            gives: .json(PartySchemas.count)
        ) { request in
            .stored(try await PartyQueries.count(try PartyListRequest(request), context))
        },
    ]
}


extension PartyListRequest {
    @Loop
    init(_ request: Request) throws {
        search = request.query("search").flatMap { $0.isEmpty ? nil : $0 }
        guard search?.contains("\0") != true else { throw Problem.field("search", "must not have a NUL character") }
        filter = try PartyCondition.list(request.query("filter"))
        sort = request.query("sort")
        descending = request.query("descending").map { $0 == "true" }
        currency = request.query("currency")
    }
}

extension PartyQueries {
    /// A search answers the best first; with an order asked for, or going on behind a page, it is a list like others.
    static func answer(
        _ list: PartyListRequest, after: String?, limit: Int, _ context: ServiceContext
    ) async throws -> Response {
        guard let text = list.search, list.sort == nil, after == nil else {
            return try await page(list, after: after, limit: limit, context)
        }
        let found = try await search(text, list.filter ?? [], limit: limit, context)
        return .stored("{\"items\":[\(found.joined(separator: ","))],\"next\":null}")
    }
}
