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
    static func open(_ said: Patch<Ticket>, in transaction: Transaction) -> UUID {
        let ticket = said.applied(to: Ticket(id: .v7()))
        Outbox.carryTrace(in: transaction)
        open([ticket], chinese: [ticket.subject], source: "api", in: transaction)
        return ticket.id
    }

    /// Opens tickets; `chinese` are the subjects for customers who read Chinese.
    static func open(_ tickets: [Ticket], chinese: [String], source: String, in transaction: Transaction) {
        transaction.enqueue(
            TicketStore.open, tickets.map(\.id), tickets.map(\.partyID), tickets.map(\.type), tickets.map(\.priority),
            tickets.map(\.subject), chinese, tickets.map(\.description), tickets.map(\.orderID),
            tickets.map(\.assignee), source)
    }

    /// Changes a ticket that is still at the version seen.
    static func change(
        _ id: UUID, _ seen: Seen, _ said: Patch<Ticket>, in transaction: Transaction
    ) async throws -> Completion<Rows> {
        let (before, now) = try await load(id, transaction)
        try await seen.check(.tickets, id, at: before.version, in: transaction)
        let wanted = said.applied(to: before)
        var ticket = before
        if wanted.status != before.status {
            guard before.status != .resolved else {
                throw Problem(
                    status: .conflict, detail: "The ticket is resolved; POST /v1/tickets/{id}/reopen opens it again.")
            }
            ticket.move(to: wanted.status, at: now)
        }
        if wanted.priority != before.priority {
            ticket.change(priority: wanted.priority, try await policy(wanted.priority, transaction))
        }
        ticket.assignee = wanted.assignee
        if ticket != before {
            let isAssigned = ticket.assignee != nil && ticket.assignee != before.assignee
            save(ticket, before, isAssigned ? TicketStore.assigned : TicketStore.changed, transaction)
        }
        return transaction.enqueue(TicketStore.get.statement, id)
    }

    /// Adds to the thread. An agent's public reply is an answer; the customer's reply makes the ticket ours again.
    static func reply(_ id: UUID, _ said: Reply, in transaction: Transaction) async throws -> UUID {
        let (before, now) = try await load(id, transaction)
        let reply = UUID.v7()
        transaction.enqueue(
            ReplyStore.insert, reply, id, said.visibility ?? "public", said.from ?? "agent", said.author, said.body)
        var ticket = before
        if said.isFromCustomer {
            ticket.move(to: .open, at: now)
            if ticket != before {
                let isReopened = before.status == .resolved
                save(ticket, before, isReopened ? TicketStore.reopened : TicketStore.changed, transaction)
            }
        } else if !said.isInternal {
            ticket.answer(at: now)
            save(ticket, before, TicketStore.replied, transaction)
        }
        return reply
    }

    /// Resolves a ticket; answers it as it is then.
    static func resolve(_ id: UUID, in transaction: Transaction) async throws -> Ticket {
        let (before, now) = try await load(id, transaction)
        guard before.status != .resolved else {
            throw Problem(status: .conflict, detail: "The ticket is resolved already.")
        }
        var ticket = before
        ticket.move(to: .resolved, at: now)
        save(ticket, before, TicketStore.resolved, transaction)
        ticket.version += 1
        return ticket
    }

    /// Opens a resolved ticket again; its clock goes on with what was left.
    static func reopen(_ id: UUID, in transaction: Transaction) async throws {
        let (before, now) = try await load(id, transaction)
        guard before.status == .resolved else {
            throw Problem(status: .conflict, detail: "The ticket is \(before.status.rawValue), not resolved.")
        }
        var ticket = before
        ticket.move(to: .open, at: now)
        save(ticket, before, TicketStore.reopened, transaction)
    }

    // MARK: Load and save

    /// A ticket, locked, and the database's time.
    static func load(_ id: UUID, _ transaction: Transaction) async throws -> (Ticket, now: Date) {
        guard let row = try await transaction.rows(TicketStore.lock, id).first else {
            throw Problem.missing("ticket", id)
        }
        let (
            now, version, partyID, type, priority, status, subject, orderID, assignee, createdAt, resolvedAt,
            firstResponseDueAt, firstRespondedAt, firstResponseBreachedAt, resolutionTarget, resolutionDueAt,
            resolutionLeft, resolutionBreachedAt
        ) = row
        let ticket = Ticket(
            id: id, version: version, partyID: partyID, type: type, priority: priority,
            // The table holds no other words.
            status: Ticket.Status(rawValue: status) ?? .open, subject: subject, orderID: orderID, assignee: assignee,
            createdAt: createdAt, resolvedAt: resolvedAt, firstResponseDueAt: firstResponseDueAt,
            firstRespondedAt: firstRespondedAt, firstResponseBreachedAt: firstResponseBreachedAt,
            resolutionTarget: resolutionTarget, resolutionDueAt: resolutionDueAt, resolutionLeft: resolutionLeft,
            resolutionBreachedAt: resolutionBreachedAt)
        return (ticket, now)
    }

    private static func policy(_ priority: String, _ transaction: Transaction) async throws -> Policy {
        guard let (firstResponse, resolution) = try await transaction.rows(PolicyStore.get, priority).first else {
            throw Problem.field("priority", "has no policy")
        }
        return Policy(firstResponse: firstResponse, resolution: resolution)
    }

    /// Writes a ticket as its next version with the event that `statement` tells of it, and sets and stops its clocks.
    private static func save(
        _ ticket: Ticket, _ before: Ticket, _ statement: TicketStore.Save, _ transaction: Transaction
    ) {
        Outbox.carryTrace(in: transaction)
        transaction.enqueue(
            statement, ticket.id, ticket.priority, ticket.status.rawValue, ticket.assignee, ticket.resolvedAt,
            ticket.firstResponseDueAt, ticket.firstRespondedAt, ticket.resolutionTarget, ticket.resolutionDueAt,
            ticket.resolutionLeft)
        func set(_ clock: Clock, _ old: Date?, _ new: Date?) {
            guard old != new else { return }
            if let new {
                Timers.set(kind: clock.rawValue, key: ticket.id.text, dueAt: new, in: transaction)
            } else {
                Timers.cancel(kind: clock.rawValue, key: ticket.id.text, in: transaction)
            }
        }
        set(.firstResponse, before.firstResponseTimer, ticket.firstResponseTimer)
        set(.resolution, before.resolutionTimer, ticket.resolutionTimer)
    }
}
