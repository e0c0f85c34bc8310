import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

extension TimelineHandlers {
    /// Everything that is a touch, from logistics and from the other services.
    static func subscribe(_ subscriptions: inout Subscriptions) {
        subscriptions.on(shipments + tickets + messages + sales + rest, write)
        subscriptions.on(LeadConverted.self) { events, transaction in
            write(events.filter { !$0.event.isPast }.flatMap { converted($0.data, $0.event.time) }, transaction)
        }
    }

    /// A lead and what became of it, with both parties.
    private static func converted(_ told: LeadConverted, _ at: Date?) -> [Touch] {
        let parties = told.conversion.map { [$0.accountId] + ($0.contactId.map { [$0] } ?? []) } ?? []
        let lead = told.lead
        let since = lead.leadId.v7Milliseconds.map { Date(timeIntervalSince1970: Double($0) / 1000) }
        let from = lead.source.map { " (\($0))" } ?? ""
        return (parties.isEmpty ? [lead.partyId].compactMap { $0 } : parties).flatMap { party in
            [
                Touch(party, since, "lead.created", lead.leadId.text, "lead \(lead.name)\(from)"),
                Touch(party, at, "lead.converted", lead.leadId.text, "\(lead.name): \(lead.status)"),
            ].compactMap { $0 }
        }
    }

    private static var shipments: [Heard<Touch>] {
        [
            Heard(ShipmentDispatched.self) { Touch($0.data.shipment, "shipment.dispatched", "left") },
            Heard(ShipmentDelayed.self) { Touch($0.data.shipment, "shipment.delayed", "is late") },
            Heard(ShipmentDelivered.self) { Touch($0.data.shipment, "shipment.delivered", "arrived") },
            Heard(ShipmentReturned.self) { Touch($0.data.shipment, "shipment.returned", "came back") },
        ]
    }

    private static var tickets: [Heard<Touch>] {
        [
            told(TicketOpened.self) { Touch($0.data.ticket, $0.event.time, "ticket.opened") },
            told(TicketAssigned.self) { Touch($0.data.ticket, $0.event.time, "ticket.assigned") },
            told(TicketReplied.self) { Touch($0.data.ticket, $0.event.time, "ticket.replied") },
            told(TicketBreached.self) { Touch($0.data.ticket, $0.event.time, "ticket.breached") },
            told(TicketResolved.self) { Touch($0.data.ticket, $0.event.time, "ticket.resolved") },
            told(TicketReopened.self) { Touch($0.data.ticket, $0.event.time, "ticket.reopened") },
        ]
    }

    private static var messages: [Heard<Touch>] {
        [
            told(MessageSent.self) { Touch($0.data.outcome, $0.event.time, "message.sent") },
            told(MessageDelivered.self) { Touch($0.data.outcome, $0.event.time, "message.delivered") },
            told(MessageBounced.self) { Touch($0.data.outcome, $0.event.time, "message.bounced") },
            told(MessageFailed.self) { Touch($0.data.outcome, $0.event.time, "message.failed") },
            told(MessageSuppressed.self) { Touch($0.data.outcome, $0.event.time, "message.suppressed") },
            told(MessageOpened.self) { Touch($0.data.outcome, $0.event.time, "message.opened") },
            told(MessageClicked.self) { Touch($0.data.outcome, $0.event.time, "message.clicked") },
        ]
    }

    private static var sales: [Heard<Touch>] {
        [
            told(LeadCreated.self) { Touch($0.data.lead, $0.event.time, "lead.created") },
            told(LeadReverted.self) { Touch($0.data.lead, $0.event.time, "lead.reverted") },
            told(OpportunityCreated.self) { Touch($0.data.opportunity, $0.event.time, "opportunity.created") },
            told(OpportunityStageChanged.self) { Touch($0.data.opportunity, $0.event.time, "opportunity.moved") },
            told(OpportunityWon.self) { Touch($0.data.opportunity, $0.event.time, "opportunity.won") },
            told(OpportunityLost.self) { Touch($0.data.opportunity, $0.event.time, "opportunity.lost") },
            told(QuoteCreated.self) { Touch($0.data.quote, $0.event.time, "quote.created") },
            told(QuoteAccepted.self) { Touch($0.data.quote, $0.event.time, "quote.accepted") },
            told(TaskRaised.self) { Touch($0.data.task, $0.event.time, "task.raised") },
            told(TaskClosed.self) { Touch($0.data.task, $0.event.time, "task.closed") },
            told(ActivityLogged.self) { Touch($0.data.activity) },
            told(RequestedOrderChanged.self) {
                Touch(
                    $0.data.partyId, $0.event.time, "quote.order-changed", $0.data.quoteId.text,
                    "order \($0.data.orderId) of the quote comes to \($0.data.total) \($0.data.currency) now")
            },
            told(RequestedOrderCancelled.self) {
                Touch(
                    $0.data.partyId, $0.event.time, "quote.order-cancelled", $0.data.quoteId.text,
                    "order \($0.data.orderId) of the quote was cancelled")
            },
            told(OrderRequestRefused.self) {
                Touch(
                    $0.data.partyId, $0.event.time, "quote.refused", $0.data.quoteId.text,
                    "the order was refused: \($0.data.reason)")
            },
            told(OrderConfirmed.self) {
                Touch(
                    $0.data.partyId, $0.event.time, "quote.ordered", $0.data.quoteId.text,
                    "the quote became order \($0.data.orderId)")
            },
        ]
    }

    private static var rest: [Heard<Touch>] {
        [
            told(SurveyAnswered.self) {
                Touch(
                    $0.data.partyId, $0.event.time, "survey.answered", $0.data.ticketId.text,
                    "\($0.data.survey) \($0.data.score)" + ($0.data.comment.map { ": \($0)" } ?? ""))
            },
            told(SegmentEntered.self) {
                Touch(
                    $0.data.partyId, $0.event.time, "segment.entered", $0.data.segment,
                    "came into segment \($0.data.segment): \($0.data.reason)")
            },
            told(SegmentLeft.self) {
                Touch(
                    $0.data.partyId, $0.event.time, "segment.left", $0.data.segment,
                    "left segment \($0.data.segment): \($0.data.reason)")
            },
        ]
    }

    /// What a service tells of the time before its life, it or the one before has told when it happened.
    private static func told<T: EventData>(
        _ type: T.Type, _ touch: @escaping @Loop (Received<T>) -> Touch?
    ) -> Heard<Touch> {
        Heard(type) { $0.event.isPast ? nil : touch($0) }
    }
}
