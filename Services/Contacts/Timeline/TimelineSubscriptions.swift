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
            Heard(TicketOpened.self) { Touch($0.data.ticket, $0.event.time, "ticket.opened") },
            Heard(TicketAssigned.self) { Touch($0.data.ticket, $0.event.time, "ticket.assigned") },
            Heard(TicketReplied.self) { Touch($0.data.ticket, $0.event.time, "ticket.replied") },
            Heard(TicketBreached.self) { Touch($0.data.ticket, $0.event.time, "ticket.breached") },
            Heard(TicketResolved.self) { Touch($0.data.ticket, $0.event.time, "ticket.resolved") },
            Heard(TicketReopened.self) { Touch($0.data.ticket, $0.event.time, "ticket.reopened") },
        ]
    }

    private static var messages: [Heard<Touch>] {
        [
            Heard(MessageSent.self) { Touch($0.data.outcome, $0.event.time, "message.sent") },
            Heard(MessageDelivered.self) { Touch($0.data.outcome, $0.event.time, "message.delivered") },
            Heard(MessageBounced.self) { Touch($0.data.outcome, $0.event.time, "message.bounced") },
            Heard(MessageFailed.self) { Touch($0.data.outcome, $0.event.time, "message.failed") },
            Heard(MessageSuppressed.self) { Touch($0.data.outcome, $0.event.time, "message.suppressed") },
            Heard(MessageOpened.self) { Touch($0.data.outcome, $0.event.time, "message.opened") },
            Heard(MessageClicked.self) { Touch($0.data.outcome, $0.event.time, "message.clicked") },
        ]
    }

    private static var sales: [Heard<Touch>] {
        [
            Heard(LeadCreated.self) { Touch($0.data.lead, $0.event.time, "lead.created") },
            Heard(LeadConverted.self) { Touch($0.data.lead, $0.event.time, "lead.converted") },
            Heard(OpportunityCreated.self) { Touch($0.data.opportunity, $0.event.time, "opportunity.created") },
            Heard(OpportunityStageChanged.self) { Touch($0.data.opportunity, $0.event.time, "opportunity.moved") },
            Heard(OpportunityWon.self) { Touch($0.data.opportunity, $0.event.time, "opportunity.won") },
            Heard(OpportunityLost.self) { Touch($0.data.opportunity, $0.event.time, "opportunity.lost") },
            Heard(QuoteCreated.self) { Touch($0.data.quote, $0.event.time, "quote.created") },
            Heard(QuoteAccepted.self) { Touch($0.data.quote, $0.event.time, "quote.accepted") },
            Heard(TaskRaised.self) { Touch($0.data.task, $0.event.time, "task.raised") },
            Heard(TaskClosed.self) { Touch($0.data.task, $0.event.time, "task.closed") },
            Heard(ActivityLogged.self) { Touch($0.data.activity) },
            Heard(OrderConfirmed.self) {
                Touch(
                    $0.data.partyId, $0.event.time, "quote.ordered", $0.data.quoteId.text,
                    "the quote became order \($0.data.orderId)")
            },
        ]
    }

    private static var rest: [Heard<Touch>] {
        [
            Heard(SurveyAnswered.self) {
                Touch(
                    $0.data.partyId, $0.event.time, "survey.answered", $0.data.ticketId.text,
                    "\($0.data.survey) \($0.data.score)" + ($0.data.comment.map { ": \($0)" } ?? ""))
            },
            Heard(SegmentEntered.self) {
                Touch(
                    $0.data.partyId, $0.event.time, "segment.entered", $0.data.segment,
                    "came into segment \($0.data.segment): \($0.data.reason)")
            },
            Heard(SegmentLeft.self) {
                Touch(
                    $0.data.partyId, $0.event.time, "segment.left", $0.data.segment,
                    "left segment \($0.data.segment): \($0.data.reason)")
            },
        ]
    }
}
