import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit
import Text

/// What the reports need of an order or credit besides the ledger.
struct DocumentDetail {
    let name: BookName
    let currency: String
    let at: Date
    let channel: String?
    /// What the goods cost whose cost is known, in ten-thousandths.
    let cost: Int
    /// What these goods were sold for.
    let costed: Int
    /// The largest of its figures without regard to sign: its sum, what its lines come to, the pieces; in ten-thousandths.
    let largest: Int
    /// `[[sku, quantity, amount], ...]`, numbers in ten-thousandths; lines of one product together.
    let lines: SQLJSON

    init(_ name: BookName, _ document: ERPDocument) {
        var sums: [ExactText: Sum] = [:]
        var order: [ExactText] = []
        var cost = Amount.zero
        var costed = Amount.zero
        var (value, pieces) = (Amount.zero, Amount.zero)
        for line in document.lines {
            value += max(line.value, -line.value)
            pieces += max(line.quantity, -line.quantity)
            if let known = line.cost {
                cost += known
                costed += line.value
            }
            guard !line.sku.isEmpty else { continue }
            let sku = ExactText(line.sku)
            if sums[sku] == nil { order.append(sku) }
            sums[sku, default: Sum()].quantity += line.quantity
            sums[sku, default: Sum()].amount += line.value
        }
        self.name = name
        currency = document.currency
        at = document.at
        channel = document.channel.map { String($0.prefix(100)) }
        self.cost = cost.units
        self.costed = costed.units
        largest = max(document.total, -document.total, value, pieces).units
        lines = Self.json(order.map { ($0.text, sums[$0] ?? Sum()) })
    }

    /// How much of a product, and what it was sold for.
    private struct Sum {
        var quantity = Amount.zero
        var amount = Amount.zero
    }

    private static func json(_ lines: [(sku: String, sum: Sum)]) -> SQLJSON {
        var text = "["
        for line in lines {
            if text.utf8.count > 1 { text += "," }
            text += "[\(JSONString.text(line.sku)),\(line.sum.quantity.units),\(line.sum.amount.units)]"
        }
        return SQLJSON(Array((text + "]").utf8))
    }
}
