import FoundationEssentials

/// The ERP's order answered an order request.
public struct OrderConfirmed: EventData, Codable {
    /// `sales.order.confirmed`.
    public static let type = "sales.order.confirmed"
    /// The request, which the ERP's order repeated as `correlationId`.
    public let requestId: UUID
    /// The quote behind it.
    public let quoteId: UUID
    /// The buyer.
    public let partyId: UUID
    /// The ERP's order.
    public let orderId: String
    /// The ERP that made it, by its `ce_source`.
    public let source: String?
    /// The number under which the ERP made the order: it is the buyer's from now on.
    public let customerNo: String?
    /// Whose number that is; absent means `erp`.
    public let customerSystem: String?
}

/// The ERP has changed an order that answered an order request.
public struct RequestedOrderChanged: EventData, Codable {
    /// `sales.order.changed`.
    public static let type = "sales.order.changed"
    /// The request.
    public let requestId: UUID
    /// The quote behind it.
    public let quoteId: UUID
    /// The buyer.
    public let partyId: UUID
    /// The ERP's order.
    public let orderId: String
    /// What it comes to now.
    public let total: Amount
    /// ISO 4217.
    public let currency: String
}

/// The ERP has cancelled an order that answered an order request.
public struct RequestedOrderCancelled: EventData, Codable {
    /// `sales.order.cancelled`.
    public static let type = "sales.order.cancelled"
    /// The request.
    public let requestId: UUID
    /// The quote behind it.
    public let quoteId: UUID
    /// The buyer.
    public let partyId: UUID
    /// The ERP's order.
    public let orderId: String
}

/// The ERP will not make the order of an order request; its quote is a draft again.
public struct OrderRequestRefused: EventData, Codable {
    /// `sales.order.refused`.
    public static let type = "sales.order.refused"
    /// The request.
    public let requestId: UUID
    /// The quote behind it.
    public let quoteId: UUID
    /// The buyer.
    public let partyId: UUID
    /// Why, and what is to be mended.
    public let reason: String
    /// Tells of a refusal.
    public init(requestId: UUID, quoteId: UUID, partyId: UUID, reason: String) {
        self.requestId = requestId
        self.quoteId = quoteId
        self.partyId = partyId
        self.reason = reason
    }
}

/// A quote that was accepted is a draft again, as the ERP refused the order.
public struct QuoteReopened: EventData, Codable {
    /// `sales.quote.reopened`.
    public static let type = "sales.quote.reopened"
    /// The quote as it is now.
    public let quote: QuoteState
    /// Tells of a quote.
    public init(quote: QuoteState) { self.quote = quote }
}
