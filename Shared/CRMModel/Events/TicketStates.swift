import FoundationEssentials

/// A ticket's state as tickets publishes it.
public struct TicketState: Codable, Sendable {
    /// The ticket.
    public let ticketId: UUID
    /// The customer, where known.
    public let partyId: UUID?
    /// `question`, `complaint`, `repair`, `return` or `warranty`.
    public let type: String
    /// `low`, `normal`, `high` or `urgent`.
    public let priority: String
    /// `open`, `replied`, `resolved`, …
    public let status: String
    /// One line.
    public let subject: String
    /// The ERP's order, where it is about one.
    public let orderId: String?
    /// Describes a ticket.
    public init(
        ticketId: UUID, partyId: UUID?, type: String, priority: String, status: String, subject: String,
        orderId: String?
    ) {
        self.ticketId = ticketId
        self.partyId = partyId
        self.type = type
        self.priority = priority
        self.status = status
        self.subject = subject
        self.orderId = orderId
    }
}

/// A ticket is new.
public struct TicketOpened: EventData, Codable {
    /// `tickets.ticket.opened`.
    public static let type = "tickets.ticket.opened"
    /// What it is about.
    public let ticket: TicketState
    /// Tells of it.
    public init(ticket: TicketState) { self.ticket = ticket }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { ticket = try TicketState(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try ticket.encode(to: encoder) }
}

/// A ticket has an agent.
public struct TicketAssigned: EventData, Codable {
    /// `tickets.ticket.assigned`.
    public static let type = "tickets.ticket.assigned"
    /// What it is about.
    public let ticket: TicketState
    /// Tells of it.
    public init(ticket: TicketState) { self.ticket = ticket }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { ticket = try TicketState(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try ticket.encode(to: encoder) }
}

/// A customer got an answer.
public struct TicketReplied: EventData, Codable {
    /// `tickets.ticket.replied`.
    public static let type = "tickets.ticket.replied"
    /// What it is about.
    public let ticket: TicketState
    /// Tells of it.
    public init(ticket: TicketState) { self.ticket = ticket }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { ticket = try TicketState(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try ticket.encode(to: encoder) }
}

/// A promise about time was broken.
public struct TicketBreached: EventData, Codable {
    /// `tickets.ticket.breached`.
    public static let type = "tickets.ticket.breached"
    /// What it is about.
    public let ticket: TicketState
    /// Tells of it.
    public init(ticket: TicketState) { self.ticket = ticket }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { ticket = try TicketState(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try ticket.encode(to: encoder) }
}

/// A ticket is done.
public struct TicketResolved: EventData, Codable {
    /// `tickets.ticket.resolved`.
    public static let type = "tickets.ticket.resolved"
    /// What it is about.
    public let ticket: TicketState
    /// Tells of it.
    public init(ticket: TicketState) { self.ticket = ticket }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { ticket = try TicketState(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try ticket.encode(to: encoder) }
}

/// A ticket is not done after all.
public struct TicketReopened: EventData, Codable {
    /// `tickets.ticket.reopened`.
    public static let type = "tickets.ticket.reopened"
    /// What it is about.
    public let ticket: TicketState
    /// Tells of it.
    public init(ticket: TicketState) { self.ticket = ticket }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { ticket = try TicketState(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try ticket.encode(to: encoder) }
}
