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

    /// The key is unique among all messages.
    public func judge() throws(JSONError) {
        try Judgement.expect("deduplicationKey", Judgement.id(deduplicationKey, from: 1, to: 500))
        for (field, text) in [
            ("channel", channel), ("template", template), ("purpose", purpose), ("address", address),
            ("language", language),
        ] { try Judgement.expect(field, Judgement.line(text)) }
        try Judgement.expect("data", Judgement.count(data.count))
    }
}

/// An address gets no marketing, whoever it is of.
public struct AddressSuppressed: EventData, Codable {
    /// `notifications.address.suppressed`.
    public static let type = "notifications.address.suppressed"
    /// The address, in lower case.
    public let address: String
    /// Why: it bounced, its owner complained, somebody asked for it.
    public let reason: String
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

/// What can become of a message.
public protocol MessageFate: Sendable {
    /// `sent`.
    static var name: String { get }
}

/// What can become of messages.
public enum MessageFates {
    /// A message left.
    public enum Sent: MessageFate {
        /// `sent`.
        public static let name = "sent"
    }
    /// A message arrived.
    public enum Delivered: MessageFate {
        /// `delivered`.
        public static let name = "delivered"
    }
    /// A message came back.
    public enum Bounced: MessageFate {
        /// `bounced`.
        public static let name = "bounced"
    }
    /// A message could not be sent.
    public enum Failed: MessageFate {
        /// `failed`.
        public static let name = "failed"
    }
    /// A message was held back by rule.
    public enum Suppressed: MessageFate {
        /// `suppressed`.
        public static let name = "suppressed"
    }
    /// A message was opened; `reason` says nothing.
    public enum Opened: MessageFate {
        /// `opened`.
        public static let name = "opened"
    }
    /// A link in a message was followed; `reason` is its address.
    public enum Clicked: MessageFate {
        /// `clicked`.
        public static let name = "clicked"
    }
}

/// What became of a message.
public struct MessageTold<Fate: MessageFate>: EventData, Codable {
    /// `notifications.message.sent` and so on.
    public static var type: String { "notifications.message.\(Fate.name)" }
    /// What it is about.
    public let outcome: MessageOutcome
    /// Tells of it.
    public init(outcome: MessageOutcome) { self.outcome = outcome }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { outcome = try MessageOutcome(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try outcome.encode(to: encoder) }
}

/// A message left.
public typealias MessageSent = MessageTold<MessageFates.Sent>
/// A message arrived.
public typealias MessageDelivered = MessageTold<MessageFates.Delivered>
/// A message came back.
public typealias MessageBounced = MessageTold<MessageFates.Bounced>
/// A message could not be sent.
public typealias MessageFailed = MessageTold<MessageFates.Failed>
/// A message was held back by rule.
public typealias MessageSuppressed = MessageTold<MessageFates.Suppressed>
/// A message was opened; `reason` says nothing.
public typealias MessageOpened = MessageTold<MessageFates.Opened>
/// A link in a message was followed; `reason` is its address.
public typealias MessageClicked = MessageTold<MessageFates.Clicked>
