import FoundationEssentials

/// One line of an order, invoice or credit.
public struct ERPLine: Sendable, Equatable {
    /// The product.
    public var sku = ""
    /// What the ERP calls it.
    public var name = ""
    /// How many, in the product's unit.
    public var quantity = Amount.zero
    /// The price of one.
    public var unitPrice = Amount.zero
    /// What one costs the firm, where the ERP says it.
    public var unitCost: Amount?
    /// An empty line.
    public init() {}

    /// What it is sold for. No line that was read is worth more than can be held.
    public var value: Amount { unitPrice.times(quantity) ?? .zero }
    /// What it costs the firm, where the ERP says it.
    public var cost: Amount? { unitCost.map { $0.times(quantity) ?? .zero } }
}

/// What orders, invoices and credits of the ERP have in common.
public struct ERPDocument: Sendable, Equatable {
    /// The ERP's number of it.
    public var id = ""
    /// The order that an invoice or credit belongs to, where there is one.
    public var orderID: String?
    /// The ERP's customer number; nil for a walk-in.
    public var customerNo: String?
    /// Whose number that is, where several ERPs number customers each for itself; nil means `erp`.
    public var customerSystem: String?
    /// The ERP's status, as it says.
    public var status = ""
    /// When it was placed or issued.
    public var at = Date(timeIntervalSince1970: 0)
    /// ISO 4217.
    public var currency = ""
    /// Its lines.
    public var lines: [ERPLine] = []
    /// The total; for a credit what the customer gets back, positive.
    public var total = Amount.zero
    /// The order request of ours that it answers, where there is one.
    public var correlationID: String?
    /// By which channel it came (`web`, `shop`, `phone`), where the ERP says it.
    public var channel: String?
    /// An empty document.
    public init() {}

    /// Reads the JSON of an order, invoice, credit or payment; `idKey` and `timeKey` are what the kind calls its number and time.
    init(
        json: UnsafeRawBufferPointer, idKey: String, timeKey: String, totalKey: String = "total", needsLines: Bool
    ) throws(JSONError) {
        var found = Found()
        var document = ERPDocument()
        try JSONReader.object(json) { key, reader throws(JSONError) in
            switch key {
            case idKey:
                document.id = try reader.id()
                found.insert(.id)
            case "orderId": document.orderID = try reader.optionalID()
            case "customerNo": document.customerNo = try reader.optionalID().flatMap { $0.isEmpty ? nil : $0 }
            case "customerSystem":
                document.customerSystem = try reader.optionalID()
                try reader.expect(CustomerNumber.judge(system: document.customerSystem))
            case "status": document.status = try reader.optionalLine() ?? ""
            case timeKey:
                document.at = try reader.date()
                found.insert(.time)
            case "currency":
                document.currency = try reader.string()
                try reader.expect(Judgement.currency(document.currency))
                found.insert(.currency)
            case "lines":
                document.lines = try ERPLine.list(&reader)
                found.insert(.lines)
            case totalKey:
                document.total = try reader.boundedAmount()
                found.insert(.total)
            case "correlationId": document.correlationID = try reader.optionalLine()
            case "channel": document.channel = try reader.optionalLine()
            default: try reader.skip()
            }
        }
        try found.check(idKey: idKey, timeKey: timeKey, totalKey: totalKey, needsLines: needsLines)
        self = document
    }

    /// The party it belongs to; nil for a walk-in.
    public var partyID: UUID? { number?.party }

    /// The customer's number, with whose it is; nil for a walk-in.
    public var number: CustomerNumber? { CustomerNumber(customerNo, of: customerSystem) }

    private struct Found: OptionSet {
        let rawValue: Int
        static let id = Found(rawValue: 1)
        static let time = Found(rawValue: 2)
        static let currency = Found(rawValue: 4)
        static let lines = Found(rawValue: 8)
        static let total = Found(rawValue: 16)

        func check(idKey: String, timeKey: String, totalKey: String, needsLines: Bool) throws(JSONError) {
            let needed: [(Found, String)] = [
                (.id, idKey), (.time, timeKey), (.currency, "currency"), (.total, totalKey),
            ]
            for (part, name) in needed + (needsLines ? [(.lines, "lines")] : []) where !contains(part) {
                throw JSONError(field: name, message: "expected a value; the field is missing")
            }
        }
    }
}

/// What the lines of a document come to, all of them without regard to sign: whoever adds them up in whatever order stays within it.
private struct LineSums {
    private var quantity = Amount.zero
    private var value = Amount.zero
    private var cost = Amount.zero

    /// Adds a line; answers what was expected where they come to more than a document can hold.
    mutating func add(_ line: ERPLine) -> String? {
        quantity += Self.size(line.quantity)
        value += Self.size(line.unitPrice.times(line.quantity))
        if let unitCost = line.unitCost { cost += Self.size(unitCost.times(line.quantity)) }
        guard max(quantity, value, cost) <= Judgement.largest else {
            return "lines that come to at most \(Judgement.largest.units / Amount.scale), pieces and money"
        }
        return nil
    }

    private static func size(_ amount: Amount?) -> Amount {
        guard let amount else { return Amount(units: .max) }
        return amount < .zero ? -amount : amount
    }
}

extension ERPLine {
    fileprivate static func list(_ reader: inout JSONReader) throws(JSONError) -> [ERPLine] {
        var lines: [ERPLine] = []
        var sums = LineSums()
        try reader.array { reader throws(JSONError) in
            let line = try ERPLine(&reader)
            try reader.expect(sums.add(line) ?? Judgement.count(lines.count + 1))
            lines.append(line)
        }
        return lines
    }

    private init(_ reader: inout JSONReader) throws(JSONError) {
        var line = ERPLine()
        try reader.object { key, reader throws(JSONError) in
            switch key {
            case "sku": line.sku = try reader.id(from: 0)
            case "name": line.name = try reader.optionalLine() ?? ""
            case "quantity": line.quantity = try reader.amount()
            case "unitPrice": line.unitPrice = try reader.amount()
            case "unitCost": line.unitCost = try reader.optionalAmount()
            default: try reader.skip()
            }
        }
        self = line
    }
}

extension ERPDocument {
    /// What `init(json:)` reads.
    fileprivate static func shape(
        _ id: String, _ time: String, _ total: String = "total", needsLines: Bool = true
    ) -> DataShape {
        let text = DataShape.text()
        let amount = DataShape.text(format: "decimal")
        let line = DataShape.object([
            .init("sku", text), .init("name", text, needed: false), .init("quantity", amount),
            .init("unitPrice", amount),
            .init("unitCost", amount, needed: false),
        ])
        let order: [DataShape.Member] = id == "orderId" ? [] : [.init("orderId", text, needed: false)]
        return .object(
            [.init(id, text), .init(time, .text(format: "date-time"))] + order + [
                .init("customerNo", text, needed: false), .init("customerSystem", text, needed: false),
                .init("status", text, needed: false), .init("currency", text),
                .init("lines", .list(line), needed: needsLines), .init(total, amount),
                .init("correlationId", text, needed: false), .init("channel", text, needed: false),
            ])
    }
}

/// An order was placed: its whole first state.
public struct OrderPlaced: EventData {
    /// `erp.order.placed`.
    public static let type = "erp.order.placed"
    /// The order.
    public let order: ERPDocument
    /// As it is read below.
    public static var shape: DataShape { ERPDocument.shape("orderId", "placedAt") }
    /// Reads JSON.
    public init(json: UnsafeRawBufferPointer) throws(JSONError) {
        order = try ERPDocument(json: json, idKey: "orderId", timeKey: "placedAt", needsLines: true)
    }
}

/// An order was changed: its whole new state.
public struct OrderChanged: EventData {
    /// `erp.order.changed`.
    public static let type = "erp.order.changed"
    /// The order as it is now.
    public let order: ERPDocument
    /// As it is read below.
    public static var shape: DataShape { ERPDocument.shape("orderId", "placedAt") }
    /// Reads JSON.
    public init(json: UnsafeRawBufferPointer) throws(JSONError) {
        order = try ERPDocument(json: json, idKey: "orderId", timeKey: "placedAt", needsLines: true)
    }
}

/// An order was cancelled: its state when it was.
public struct OrderCancelled: EventData {
    /// `erp.order.cancelled`.
    public static let type = "erp.order.cancelled"
    /// The order as it was.
    public let order: ERPDocument
    /// As it is read below.
    public static var shape: DataShape { ERPDocument.shape("orderId", "placedAt", needsLines: false) }
    /// Reads JSON.
    public init(json: UnsafeRawBufferPointer) throws(JSONError) {
        order = try ERPDocument(json: json, idKey: "orderId", timeKey: "placedAt", needsLines: false)
    }
}

/// An invoice was issued; one without an order is an adjustment of the books, which may be negative.
public struct InvoiceIssued: EventData {
    /// `erp.invoice.issued`.
    public static let type = "erp.invoice.issued"
    /// The invoice.
    public let invoice: ERPDocument
    /// As it is read below.
    public static var shape: DataShape { ERPDocument.shape("invoiceId", "issuedAt", needsLines: false) }
    /// Reads JSON.
    public init(json: UnsafeRawBufferPointer) throws(JSONError) {
        invoice = try ERPDocument(json: json, idKey: "invoiceId", timeKey: "issuedAt", needsLines: false)
    }
}

/// Money came in.
public struct PaymentReceived: EventData {
    /// `erp.payment.received`.
    public static let type = "erp.payment.received"
    /// The payment; `total` is what was paid.
    public let payment: ERPDocument
    /// As it is read below.
    public static var shape: DataShape { ERPDocument.shape("paymentId", "receivedAt", "amount", needsLines: false) }
    /// Reads JSON.
    public init(json: UnsafeRawBufferPointer) throws(JSONError) {
        payment = try ERPDocument(
            json: json, idKey: "paymentId", timeKey: "receivedAt", totalKey: "amount", needsLines: false)
    }
}

/// A credit was issued: goods came back or a bill was reduced.
public struct CreditIssued: EventData {
    /// `erp.credit.issued`.
    public static let type = "erp.credit.issued"
    /// The credit; `total` is what the customer gets back, positive.
    public let credit: ERPDocument
    /// As it is read below.
    public static var shape: DataShape { ERPDocument.shape("creditId", "issuedAt", needsLines: false) }
    /// Reads JSON.
    public init(json: UnsafeRawBufferPointer) throws(JSONError) {
        credit = try ERPDocument(json: json, idKey: "creditId", timeKey: "issuedAt", needsLines: false)
    }
}
