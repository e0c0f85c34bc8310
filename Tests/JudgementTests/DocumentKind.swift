import CRMModel
import Crypto
import FoundationEssentials

/// The documents that others write, with the members that their contracts know.
enum DocumentKind {
    case order(String), refusal, invoice, payment, credit, customer, product, discontinued, shipment(String), touch(
        String),
        message, unknown(Topic)
    /// An order at the bound of what a document may come to.
    case largeOrder

    static let drawn: [DocumentKind] = [
        .order("placed"), .order("placed"), .order("changed"), .order("cancelled"), .refusal, .invoice, .payment,
        .credit,
        .customer,
        .product, .discontinued, .shipment("dispatched"), .shipment("delayed"), .shipment("delivered"),
        .shipment("returned"),
        .touch("call.ended"), .touch("message.received"), .touch("form.submitted"), .touch("review.posted"), .message,
        .unknown(.erpOrders), .unknown(.interactions), .unknown(.notificationRequests), .unknown(.contacts),
    ]

    var topic: String {
        switch self {
        case .order, .largeOrder, .refusal, .invoice, .payment, .credit: Topic.erpOrders.name
        case .unknown(let topic): topic.name
        case .customer: Topic.erpCustomers.name
        case .product, .discontinued: Topic.erpProducts.name
        case .shipment: Topic.shipments.name
        case .touch: Topic.interactions.name
        case .message: Topic.notificationRequests.name
        }
    }

    var type: String {
        switch self {
        case .order(let what): "erp.order.\(what)"
        case .largeOrder: OrderPlaced.type
        case .refusal: OrderRefused.type
        case .invoice: InvoiceIssued.type
        case .payment: PaymentReceived.type
        case .credit: CreditIssued.type
        case .customer: CustomerUpserted.type
        case .product: ProductUpserted.type
        case .discontinued: ProductDiscontinued.type
        case .shipment(let what): "logistics.shipment.\(what)"
        case .touch(let what): "channel.\(what)"
        case .message: MessageRequested.type
        case .unknown: "erp.order.admired"
        }
    }

    /// The members of a document of a number that is right.
    func members(_ number: String) -> [Draft.Member] {
        let customer = number.first == "R" ? "rich" : "C\(number)"
        switch self {
        case .order, .unknown: return document("orderId", "O\(number)", "placedAt", customer)
        case .largeOrder:
            let large = Draft.document("orderId", "O\(number)", "placedAt", customer, total: "500000000000")
            return large + [.init("lines", "[\(Draft.object(Draft.largeLine))]", .other)]
        case .refusal:
            let id = ExternalID.make("test-request", number).text
            return [
                .text("requestId", id), .text("reason", "no tax id"),
                .init("mend", #"[{"field":"buyer.taxId","message":"is missing"}]"#, .other),
                .init("refusedAt", "\"2026-01-03T08:00:00Z\"", .time),
            ]
        case .invoice:
            return document("invoiceId", "I\(number)", "issuedAt", customer) + [.text("orderId", "O\(number)")]
        case .payment:
            return Draft.document("paymentId", "P\(number)", "receivedAt", customer, sum: "amount")
        case .credit: return document("creditId", "K\(number)", "issuedAt", customer)
        case .customer:
            return [
                .text("customerNo", "C\(number)"), .text("name", "Customer \(number)"), .text("kind", "consumer"),
                .text("email", "c\(number)@x.example"), .text("phone", "+44207946\(number.utf8.count)000"),
                .text("country", "GB"), .text("language", "en"), .text("timeZone", "Europe/London"),
                .init("marketingConsent", "true", .other), .text("customerSystem", "shop"),
                .text("taxId", "DE123"), .init("addresses", #"[{"street":"Main 1","city":"Leeds"}]"#, .other),
                .text("correlationId", "none"),
                .text("partyId", ExternalID.make("test-party", number).text),
            ]
        case .product:
            return [
                .text("sku", "S\(number)"), .text("name", "Product \(number)"), .init("price", "\"9.50\"", .amount),
                .text("currency", "EUR"), .text("category", "lamps"),
            ]
        case .discontinued: return [.text("sku", "S\(number)")]
        case .shipment:
            return [
                .text("shipmentId", "V\(number)"), .text("orderId", "O\(number)"), .text("customerNo", customer),
                .init("at", "\"2026-01-03T08:00:00Z\"", .time), .text("carrier", "DHL"),
                .init("expectedAt", "\"2026-01-05T08:00:00Z\"", .time), .text("reason", "held at a depot"),
            ]
        case .touch:
            return [
                .text("interactionId", "T\(number)"), .init("at", "\"2026-01-04T08:00:00Z\"", .time),
                .text("channel", "phone"), .text("direction", "inbound"), .text("customerNo", customer),
                .text("email", "c\(number)@x.example"), .text("phone", "+442079460958"), .text("name", "Ada"),
                .text("subject", "Lamp"), .text("text", "Is it there?"), .init("seconds", "35", .other),
                .text("outcome", "answered"), .text("place", "shop"), .init("fields", #"{"a":"b"}"#, .other),
                .init("rating", "5", .other), .text("sku", "S1"), .text("orderId", "O1"),
            ]
        case .message:
            let id = ExternalID.make("test-message", number).uuidString.lowercased()
            return [
                .text("messageId", id), .text("recipientId", id), .text("channel", "mail"),
                .text("address", "a@x.example"),
                .text("template", "survey.csat"), .text("language", "en"), .init("data", #"{"name":"Ada"}"#, .other),
                .text("deduplicationKey", "test:\(number)"), .text("purpose", "transactional"),
                .init("notBefore", "\"2026-01-03T08:00:00Z\"", .time),
                .init("expiresAt", "\"2999-01-03T08:00:00Z\"", .time),
            ]
        }
    }

    private func document(_ idKey: String, _ id: String, _ timeKey: String, _ customer: String) -> [Draft.Member] {
        Draft.document(idKey, id, timeKey, customer) + [.init("lines", "[\(Draft.object(Draft.line))]", .other)]
    }
}

/// A message in the making.
struct Draft {
    struct Member {
        enum Kind { case text, amount, time, other }
        var name: String
        var json: String
        var kind = Kind.other

        init(name: String, json: String) { (self.name, self.json) = (name, json) }
        init(_ name: String, _ json: String, _ kind: Kind) { (self.name, self.json, self.kind) = (name, json, kind) }
        static func text(_ name: String, _ text: String) -> Member { Member(name, "\"\(text)\"", .text) }
    }

    var topic: String
    var type: String
    var key: [UInt8]?
    var members: [Member]
    var headers: [(String, [UInt8])] = []
    /// A header that is left out.
    var missing: String?
    var isStructured = false
    var isTorn = false
    var isTombstone = false
    let isRight: Bool

    init(of kind: DocumentKind, _ number: String, isRight: Bool) {
        topic = kind.topic
        type = kind.type
        members = kind.members(number)
        key = Array(number.utf8)
        self.isRight = isRight
    }

    static func object(_ members: [Member]) -> String {
        "{\(members.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ","))}"
    }

    static func document(
        _ idKey: String, _ id: String, _ timeKey: String, _ customer: String, sum: String = "total",
        total: String = "19.80"
    ) -> [Member] {
        [
            .text(idKey, id), .text("customerNo", customer), .text("customerSystem", "erp"), .text("status", "open"),
            .init(timeKey, "\"2026-01-02T08:00:00Z\"", .time), .text("currency", "EUR"),
            .init(sum, "\"\(total)\"", .amount), .text("correlationId", "none"), .text("channel", "web"),
        ]
    }

    static let line: [Member] = [
        .text("sku", "S1"), .text("name", "Lantern"), .init("quantity", "2", .amount),
        .init("unitPrice", "\"9.90\"", .amount),
        .init("unitCost", "\"4.20\"", .amount),
    ]

    static let largeLine: [Member] = [
        .text("sku", "L"), .text("name", "Large"), .init("quantity", "\"500000000000\"", .amount),
        .init("unitPrice", "1", .amount), .init("unitCost", "1", .amount),
    ]
}
