import CRMModel
import Rapport

/// Turns the rows of UCI Online Retail (Chen, Sain, Guo 2012) into documents: an invoice is an order, a `C` invoice is a credit,
/// an `A` invoice is an adjustment of the books.
struct RetailMapping {
    private static let columns = [
        "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
    ]
    /// Documents whose lines may still come: two invoices of the same minute can be interleaved.
    private static let window = 16
    private var open: [ShopDocument] = []
    private var rows = 0

    /// Takes a row, and gives a document when no more of its lines can come.
    mutating func take(_ row: [String]) throws -> ShopDocument? {
        rows += 1
        if rows == 1 {
            guard row == Self.columns else {
                throw SuiteError("the columns must be \(Self.columns.joined(separator: ","))")
            }
            return nil
        }
        guard row.count == Self.columns.count, !row[0].isEmpty, let quantity = Amount(row[3]),
            let price = Amount(row[5]),
            let amount = price.times(quantity), RFC3339.date(row[4]) != nil
        else { throw SuiteError("row \(rows) of the file is not an order line: \(row.joined(separator: ","))") }
        var line = ERPLine()
        line.sku = row[1]
        line.name = row[2]
        line.quantity = quantity
        line.unitPrice = price
        if let index = open.lastIndex(where: { $0.id == row[0] }) {
            open[index].add(line, amount)
            return nil
        }
        var document = ShopDocument(
            kind: Self.kind(row[0]), id: row[0], customerNo: row[6].isEmpty ? nil : row[6], country: row[7], at: row[4],
            currency: "GBP", lines: [], total: .zero)
        document.add(line, amount)
        open.append(document)
        return open.count > Self.window ? open.removeFirst() : nil
    }

    /// The documents that were still open at the file's end.
    mutating func finish() -> [ShopDocument] {
        defer { open = [] }
        return open
    }

    private static func kind(_ invoice: String) -> ShopDocument.Kind {
        switch invoice.first {
        case "C": .credit
        case "A": .adjustment
        default: .order
        }
    }
}

extension ShopDocument {
    /// Adds a line as the file has it: a credit's lines are negative there.
    fileprivate mutating func add(_ line: ERPLine, _ amount: Amount) {
        var line = line
        if kind == .credit { line.quantity = -line.quantity }
        lines.append(line)
        total += kind == .credit ? -amount : amount
    }
}
