import FoundationEssentials

/// An accepted quote asks the ERP for an order.
///
/// It is told twice: on `crm.order-requests`, whole, for the ERP; and on `crm.sales` without the buyer, as that topic is kept for ever and an
/// erasure could take nothing out of it.
public struct OrderRequested: EventData, Codable {
    /// `sales.order.requested`.
    public static let type = "sales.order.requested"
    /// What the ERP's order repeats as `correlationId`.
    public let requestId: UUID
    /// The quote.
    public let quoteId: UUID
    /// The opportunity that it closes.
    public var opportunityId: UUID?
    /// The buyer, as the suite knows it; a new customer of the ERP may repeat it as `partyId`.
    public let partyId: UUID
    /// The ERP's number of the buyer, where known.
    public let customerNo: String?
    /// All that the ERP needs to make a customer of the buyer.
    public var buyer: OrderBuyer?
    /// The salesperson.
    public var owner: String?
    /// ISO 4217.
    public let currency: String
    /// What is ordered.
    public let lines: [OrderRequestLine]
    /// The sum of the lines after discount, without tax.
    public let total: Amount
    /// The sum of the lines' taxes.
    public var tax: Amount?
    /// The two together.
    public var totalWithTax: Amount?
    /// The last day on which the quote was good.
    public var validUntil: CalendarDay?
    /// When it was asked for.
    public var requestedAt: Date?

    /// Asks for an order; what else is known is set.
    public init(
        requestId: UUID, quoteId: UUID, partyId: UUID, customerNo: String?, currency: String,
        lines: [OrderRequestLine], total: Amount
    ) {
        self.requestId = requestId
        self.quoteId = quoteId
        self.partyId = partyId
        self.customerNo = customerNo
        self.currency = currency
        self.lines = lines
        self.total = total
    }

    /// The same of a buyer who is known better by now.
    public func told(of buyer: OrderBuyer?, customerNo: String?) -> OrderRequested {
        var request = OrderRequested(
            requestId: requestId, quoteId: quoteId, partyId: partyId, customerNo: customerNo, currency: currency,
            lines: lines, total: total)
        request.opportunityId = opportunityId
        request.buyer = buyer
        request.owner = owner
        request.tax = tax
        request.totalWithTax = totalWithTax
        request.validUntil = validUntil
        request.requestedAt = requestedAt
        return request
    }
}

/// One line of an order that the ERP is asked for.
public struct OrderRequestLine: Codable, Sendable {
    /// The product.
    public let sku: String
    /// Its name.
    public let name: String
    /// How many.
    public let quantity: Amount
    /// The price of one, after discount and without tax.
    public let unitPrice: Amount
    /// The price of one before the discount.
    public var listPrice: Amount?
    /// The discount in percent of that.
    public var discountPercent: Amount?
    /// The tax in percent of the line's total.
    public var taxPercent: Amount?
    /// The tax of the line.
    public var tax: Amount?
    /// What the line comes to, without tax.
    public var total: Amount?

    /// Describes a line; what else is known is set.
    public init(sku: String, name: String, quantity: Amount, unitPrice: Amount) {
        self.sku = sku
        self.name = name
        self.quantity = quantity
        self.unitPrice = unitPrice
    }
}

/// Who buys, for an ERP that may not know the customer yet.
public struct OrderBuyer: Codable, Sendable, Equatable {
    /// `consumer`, `enterprise`, `partner` or `internal`.
    public var kind: String
    /// The name of the firm or person.
    public var name: String
    /// The mail address to write to.
    public var email: String?
    /// The number to call.
    public var phone: String?
    /// All mail addresses, the first one first.
    public var emails: [PartyMail]?
    /// All telephone numbers, the first one first.
    public var phones: [PartyPhone]?
    /// Postal addresses, the first one to send to.
    public var addresses: [PartyAddress]?
    /// The number by which tax offices know the buyer.
    public var taxId: String?
    /// BCP 47.
    public var language: String?
    /// IANA.
    public var timeZone: String?
    /// ISO 3166 code or name.
    public var country: String?
    /// The firm that a person buys for, where it is no party of its own.
    public var organisation: String?
    /// What systems call the buyer, the ERPs and others.
    public var references: [PartyReference]?
    /// Who to talk to, where that is another than the buyer.
    public var contactName: String?
    /// Their mail address.
    public var contactEmail: String?

    /// Describes a buyer as contacts tells of the party.
    public init(_ party: PartyState) {
        kind = party.kind
        name = party.name
        email = party.email
        phone = party.phone
        emails = party.emails ?? party.email.map { [PartyMail(address: $0)] }
        phones = party.phones ?? party.phone.map { [PartyPhone(number: $0)] }
        addresses = party.addresses
        taxId = party.taxId
        language = party.language
        timeZone = party.timeZone
        country = party.country
        organisation = party.organisation
        references =
            party.references
            ?? party.customerNo.map { [PartyReference(system: CustomerNumber.erp, reference: $0)] }
    }
}

/// The ERP will not make the order that it was asked for.
public struct OrderRefused: EventData, Codable {
    /// `erp.order.refused`.
    public static let type = "erp.order.refused"
    /// The request.
    public let requestId: UUID
    /// Why, for people.
    public let reason: String
    /// What is to be mended before the order is asked for again, member by member.
    public let mend: [Mending]?
    /// When the ERP decided it; absent means the time of the event.
    public let refusedAt: Date?

    /// One thing that is to be mended.
    public struct Mending: Codable, Sendable, Equatable {
        /// The member of the request: `buyer.taxId`, `lines[0].sku`.
        public let field: String
        /// What is wrong with it, for people.
        public let message: String
    }

    /// The reason with what is to be mended, for people.
    public var explanation: String {
        ([reason] + (mend ?? []).map { "\($0.field): \($0.message)" }).joined(separator: "; ")
    }

    /// Lines for people, and not many of them.
    public func judge() throws(JSONError) {
        try Judgement.expect("reason", Judgement.line(reason))
        guard mend?.count ?? 0 <= Self.mostMendings else {
            throw JSONError(field: "mend", message: "expected at most \(Self.mostMendings) elements")
        }
        for (place, mending) in (mend ?? []).enumerated() {
            try Judgement.expect("mend[\(place)].field", Judgement.line(mending.field))
            try Judgement.expect("mend[\(place)].message", Judgement.line(mending.message))
        }
    }

    private static let mostMendings = 100
}
