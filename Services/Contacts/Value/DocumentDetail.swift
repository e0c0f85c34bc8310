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
    /// `[[sku, quantity, amount], ...]`, numbers in ten-thousandths; lines of one product together.
    let lines: SQLJSON

    init(_ name: BookName, _ document: ERPDocument) {
        var sums: [String: (quantity: Int, amount: Int)] = [:]
        var order: [String] = []
        var cost = 0
        var costed = 0
        // Figures that no order can have are left out rather than stop the process.
        for line in document.lines {
            guard let amount = line.unitPrice.times(line.quantity)?.units else { continue }
            if let known = line.unitCost?.times(line.quantity)?.units {
                let more = (cost.addingReportingOverflow(known), costed.addingReportingOverflow(amount))
                if !more.0.overflow, !more.1.overflow { (cost, costed) = (more.0.partialValue, more.1.partialValue) }
            }
            guard !line.sku.isEmpty else { continue }
            if sums[line.sku] == nil { order.append(line.sku) }
            let sum = sums[line.sku] ?? (0, 0)
            let more = (
                sum.quantity.addingReportingOverflow(line.quantity.units), sum.amount.addingReportingOverflow(amount)
            )
            sums[line.sku] = more.0.overflow || more.1.overflow ? sum : (more.0.partialValue, more.1.partialValue)
        }
        self.name = name
        currency = document.currency
        at = document.at
        channel = document.channel.map { String($0.prefix(100)) }
        self.cost = cost
        self.costed = costed
        lines = Self.json(order.map { ($0, sums[$0] ?? (0, 0)) })
    }

    private static func json(_ lines: [(sku: String, sum: (quantity: Int, amount: Int))]) -> SQLJSON {
        var text = "["
        for line in lines {
            if text.utf8.count > 1 { text += "," }
            text += "[\(JSONString.storable(line.sku)),\(line.sum.quantity),\(line.sum.amount)]"
        }
        return SQLJSON(Array((text + "]").utf8))
    }
}
