import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// What parties are to each other (C3), read from the party in the path: it employs, is parent of, refers the other.
private let relationKinds = ["employs", "parent-of", "household", "refers", "partner-of"]

@Loop
func relationRoutes(_ context: ServiceContext) -> [Route] {
    let place: [Route.Parameter] = [
        .path("kind", .enumeration(relationKinds)), .path("other", .uuid, "The party related to"),
    ]
    return [
        Route(
            .get, "/v1/parties/{id}/relations", "What a party is to others, and they to it", tag: "relations",
            answers: [.json(200, .object([.init("items", .array(relationSchema))])), 404]
        ) { request in
            let rows = try await context.query(RelationStore.list, try request.id())
            return .stored("{\"items\":\(try rows.first?.value(0) ?? "[]")}")
        },
        Route(
            .put, "/v1/parties/{id}/relations/{kind}/{other}", "Relates two parties", tag: "relations",
            parameters: place,
            body: .json(.object([.init("since", .date, required: false), .init("note", .string, required: false)])),
            answers: [204, 400, 404, 409]
        ) { request in
            let (id, other) = (try request.id(), try request.id("other"))
            guard id != other else { throw Problem.field("other", "must be another party") }
            let input = try await request.model(RelationInput.self)
            let note = try FieldCheck.text(input.note, "note", atMost: 500)
            return try await context.transaction { transaction in
                for party in [id, other].sorted(by: { $0.uuidString < $1.uuidString }) {
                    try await PartyCommands.lock(party, transaction)
                }
                transaction.enqueue(RelationStore.put, id, request.path("kind"), other, input.since?.text, note)
                return Response(.noContent)
            }
        },
        Route(
            .delete, "/v1/parties/{id}/relations/{kind}/{other}", "Takes a relation back", tag: "relations",
            parameters: place, answers: [204, 400, 404]
        ) { request in
            let rows = try await context.query(
                RelationStore.remove, try request.id(), request.path("kind"), try request.id("other"))
            guard !rows.isEmpty else { throw Problem(status: .notFound, detail: "There is no such relation.") }
            return Response(.noContent)
        },
        Route(
            .put, "/v1/parties/{id}/references/{system}/{reference}", "Says what another system calls a party (C4)",
            tag: "relations", answers: [204, 400, 404, 409]
        ) { request in
            let id = try request.id()
            let system = try FieldCheck.needed(request.path("system"), "system", atMost: 50)
            let reference = try FieldCheck.needed(request.path("reference"), "reference", atMost: 200)
            return try await context.transaction { transaction in
                try await PartyCommands.lock(id, transaction)
                let holder: UUID? = try await transaction.query(RelationStore.refer, system, reference, id).first?
                    .value(0)
                guard holder == id else {
                    throw Problem(
                        status: .conflict, detail: "\(system) \(reference) is party \(holder?.text ?? "unknown").",
                        errors: [FieldError(field: "reference", message: "belongs to another party")])
                }
                return Response(.noContent)
            }
        },
        Route(
            .delete, "/v1/parties/{id}/references/{system}/{reference}", "Takes a reference back", tag: "relations",
            answers: [204, 404, 409]
        ) { request in
            guard request.path("system") != "erp" else {
                throw Problem(status: .conflict, detail: "What the ERP calls a party is the ERP's to say.")
            }
            let rows = try await context.query(
                RelationStore.unrefer, request.path("system"), request.path("reference"), try request.id())
            guard !rows.isEmpty else { throw Problem(status: .notFound, detail: "There is no such reference.") }
            return Response(.noContent)
        },
    ]
}

private struct RelationInput: Decodable {
    let since: CalendarDay?
    let note: String?
}

private let relationSchema = Schema.named(
    "Relation",
    .object([
        .init("kind", .enumeration(relationKinds)),
        .init("direction", .enumeration(["to", "from"]), "`to`: the party in the path is the first"),
        .init("partyId", .uuid), .init("name", .string), .init("since", .nullable(.date)),
        .init("note", .nullable(.string)),
    ]))
