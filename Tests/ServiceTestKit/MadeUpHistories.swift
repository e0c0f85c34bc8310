import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit
import TestKit

/// Histories of orders as chance has it: states, moves and cancellations of two ERPs that use the same order numbers, over three customer
/// numbers and walk-ins each, with clocks that tie, go back or say nothing; and readings of them, in any order in which partitions may be
/// read and in which what was put aside may come later.
public struct MadeUpHistories {
    /// One state as it was told.
    public struct State: Sendable {
        /// The order.
        public let name: BookName
        /// The customer number; nil for a walk-in.
        public let customer: String?
        let offset: Int64
        let toldAt: Date?
        /// Whether it cancels the order.
        public let isCancelled: Bool
        /// The quantity of its one line, which is its total too; every state has another.
        public let quantity: Int
        /// The product of its line.
        public let sku: String
        /// When the order was placed, as this state says.
        public let at: Date
        let event: String

        /// The party that it is of.
        public var party: UUID? { customer.map { ExternalID.party(customerNo: $0) } }

        /// What of it a service must hold, and what else it may: the ERP, the number, the party, the quantity, whether it is cancelled.
        public func line(_ more: String...) -> String {
            ([name.source, name.id, party?.text, "\(quantity)", isCancelled ? "t" : "f"].compactMap(\.self) + more)
                .joined(separator: "|")
        }

        /// It as services hear it.
        public var entry: LedgerEntry {
            var document = ERPDocument()
            document.id = name.id
            document.customerNo = customer
            document.status = "open"
            document.at = at
            document.currency = "EUR"
            document.total = Amount(units: quantity * 10_000)
            var line = ERPLine()
            line.sku = sku
            line.name = "Product \(sku)"
            line.quantity = Amount(units: quantity * 10_000)
            line.unitPrice = Amount(units: 10_000)
            line.unitCost = Amount(units: 5000)
            document.lines = [line]
            return LedgerEntry(
                .order, document, isCancelled: isCancelled, toldAt: toldAt, source: name.source, offset: offset)
        }

        /// Puts it into an order book.
        public func tell(_ book: inout OrderBook) {
            let owner = customer.map { "\"customerNo\":\"\($0)\"," } ?? ""
            let json = """
                {"orderId":"\(name.id)",\(owner)"placedAt":"\(RFC3339.string(at))","currency":"EUR","lines":[],"total":"\(quantity)"}
                """
            Array(json.utf8).withUnsafeBytes {
                book.take(
                    source: name.source, id: event, type: isCancelled ? OrderCancelled.type : OrderChanged.type,
                    version: 1,
                    at: toldAt, offset: offset, data: $0)
            }
        }
    }

    /// States that are applied together.
    public struct Batch: Sendable {
        /// In this order.
        public let states: [State]
        /// Whether they come after their time.
        public let isLate: Bool
    }

    /// Of each history its states in the order in which they were told.
    public private(set) var histories: [[State]] = []
    /// As many customers are there; of one history three.
    public static let customers = 300
    private var places: [String: Int64] = [:]

    /// Makes up a number of histories.
    public init(_ count: Int, seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        for number in 0..<count { histories.append(history(number, &chance)) }
    }

    private mutating func history(_ number: Int, _ chance: inout SeededGenerator) -> [State] {
        let first = Int.random(in: 0..<Self.customers, using: &chance)
        let customers = (0..<3).map { "c\((first + $0 * 7) % Self.customers)" as String? } + [nil]
        let tells = Int.random(in: 0..<5, using: &chance)
        var clock = 0
        return (0..<Int.random(in: 2...7, using: &chance)).map { step in
            let source = Bool.random(using: &chance) ? "/erp/a" : "/erp/b"
            // The walk-in is the rarest of the four.
            let customer = customers[min(3, Int.random(in: 0..<7, using: &chance) / 2)]
            clock += Int.random(in: -1...2, using: &chance)
            // A walk-in's key is the order's number.
            let partition = customer ?? "o\(number)"
            places[partition, default: Int64.random(in: 0...1_000_000, using: &chance)] += Int64.random(
                in: 1...3, using: &chance)
            return State(
                name: BookName(source: source, kind: "order", id: "o\(number)"), customer: customer,
                offset: places[partition] ?? 0,
                // One in five tells no time, and one in five some.
                toldAt: tells == 0 || tells == 1 && Bool.random(using: &chance)
                    ? nil : Date(timeIntervalSince1970: 1_700_000_000 + Double(clock)),
                isCancelled: Int.random(in: 0..<4, using: &chance) == 0, quantity: number * 10 + step + 1,
                sku: "S\(Int.random(in: 0..<50, using: &chance))",
                at: Date(
                    timeIntervalSince1970: 1_600_000_000 + Double(Int.random(in: 0..<90, using: &chance)) * 86_400),
                event: "\(number)-\(step)")
        }
    }

    // MARK: What must come of it

    /// Of each order the state that counts, said another way than the services do: under each number the last one by place; between numbers
    /// the latest time told under it, what is not cancelled, the party.
    public var counting: [BookName: State] {
        var found: [BookName: State] = [:]
        for (name, states) in Dictionary(grouping: histories.joined(), by: \.name) {
            let numbers = Dictionary(grouping: states, by: \.customer).values
            let ranked = numbers.compactMap { told -> (rank: String, last: State)? in
                guard let last = told.max(by: { $0.offset < $1.offset }) else { return nil }
                let latest = told.compactMap(\.toldAt).max().map { Int($0.timeIntervalSince1970) } ?? 0
                return ("\(latest)|\(last.isCancelled ? 0 : 1)|\(last.party?.text ?? "")", last)
            }
            found[name] = ranked.max { $0.rank < $1.rank }?.last
        }
        return found
    }

    /// Some of the lines that are in one of two only.
    public static func differences(_ found: [String], _ expected: [String]) -> [String] {
        let (found, expected) = (Set(found), Set(expected))
        return found.subtracting(expected).sorted().prefix(3).map { "found: \($0)" }
            + expected.subtracting(found).sorted().prefix(3).map { "expected: \($0)" }
    }

    // MARK: Readings

    /// A way to read all of it: each customer number's partition in order, partitions as chance has it, in batches of any size; one state in
    /// twelve is put aside and comes later; one history in five comes late as a whole, in any order.
    public func reading(seed: UInt64) -> [Batch] {
        var chance = SeededGenerator(seed: seed)
        var live: [(at: Double, state: State)] = []
        var late: [(at: Double, state: State)] = []
        for history in histories {
            guard Int.random(in: 0..<5, using: &chance) > 0 else {
                for state in history { late.append((Double.random(in: 0..<1.2, using: &chance), state)) }
                continue
            }
            var partitions = Array(Dictionary(grouping: history, by: { $0.customer ?? "" }).values)
            partitions.sort { $0[0].offset < $1[0].offset }
            var moments = history.map { _ in Double.random(in: 0..<1, using: &chance) }.sorted()
            while let place = partitions.indices.randomElement(using: &chance) {
                let state = partitions[place].removeFirst()
                if partitions[place].isEmpty { partitions.remove(at: place) }
                let at = moments.removeFirst()
                if Int.random(in: 0..<12, using: &chance) == 0 {
                    late.append((Double.random(in: at..<1.2, using: &chance), state))
                } else {
                    live.append((at, state))
                }
            }
        }
        return batches(live.sorted { $0.at < $1.at }, late.sorted { $0.at < $1.at }, &chance)
    }

    private func batches(
        _ live: [(at: Double, state: State)], _ late: [(at: Double, state: State)], _ chance: inout SeededGenerator
    ) -> [Batch] {
        var batches: [Batch] = []
        var (next, nextLate) = (0, 0)
        while next < live.count || nextLate < late.count {
            let end = min(live.count, next + Int.random(in: 1...6000, using: &chance))
            if end > next { batches.append(Batch(states: live[next..<end].map(\.state), isLate: false)) }
            let now = end < live.count ? live[end].at : 2
            next = end
            let due = late[nextLate...].prefix { $0.at < now }
            if !due.isEmpty { batches.append(Batch(states: due.map(\.state), isLate: true)) }
            nextLate += due.count
        }
        return batches
    }
}

extension TestService {
    /// Reads histories in one of the ways.
    public func read(
        _ histories: MadeUpHistories, seed: UInt64,
        _ apply: @Loop ([LedgerEntry], Transaction) async throws -> Void
    ) async throws {
        for batch in histories.reading(seed: seed) {
            let entries = batch.states.map(\.entry)
            try await transaction { transaction in
                try await Replay.$isLate.withValue(batch.isLate) { try await apply(entries, transaction) }
            }
        }
    }
}
