import FoundationEssentials

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
