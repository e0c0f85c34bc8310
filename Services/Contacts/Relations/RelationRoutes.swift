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
            access: .read, gives: .json(.items(relationSchema))
        ) { request in
            let id = try request.id()
            guard let row = try await context.query(RelationStore.list, id).first else {
                throw Problem.missing("party", id)
            }
            return .items(try row.value(0))
        },
        Route(
            .put, "/v1/parties/{id}/relations/{kind}/{other}",
            "Relates two parties; nobody is referred twice, nor above himself in a tree of referrals or of firms. "
                + "What is there with another date or note is taken back before, not overwritten",
            tag: "relations", access: .change,
            parameters: place, body: RelationInput.input.body, gives: .nothing, refuses: [409]
        ) { request in
            let (id, other) = (try request.id(), try request.id("other"))
            guard id != other else { throw Problem.field("other", "must be another party") }
            let said = try await RelationInput.input.read(request)
            let kind = request.path("kind")
            return try await context.again {
                try await context.transaction { transaction in
                    let tops = try await Referrals.tops(of: [id, other], kind, transaction)
                    try await PartyCommands.lock([id, other], with: tops, transaction)
                    try await Referrals.check(id, kind, other, under: tops, transaction)
                    let rows = try await transaction.rows(
                        RelationStore.put, id, kind, other, said.since?.text, said.note)
                    guard rows.first == true else {
                        throw Problem(
                            status: .conflict,
                            detail: "They are related already, with another date or note: take that back first.")
                    }
                    return Response(.noContent)
                }
            }
        },
        Route(
            .delete, "/v1/parties/{id}/relations/{kind}/{other}", "Takes a relation back", tag: "relations",
            access: .change,
            parameters: place, gives: .nothing
        ) { request in
            let rows = try await context.query(
                RelationStore.remove, try request.id(), request.path("kind"), try request.id("other"))
            guard !rows.isEmpty else { throw Problem(status: .notFound, detail: "There is no such relation.") }
            return Response(.noContent)
        },
    ]
}

private struct RelationInput: Decodable {
    let since: CalendarDay?
    let note: String?

    static let input = Input<RelationInput>.command(RelationInput.self) { said in
        RelationInput(since: said.since, note: try FieldCheck.text(said.note, "note", atMost: 500))
    }
}

private let relationSchema = Schema.named(
    "Relation",
    .object([
        .init("kind", .enumeration(relationKinds)),
        .init("direction", .enumeration(["to", "from"]), "`to`: the party in the path is the first"),
        .init("partyId", .uuid), .init("name", .string), .init("since", .nullable(.date)),
        .init("note", .nullable(.string)),
    ]))
