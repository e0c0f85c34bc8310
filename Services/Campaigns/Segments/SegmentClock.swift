import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Telemetry

/// What `now` means to segments.
enum ClockSource: Sendable, Equatable {
    /// The database's clock.
    case wall
    /// The time of the newest order, for demos that replay the past; of one source, so that an order of today ends no demo.
    case orders(of: String?)

    init?(_ text: String) {
        switch text {
        case "wall": self = .wall
        case "orders": self = .orders(of: nil)
        default:
            let start = "orders:".unicodeScalars
            guard text.unicodeScalars.starts(with: start) else { return nil }
            self = .orders(of: String(text.unicodeScalars.dropFirst(start.count)))
        }
    }
}

/// Keeps the segments current as time passes. What is due stands with each member; this only looks.
@Loop
final class SegmentClock {
    /// How many members are worked on in one transaction.
    static let page = 500
    private let context: ServiceContext
    private let source: ClockSource
    private let work: SteadyWork

    private var isOfOrders: Bool { source != .wall }

    init(_ context: ServiceContext) throws {
        self.context = context
        source = try context.settings.value(
            Setting<ClockSource>(
                "CAMPAIGNS_CLOCK", default: .wall,
                help: "what now means to segments: wall, orders for the newest order, orders:SOURCE for one sender's"
            ) { ClockSource($0) })
        let pause = try context.settings.value(
            Setting<Int>("SEGMENT_CLOCK_SECONDS", default: 5, help: "how often segments look for what time has moved"))
        work = SteadyWork(context.log, every: .seconds(max(1, pause)), failing: "segments wait")
    }

    func run() async {
        await work.run(begin: fold) { try await advance() == Self.page }
    }

    /// Keeps the clock of orders one row.
    func fold() async throws {
        if isOfOrders { _ = try await context.query(SegmentStore.foldClock) }
    }

    /// Works on one page of members that are due; answers how many there were.
    func advance() async throws -> Int {
        try await context.transaction { transaction in
            let due = try await transaction.query(SegmentStore.due, isOfOrders, Self.page)
            if !due.isEmpty { evaluate(try due.map { try $0.value(0) }, transaction) }
            return due.count
        }
    }

    /// Works out the segments of members, whose rows the transaction has locked.
    func evaluate(_ members: [UUID], _ transaction: Transaction) {
        transaction.enqueue(SegmentStore.evaluate, isOfOrders, members)
    }

    /// Takes note of orders, where it matters.
    func note(_ orders: [(sender: String, at: Date)], _ transaction: Transaction) {
        guard case .orders(let sender) = source else { return }
        // A date that is still to come would stop the clock for good.
        let times = orders.filter { sender == nil || $0.sender == sender }.map(\.at)
        guard let newest = times.filter({ $0 <= Date() }).max() else { return }
        transaction.enqueue(SegmentStore.moveClock, newest)
    }
}
