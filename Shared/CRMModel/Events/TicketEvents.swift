import FoundationEssentials

/// A ticket's status, priority or other field changed in a way that no other event tells.
public struct TicketChanged: EventData, Codable {
    /// `tickets.ticket.changed`.
    public static let type = "tickets.ticket.changed"
    /// The ticket as it is now.
    public let ticket: TicketState
    /// Tells of it.
    public init(ticket: TicketState) { self.ticket = ticket }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { ticket = try TicketState(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try ticket.encode(to: encoder) }
}

/// A customer said how content they are with a resolved ticket.
public struct SurveyAnswered: EventData, Codable {
    /// `tickets.survey.answered`.
    public static let type = "tickets.survey.answered"
    /// The ticket.
    public let ticketId: UUID
    /// The customer, where known.
    public let partyId: UUID?
    /// `csat`.
    public let survey: String
    /// 1 (not at all content) to 5 (very).
    public let score: Int
    /// The customer's words.
    public let comment: String?
    /// Who worked on the ticket.
    public let assignee: String?
    /// Tells of an answer.
    public init(ticketId: UUID, partyId: UUID?, survey: String, score: Int, comment: String?, assignee: String?) {
        self.ticketId = ticketId
        self.partyId = partyId
        self.survey = survey
        self.score = score
        self.comment = comment
        self.assignee = assignee
    }
}
