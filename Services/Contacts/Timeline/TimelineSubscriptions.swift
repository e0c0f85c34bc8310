import CRMModel
import EventLoop
import Messaging
import Postgres

extension TimelineHandlers {
    /// Everything that is a touch, from logistics and from the other services.
    static func subscribe(_ subscriptions: inout Subscriptions) {
        subscriptions.on(ShipmentDispatched.self, dispatched)
        subscriptions.on(ShipmentDelayed.self, delayed)
        subscriptions.on(ShipmentDelivered.self, delivered)
        subscriptions.on(ShipmentReturned.self, returned)
        on(TicketOpened.self, "ticket.opened", &subscriptions, \.ticket, tickets)
        on(TicketAssigned.self, "ticket.assigned", &subscriptions, \.ticket, tickets)
        on(TicketReplied.self, "ticket.replied", &subscriptions, \.ticket, tickets)
        on(TicketBreached.self, "ticket.breached", &subscriptions, \.ticket, tickets)
        on(TicketResolved.self, "ticket.resolved", &subscriptions, \.ticket, tickets)
        on(TicketReopened.self, "ticket.reopened", &subscriptions, \.ticket, tickets)
        on(MessageSent.self, "message.sent", &subscriptions, \.outcome, messages)
        on(MessageDelivered.self, "message.delivered", &subscriptions, \.outcome, messages)
        on(MessageBounced.self, "message.bounced", &subscriptions, \.outcome, messages)
        on(MessageFailed.self, "message.failed", &subscriptions, \.outcome, messages)
        on(MessageSuppressed.self, "message.suppressed", &subscriptions, \.outcome, messages)
        on(MessageOpened.self, "message.opened", &subscriptions, \.outcome, messages)
        on(MessageClicked.self, "message.clicked", &subscriptions, \.outcome, messages)
        on(LeadCreated.self, "lead.created", &subscriptions, \.lead, leads)
        on(LeadConverted.self, "lead.converted", &subscriptions, \.lead, leads)
        on(OpportunityCreated.self, "opportunity.created", &subscriptions, \.opportunity, opportunities)
        on(OpportunityStageChanged.self, "opportunity.moved", &subscriptions, \.opportunity, opportunities)
        on(OpportunityWon.self, "opportunity.won", &subscriptions, \.opportunity, opportunities)
        on(OpportunityLost.self, "opportunity.lost", &subscriptions, \.opportunity, opportunities)
        on(QuoteCreated.self, "quote.created", &subscriptions, \.quote, quotes)
        on(QuoteAccepted.self, "quote.accepted", &subscriptions, \.quote, quotes)
        on(TaskRaised.self, "task.raised", &subscriptions, \.task, tasks)
        on(TaskClosed.self, "task.closed", &subscriptions, \.task, tasks)
        subscriptions.on(ActivityLogged.self) { events, transaction in
            activities(events.map(\.data.activity), transaction)
        }
        subscriptions.on(SurveyAnswered.self, surveysAnswered)
        subscriptions.on(OrderConfirmed.self, ordersConfirmed)
        subscriptions.on(SegmentEntered.self, segmentsEntered)
        subscriptions.on(SegmentLeft.self, segmentsLeft)
    }

    private static func on<T: EventData, State>(
        _ type: T.Type, _ kind: String, _ subscriptions: inout Subscriptions,
        _ state: any KeyPath<T, State> & Sendable,
        _ write: @escaping @Loop (String, [Event], [State], Transaction) -> Void
    ) {
        subscriptions.on(type) { events, transaction in
            write(kind, events.map(\.event), events.map { $0.data[keyPath: state] }, transaction)
        }
    }
}
