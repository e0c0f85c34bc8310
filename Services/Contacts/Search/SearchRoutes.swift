import EventLoop
import HTTP
import ServiceKit

@Loop
func searchRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/parties", "Searches parties, or lists them in order", tag: "parties", access: .read,
            parameters: Route.Parameter.partyFilter + Route.Parameter.partyOrder + Route.Parameter.partyPaging,
            gives: .json(PartySchemas.page, 200)
        ) { request in
            let list = try PartyListRequest(request)
            return try await PartyQueries.answer(
                list, after: request.query("after"), limit: request.pageLimit, context)
        },
        Route(
            .get, "/v1/parties/count", "How many parties a list has: exact up to 10,000, else at least so many",
            tag: "parties", access: .read, parameters: Route.Parameter.partyFilter,
            gives: .json(PartySchemas.count, 200)
        ) { request in
            .stored(try await PartyQueries.count(try PartyListRequest(request), context))
        },
    ]
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
