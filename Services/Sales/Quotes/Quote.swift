import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit

/// What a caller says of a new quote.
struct QuoteInput: Decodable {
    struct Line: Decodable {
        let sku: String
        let name: String?
        let quantity: Amount
        let unitPrice: Amount
        let discountPercent: Amount?
        let taxPercent: Amount?
    }

    let currency: String
    let lines: [Line]
    /// The last day on which it is good.
    let validUntil: CalendarDay?

    /// What the body of a request is.
    static let input = Input.command(QuoteInput.self) { try $0.checked() }.taking(.list)

    func checked() throws -> NewQuote {
        let currency = try FieldCheck.activeCurrency(currency)
        guard (1...500).contains(lines.count) else { throw Problem.field("lines", "must be 1 to 500 lines") }
        return NewQuote(
            currency: currency,
            lines: try lines.enumerated().map { try QuoteLine($0.element, in: currency, "lines[\($0.offset)]") },
            validUntil: validUntil)
    }
}

/// A quote as it was asked for, with its prices worked out.
struct NewQuote {
    let currency: String
    let lines: [QuoteLine]
    let validUntil: CalendarDay?
}

/// A line with its price worked out: the price of one after discount is rounded to four places, half away from zero, and the
/// line's total is the quantity times that, rounded to the places of the currency, so that the ERP reaches the same total from the same
/// line.
struct QuoteLine {
    let sku: String
    let name: String
    let quantity: Amount
    let unitPrice: Amount
    let discountPercent: Amount
    let netPrice: Amount
    let total: Amount
    let taxPercent: Amount
    /// Of the line's total, rounded to the places of the currency.
    let tax: Amount

    /// So many of the largest lines still have a sum.
    private static let largest = Amount(units: Int.max / 1000)

    init(_ line: QuoteInput.Line, in currency: String, _ field: String) throws {
        sku = try FieldCheck.needed(line.sku, "\(field).sku", atMost: 100)
        name = try FieldCheck.text(line.name, "\(field).name") ?? sku
        guard line.quantity > .zero else { throw Problem.field("\(field).quantity", "must be more than nothing") }
        guard line.unitPrice >= .zero else { throw Problem.field("\(field).unitPrice", "must not be negative") }
        let discount = try Self.percent(line.discountPercent, "\(field).discountPercent")
        taxPercent = try Self.percent(line.taxPercent, "\(field).taxPercent")
        let factor = Amount(units: Amount.scale - discount.units / 100)
        // The document's edge: prices may be finer than the currency, what is to be paid is not.
        guard let netPrice = line.unitPrice.times(factor),
            let total = netPrice.times(line.quantity)?.rounded(in: currency), total <= Self.largest,
            let tax = total.times(Amount(units: taxPercent.units / 100))
        else { throw Problem.field("\(field).quantity", "makes the line's total too large") }
        quantity = line.quantity
        unitPrice = line.unitPrice
        discountPercent = discount
        self.netPrice = netPrice
        self.total = total
        self.tax = tax.rounded(in: currency)
    }

    /// Two places, so that the factor has four.
    private static func percent(_ given: Amount?, _ field: String) throws -> Amount {
        let percent = given ?? .zero
        guard percent >= .zero, percent <= Amount(units: 100 * Amount.scale), percent.units % 100 == 0 else {
            throw Problem.field(field, "must be from 0 to 100 with at most two places")
        }
        return percent
    }
}

/// A quote whose row is locked.
struct LockedQuote {
    let version: Int
    let status: String
    let opportunity: UUID
    let currency: String
    let total: Amount
    let tax: Amount
    let validUntil: CalendarDay?

    /// Reads a row of `QuoteStore.lock`.
    init(_ row: (Int, String, UUID, String, Int, Int, String?)) {
        (version, status, opportunity, currency) = (row.0, row.1, row.2, row.3)
        (total, tax) = (Amount(units: row.4), Amount(units: row.5))
        validUntil = row.6.flatMap { CalendarDay($0) }
    }

    /// It as events tell it, in a state.
    func state(_ id: UUID, of opportunity: OpportunityState, _ status: String) -> QuoteState {
        QuoteState(
            id, of: opportunity, status, currency: currency, total: total, tax: tax, validUntil: validUntil)
    }
}

extension QuoteState {
    /// A quote as events tell it: its buyer is its opportunity's.
    init(
        _ id: UUID, of opportunity: OpportunityState, _ status: String, currency: String, total: Amount, tax: Amount,
        validUntil: CalendarDay?
    ) {
        self.init(
            quoteId: id, opportunityId: opportunity.opportunityId, partyId: opportunity.partyId, status: status,
            currency: currency, total: total)
        self.tax = tax == .zero ? nil : tax
        self.validUntil = validUntil
    }
}
