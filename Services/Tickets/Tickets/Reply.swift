import Crypto
import EventLoop
import HTTP
import ServiceKit

/// A contribution to a thread, as a caller makes it.
struct Reply: Decodable {
    var body: String
    var author: String?
    let from: String?
    let visibility: String?

    var isFromCustomer: Bool { from == "customer" }
    var isInternal: Bool { visibility == "internal" }

    /// What is said, checked.
    static let input = Input.command(
        Reply.self, ["from": .enumeration(senders), "visibility": .enumeration(visibilities)],
        told: ["from": "agent unless given", "visibility": "public unless given"]
    ) { try $0.checked() }.taking(.text)

    private static let senders = ["agent", "customer"]
    private static let visibilities = ["public", "internal"]

    private func checked() throws -> Reply {
        var reply = self
        reply.body = try FieldCheck.needed(body, "body", atMost: 50_000)
        reply.author = try FieldCheck.text(author, "author", atMost: 200)
        _ = try FieldCheck.word(from, "from", of: Self.senders)
        _ = try FieldCheck.word(visibility, "visibility", of: Self.visibilities)
        guard !(isFromCustomer && isInternal) else {
            throw Problem.field("visibility", "must be public for what the customer writes")
        }
        return reply
    }
}

extension Reply {
    /// Adds to a thread.
    @Loop
    static func route(_ context: ServiceContext) -> Route {
        Route(
            .post, "/v1/tickets/{id}/replies",
            "Answers the customer, notes what only we see, or takes in the customer's words",
            tag: "tickets", access: .change, parameters: [.path("id", .uuid), .idempotencyKey], body: input.body,
            takes: input.takes,
            gives: .json(.object([.init("id", .uuid)]), .created), refuses: [409, 422]
        ) { request in
            let (id, said) = (try request.id(), try await input.read(request))
            return try await context.create(request) { transaction in
                let reply = try await TicketCommands.reply(id, said, in: transaction)
                return try Response(.created, json: ["id": reply.text])
            }
        }
    }
}
