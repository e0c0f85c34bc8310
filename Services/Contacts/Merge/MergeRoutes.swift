import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func mergeRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/parties/{id}/merges",
            "Merges another party into this one, which survives; a 412 has the survivor in `current`", tag: "merges",
            access: .change,
            parameters: [
                .path("id", .uuid, "The survivor"),
                .header("If-Match", .string, "The survivor's ETag, so that no change is lost; without it a 428"),
                .idempotencyKey,
            ], body: merging.body, gives: .json(.made, .created), refuses: [409, 412, 422, 428]
        ) { request in
            let (survivor, seen) = (try request.id(), try await Seen(request))
            let said = try await merging.read(request)
            return try await context.again {
                try await context.create(request) { transaction in
                    let id = try await MergeCommands.merge(
                        said.merged, into: survivor, seen, said.input, by: request.actor(for: said.input.by),
                        in: transaction)
                    return try .made(id, at: "/v1/merges")
                }
            }
        },
        Route(
            .get, "/v1/parties/{id}/merges", "The merges of a party, newest first, undone ones too", tag: "merges",
            access: .read,
            parameters: [.path("id", .uuid, "The survivor or the merged party")],
            gives: .json(.items(shownMerge))
        ) { request in
            .items(try await context.rows(MergeStore.list, try request.id()).first)
        },
        Route(
            .get, "/v1/merges/{id}", "One merge", tag: "merges", access: .read,
            parameters: [.path("id", .uuid, "The merge")], gives: .json(shownMerge)
        ) { request in
            let id = try request.id()
            guard let json = try await context.rows(MergeStore.get, id).first else {
                throw Problem.missing("merge", id)
            }
            return .stored(json)
        },
        Route(
            .post, "/v1/merges/{id}/undo", "Takes a merge back; what was changed since is told apart and kept",
            tag: "merges", access: .change, parameters: [.path("id", .uuid, "The merge")],
            body: undoing.body, gives: .json(undoReport), refuses: [409]
        ) { request in
            let (id, by) = (try request.id(), request.actor(for: try await undoing.read(request)))
            return try await context.again {
                Response.stored(try await context.transaction { try await MergeCommands.undo(id, by: by, in: $0) })
            }
        },
    ]
}

private struct UndoInput: Decodable { let by: String? }

private let undoing = Input<String?>(.json(.object([.init("by", .string, required: false, "On whose behalf")]))) {
    try FieldCheck.text(await $0.model(UndoInput.self).by, "by", atMost: 200)
}

private let merging = Input<(merged: UUID, input: MergeInput)>(
    .json(
        .object([
            .init("mergedId", .uuid, "The party that is merged"),
            .init(
                "fields", .map(.enumeration(["survivor", "merged"])), required: false,
                "Whose value stays, by field, `custom.KEY` for custom ones; unless said, the survivor's where it has one, and of lists both"
            ),
            .init("by", .string, required: false, "On whose behalf"),
        ]))
) { request in
    let input = try await request.model(MergeInput.self).checked()
    guard let merged = input.mergedId.flatMap({ UUID(text: $0) }) else {
        throw Problem.field("mergedId", "must be the id of the party to merge")
    }
    return (merged, input)
}

private let changeSchema = Schema.object([
    .init("before", .nullable(.string), required: false), .init("after", .nullable(.string), required: false),
])

private let shownMerge = Schema.object([
    .init("id", .uuid), .init("survivorId", .uuid), .init("mergedId", .uuid), .init("mergedAt", .dateTime),
    .init("mergedBy", .nullable(.string)), .init("changes", .map(changeSchema), "Fields that changed on the survivor"),
    .init("addedTags", .array(.string)), .init("undoneAt", .nullable(.dateTime)),
    .init("undoneBy", .nullable(.string)), .init("report", .nullable(.any), "What the undo did"),
])

private let undoReport = Schema.object([
    .init("mergeId", .uuid), .init("survivorId", .uuid), .init("mergedId", .uuid),
    .init("restored", .array(.string), "Fields that are as before the merge again"),
    .init(
        "kept",
        .array(
            .object([
                .init("field", .string), .init("atMerge", .nullable(.string), required: false),
                .init("now", .nullable(.string), required: false),
            ])), "Fields that were changed again since the merge, and stay"),
    .init("documentsReturned", .integer(), "ERP documents that count for the merged party again"),
    .init("survivorMergedInto", .nullable(.uuid), required: false),
])
