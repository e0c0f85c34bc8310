import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// What customers ask, and what is answered.
    static let tickets = Capability(
        "tickets", "what customers ask, and what is answered",
        migrations: [TicketsSchema.migration, TicketsSchema.byAssignee],
        statements: TicketStore.statements + ReplyStore.statements + TicketRecoveryStore.statements,
        standings: [.own("ticket"), .own("reply")]
    ) { context in
        let tickets = Resource.tickets
        return CapabilityParts(
            routes: [
                tickets.create(context, .new(Ticket.record), summary: "Opens a ticket") { said, transaction in
                    TicketCommands.open(said, in: transaction)
                },
                tickets.one(context),
                newestTickets(context),
                tickets.change(
                    context, .change(Ticket.change),
                    summary: "Changes status, priority or assignee; null takes the assignee away"
                ) { id, seen, said, transaction in
                    try await TicketCommands.change(id, seen, said, in: transaction)
                },
                tickets.act("reopen", "Opens a resolved ticket again", context, .nothing) { id, _, transaction in
                    try await TicketCommands.reopen(id, in: transaction)
                },
                Reply.route(context),
            ], intents: [TicketLanguage.waiting],
            listen: {
                $0.on(ShipmentDelayed.self) { events, transaction in
                    try await ShipmentHandlers.delayed(
                        events.map { ToldShipment(source: $0.event.source, $0.data.shipment) }, transaction)
                }
                $0.on(ShipmentReturned.self) { events, transaction in
                    try await ShipmentHandlers.returned(
                        events.map { ToldShipment(source: $0.event.source, $0.data.shipment) }, transaction)
                }
            }, recovers: { TicketRecovery.recover(&$0) },
            tellsAgain: { keys, transaction in
                let known = keys.compactMap { UUID(text: $0) }.sorted()
                return Set(try await transaction.rows(TicketStore.tellAgain, known).map(\.text))
            },
            releases: [ShipmentHandlers.kind: ShipmentHandlers.release])
    }
}

extension Resource {
    /// Tickets over HTTP, each with its thread.
    static let tickets = Resource(
        "ticket", at: "/v1/tickets", schema: Ticket.withThread.shown, get: TicketStore.get)
}

/// In order of time and not of id: the ids of those that open themselves follow from their shipments.
@Loop
private func newestTickets(_ context: ServiceContext) -> Route {
    Resource.tickets.newest(
        "Tickets, newest first",
        filters: [
            .query("status", .enumeration(Ticket.statuses), "Only those of a status"),
            .query("party", .uuid, "Only those of a customer"),
            .query("assignee", .string, "Only those that somebody works on"),
        ], of: Ticket.record.shown
    ) { request, after in
        try await context.rows(
            TicketStore.page, request.query("status"), request.id(query: "party"), request.query("assignee"), after.at,
            after.id, request.pageLimit)
    }
}
