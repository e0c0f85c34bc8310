import Crypto
import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// Touches from logistics and from the other services.
@Loop
enum TimelineHandlers {
    /// Writes touches, all of a batch at once.
    static func write(_ touches: [Touch], _ transaction: Transaction) {
        transaction.enqueue(
            TimelineStore.touch, touches.map(\.party), touches.map(\.at), touches.map(\.kind),
            touches.map(\.reference), touches.map(\.title))
        OddFacts.note(
            touches.lazy.map { OddFacts.Fact(kind: $0.kind, reference: $0.reference, party: $0.party, at: $0.at) },
            transaction)
    }
}

/// Something that happened between a party and the firm and is no document of the ERP.
struct Touch {
    let party: UUID
    let at: Date
    let kind: String
    let reference: String
    let title: String

    /// Nothing where nobody is known whose it is.
    init?(_ party: UUID?, _ at: Date?, _ kind: String, _ reference: String, _ title: String) {
        guard let party else { return nil }
        self.party = party
        self.at = at ?? Date()
        self.kind = kind
        self.reference = reference
        self.title = String(title.prefix(500))
    }

    init?(_ shipment: Shipment, _ kind: String, _ what: String) {
        let reason = shipment.reason.map { ": \($0)" } ?? ""
        self.init(
            shipment.partyID, shipment.at, kind, shipment.shipmentId,
            "shipment of order \(shipment.orderId) \(what)\(reason)")
    }

    init?(_ ticket: TicketState, _ at: Date?, _ kind: String) {
        self.init(ticket.partyId, at, kind, ticket.ticketId.text, ticket.subject)
    }

    init?(_ outcome: MessageOutcome, _ at: Date?, _ kind: String) {
        let what = "message \(kind.split(separator: ".").last ?? "")"
        self.init(
            outcome.recipientId, at, kind, outcome.messageId.text, outcome.reason.map { "\(what): \($0)" } ?? what)
    }

    init?(_ opportunity: OpportunityState, _ at: Date?, _ kind: String) {
        self.init(
            opportunity.partyId, at, kind, opportunity.opportunityId.text, "\(opportunity.name): \(opportunity.stage)")
    }

    init?(_ quote: QuoteState, _ at: Date?, _ kind: String) {
        self.init(quote.partyId, at, kind, quote.quoteId.text, "quote over \(quote.total) \(quote.currency)")
    }

    init?(_ task: TaskState, _ at: Date?, _ kind: String) {
        self.init(task.partyId, at, kind, task.taskId.text, task.subject)
    }

    init?(_ lead: LeadState, _ at: Date?, _ kind: String) {
        self.init(lead.partyId, at, kind, lead.leadId.text, "\(lead.name): \(lead.status)")
    }

    /// Calls, visits, meetings and mails that sales logged, at the time at which they were.
    init?(_ activity: ActivityState) {
        let facts = [activity.owner.map { "by \($0)" }, activity.place.map { "at \($0)" }, activity.outcome]
            .compactMap { $0 }.joined(separator: ", ")
        self.init(
            activity.partyId, activity.at, activity.kind, activity.activityId.text,
            activity.subject + (facts.isEmpty ? "" : " (\(facts))"))
    }
}
