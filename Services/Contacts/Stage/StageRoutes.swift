import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

@Loop
func stageRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/parties/{id}/stage", "Where a customer is in the relationship, since when and why", tag: "stage",
            access: .read,
            parameters: [.path("id", .uuid, "The party")], gives: .json(stageSchema)
        ) { request in
            let id = try request.id()
            guard let row = try await context.query(StageStore.get, id).first else {
                throw Problem.missing("party", id)
            }
            return .shown(try row.value(0))
        },
        Route(
            .put, "/v1/parties/{id}/stage", "Sets the stage by hand; the next order or the clock goes on from there",
            tag: "stage", access: .change, parameters: [.path("id", .uuid, "The party"), .ifMatch],
            body: StageInput.input.body, gives: .json(stageSchema), refuses: [409, 412, 415, 428]
        ) { request in
            let (id, seen, said) = (
                try request.id(), try await Seen(request), try await StageInput.input.read(request)
            )
            return try await context.transaction { transaction in
                try await PartyCommands.lock(id, transaction) { _ in
                    try seen.check("stage", try await transaction.query(StageStore.get, id).first?.value(0) ?? "{}")
                }
                Outbox.carryTrace(in: transaction)
                transaction.enqueue(StageStore.set, id, said.stage, said.cause)
                return .shown(try await transaction.query(StageStore.get, id).first?.value(0) ?? "{}")
            }
        },
    ]
}

private struct StageInput: Decodable {
    let stage: String
    let cause: String

    static let input = Input<StageInput>.command(StageInput.self, ["stage": .enumeration(Party.stages)]) { said in
        _ = try FieldCheck.word(said.stage, "stage", of: Party.stages)
        return StageInput(stage: said.stage, cause: try FieldCheck.needed(said.cause, "cause", atMost: 200))
    }
}

private let stageSchema = Schema.named(
    "Stage",
    .object([
        .init("stage", .enumeration(Party.stages)), .init("since", .dateTime, "By the facts that brought it"),
        .init("knownAt", .dateTime, "When it was known here"), .init("cause", .string),
        .init(
            "changes",
            .array(
                .object([
                    .init("at", .dateTime, "When it was known here"), .init("since", .dateTime, "By the facts"),
                    .init("stage", .string), .init("previous", .string),
                    .init("cause", .string),
                ])), "The newest hundred, newest first"),
    ]))
