import FoundationEssentials

/// The ERP's customer master said how a customer stands now.
public struct CustomerUpserted: EventData, Codable {
    /// `erp.customer.upserted`.
    public static let type = "erp.customer.upserted"
    /// The ERP's customer number.
    public let customerNo: String
    /// Whose number that is, where several ERPs number customers each for itself; absent means `erp`.
    public let customerSystem: String?
    /// The name of the firm or person.
    public let name: String
    /// `consumer`, `enterprise`, `partner` or `internal`; nil means consumer.
    public let kind: String?
    /// A mail address.
    public let email: String?
    /// A phone number, best in E.164.
    public let phone: String?
    /// ISO 3166 code or the country's name.
    public let country: String?
    /// BCP 47, such as `zh-CN`.
    public let language: String?
    /// IANA, such as `Asia/Shanghai`.
    public let timeZone: String?
    /// Whether the customer agreed to marketing by mail; nil when the ERP does not know.
    public let marketingConsent: Bool?
    /// The number by which tax offices know the customer.
    public let taxId: String?
    /// Where the customer lives or sits, the first one to send to.
    public let addresses: [PartyAddress]?
    /// The order request of ours for whose buyer the customer was made: the number becomes the buyer's.
    public let correlationId: String?
    /// The party of ours that the customer is: the number becomes the party's.
    public let partyId: UUID?

    /// The number, with whose it is.
    public var number: CustomerNumber? { CustomerNumber(customerNo, of: customerSystem) }
    /// The party of the number.
    public var partyID: UUID {
        number?.party ?? ExternalID.party(customerNo: customerNo)
    }

    /// What cannot be an address, a number, a language or a zone is left out by who keeps it.
    public func judge() throws(JSONError) {
        try Judgement.expect("customerNo", Judgement.id(customerNo, from: 1))
        try Judgement.expect("name", Judgement.line(name))
        try Judgement.expect("country", Judgement.line(country))
        try Judgement.expect("customerSystem", CustomerNumber.judge(system: customerSystem))
        try Judgement.expect("taxId", Judgement.line(taxId))
        try Judgement.expect("correlationId", Judgement.line(correlationId))
        guard addresses?.count ?? 0 <= Self.mostAddresses else {
            throw JSONError(field: "addresses", message: "expected at most \(Self.mostAddresses)")
        }
        for (place, address) in (addresses ?? []).enumerated() {
            try Judgement.expect("addresses[\(place)]", address.judge())
        }
    }

    /// How many addresses a party has at most.
    private static let mostAddresses = 20
}

/// The ERP's product master said how a product stands now.
public struct ProductUpserted: EventData, Codable {
    /// `erp.product.upserted`.
    public static let type = "erp.product.upserted"
    /// The stock code.
    public let sku: String
    /// Its name.
    public let name: String
    /// The list price.
    public let price: Amount?
    /// ISO 4217.
    public let currency: String?
    /// The ERP's grouping.
    public let category: String?

    /// A currency may be told as an empty text where there is no price.
    public func judge() throws(JSONError) {
        try Judgement.expect("sku", Judgement.id(sku, from: 1))
        try Judgement.expect("name", Judgement.line(name))
        try Judgement.expect("price", Judgement.amount(price))
        if let currency, !currency.isEmpty { try Judgement.expect("currency", Judgement.currency(currency)) }
        try Judgement.expect("category", Judgement.line(category))
    }
}

/// A product is not sold any more.
public struct ProductDiscontinued: EventData, Codable {
    /// `erp.product.discontinued`.
    public static let type = "erp.product.discontinued"
    /// The stock code.
    public let sku: String

    /// By its stock code alone.
    public func judge() throws(JSONError) { try Judgement.expect("sku", Judgement.id(sku, from: 1)) }
}

/// What every shipment event carries.
public struct Shipment: Codable, Sendable, Equatable {
    /// The carrier's or our number.
    public let shipmentId: String
    /// The ERP's order.
    public let orderId: String
    /// The ERP's customer number.
    public let customerNo: String?
    /// Whose number that is, where several ERPs number customers each for itself; absent means `erp`.
    public let customerSystem: String?
    /// When it happened.
    public let at: Date
    /// Who carries it.
    public let carrier: String?
    /// When it is expected now.
    public let expectedAt: Date?
    /// Why it is late or came back.
    public let reason: String?

    /// The party it goes to; nil for a walk-in.
    public var partyID: UUID? { CustomerNumber(customerNo, of: customerSystem)?.party }

    fileprivate func judge() throws(JSONError) {
        try Judgement.expect("shipmentId", Judgement.id(shipmentId, from: 1))
        try Judgement.expect("orderId", Judgement.id(orderId, from: 0))
        try Judgement.expect("customerNo", Judgement.id(customerNo))
        try Judgement.expect("customerSystem", CustomerNumber.judge(system: customerSystem))
        try Judgement.expect("carrier", Judgement.line(carrier))
    }
}

/// Goods left.
public struct ShipmentDispatched: EventData, Codable {
    /// `logistics.shipment.dispatched`.
    public static let type = "logistics.shipment.dispatched"
    /// The shipment.
    public let shipment: Shipment
    /// Reads the shipment's fields themselves.
    public init(from decoder: any Decoder) throws { shipment = try Shipment(from: decoder) }
    /// Writes the shipment's fields themselves.
    public func encode(to encoder: any Encoder) throws { try shipment.encode(to: encoder) }
    /// Judges the shipment.
    public func judge() throws(JSONError) { try shipment.judge() }
}

/// Goods will come late.
public struct ShipmentDelayed: EventData, Codable {
    /// `logistics.shipment.delayed`.
    public static let type = "logistics.shipment.delayed"
    /// The shipment.
    public let shipment: Shipment
    /// Reads the shipment's fields themselves.
    public init(from decoder: any Decoder) throws { shipment = try Shipment(from: decoder) }
    /// Writes the shipment's fields themselves.
    public func encode(to encoder: any Encoder) throws { try shipment.encode(to: encoder) }
    /// Judges the shipment.
    public func judge() throws(JSONError) { try shipment.judge() }
}

/// Goods arrived.
public struct ShipmentDelivered: EventData, Codable {
    /// `logistics.shipment.delivered`.
    public static let type = "logistics.shipment.delivered"
    /// The shipment.
    public let shipment: Shipment
    /// Reads the shipment's fields themselves.
    public init(from decoder: any Decoder) throws { shipment = try Shipment(from: decoder) }
    /// Writes the shipment's fields themselves.
    public func encode(to encoder: any Encoder) throws { try shipment.encode(to: encoder) }
    /// Judges the shipment.
    public func judge() throws(JSONError) { try shipment.judge() }
}

/// Goods came back.
public struct ShipmentReturned: EventData, Codable {
    /// `logistics.shipment.returned`.
    public static let type = "logistics.shipment.returned"
    /// The shipment.
    public let shipment: Shipment
    /// Reads the shipment's fields themselves.
    public init(from decoder: any Decoder) throws { shipment = try Shipment(from: decoder) }
    /// Writes the shipment's fields themselves.
    public func encode(to encoder: any Encoder) throws { try shipment.encode(to: encoder) }
    /// Judges the shipment.
    public func judge() throws(JSONError) { try shipment.judge() }
}
