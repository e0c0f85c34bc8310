import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit

/// A ticket as a caller opens it.
struct NewTicket: Decodable {
    let partyId: UUID?
    let type: String?
    let priority: String?
    var subject: String
    var description: String?
    var orderId: String?
    var assignee: String?

    /// Cleans and checks what was given; each refusal names its field.
    func checked() throws -> NewTicket {
        var input = self
        input.subject = try FieldCheck.needed(subject, "subject", atMost: 300)
        input.description = try description.map { try FieldCheck.needed($0, "description", atMost: 20_000) }
        input.orderId = try orderId.map { try FieldCheck.needed($0, "orderId", atMost: 200) }
        input.assignee = try assignee.map { try FieldCheck.needed($0, "assignee", atMost: 200) }
        _ = try FieldCheck.word(type, "type", of: Ticket.types)
        _ = try FieldCheck.word(priority, "priority", of: Policy.priorities)
        return input
    }
}

/// What a caller may change of a ticket.
struct TicketChange: Decodable {
    let status: String?
    let priority: String?
    let assignee: String?

    func checked() throws -> TicketChange {
        guard status != Ticket.Status.resolved.rawValue else {
            throw Problem.field("status", "is set to resolved by POST /v1/tickets/{id}/resolve")
        }
        _ = try FieldCheck.word(
            status, "status", of: Ticket.Status.allCases.map(\.rawValue).filter { $0 != "resolved" })
        _ = try FieldCheck.word(priority, "priority", of: Policy.priorities)
        if let assignee { _ = try FieldCheck.needed(assignee, "assignee", atMost: 200) }
        return self
    }
}

/// A contribution to a thread.
struct NewReply: Decodable {
    var body: String
    var author: String?
    let from: String?
    let visibility: String?

    var isFromCustomer: Bool { from == "customer" }
    var isInternal: Bool { visibility == "internal" }

    func checked() throws -> NewReply {
        var input = self
        input.body = try FieldCheck.needed(body, "body", atMost: 50_000)
        input.author = try author.map { try FieldCheck.needed($0, "author", atMost: 200) }
        _ = try FieldCheck.word(from, "from", of: ["agent", "customer"])
        _ = try FieldCheck.word(visibility, "visibility", of: ["public", "internal"])
        guard !(isFromCustomer && isInternal) else {
            throw Problem.field("visibility", "must be public for what the customer writes")
        }
        return input
    }
}
