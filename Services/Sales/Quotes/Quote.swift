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
    }

    let currency: String
    let lines: [Line]

    /// What the body of a request is.
    static let input = Input.command(QuoteInput.self) { try $0.checked() }

    func checked() throws -> (currency: String, lines: [QuoteLine]) {
        let currency = try FieldCheck.activeCurrency(currency)
        guard (1...500).contains(lines.count) else { throw Problem.field("lines", "must be 1 to 500 lines") }
        return (currency, try lines.enumerated().map { try QuoteLine($0.element, in: currency, "lines[\($0.offset)]") })
    }
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

    /// So many of the largest lines still have a sum.
    private static let largest = Amount(units: Int.max / 1000)

    init(_ line: QuoteInput.Line, in currency: String, _ field: String) throws {
        sku = try FieldCheck.needed(line.sku, "\(field).sku", atMost: 100)
        name = try FieldCheck.text(line.name, "\(field).name") ?? sku
        guard line.quantity > .zero else { throw Problem.field("\(field).quantity", "must be more than nothing") }
        guard line.unitPrice >= .zero else { throw Problem.field("\(field).unitPrice", "must not be negative") }
        let discount = line.discountPercent ?? .zero
        // Two places, so that the factor has four.
        guard discount >= .zero, discount <= Amount(units: 100 * Amount.scale), discount.units % 100 == 0 else {
            throw Problem.field("\(field).discountPercent", "must be from 0 to 100 with at most two places")
        }
        let factor = Amount(units: Amount.scale - discount.units / 100)
        guard let netPrice = line.unitPrice.times(factor), let total = netPrice.times(line.quantity),
            total <= Self.largest
        else { throw Problem.field("\(field).quantity", "makes the line's total too large") }
        quantity = line.quantity
        unitPrice = line.unitPrice
        discountPercent = discount
        self.netPrice = netPrice
        // The document's edge: prices may be finer than the currency, what is to be paid is not.
        self.total = total.rounded(in: currency)
    }
}

extension QuoteState {
    /// A quote as events tell it: its buyer is its opportunity's.
    init(_ id: UUID, of opportunity: OpportunityState, _ status: String, currency: String, total: Amount) {
        self.init(
            quoteId: id, opportunityId: opportunity.opportunityId, partyId: opportunity.partyId, status: status,
            currency: currency, total: total)
    }
}
