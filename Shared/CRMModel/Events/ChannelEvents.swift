import FoundationEssentials

/// What a channel tells of one touch with somebody: a call, a message, a form, a review. Its message's key is the sender's address, so that
/// what one person says keeps its order.
public struct ChannelInteraction: Codable, Sendable, Equatable {
    /// The channel's own number of it, unique among its kind.
    public var interactionId: String
    /// When it was, or ended.
    public var at: Date
    /// `phone`, `mail`, `sms`, `chat`, `web`, `social`, …
    public var channel: String?
    /// `inbound` or `outbound`.
    public var direction: String?
    /// The ERP's number of the customer, where the channel knows it.
    public var customerNo: String?
    /// Whose number that is, where several ERPs number customers each for itself; absent means `erp`.
    public var customerSystem: String?
    /// The customer's mail address.
    public var email: String?
    /// The customer's telephone number.
    public var phone: String?
    /// What the customer calls himself.
    public var name: String?
    /// Who of the firm took it.
    public var agent: String?
    /// What it is about.
    public var subject: String?
    /// What was said.
    public var text: String?
    /// How long a call took.
    public var seconds: Int?
    /// What became of a call: `answered`, `missed`, `voicemail`, …
    public var outcome: String?
    /// The name of a form, or the place of a review.
    public var place: String?
    /// What a form's fields say.
    public var fields: [String: String]?
    /// Stars of a review, 1 to 5.
    public var rating: Int?
    /// The product that a review is about.
    public var sku: String?
    /// The order that it is about.
    public var orderId: String?

    /// Describes a touch; the rest is set where it is known.
    public init(interactionId: String, at: Date) {
        self.interactionId = interactionId
        self.at = at
    }

    /// The party that the channel names; nil where it knows none.
    public var partyID: UUID? { CustomerNumber(customerNo, of: customerSystem)?.party }

    /// Throws where a member is not as it must be, also for who takes it by another way than the topic.
    public func judge() throws(JSONError) {
        try Judgement.expect("interactionId", Judgement.id(interactionId, from: 1))
        try Judgement.expect("customerNo", Judgement.id(customerNo))
        try Judgement.expect("customerSystem", CustomerNumber.judge(system: customerSystem))
        try Judgement.expect("sku", Judgement.id(sku))
        try Judgement.expect("orderId", Judgement.id(orderId))
        try Judgement.expect("fields", Judgement.count(fields?.count))
    }
}

/// What kinds of touches channels tell of.
public protocol InteractionKind: Sendable {
    /// `call.ended`.
    static var name: String { get }
}

/// The kinds of touches.
public enum InteractionKinds {
    /// A call ended.
    public enum Call: InteractionKind {
        /// `call.ended`.
        public static let name = "call.ended"
    }
    /// A mail, a text message, a chat or a mention came in, or was answered.
    public enum Message: InteractionKind {
        /// `message.received`.
        public static let name = "message.received"
    }
    /// A form on a page was sent.
    public enum Form: InteractionKind {
        /// `form.submitted`.
        public static let name = "form.submitted"
    }
    /// A review was published.
    public enum Review: InteractionKind {
        /// `review.posted`.
        public static let name = "review.posted"
    }
}

/// A touch of one kind, as a channel tells it.
public struct ChannelTold<Kind: InteractionKind>: EventData, Codable {
    /// `channel.call.ended` and so on.
    public static var type: String { "channel.\(Kind.name)" }
    /// The touch.
    public let interaction: ChannelInteraction
    /// Tells of a touch.
    public init(interaction: ChannelInteraction) { self.interaction = interaction }
    /// Reads the fields themselves.
    public init(from decoder: any Decoder) throws { interaction = try ChannelInteraction(from: decoder) }
    /// Writes the fields themselves.
    public func encode(to encoder: any Encoder) throws { try interaction.encode(to: encoder) }
    /// Judges the touch.
    public func judge() throws(JSONError) { try interaction.judge() }
}
