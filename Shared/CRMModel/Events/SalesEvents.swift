import FoundationEssentials

/// An opportunity's state as sales publishes it.
public struct OpportunityState: Codable, Sendable {
    /// The opportunity.
    public var opportunityId: UUID
    /// What it is about.
    public var name: String
    /// `qualification`, `proposal`, `negotiation`, `won` or `lost`.
    public var stage: String
    /// The party, where known.
    public var partyId: UUID?
    /// The lead it came from.
    public var leadId: UUID?
    /// The salesperson.
    public var owner: String?
    /// What it may bring.
    public var amount: Amount?
    /// ISO 4217.
    public var currency: String?
    /// When it should close.
    public var expectedClose: CalendarDay?
    /// Why it was lost.
    public var lossReason: String?
    /// The customer's line of business.
    public var industry: String?

    /// Describes an opportunity; what it may have besides is set.
    public init(opportunityId: UUID, name: String = "", stage: String = "qualification") {
        self.opportunityId = opportunityId
        self.name = name
        self.stage = stage
    }
}

/// An opportunity is new.
public struct OpportunityCreated: EventData, Codable {
    /// `sales.opportunity.created`.
    public static let type = "sales.opportunity.created"
    /// The opportunity.
    public let opportunity: OpportunityState
    /// Tells of an opportunity.
    public init(opportunity: OpportunityState) { self.opportunity = opportunity }
}

/// An opportunity has changed, its stage has not.
public struct OpportunityChanged: EventData, Codable {
    /// `sales.opportunity.changed`.
    public static let type = "sales.opportunity.changed"
    /// The opportunity as it is now.
    public let opportunity: OpportunityState
    /// Tells of an opportunity.
    public init(opportunity: OpportunityState) { self.opportunity = opportunity }
}

/// An opportunity moved to another open stage.
public struct OpportunityStageChanged: EventData, Codable {
    /// `sales.opportunity.stage-changed`.
    public static let type = "sales.opportunity.stage-changed"
    /// The opportunity as it is now.
    public let opportunity: OpportunityState
    /// The stage before.
    public let from: String
    /// Tells of a move.
    public init(opportunity: OpportunityState, from: String) {
        self.opportunity = opportunity
        self.from = from
    }
}

/// An opportunity was won.
public struct OpportunityWon: EventData, Codable {
    /// `sales.opportunity.won`.
    public static let type = "sales.opportunity.won"
    /// The opportunity as it is now.
    public let opportunity: OpportunityState
    /// The stage before.
    public let from: String
    /// Tells of a success.
    public init(opportunity: OpportunityState, from: String) {
        self.opportunity = opportunity
        self.from = from
    }
}

/// An opportunity was lost.
public struct OpportunityLost: EventData, Codable {
    /// `sales.opportunity.lost`.
    public static let type = "sales.opportunity.lost"
    /// The opportunity as it is now.
    public let opportunity: OpportunityState
    /// The stage before.
    public let from: String
    /// Tells of a loss.
    public init(opportunity: OpportunityState, from: String) {
        self.opportunity = opportunity
        self.from = from
    }
}

/// An opportunity is gone: the conversion that made it was taken back.
public struct OpportunityWithdrawn: EventData, Codable {
    /// `sales.opportunity.withdrawn`.
    public static let type = "sales.opportunity.withdrawn"
    /// The opportunity.
    public let opportunityId: UUID
    /// Tells of its end.
    public init(opportunityId: UUID) { self.opportunityId = opportunityId }
}

/// A quote's state as sales publishes it.
public struct QuoteState: Codable, Sendable {
    /// The quote.
    public var quoteId: UUID
    /// What it is part of.
    public var opportunityId: UUID
    /// The buyer, where known.
    public var partyId: UUID?
    /// `draft` or `accepted`.
    public var status: String
    /// ISO 4217.
    public var currency: String
    /// The sum of the lines after discount, without tax.
    public var total: Amount
    /// The sum of the lines' taxes.
    public var tax: Amount?
    /// The last day on which it is good.
    public var validUntil: CalendarDay?

    /// Describes a quote.
    public init(
        quoteId: UUID, opportunityId: UUID, partyId: UUID?, status: String, currency: String, total: Amount
    ) {
        self.quoteId = quoteId
        self.opportunityId = opportunityId
        self.partyId = partyId
        self.status = status
        self.currency = currency
        self.total = total
    }
}

/// A quote is new.
public struct QuoteCreated: EventData, Codable {
    /// `sales.quote.created`.
    public static let type = "sales.quote.created"
    /// The quote.
    public let quote: QuoteState
    /// Tells of a quote.
    public init(quote: QuoteState) { self.quote = quote }
}

/// A customer accepted a quote.
public struct QuoteAccepted: EventData, Codable {
    /// `sales.quote.accepted`.
    public static let type = "sales.quote.accepted"
    /// The quote as it is now.
    public let quote: QuoteState
    /// Tells of a quote.
    public init(quote: QuoteState) { self.quote = quote }
}

/// A task's state as sales publishes it.
public struct TaskState: Codable, Sendable {
    /// The task.
    public var taskId: UUID
    /// `order-answer`, …
    public var kind: String
    /// What is to be done.
    public var subject: String
    /// `open` or `done`.
    public var status: String
    /// Who is to do it.
    public var owner: String?
    /// The party it is about.
    public var partyId: UUID?
    /// What it is about: an id of the kind's own.
    public var reference: String?

    /// Describes a task.
    public init(
        taskId: UUID, kind: String = "", subject: String = "", status: String = "open", owner: String? = nil,
        partyId: UUID? = nil, reference: String? = nil
    ) {
        self.taskId = taskId
        self.kind = kind
        self.subject = subject
        self.status = status
        self.owner = owner
        self.partyId = partyId
        self.reference = reference
    }
}

/// Somebody has something to do.
public struct TaskRaised: EventData, Codable {
    /// `sales.task.raised`.
    public static let type = "sales.task.raised"
    /// The task.
    public let task: TaskState
    /// Tells of a task.
    public init(task: TaskState) { self.task = task }
}

/// A task is done.
public struct TaskClosed: EventData, Codable {
    /// `sales.task.closed`.
    public static let type = "sales.task.closed"
    /// The task as it is now.
    public let task: TaskState
    /// Tells of a task.
    public init(task: TaskState) { self.task = task }
}
