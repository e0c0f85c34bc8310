import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func viewRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/views", "Saved views: those of all, and of an owner", tag: "views", access: .read,
            parameters: [.query("owner", .string, "Leaves out the views of others")] + Route.Parameter.paging,
            gives: .json(.object([.init("items", .array(viewSchema)), .init("next", .nullable(.uuid))]))
        ) { request in
            let rows = try await context.query(
                ViewStore.list, request.query("owner"), request.pageAfter, request.pageLimit)
            let last: UUID? = try rows.last?.value(1)
            return Response.page(try rows.map { try $0.value(0) }, limit: request.pageLimit, next: last?.text)
        },
        Route(
            .post, "/v1/views", "Saves a view", tag: "views", access: .change, body: .json(newViewSchema),
            gives: .json(.made, .created), refuses: [422]
        ) { request in
            let view = try await request.model(ViewInput.self).checked(context)
            return try await context.create(request) { transaction in
                let id = UUID.v7()
                transaction.enqueue(ViewStore.insert, id, view.name, view.owner, view.definition)
                return try Response.made(id, at: "/v1/views")
            }
        },
        Route(.get, "/v1/views/{id}", "One view", tag: "views", access: .read, gives: .json(viewSchema)) {
            request in
            let id = try request.id()
            guard let row = try await context.query(ViewStore.get, id).first else { throw Problem.missing("view", id) }
            return .stored(try row.value(0), version: try row.value(1))
        },
        Route(
            .put, "/v1/views/{id}", "Changes a view; a 412 has both versions, `current` and `yours`", tag: "views",
            access: .change,
            parameters: [.ifMatch], body: .json(newViewSchema), gives: .json(viewSchema), refuses: [412, 428]
        ) { request in
            let id = try request.id()
            let seen = try await Seen(request)
            let view = try await request.model(ViewInput.self).checked(context)
            return try await context.transaction { transaction in
                let version = try await lockView(id, seen, transaction)
                let rows = try await transaction.query(ViewStore.update, id, view.name, view.owner, view.definition)
                return Response.stored(try rows.first?.value(0) ?? "", version: version + 1)
            }
        },
        Route(
            .delete, "/v1/views/{id}", "Takes a view away", tag: "views", access: .change, parameters: [.ifMatch],
            gives: .nothing, refuses: [412, 428]
        ) { request in
            let id = try request.id()
            let seen = try await Seen(request)
            return try await context.transaction { transaction in
                try await lockView(id, seen, transaction)
                transaction.enqueue(ViewStore.delete, id)
                return Response(.noContent)
            }
        },
        Route(
            .get, "/v1/views/{id}/parties", "The parties of a view", tag: "views", access: .read,
            parameters: Route.Parameter.partyPaging, gives: .json(PartySchemas.page)
        ) { request in
            let list = try await viewDefinition(try request.id(), context)
            return try await PartyQueries.answer(
                list, after: request.query("after"), limit: request.pageLimit, context)
        },
    ]
}

/// What a saved view asks for.
@Loop
func viewDefinition(_ id: UUID, _ context: ServiceContext) async throws -> PartyListRequest {
    guard let row = try await context.query(ViewStore.get, id).first else { throw Problem.missing("view", id) }
    return try JSONDecoder().decode(PartyListRequest.self, from: Data((try row.value(2) as String).utf8))
}

/// Locks a view for a caller who has seen its latest form, and gives its version.
@Loop
@discardableResult
private func lockView(_ id: UUID, _ seen: Seen, _ transaction: Transaction) async throws -> Int {
    guard let row = try await transaction.query(ViewStore.lock, id).first else { throw Problem.missing("view", id) }
    let version: Int = try row.value(0)
    try seen.check("view", try row.value(1), at: version)
    return version
}

private struct ViewInput: Decodable {
    let name: String
    let owner: String?
    let definition: PartyListRequest

    /// Checks that the view can be run as it is.
    @Loop
    func checked(_ context: ServiceContext) async throws -> (name: String, owner: String?, definition: String) {
        let text = try ModelJSON.text(definition)
        do {
            let fields = try await PartyQueries.fields(definition.filter, context)
            _ = try PartyQuery.page(definition, fields, after: nil, limit: 1, columns: "NULL::text")
        } catch let problem as Problem {
            let errors = problem.errors.map { FieldError(field: "definition.\($0.field)", message: $0.message) }
            throw Problem(status: problem.status, detail: problem.detail, errors: errors)
        }
        _ = try FieldCheck.text(definition.search, "definition.search")
        guard !text.contains("\\u0000") else {
            throw Problem.field("definition", "must not have a NUL character")
        }
        return (
            try FieldCheck.needed(name, "name", atMost: 100), try FieldCheck.text(owner, "owner", atMost: 100),
            text
        )
    }
}

private let definitionSchema = Schema.object([
    .init("search", .string, required: false),
    .init("filter", .array(.any), required: false, "Conditions, as in lists"),
    .init("sort", .string, required: false), .init("descending", .boolean, required: false),
    .init("currency", .string, required: false),
])

private let newViewSchema = Schema.object([
    .init("name", .string), .init("owner", .string, required: false, "Whose it is; everybody's unless given"),
    .init("definition", definitionSchema),
])

private let viewSchema = Schema.named(
    "View",
    .object([
        .init("id", .uuid), .init("version", .integer()), .init("name", .string), .init("owner", .nullable(.string)),
        .init("definition", definitionSchema), .init("updatedAt", .dateTime),
    ]))
