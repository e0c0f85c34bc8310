import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import TestKit

/// What an ERP and contacts tell of few customers and few products, as chance has it, so that processes side by side meet at them all the
/// time; and what must come of it.
@Loop
public final class MadeUpTrade {
    /// An order as it was told last.
    public struct Order: Sendable {
        /// Its number.
        public let id: String
        /// The customer whom it was told of last.
        public var customer: Int
        /// How often it was told.
        public var version = 1
        /// Whether it was cancelled.
        public var isCancelled = false
        /// Product and quantity; each costs 2.50.
        public var lines: [(sku: String, quantity: Int)]
    }

    /// All of it.
    public let log = WrittenLog()
    /// The orders, by number.
    public private(set) var orders: [Order] = []
    /// Whom the facts of merged customers count for.
    public private(set) var survivors: [Int: Int] = [:]
    private var chance: SeededGenerator
    private static let customers = 1...40, merging = 31...40

    /// Makes up a number of events.
    public init(seed: UInt64, events: Int) throws {
        chance = SeededGenerator(seed: seed)
        for _ in 0..<events { try next() }
    }

    /// The party of a customer.
    public static func party(_ customer: Int) -> UUID { ExternalID.party(customerNo: "\(customer)") }

    /// The party that a customer's facts count for.
    public func counted(_ customer: Int) -> UUID { Self.party(survivors[customer] ?? customer) }

    private func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &chance) }

    private func next() throws {
        switch number(1...100) {
        case 1...45: place()
        case 46...62: change()
        case 63...70: cancel()
        case 71...74: tell("credit", "creditId", "issuedAt", "c\(log.count)", number(Self.customers))
        case 75...78: tell("invoice", "invoiceId", "issuedAt", "i\(log.count)", number(Self.customers))
        case 79...88: try party()
        case 89...95: try benefit()
        default: try merge()
        }
    }

    // MARK: The ERP

    private func lines() -> [(sku: String, quantity: Int)] {
        (0..<number(1...4)).map { _ in ("S\(number(1...8))", number(1...5)) }
    }

    private func place() {
        orders.append(Order(id: "o\(orders.count)", customer: number(Self.customers), lines: lines()))
        tell(orders[orders.count - 1], "placed")
    }

    /// One in five goes to another customer, that is to another partition.
    private func change() {
        guard let place = orders.indices.randomElement(using: &chance) else { return }
        orders[place].version += 1
        orders[place].isCancelled = false
        orders[place].lines = lines()
        if number(1...5) == 1 { orders[place].customer = number(Self.customers) }
        tell(orders[place], "changed")
    }

    private func cancel() {
        guard let place = orders.indices.randomElement(using: &chance) else { return }
        orders[place].version += 1
        orders[place].isCancelled = true
        tell(orders[place], "cancelled")
    }

    private func tell(_ order: Order, _ what: String) {
        let lines = order.lines.map {
            #"{"sku":"\#($0.sku)","name":"Product \#($0.sku)","quantity":"\#($0.quantity)","unitPrice":"2.50"}"#
        }
        let total = order.lines.reduce(0) { $0 + $1.quantity } * 25
        log.tell(
            "erp.order.\(what).v1",
            """
            {"orderId":"\(order.id)","customerNo":"\(order.customer)","status":"v\(order.version)",
            "placedAt":"2026-01-\(10 + order.version % 20)T08:00:00Z","currency":"EUR",
            "lines":[\(lines.joined(separator: ","))],"total":"\(total / 10).\(total % 10)"}
            """, on: .erpOrders, key: "\(order.customer)")
    }

    private func tell(_ kind: String, _ idKey: String, _ timeKey: String, _ id: String, _ customer: Int) {
        log.tell(
            "erp.\(kind).issued.v1",
            """
            {"\(idKey)":"\(id)","orderId":"o\(number(0...99))","customerNo":"\(customer)","\(timeKey)":"2026-02-01T08:00:00Z",
            "currency":"EUR","lines":[],"total":"\(number(1...50)).25"}
            """, on: .erpOrders, key: "\(customer)")
    }

    // MARK: Contacts

    private func party() throws {
        let customer = number(Self.customers)
        let state = PartyState(
            partyId: Self.party(customer), kind: "consumer", name: "Name \(log.count)", email: "c\(customer)@x.example",
            customerNo: "\(customer)")
        try log.tell(PartyChanged(party: state), of: state.partyId)
    }

    private func benefit() throws {
        let party = Self.party(number(Self.customers))
        if number(1...3) == 1 {
            let consent = ConsentChanged(
                partyId: party, channel: "mail", purpose: "marketing", granted: number(1...2) == 1, source: "web")
            return try log.tell(consent, of: party)
        }
        let benefit = ["functional", "process", "relationship", nil][number(0...3)]
        try log.tell(BenefitChanged(partyId: party, benefit: benefit, isDeclared: false), of: party)
    }

    /// Merges a customer, or takes that back.
    private func merge() throws {
        let customer = number(Self.merging)
        let party = Self.party(customer)
        if survivors.removeValue(forKey: customer) != nil {
            return try log.tell(PartyUnmerged(partyId: party), of: party)
        }
        let survivor = number(1...10)
        survivors[customer] = survivor
        try log.tell(PartyMerged(partyId: party, survivorId: Self.party(survivor)), of: party)
    }
}
