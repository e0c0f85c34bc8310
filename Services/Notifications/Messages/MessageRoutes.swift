import Crypto
import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func messageRoutes(_ context: ServiceContext) -> [Route] {
    [
        // Without an ETag: a message has a version for its events only.
        Route(
            .get, "/v1/messages/{id}", "One message", tag: "messages", access: .read, parameters: [.path("id", .uuid)],
            gives: .json(shownMessage)
        ) { request in
            let id = try request.id()
            guard let message = try await context.rows(MessageStore.get, id).first else {
                throw Problem.missing("message", id)
            }
            return .stored(message)
        },
        Route(
            .get, "/v1/messages", "A recipient's messages, newest first", tag: "messages", access: .read,
            parameters: [.query("recipient", .uuid, required: true, "The party")] + Route.Parameter.pagingByKeys,
            gives: .json(.page(of: shownMessage))
        ) { request in
            guard let recipient = request.id(query: "recipient") else {
                throw Problem.field("recipient", "must be a UUID")
            }
            let after = try TimeCursor(request.query("after"))
            let rows = try await context.rows(MessageStore.page, recipient, after.at, after.id, request.pageLimit)
            return .page(byTime: rows, limit: request.pageLimit)
        },
        Route(
            .post, "/v1/messages/{id}/touches",
            "Takes from a mail gateway that a message was opened, or a link in it followed",
            tag: "messages", access: .change, parameters: [.path("id", .uuid, "The message"), .idempotencyKey],
            body: Touch.input.body, gives: .nothing, refuses: [409, 415, 422]
        ) { request in
            let (id, touch) = (try request.id(), try await Touch.input.read(request))
            return try await context.create(request) { transaction in
                guard try await !transaction.rows(touch.statement, id, touch.link).isEmpty else {
                    guard try await transaction.rows(MessageStore.get, id).isEmpty else {
                        throw Problem(status: .conflict, detail: "Message \(id.text) was not sent.")
                    }
                    throw Problem.missing("message", id)
                }
                return Response(.noContent)
            }
        },
    ]
}

/// What a recipient did with a message.
private struct Touch: Decodable {
    let kind: String
    var link: String?

    static let input = Input.command(
        Touch.self, ["kind": .enumeration(kinds)], told: ["link": "The address that was followed"]
    ) { said in
        var touch = said
        _ = try FieldCheck.word(said.kind, "kind", of: kinds)
        touch.link = try FieldCheck.text(said.link, "link", atMost: 2000)
        return touch
    }
    private static let kinds = [MessageFates.Opened.name, MessageFates.Clicked.name]

    var statement: Query<(UUID, String?), Int> {
        kind == MessageFates.Opened.name ? MessageStore.opened : MessageStore.clicked
    }
}

private let shownMessage = Schema.named(
    "Message",
    .object([
        .init("id", .uuid), .init("deduplicationKey", .string), .init("recipient", .nullable(.uuid)),
        .init("channel", .string), .init("address", .nullable(.string)), .init("template", .string),
        .init("language", .nullable(.string)), .init("purpose", .string), .init("status", .string),
        .init("attempts", .integer()), .init("reason", .nullable(.string)),
        .init("nextTryAt", .nullable(.dateTime)), .init("expiresAt", .nullable(.dateTime)),
        .init("sentAt", .nullable(.dateTime)), .init("createdAt", .dateTime),
    ]))
