import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

extension Resource {
    /// Saved views over HTTP.
    static let views = Resource("view", at: "/v1/views", schema: viewSchema, get: ViewStore.get)
}

@Loop
func viewRoutes(_ context: ServiceContext) -> [Route] {
    let (views, input) = (Resource.views, ViewInput.input(context))
    return [
        views.list(
            "Saved views: those of all, and of an owner",
            filters: [.query("owner", .string, "Leaves out the views of others")]
        ) { request in
            try await context.rows(ViewStore.list, request.query("owner"), request.pageAfter, request.pageLimit)
        },
        views.create(context, input) { view, transaction in
            let id = UUID.v7()
            transaction.enqueue(ViewStore.insert, id, view.name, view.owner, view.definition)
            return id
        },
        views.one(context),
        Route(
            .put, "/v1/views/{id}", "Changes a view; a 412 has both versions, `current` and `yours`", tag: "views",
            access: .change, parameters: [.path("id", .uuid), .ifMatch], body: input.body, gives: .json(viewSchema),
            refuses: [412, 428]
        ) { request in
            let (id, seen, view) = (try request.id(), try await Seen(request), try await input.read(request))
            return try await context.transaction { transaction in
                try await lockView(id, seen, transaction)
                guard
                    let (json, version) = try await transaction.rows(
                        ViewStore.update, id, view.name, view.owner, view.definition
                    ).first
                else { throw Problem.missing("view", id) }
                return .stored(json, version: version)
            }
        },
        Route(
            .delete, "/v1/views/{id}", "Takes a view away", tag: "views", access: .change,
            parameters: [.path("id", .uuid), .ifMatch], gives: .nothing, refuses: [412, 428]
        ) { request in
            let (id, seen) = (try request.id(), try await Seen(request))
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
    guard let json = try await context.rows(ViewStore.definition, id).first else { throw Problem.missing("view", id) }
    return try JSONDecoder().decode(PartyListRequest.self, from: Data(json.utf8))
}

/// Locks a view for a caller who has seen its latest form.
@Loop
private func lockView(_ id: UUID, _ seen: Seen, _ transaction: Transaction) async throws {
    guard let (version, json) = try await transaction.rows(ViewStore.lock, id).first else {
        throw Problem.missing("view", id)
    }
    try seen.check("view", json, at: version)
}

private struct ViewInput: Decodable {
    let name: String
    let owner: String?
    let definition: PartyListRequest

    /// What a view is told as.
    @Loop
    static func input(_ context: ServiceContext) -> Input<(name: String, owner: String?, definition: String)> {
        Input(.json(newViewSchema)) { try await $0.model(ViewInput.self).checked(context) }
    }

    /// Checks that the view can be run as it is.
    @Loop
    private func checked(_ context: ServiceContext) async throws -> (name: String, owner: String?, definition: String) {
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
    .init("currency", .string, required: false), .init("language", .string, required: false),
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
