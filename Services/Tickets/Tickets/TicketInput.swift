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
        input.subject = try Text.checked(subject, "subject", atMost: 300)
        input.description = try description.map { try Text.checked($0, "description", atMost: 20_000) }
        input.orderId = try orderId.map { try Text.checked($0, "orderId", atMost: 200) }
        input.assignee = try assignee.map { try Text.checked($0, "assignee", atMost: 200) }
        try Text.check(type, "type", isOneOf: Ticket.types)
        try Text.check(priority, "priority", isOneOf: Ticket.priorities)
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
        try Text.check(
            status, "status", isOneOf: Ticket.Status.allCases.map(\.rawValue).filter { $0 != "resolved" })
        try Text.check(priority, "priority", isOneOf: Ticket.priorities)
        if let assignee { _ = try Text.checked(assignee, "assignee", atMost: 200) }
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
        input.body = try Text.checked(body, "body", atMost: 50_000)
        input.author = try author.map { try Text.checked($0, "author", atMost: 200) }
        try Text.check(from, "from", isOneOf: ["agent", "customer"])
        try Text.check(visibility, "visibility", isOneOf: ["public", "internal"])
        guard !(isFromCustomer && isInternal) else {
            throw Problem.field("visibility", "must be public for what the customer writes")
        }
        return input
    }
}

/// Checks of texts in requests.
enum Text {
    /// The text without space around it; throws when it is empty, too long or holds what the database cannot.
    static func checked(_ value: String, _ field: String, atMost limit: Int) throws -> String {
        var clean = value[...]
        while clean.first?.isWhitespace == true { clean.removeFirst() }
        while clean.last?.isWhitespace == true { clean.removeLast() }
        guard !clean.isEmpty, clean.unicodeScalars.count <= limit, !clean.unicodeScalars.contains("\0") else {
            throw Problem.field(field, "must have 1 to \(limit) characters")
        }
        return String(clean)
    }

    static func check(_ value: String?, _ field: String, isOneOf allowed: [String]) throws {
        if let value, !allowed.contains(value) {
            throw Problem.field(field, "must be one of \(allowed.joined(separator: ", "))")
        }
    }
}
