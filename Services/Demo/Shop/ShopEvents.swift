import CRMModel
import FoundationEssentials
import Rapport

/// A CloudEvent on its way to a topic (Kafka binary mode).
package struct ShopEvent {
    /// Where it is told.
    package let topic: Topic
    /// What its order is kept by.
    package let key: String
    /// The same whenever the same thing is told, so that telling it twice changes nothing.
    package let id: String
    /// With its version: `erp.order.placed.v1`.
    package let type: String
    /// RFC 3339.
    package let time: String
    /// JSON.
    package let data: [UInt8]
    /// Headers instead of the usual ones, for messages that nobody can read.
    package let ownHeaders: [(String, [UInt8])]?

    /// Tells something.
    package init(
        topic: Topic, key: String, id: String, type: String, time: String, data: [UInt8],
        ownHeaders: [(String, [UInt8])]? = nil
    ) {
        self.topic = topic
        self.key = key
        self.id = id
        self.type = type
        self.time = time
        self.data = data
        self.ownHeaders = ownHeaders
    }

    /// Who tells it.
    package static let source = "/erp/demo"

    /// The headers of its message.
    package var headers: [(String, [UInt8])] {
        if let ownHeaders { return ownHeaders }
        let pairs = [
            ("ce_specversion", "1.0"), ("ce_id", id), ("ce_source", Self.source), ("ce_type", type), ("ce_time", time),
            ("content-type", "application/json"),
        ]
        return pairs.map { ($0.0, Array($0.1.utf8)) }
    }
}

/// What the ERP and its carrier say of documents: customers and products when they are first met, the document itself, and of
/// seven orders in ten how their shipment went.
struct ShopEvents {
    private(set) var customers: Set<String> = []
    private(set) var products: Set<String> = []

    /// The events of a document, in the order in which they happen.
    mutating func of(_ document: ShopDocument) -> [ShopEvent] {
        var events: [ShopEvent] = []
        if let number = document.customerNo, customers.insert(number).inserted {
            events.append(customer(number, document))
        }
        for line in document.lines where !line.sku.isEmpty && products.insert(line.sku).inserted {
            events.append(product(line, document))
        }
        events.append(event(document))
        if document.kind == .order { events += shipment(document) }
        return events
    }

    private func customer(_ number: String, _ document: ShopDocument) -> ShopEvent {
        let person = PersonNames(customerNo: number)
        var consent = SeededGenerator("consent\n\(number)")
        var json = JSONText()
        json.add("customerNo", number)
        json.add("name", person.name)
        json.add("kind", person.kind)
        json.add("email", person.email)
        json.add("country", document.country)
        json.add("language", person.language)
        json.add("marketingConsent", consent.fraction() < 0.8)
        return ShopEvent(
            topic: .erpCustomers, key: number, id: "customer-\(number)", type: CustomerUpserted.versionedType,
            time: document.at, data: json.finish())
    }

    private func product(_ line: ERPLine, _ document: ShopDocument) -> ShopEvent {
        var json = JSONText()
        json.add("sku", line.sku)
        json.add("name", line.name.isEmpty ? line.sku : line.name)
        json.add("price", line.unitPrice)
        json.add("currency", document.currency)
        return ShopEvent(
            topic: .erpProducts, key: line.sku, id: "product-\(line.sku)", type: ProductUpserted.versionedType,
            time: document.at, data: json.finish())
    }

    private func event(_ document: ShopDocument) -> ShopEvent {
        let (idKey, timeKey, type) =
            switch document.kind {
            case .order: ("orderId", "placedAt", OrderPlaced.versionedType)
            case .credit: ("creditId", "issuedAt", CreditIssued.versionedType)
            case .adjustment: ("invoiceId", "issuedAt", InvoiceIssued.versionedType)
            }
        var json = JSONText()
        json.add(idKey, document.id)
        json.add("customerNo", document.customerNo)
        if document.kind == .order { json.add("status", "placed") }
        json.add(timeKey, document.at)
        json.add("currency", document.currency)
        json.add("lines", document.lines)
        json.add("total", document.total)
        return ShopEvent(
            topic: .erpOrders, key: document.key, id: "\(document.kind.rawValue)-\(document.id)", type: type,
            time: document.at, data: json.finish())
    }

    private func shipment(_ order: ShopDocument) -> [ShopEvent] {
        var random = SeededGenerator("shipment\n\(order.id)")
        guard random.fraction() < 0.7, let placed = RFC3339.date(order.at) else { return [] }
        let carrier = random.pick(["Royal Mail", "DHL", "SF Express"])
        let chance = random.fraction()
        func told(_ type: String, _ step: String, days: Double, reason: String? = nil, expected: Double? = nil)
            -> ShopEvent
        {
            let at = RFC3339.string(placed.addingTimeInterval(days * 86_400))
            var json = JSONText()
            json.add("shipmentId", "V\(order.id)")
            json.add("orderId", order.id)
            json.add("customerNo", order.customerNo)
            json.add("at", at)
            json.add("carrier", carrier)
            json.add("expectedAt", expected.map { RFC3339.string(placed.addingTimeInterval($0 * 86_400)) })
            json.add("reason", reason)
            return ShopEvent(
                topic: .shipments, key: order.key, id: "shipment-\(order.id)-\(step)", type: type, time: at,
                data: json.finish())
        }
        var events = [told(ShipmentDispatched.versionedType, "dispatched", days: 1, expected: 3)]
        if chance < 0.01 {
            events.append(
                told(ShipmentDelayed.versionedType, "delayed", days: 3, reason: "held at a depot", expected: 6))
        }
        if chance >= 0.995 {
            events.append(told(ShipmentReturned.versionedType, "returned", days: 4, reason: "damaged on the way"))
        } else {
            events.append(told(ShipmentDelivered.versionedType, "delivered", days: chance < 0.01 ? 6 : 3))
        }
        return events
    }
}
