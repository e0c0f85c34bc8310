import CRMModel
import EventLoop
import FoundationEssentials
import Kafka

/// Plays the ERP and its carrier under attack, and keeps a book of its own of what it has told.
@Loop
final class ChaosOrders {
    /// What every service must hold in the end.
    private(set) var book = OrderBook()
    /// `order id|type` of the tickets that must open themselves.
    private(set) var tickets: Set<String> = []
    /// The numbers of the unreadable messages.
    private(set) var poison: Set<String> = []
    private(set) var events = 0
    private(set) var orders = 0
    private let seed: UInt64
    private var random: SeededGenerator
    private let player: ERPPlayer
    /// Orders that may still change, with the key and the number of changes.
    private var open: [(id: String, customer: String?, changes: Int)] = []
    private var isAsked = false

    static let poisonHeader = "rig-poison"

    init(_ kafka: KafkaSettings, seed: UInt64) throws {
        self.seed = seed
        random = SeededGenerator("orders\n\(seed)")
        player = try ERPPlayer(kafka)
    }

    /// Plays at most so many documents a second until it is asked to stop, and waits until all is acknowledged.
    func play(rate: Int) async throws {
        let begin = Loop.now
        var documents = 0
        for number in 0..<Self.customers { try await tell(customer(number)) }
        while !isAsked {
            try await step()
            documents += 1
            let due = begin + .seconds(Double(documents) / Double(rate))
            if due > Loop.now { try await Loop.sleep(for: due - Loop.now) }
        }
        try await player.finish()
        player.close()
    }

    func stop() { isAsked = true }

    private func tell(_ event: ShopEvent) async throws {
        events += 1
        if event.topic == .erpOrders, event.ownHeaders == nil, let type = event.type.split(separator: ".v").first {
            event.data.withUnsafeBytes {
                book.take(source: ShopEvent.source, id: event.id, type: String(type), version: 1, data: $0)
            }
        }
        try await player.publish(event)
    }

    private func step() async throws {
        switch random.next() % 100 {
        case 0..<2: try await tell(unreadable())
        case 2..<40 where !open.isEmpty: try await goOn()
        default: try await place()
        }
    }

    // MARK: Orders

    private func place() async throws {
        orders += 1
        let number = Int(random.next() % UInt64(Self.customers))
        let customer = random.fraction() < 0.05 ? nil : "C\(seed)-\(number)"
        let id = "X\(seed)-\(orders)"
        open.append((id, customer, 0))
        try await tell(document(OrderPlaced.versionedType, id, customer, changes: 0))
        if random.fraction() < 0.3 { try await ship(id, customer) }
    }

    /// Changes an open order, cancels it, or credits something.
    private func goOn() async throws {
        let index = Int(random.next() % UInt64(open.count))
        let order = open[index]
        let chance = random.fraction()
        if chance < 0.15 {
            open.remove(at: index)
            try await tell(document(OrderCancelled.versionedType, order.id, order.customer, changes: order.changes))
        } else if chance < 0.3 {
            open.remove(at: index)
            try await tell(document(CreditIssued.versionedType, "R" + order.id, order.customer, changes: 0))
        } else {
            open[index].changes += 1
            try await tell(document(OrderChanged.versionedType, order.id, order.customer, changes: order.changes + 1))
        }
        if open.count > 500 { open.removeFirst(100) }
    }

    /// Every state of an order has an amount of its own, so that a wrong order of events shows in the sums.
    private func document(_ type: String, _ id: String, _ customer: String?, changes: Int) -> ShopEvent {
        var line = ERPLine()
        line.sku = "P\(random.next() % 50)"
        line.name = random.pick(["Lamp", "灯笼", "Tea Set"])
        line.quantity = Amount(units: Amount.scale)
        line.unitPrice = Amount(units: Int(random.next() % 900 + 100) * 100 + changes)
        let isCredit = type == CreditIssued.versionedType
        var json = JSONText()
        json.add(isCredit ? "creditId" : "orderId", id)
        json.add("customerNo", customer)
        json.add("status", isCredit ? nil : "placed")
        json.add(isCredit ? "issuedAt" : "placedAt", "2026-01-02T03:04:05Z")
        json.add("currency", "EUR")
        json.add("lines", [line])
        json.add("total", line.unitPrice)
        return ShopEvent(
            topic: .erpOrders, key: customer ?? id, id: "\(seed)-\(events)", type: type, time: "2026-01-02T03:04:05Z",
            data: json.finish())
    }

    private func customer(_ number: Int) -> ShopEvent {
        var json = JSONText()
        json.add("customerNo", "C\(seed)-\(number)")
        json.add("name", "Chaos customer \(number)")
        json.add("email", "c\(seed)-\(number)@example.com")
        json.add("marketingConsent", number % 3 == 0)
        return ShopEvent(
            topic: .erpCustomers, key: "C\(seed)-\(number)", id: "\(seed)-\(events)",
            type: CustomerUpserted.versionedType, time: "2026-01-02T03:04:05Z", data: json.finish())
    }

    // MARK: Shipments

    private func ship(_ order: String, _ customer: String?) async throws {
        var steps = [(ShipmentDispatched.versionedType, "2026-01-03T00:00:00Z")]
        if random.fraction() < 0.2 {
            steps.append((ShipmentDelayed.versionedType, "2026-01-04T00:00:00Z"))
            tickets.insert("\(order)|complaint")
        }
        if random.fraction() < 0.1 {
            steps.append((ShipmentReturned.versionedType, "2026-01-05T00:00:00Z"))
            tickets.insert("\(order)|return")
        } else {
            steps.append((ShipmentDelivered.versionedType, "2026-01-05T00:00:00Z"))
        }
        for (type, at) in steps {
            var json = JSONText()
            json.add("shipmentId", "V\(order)")
            json.add("orderId", order)
            json.add("customerNo", customer)
            json.add("at", at)
            json.add("reason", "rig")
            try await tell(
                ShopEvent(
                    topic: .shipments, key: customer ?? order, id: "\(seed)-\(events)", type: type, time: at,
                    data: json.finish()))
        }
    }

    // MARK: Poison

    /// Noise, half a text, no headers, or a version that nobody knows, amid the messages of a customer.
    private func unreadable() -> ShopEvent {
        let number = "\(seed)-\(poison.count)"
        poison.insert(number)
        let customer = "C\(seed)-\(random.next() % UInt64(Self.customers))"
        var event = document(OrderPlaced.versionedType, "BAD-\(number)", customer, changes: 0)
        let mark = (Self.poisonHeader, Array(number.utf8))
        let noise = (0..<200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let usual = event.headers
        switch poison.count % 5 {
        case 0: event = event.with(data: noise, [mark])
        case 1: event = event.with(data: noise, usual + [mark])
        case 2: event = event.with(data: Array(event.data.prefix(event.data.count / 2)), usual + [mark])
        case 3: event = event.with(data: event.data, [mark])
        default:
            let newer = usual.map { $0.0 == "ce_type" ? ($0.0, Array("erp.order.placed.v9".utf8)) : $0 }
            event = event.with(data: event.data, newer + [mark])
        }
        return event
    }

    private static let customers = 120
}

extension ShopEvent {
    fileprivate func with(data: [UInt8], _ headers: [(String, [UInt8])]) -> ShopEvent {
        ShopEvent(topic: topic, key: key, id: id, type: type, time: time, data: data, ownHeaders: headers)
    }
}
