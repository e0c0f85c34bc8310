import FoundationEssentials

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
