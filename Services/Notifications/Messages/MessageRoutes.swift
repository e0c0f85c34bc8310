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
        Route(.get, "/v1/messages/{id}", "One message", tag: "messages", access: .read, gives: .json(shownMessage)) {
            request in
            let id = try request.id()
            guard let row = try await context.query(MessageStore.get, id).first else {
                throw Problem(status: .notFound, detail: "There is no message \(id).")
            }
            return .stored(try row.value(0))
        },
        Route(
            .get, "/v1/messages", "A recipient's messages, newest first", tag: "messages", access: .read,
            parameters: [
                .query("recipient", .uuid, required: true, "The party"),
                .query("limit", .integer(1...200), "How many at most; 50 unless given"),
                .query("after", .string, "The cursor of the page before"),
            ], gives: .json(.page(of: shownMessage))
        ) { request in
            guard let recipient = request.query("recipient").flatMap({ UUID(text: $0) }) else {
                throw Problem.field("recipient", "must be a UUID")
            }
            let limit = request.pageLimit
            let after = try TimeCursor(request.query("after"))
            let rows = try await context.query(MessageStore.page, recipient, after.at, after.id, limit)
            return try .page(byTime: rows, limit: limit)
        },
        Route(
            .post, "/v1/messages/{id}/touches",
            "Takes from a mail gateway that a message was opened, or a link in it followed",
            tag: "messages", access: .change, parameters: [.path("id", .uuid, "The message")],
            body: .json(
                .object([
                    .init("kind", .enumeration(["opened", "clicked"])),
                    .init("link", .string, required: false, "The address that was followed"),
                ])), gives: .nothing, refuses: [409, 415, 422]
        ) { request in
            let id = try request.id()
            let input = try await request.model(TouchInput.self)
            _ = try FieldCheck.word(input.kind, "kind", of: ["opened", "clicked"])
            let link = try FieldCheck.text(input.link, "link", atMost: 2000)
            return try await context.create(request) { transaction in
                guard try await !transaction.query(MessageStore.touch, id, input.kind, link).isEmpty else {
                    guard try await transaction.query(MessageStore.get, id).isEmpty else {
                        throw Problem(status: .conflict, detail: "Message \(id.text) was not sent.")
                    }
                    throw Problem.missing("message", id)
                }
                return Response(.noContent)
            }
        },
    ]
}

private struct TouchInput: Decodable {
    let kind: String
    let link: String?
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
