import Crypto
import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

@Loop
func ticketRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/tickets", "Opens a ticket", tag: "tickets", access: .change, body: .json(newTicketSchema),
            gives: .json(.made, .created), refuses: [422]
        ) { request in
            let input = try await request.model(NewTicket.self).checked()
            return try await context.create(request) { transaction in
                let id = TicketCommands.open(input, in: transaction)
                return try Response(.created, json: Created(id: id, version: 1))
                    .with("location", "/v1/tickets/\(id.text)").with("etag", "\"1\"")
            }
        },
        Route(
            .get, "/v1/tickets/{id}", "One ticket with its thread", tag: "tickets", access: .read,
            gives: .json(shownTicketWithThread)
        ) { request in
            let id = try request.id()
            return try ticketResponse(try await context.query(TicketStore.get, id), id)
        },
        Route(
            .get, "/v1/tickets", "Tickets, newest first", tag: "tickets", access: .read,
            parameters: [
                .query("status", .enumeration(Ticket.Status.allCases.map(\.rawValue)), "Only those of a status"),
                .query("party", .uuid, "Only those of a customer"),
                .query("limit", .integer(1...200), "How many at most; 50 unless given"),
                .query("after", .string, "The cursor of the page before"),
            ], gives: .json(.page(of: shownTicket))
        ) { request in
            let limit = request.pageLimit
            let after = try TimeCursor(request.query("after"))
            let rows = try await context.query(
                TicketStore.page, request.query("status"), request.query("party").flatMap { UUID(text: $0) },
                after.at, after.id, limit)
            return try .page(byTime: rows, limit: limit)
        },
        Route(
            .patch, "/v1/tickets/{id}", "Changes status, priority or assignee", tag: "tickets", access: .change,
            body: .json(ticketChangeSchema), gives: .json(shownTicketWithThread), refuses: [409, 412, 428]
        ) { request in
            let id = try request.id()
            let version = try request.seenVersion()
            let input = try await request.model(TicketChange.self).checked()
            let rows = try await context.transaction { transaction in
                try await TicketCommands.change(id, seen: version, input, in: transaction)
                return try await transaction.query(TicketStore.get, id)
            }
            return try ticketResponse(rows, id)
        },
        Route(
            .post, "/v1/tickets/{id}/reopen", "Opens a resolved ticket again", tag: "tickets", access: .change,
            gives: .json(shownTicketWithThread), refuses: [409]
        ) { request in
            let id = try request.id()
            return try await context.create(request) { transaction in
                try await TicketCommands.reopen(id, in: transaction)
                return try ticketResponse(try await transaction.query(TicketStore.get, id), id)
            }
        },
    ]
}

@Loop
func replyRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .post, "/v1/tickets/{id}/replies",
            "Answers the customer, notes what only we see, or takes in the customer's words",
            tag: "tickets", access: .change,
            body: .json(
                .object([
                    .init("body", .string), .init("author", .string, required: false),
                    .init("from", .enumeration(["agent", "customer"]), required: false, "agent unless given"),
                    .init("visibility", .enumeration(["public", "internal"]), required: false, "public unless given"),
                ])), gives: .json(.object([.init("id", .uuid)]), .created)
        ) { request in
            let id = try request.id()
            let input = try await request.model(NewReply.self).checked()
            return try await context.create(request) { transaction in
                let reply = try await TicketCommands.reply(id, input, in: transaction)
                return try Response(.created, json: ["id": reply.text])
            }
        }
    ]
}

/// A ticket as the routes show it.
func ticketResponse(_ rows: Rows, _ id: UUID) throws -> Response {
    guard let row = rows.first else { throw Problem(status: .notFound, detail: "There is no ticket \(id).") }
    return .stored(try row.value(0), version: try row.value(1))
}

private struct Created: Encodable {
    let id: UUID
    let version: Int
}

private let newTicketSchema = Schema.object([
    .init("subject", .string), .init("partyId", .uuid, required: false),
    .init("type", .enumeration(Ticket.types), required: false, "question unless given"),
    .init("priority", .enumeration(Policy.priorities), required: false, "normal unless given"),
    .init("description", .string, required: false), .init("orderId", .string, required: false),
    .init("assignee", .string, required: false),
])

private let ticketChangeSchema = Schema.object([
    .init("status", .enumeration(["open", "replied", "waiting"]), required: false),
    .init("priority", .enumeration(Policy.priorities), required: false), .init("assignee", .string, required: false),
])

/// A ticket as lists show it.
let shownTicket = Schema.named("Ticket", .object(ticketMembers))
/// A ticket with its thread.
let shownTicketWithThread = Schema.named(
    "TicketWithThread",
    .object(
        ticketMembers + [
            .init(
                "thread",
                .array(
                    .object([
                        .init("id", .uuid), .init("visibility", .string), .init("from", .string),
                        .init("author", .nullable(.string)), .init("body", .string), .init("at", .dateTime),
                    ])))
        ]))

private let ticketMembers: [Schema.Property] = [
    .init("id", .uuid), .init("version", .integer()), .init("partyId", .nullable(.uuid)), .init("type", .string),
    .init("priority", .enumeration(Policy.priorities)), .init("status", .string), .init("subject", .string),
    .init("description", .nullable(.string)), .init("orderId", .nullable(.string)),
    .init("assignee", .nullable(.string)), .init("source", .string), .init("createdAt", .dateTime),
    .init("updatedAt", .dateTime), .init("resolvedAt", .nullable(.dateTime)),
    .init(
        "firstResponse",
        .object([
            .init("dueAt", .dateTime), .init("respondedAt", .nullable(.dateTime)),
            .init("breachedAt", .nullable(.dateTime)),
        ])),
    .init(
        "resolution",
        .object([
            .init("dueAt", .nullable(.dateTime)), .init("secondsLeft", .nullable(.number)),
            .init("breachedAt", .nullable(.dateTime)),
        ])),
]
