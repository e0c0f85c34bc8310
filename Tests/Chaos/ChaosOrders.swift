import CRMModel
import Demo
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Rapport

/// Plays the ERP and its carrier under attack, and keeps a book of its own of what it has told.
@Loop
final class ChaosOrders {
    /// What every service must hold in the end.
    private(set) var book = OrderBook()
    /// `order id|type` of the tickets that must open themselves.
    private(set) var tickets: Set<String> = []
    /// The numbers of the messages that nobody can apply, each with the class of error under which it must be put aside.
    private(set) var poison: [String: String] = [:]
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
        if events == 0 { try await introduce() }
        isAsked = false
        let begin = Loop.now
        var documents = 0
        while !isAsked {
            try await step()
            documents += 1
            let due = begin + .seconds(Double(documents) / Double(rate))
            if due > Loop.now { try await Loop.sleep(for: due - Loop.now) }
        }
        try await player.finish()
    }

    /// Tells of the customers, before anything else.
    func introduce() async throws {
        for number in 0..<Self.customers { try await tell(customer(number)) }
    }

    /// Ends for good.
    func finish() async throws {
        try await player.finish()
        player.close()
    }

    func stop() { isAsked = true }

    /// Places so many orders at once, so that every partition has something new.
    func burst(_ count: Int) async throws {
        for _ in 0..<count { try await place() }
        try await player.finish()
    }

    private func tell(_ event: ShopEvent) async throws {
        events += 1
        if event.topic == .erpOrders, event.ownHeaders == nil, let type = event.type.split(separator: ".v").first {
            event.data.withUnsafeBytes {
                book.take(
                    source: ShopEvent.source, id: event.id, type: String(type), version: 1,
                    at: RFC3339.date(event.time),
                    data: $0)
            }
        }
        try await player.publish(event)
    }

    private func step() async throws {
        switch random.next() % 100 {
        case 0..<2: try await tell(impossible())
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
            // Some go to another customer, and so to another partition.
            if chance < 0.37 { open[index].customer = "C\(seed)-\(Int(random.next() % UInt64(Self.customers)))" }
            try await tell(
                document(
                    OrderChanged.versionedType, order.id, open[index].customer, changes: order.changes + 1))
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
            topic: .erpOrders, key: customer ?? id, id: "\(seed)-\(events)", type: type,
            time: RFC3339.string(Date(timeIntervalSince1970: 1_767_323_045 + Double(events))), data: json.finish())
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

    /// One of the ways in which a message can be impossible to apply, amid the messages of a customer: what cannot be read, what no
    /// service takes, and what is of a type that nobody knows.
    private func impossible() -> ShopEvent {
        let customer = "C\(seed)-\(random.next() % UInt64(Self.customers))"
        let kind = poison.count % 11
        let number = "\(seed)-\(poison.count)"
        // NUL is legal in JSON, and not in PostgreSQL's text.
        let id = "BAD-\(number)" + (kind == 8 ? "\\u0000" : "")
        let event = document(OrderPlaced.versionedType, "BAD-\(number)", customer, changes: 0)
        poison[number] = kind == 10 ? "unknown-type" : "decode"
        let mark = [(Self.poisonHeader, Array(number.utf8))]
        let usual = event.headers + mark
        let text = String(decoding: event.data, as: UTF8.self)
        let noise = (0..<200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        func without(_ name: String) -> [(String, [UInt8])] { usual.filter { $0.0 != name } }
        func typed(_ type: String) -> [(String, [UInt8])] { without("ce_type") + [("ce_type", Array(type.utf8))] }
        switch kind {
        case 0: return event.with(data: noise, mark)
        case 1: return event.with(data: noise, usual)
        case 2: return event.with(data: Array(event.data.prefix(event.data.count / 2)), usual)
        case 3: return event.with(data: event.data, mark)
        case 4: return event.with(data: event.data, typed("erp.order.placed.v9"))
        case 5: return event.with(data: event.data, without("ce_id"))
        case 6: return event.with(data: [], usual)
        case 7: return event.with(data: Array(text.replacing("\"total\":\"", with: "\"total\":\"x").utf8), usual)
        case 8: return event.with(data: Array(text.replacing("BAD-\(number)", with: id).utf8), usual)
        // More than can be summed without passing what 64 bits hold.
        case 9:
            let much = text.replacing("\"total\":\"", with: "\"total\":\"900000000000000.00\",\"wanted\":\"")
            return event.with(data: Array(much.utf8), usual)
        default: return event.with(data: event.data, typed("erp.order.archived.v1"))
        }
    }

    private static let customers = 120
}

extension ShopEvent {
    fileprivate func with(data: [UInt8], _ headers: [(String, [UInt8])]) -> ShopEvent {
        ShopEvent(topic: topic, key: key, id: id, type: type, time: time, data: data, ownHeaders: headers)
    }
}
