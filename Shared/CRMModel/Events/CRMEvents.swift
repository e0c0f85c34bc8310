import FoundationEssentials

/// A party as contacts publishes it, whole each time.
public struct PartyState: Codable, Sendable, Equatable {
    /// The party.
    public var partyId: UUID
    /// `consumer`, `enterprise`, `partner` or `internal`.
    public var kind: String
    /// The name shown.
    public var name: String
    /// The first mail address.
    public var email: String?
    /// The first phone number, E.164.
    public var phone: String?
    /// BCP 47.
    public var language: String?
    /// IANA.
    public var timeZone: String?
    /// ISO 3166 code or name.
    public var country: String?
    /// The ERP's number, where it has one.
    public var customerNo: String?

    /// Describes a party.
    public init(
        partyId: UUID, kind: String, name: String, email: String? = nil, phone: String? = nil, language: String? = nil,
        timeZone: String? = nil, country: String? = nil, customerNo: String? = nil
    ) {
        self.partyId = partyId
        self.kind = kind
        self.name = name
        self.email = email
        self.phone = phone
        self.language = language
        self.timeZone = timeZone
        self.country = country
        self.customerNo = customerNo
    }
}

/// A party is new.
public struct PartyCreated: EventData, Codable {
    /// `contacts.party.created`.
    public static let type = "contacts.party.created"
    /// The party.
    public let party: PartyState
    /// Tells of a party.
    public init(party: PartyState) { self.party = party }
    /// Reads the party's fields themselves.
    public init(from decoder: any Decoder) throws { party = try PartyState(from: decoder) }
    /// Writes the party's fields themselves.
    public func encode(to encoder: any Encoder) throws { try party.encode(to: encoder) }
}

/// A party has changed.
public struct PartyChanged: EventData, Codable {
    /// `contacts.party.changed`.
    public static let type = "contacts.party.changed"
    /// The party as it is now.
    public let party: PartyState
    /// Tells of a party.
    public init(party: PartyState) { self.party = party }
    /// Reads the party's fields themselves.
    public init(from decoder: any Decoder) throws { party = try PartyState(from: decoder) }
    /// Writes the party's fields themselves.
    public func encode(to encoder: any Encoder) throws { try party.encode(to: encoder) }
}

/// A person allowed or forbade a channel for a purpose.
public struct ConsentChanged: EventData, Codable {
    /// `contacts.consent.changed`.
    public static let type = "contacts.consent.changed"
    /// The party.
    public let partyId: UUID
    /// `mail`, `sms`, `phone`, …
    public let channel: String
    /// `marketing`, `service`, …
    public let purpose: String
    /// Whether it is allowed now.
    public let granted: Bool
    /// Where it was said.
    public let source: String
    /// Tells of a decision.
    public init(partyId: UUID, channel: String, purpose: String, granted: Bool, source: String) {
        self.partyId = partyId
        self.channel = channel
        self.purpose = purpose
        self.granted = granted
        self.source = source
    }
}

/// What a customer is worth has changed.
public struct ValueChanged: EventData, Codable {
    /// `contacts.value.changed`.
    public static let type = "contacts.value.changed"
    /// The party.
    public let partyId: UUID
    /// Orders that were not cancelled.
    public let orders: Int
    /// Their sum less credits.
    public let revenue: Amount
    /// ISO 4217.
    public let currency: String
    /// The first order.
    public let firstOrderAt: Date?
    /// The latest order.
    public let lastOrderAt: Date?
}

/// An accepted quote asks the ERP for an order.
public struct OrderRequested: EventData, Codable {
    /// One line.
    public struct Line: Codable, Sendable {
        /// The product.
        public let sku: String
        /// Its name.
        public let name: String
        /// How many.
        public let quantity: Amount
        /// The price of one.
        public let unitPrice: Amount
        /// Describes a line.
        public init(sku: String, name: String, quantity: Amount, unitPrice: Amount) {
            self.sku = sku
            self.name = name
            self.quantity = quantity
            self.unitPrice = unitPrice
        }
    }
    /// `sales.order.requested`.
    public static let type = "sales.order.requested"
    /// What the ERP's order repeats as `correlationId`.
    public let requestId: UUID
    /// The quote.
    public let quoteId: UUID
    /// The buyer.
    public let partyId: UUID
    /// The ERP's number of the buyer, where known.
    public let customerNo: String?
    /// ISO 4217.
    public let currency: String
    /// What is ordered.
    public let lines: [Line]
    /// The sum.
    public let total: Amount
    /// Asks for an order.
    public init(
        requestId: UUID, quoteId: UUID, partyId: UUID, customerNo: String?, currency: String, lines: [Line],
        total: Amount
    ) {
        self.requestId = requestId
        self.quoteId = quoteId
        self.partyId = partyId
        self.customerNo = customerNo
        self.currency = currency
        self.lines = lines
        self.total = total
    }
}

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

/// A message is wanted by a service.
public struct MessageRequested: EventData, Codable {
    /// `notifications.message.requested`.
    public static let type = "notifications.message.requested"
    /// Drawn by the asker.
    public let messageId: UUID
    /// The recipient, where it is a party.
    public let recipientId: UUID?
    /// `mail` or `inbox`.
    public let channel: String
    /// The mail address.
    public let address: String?
    /// The template's name.
    public let template: String
    /// BCP 47; the default language when nil.
    public let language: String?
    /// What the template fills in.
    public let data: [String: String]
    /// Requests with the same key are sent once.
    public let deduplicationKey: String
    /// `transactional` or `marketing`.
    public let purpose: String
    /// Not to be sent before.
    public let notBefore: Date?
    /// Not to be sent after.
    public let expiresAt: Date?
    /// Asks for a message.
    public init(
        messageId: UUID, recipientId: UUID?, channel: String, address: String?, template: String,
        language: String? = nil, data: [String: String], deduplicationKey: String, purpose: String,
        notBefore: Date? = nil, expiresAt: Date? = nil
    ) {
        self.messageId = messageId
        self.recipientId = recipientId
        self.channel = channel
        self.address = address
        self.template = template
        self.language = language
        self.data = data
        self.deduplicationKey = deduplicationKey
        self.purpose = purpose
        self.notBefore = notBefore
        self.expiresAt = expiresAt
    }
}

/// What became of a message.
public struct MessageOutcome: Codable, Sendable {
    /// The message.
    public let messageId: UUID
    /// The recipient, where it is a party.
    public let recipientId: UUID?
    /// The asker's key.
    public let deduplicationKey: String
    /// Why it failed or was not sent.
    public let reason: String?
    /// Describes an outcome.
    public init(messageId: UUID, recipientId: UUID?, deduplicationKey: String, reason: String? = nil) {
        self.messageId = messageId
        self.recipientId = recipientId
        self.deduplicationKey = deduplicationKey
        self.reason = reason
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

/// A message left.
public struct MessageSent: EventData, Codable {
    /// `notifications.message.sent`.
    public static let type = "notifications.message.sent"
    /// What it is about.
    public let outcome: MessageOutcome
    /// Tells of it.
    public init(outcome: MessageOutcome) { self.outcome = outcome }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { outcome = try MessageOutcome(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try outcome.encode(to: encoder) }
}

/// A message arrived.
public struct MessageDelivered: EventData, Codable {
    /// `notifications.message.delivered`.
    public static let type = "notifications.message.delivered"
    /// What it is about.
    public let outcome: MessageOutcome
    /// Tells of it.
    public init(outcome: MessageOutcome) { self.outcome = outcome }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { outcome = try MessageOutcome(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try outcome.encode(to: encoder) }
}

/// A message came back.
public struct MessageBounced: EventData, Codable {
    /// `notifications.message.bounced`.
    public static let type = "notifications.message.bounced"
    /// What it is about.
    public let outcome: MessageOutcome
    /// Tells of it.
    public init(outcome: MessageOutcome) { self.outcome = outcome }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { outcome = try MessageOutcome(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try outcome.encode(to: encoder) }
}

/// A message could not be sent.
public struct MessageFailed: EventData, Codable {
    /// `notifications.message.failed`.
    public static let type = "notifications.message.failed"
    /// What it is about.
    public let outcome: MessageOutcome
    /// Tells of it.
    public init(outcome: MessageOutcome) { self.outcome = outcome }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { outcome = try MessageOutcome(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try outcome.encode(to: encoder) }
}

/// A message was held back by rule.
public struct MessageSuppressed: EventData, Codable {
    /// `notifications.message.suppressed`.
    public static let type = "notifications.message.suppressed"
    /// What it is about.
    public let outcome: MessageOutcome
    /// Tells of it.
    public init(outcome: MessageOutcome) { self.outcome = outcome }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { outcome = try MessageOutcome(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try outcome.encode(to: encoder) }
}
