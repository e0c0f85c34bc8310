import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// Changes of tickets that people and programs ask for.
@Loop
enum TicketCommands {
    /// Opens a ticket; the id is drawn here, so that everything goes to the database at once.
    static func open(_ input: NewTicket, in transaction: Transaction) -> UUID {
        let id = UUID.v7()
        Outbox.carryTrace(in: transaction)
        transaction.enqueue(
            TicketStore.open, [id], [input.partyId], [input.type ?? "question"], [input.priority ?? "normal"],
            [input.subject], [input.subject], [input.description], [input.orderId], [input.assignee], "api")
        return id
    }

    /// Changes a ticket, if it is still at the version that the caller saw.
    static func change(
        _ id: UUID, seen version: Int, _ input: TicketChange, in transaction: Transaction
    ) async throws {
        let (before, now) = try await load(id, transaction)
        guard before.version == version else {
            throw Problem(
                status: 412,
                detail:
                    "The ticket is at version \(before.version), not \(version): read it again and repeat the change.")
        }
        var ticket = before
        if let status = input.status.flatMap({ Ticket.Status(rawValue: $0) }) {
            guard before.status != .resolved else {
                throw Problem(
                    status: .conflict, detail: "The ticket is resolved; POST /v1/tickets/{id}/reopen opens it again.")
            }
            ticket.move(to: status, at: now)
        }
        if let priority = input.priority, priority != before.priority {
            ticket.change(priority: priority, try await policy(priority, transaction))
        }
        if let assignee = input.assignee { ticket.assignee = assignee }
        guard ticket != before else { return }
        try save(ticket, before, ticket.assignee != before.assignee ? .assigned : .changed, transaction)
    }

    /// Adds to the thread. An agent's public reply is an answer; the customer's reply makes the ticket ours again.
    static func reply(_ id: UUID, _ input: NewReply, in transaction: Transaction) async throws -> UUID {
        let (before, now) = try await load(id, transaction)
        let reply = UUID.v7()
        transaction.enqueue(
            ReplyStore.insert, reply, id, input.visibility ?? "public", input.from ?? "agent", input.author, input.body)
        var ticket = before
        if input.isFromCustomer {
            ticket.move(to: .open, at: now)
            if ticket != before {
                try save(ticket, before, before.status == .resolved ? .reopened : .changed, transaction)
            }
        } else if !input.isInternal {
            ticket.answer(at: now)
            try save(ticket, before, .replied, transaction)
        }
        return reply
    }

    /// Resolves a ticket; answers it as it is then, and the database's time.
    static func resolve(_ id: UUID, in transaction: Transaction) async throws -> (Ticket, now: Date) {
        let (before, now) = try await load(id, transaction)
        guard before.status != .resolved else {
            throw Problem(status: .conflict, detail: "The ticket is resolved already.")
        }
        var ticket = before
        ticket.move(to: .resolved, at: now)
        try save(ticket, before, .resolved, transaction)
        ticket.version += 1
        return (ticket, now)
    }

    /// Opens a resolved ticket again; its clock goes on with what was left.
    static func reopen(_ id: UUID, in transaction: Transaction) async throws {
        let (before, now) = try await load(id, transaction)
        guard before.status == .resolved else {
            throw Problem(status: .conflict, detail: "The ticket is \(before.status.rawValue), not resolved.")
        }
        var ticket = before
        ticket.move(to: .open, at: now)
        try save(ticket, before, .reopened, transaction)
    }

    // MARK: Load and save

    /// A ticket, locked, and the database's time.
    static func load(_ id: UUID, _ transaction: Transaction) async throws -> (Ticket, now: Date) {
        guard let row = try await transaction.query(TicketStore.lock, id).first,
            let status = Ticket.Status(rawValue: try row.value(5))
        else { throw Problem(status: .notFound, detail: "There is no ticket \(id).") }
        let ticket = Ticket(
            id: id, version: try row.value(1), partyID: try row.value(2), type: try row.value(3),
            priority: try row.value(4), status: status, subject: try row.value(6), orderID: try row.value(7),
            assignee: try row.value(8), createdAt: try row.value(9), resolvedAt: try row.value(10),
            firstResponseDueAt: try row.value(11), firstRespondedAt: try row.value(12),
            firstResponseBreachedAt: try row.value(13), resolutionTarget: try row.value(14),
            resolutionDueAt: try row.value(15), resolutionLeft: try row.value(16),
            resolutionBreachedAt: try row.value(17))
        return (ticket, try row.value(0))
    }

    private static func policy(_ priority: String, _ transaction: Transaction) async throws -> Policy {
        guard let row = try await transaction.query(PolicyStore.get, priority).first else {
            throw Problem.field("priority", "has no policy")
        }
        return Policy(firstResponse: try row.value(0), resolution: try row.value(1))
    }

    private enum News { case assigned, replied, resolved, reopened, changed }

    /// Writes a ticket as its next version, sets and stops its clocks, and tells of it.
    private static func save(
        _ ticket: Ticket, _ before: Ticket, _ news: News, _ transaction: Transaction
    ) throws {
        let version = before.version + 1
        transaction.enqueue(
            TicketStore.save, ticket.id, version, ticket.priority, ticket.status.rawValue, ticket.assignee,
            ticket.resolvedAt, ticket.firstResponseDueAt, ticket.firstRespondedAt, ticket.resolutionTarget,
            ticket.resolutionDueAt, ticket.resolutionLeft)
        let key = ticket.id.text
        func set(_ clock: Clock, _ old: Date?, _ new: Date?) {
            guard old != new else { return }
            if let new {
                Timers.set(kind: clock.rawValue, key: key, dueAt: new, in: transaction)
            } else {
                Timers.cancel(kind: clock.rawValue, key: key, in: transaction)
            }
        }
        set(.firstResponse, before.firstResponseTimer, ticket.firstResponseTimer)
        set(.resolution, before.resolutionTimer, ticket.resolutionTimer)
        func tell(_ event: some EventData & Encodable) throws {
            try Outbox.append(event, topic: .tickets, key: key, sequence: version, in: transaction)
        }
        switch news {
        case .assigned: try tell(TicketAssigned(ticket: ticket.state))
        case .replied: try tell(TicketReplied(ticket: ticket.state))
        case .resolved: try tell(TicketResolved(ticket: ticket.state))
        case .reopened: try tell(TicketReopened(ticket: ticket.state))
        case .changed: try tell(TicketChanged(ticket: ticket.state))
        }
    }
}
