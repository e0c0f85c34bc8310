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
            .post, "/v1/parties", "Creates a party", tag: "parties", body: .json(PartySchemas.new),
            answers: [
                .json(201, .object([.init("id", .uuid), .init("version", .integer())])), 400, 415, 422,
            ]
        ) { request in
            let input = try await request.model(PartyInput.self).checked()
            return try await context.create(request) { transaction in
                let party = try await PartyCommands.create(input, in: transaction)
                return try Response.made(party.partyId, at: "/v1/parties")
            }
        },
        Route(
            .get, "/v1/parties/{id}", "One party", tag: "parties", answers: [.json(200, PartySchemas.party), 404]
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
            tag: "parties",
            parameters: [.header("If-Match", .string, "The ETag that was read; without it a 428")],
            body: .json(PartySchemas.change),
            answers: [
                .json(200, PartySchemas.party), 400, 404, 409, 412, 415, 428,
            ]
        ) { request in
            let id = try request.id()
            let version = try request.seenVersion()
            let input = try await request.model(PartyInput.self).checked()
            let outcome = try await context.transaction { transaction in
                try await PartyCommands.change(id, seen: version, input, in: transaction)
            }
            switch outcome {
            case .changed(let party): return .stored(party, version: version + 1)
            case .stale(let party, let current):
                return staleAnswer("party", party, at: current, seen: version, yours: try await request.wholeBody())
            }
        },
        Route(
            .get, "/v1/parties", "Searches parties, or lists them in order", tag: "parties",
            parameters: Route.Parameter.partyFilter + Route.Parameter.partyOrder + Route.Parameter.partyPaging,
            answers: [.json(200, PartySchemas.page), 400]
        ) { request in
            let list = try PartyListRequest(request)
            return try await PartyQueries.answer(
                list, after: request.query("after"), limit: request.pageLimit, context)
        },
        Route(
            .get, "/v1/parties/count", "How many parties a list has: exact up to 10,000, else at least so many",
            tag: "parties", parameters: Route.Parameter.partyFilter, answers: [.json(200, PartySchemas.count), 400]
        ) { request in
            .stored(try await PartyQueries.count(try PartyListRequest(request), context))
        },
    ]
}

/// JSON that the database made.
func jsonResponse(_ text: String) -> Response { .stored(text) }

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

/// A 412 with both versions, so that a person can choose between them.
func staleAnswer(_ what: String, _ current: String, at version: Int, seen: Int, yours: [UInt8]) -> Response {
    let text = """
        {"type":"about:blank","title":"Precondition Failed","status":412,"detail":"The \(what) is at version \(version), not \
        \(seen): compare `current` with `yours` and repeat the change.","current":\(current),"yours":
        """
    return Response(
        .preconditionFailed, bytes: Array(text.utf8) + yours + Array("}".utf8), contentType: "application/problem+json"
    ).with("etag", "\"\(version)\"")
}
