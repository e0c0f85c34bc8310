import Crypto
import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// Touches from logistics and from the other services.
@Loop
enum TimelineHandlers {
    static func dispatched(_ events: [Received<ShipmentDispatched>], _ transaction: Transaction) async throws {
        ship(events.map(\.data.shipment), "shipment.dispatched", "left", transaction)
    }

    static func delayed(_ events: [Received<ShipmentDelayed>], _ transaction: Transaction) async throws {
        ship(events.map(\.data.shipment), "shipment.delayed", "is late", transaction)
    }

    static func delivered(_ events: [Received<ShipmentDelivered>], _ transaction: Transaction) async throws {
        ship(events.map(\.data.shipment), "shipment.delivered", "arrived", transaction)
    }

    static func returned(_ events: [Received<ShipmentReturned>], _ transaction: Transaction) async throws {
        ship(events.map(\.data.shipment), "shipment.returned", "came back", transaction)
    }

    static func tickets(
        _ kind: String, _ events: [Event], _ tickets: [TicketState], _ transaction: Transaction
    ) {
        write(
            zip(events, tickets).map { event, ticket in
                Touch(ticket.partyId, event.time, kind, ticket.ticketId.text, ticket.subject)
            }, transaction)
    }

    static func messages(
        _ kind: String, _ events: [Event], _ outcomes: [MessageOutcome], _ transaction: Transaction
    ) {
        write(
            zip(events, outcomes).map { event, outcome in
                let what = "message \(kind.split(separator: ".").last ?? "")"
                return Touch(
                    outcome.recipientId, event.time, kind, outcome.messageId.text,
                    outcome.reason.map { "\(what): \($0)" } ?? what)
            }, transaction)
    }

    static func opportunities(
        _ kind: String, _ events: [Event], _ opportunities: [OpportunityState], _ transaction: Transaction
    ) {
        write(
            zip(events, opportunities).map { event, opportunity in
                Touch(
                    opportunity.partyId, event.time, kind, opportunity.opportunityId.text,
                    "\(opportunity.name): \(opportunity.stage)")
            }, transaction)
        StageHandlers.opportunities(opportunities, transaction)
    }

    static func quotes(_ kind: String, _ events: [Event], _ quotes: [QuoteState], _ transaction: Transaction) {
        write(
            zip(events, quotes).map { event, quote in
                Touch(
                    quote.partyId, event.time, kind, quote.quoteId.text, "quote over \(quote.total) \(quote.currency)")
            }, transaction)
    }

    static func tasks(_ kind: String, _ events: [Event], _ tasks: [TaskState], _ transaction: Transaction) {
        write(
            zip(events, tasks).map { event, task in
                Touch(task.partyId, event.time, kind, task.taskId.text, task.subject)
            }, transaction)
    }

    /// Calls, visits, meetings and mails that sales logged, at the time at which they were.
    static func activities(_ activities: [ActivityState], _ transaction: Transaction) {
        write(
            activities.map { activity in
                let facts = [activity.owner.map { "by \($0)" }, activity.place.map { "at \($0)" }, activity.outcome]
                    .compactMap { $0 }.joined(separator: ", ")
                return Touch(
                    activity.partyId, activity.at, activity.kind, activity.activityId.text,
                    activity.subject + (facts.isEmpty ? "" : " (\(facts))"))
            }, transaction)
    }

    static func leads(_ kind: String, _ events: [Event], _ leads: [LeadState], _ transaction: Transaction) {
        write(
            zip(events, leads).map { event, lead in
                Touch(lead.partyId, event.time, kind, lead.leadId.text, "\(lead.name): \(lead.status)")
            }, transaction)
        StageHandlers.leads(leads, transaction)
    }

    static func surveysAnswered(_ events: [Received<SurveyAnswered>], _ transaction: Transaction) async throws {
        write(
            events.map { event in
                Touch(
                    event.data.partyId, event.event.time, "survey.answered", event.data.ticketId.text,
                    "\(event.data.survey) \(event.data.score)" + (event.data.comment.map { ": \($0)" } ?? ""))
            }, transaction)
    }

    static func ordersConfirmed(_ events: [Received<OrderConfirmed>], _ transaction: Transaction) async throws {
        write(
            events.map { event in
                Touch(
                    event.data.partyId, event.event.time, "quote.ordered", event.data.quoteId.text,
                    "the quote became order \(event.data.orderId)")
            }, transaction)
    }

    static func segmentsEntered(_ events: [Received<SegmentEntered>], _ transaction: Transaction) async throws {
        write(
            events.map { event in
                Touch(
                    event.data.partyId, event.event.time, "segment.entered", event.data.segment,
                    "came into segment \(event.data.segment): \(event.data.reason)")
            }, transaction)
    }

    static func segmentsLeft(_ events: [Received<SegmentLeft>], _ transaction: Transaction) async throws {
        write(
            events.map { event in
                Touch(
                    event.data.partyId, event.event.time, "segment.left", event.data.segment,
                    "left segment \(event.data.segment): \(event.data.reason)")
            }, transaction)
    }

    private struct Touch {
        let party: UUID?
        let at: Date
        let kind: String
        let reference: String
        let title: String

        init(_ party: UUID?, _ at: Date?, _ kind: String, _ reference: String, _ title: String) {
            self.party = party
            self.at = at ?? Date()
            self.kind = kind
            self.reference = reference
            self.title = title
        }
    }

    private static func ship(
        _ shipments: [Shipment], _ kind: String, _ what: String, _ transaction: Transaction
    ) {
        write(
            shipments.map { shipment in
                let reason = shipment.reason.map { ": \($0)" } ?? ""
                return Touch(
                    shipment.partyID, shipment.at, kind, shipment.shipmentId,
                    "shipment of order \(shipment.orderId) \(what)\(reason)")
            }, transaction)
    }

    /// Touches of nobody known are left out.
    private static func write(_ touches: [Touch], _ transaction: Transaction) {
        let known = touches.filter { $0.party != nil }
        guard !known.isEmpty else { return }
        transaction.enqueue(
            TimelineStore.touch, known.compactMap(\.party), known.map(\.at), known.map(\.kind), known.map(\.reference),
            known.map { String($0.title.prefix(500)) })
    }
}
