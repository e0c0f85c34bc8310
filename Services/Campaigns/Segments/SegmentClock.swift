import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Telemetry

/// What `now` means to segments.
enum ClockSource: String, Sendable {
    /// The database's clock.
    case wall
    /// The time of the newest order, for demos that replay the past.
    case orders
}

/// Keeps the segments current as time passes. What is due stands with each member; this only looks.
@Loop
final class SegmentClock {
    /// How many members are worked on in one transaction.
    static let page = 500
    private let context: ServiceContext
    private let source: ClockSource
    private let pause: Int

    init(_ context: ServiceContext) throws {
        self.context = context
        source = try context.settings.value(
            Setting<ClockSource>(
                "CAMPAIGNS_CLOCK", default: .wall,
                help: "what now means to segments: wall, or orders for the newest order"
            ) { ClockSource(rawValue: $0) })
        pause = try context.settings.value(
            Setting<Int>("SEGMENT_CLOCK_SECONDS", default: 5, help: "how often segments look for what time has moved"))
    }

    func run() async {
        while !Task.isCancelled {
            do {
                while try await advance() == Self.page, !Task.isCancelled {}
            } catch {
                context.log.warning("segments wait: \(error)")
            }
            try? await Loop.sleep(for: .seconds(max(1, pause)))
        }
    }

    /// Works on one page of members that are due; answers how many there were.
    func advance() async throws -> Int {
        try await context.transaction { transaction in
            let due = try await transaction.query(SegmentStore.due, source == .orders, Self.page)
            if !due.isEmpty { evaluate(try due.map { try $0.value(0) }, transaction) }
            return due.count
        }
    }

    /// Works out the segments of members, whose rows the transaction has locked.
    func evaluate(_ members: [UUID], _ transaction: Transaction) {
        transaction.enqueue(SegmentStore.evaluate, source == .orders, members)
    }

    /// Takes note of orders; one row for all, so it is left alone where it does not matter.
    func note(_ newest: Date?, _ transaction: Transaction) {
        guard source == .orders, let newest else { return }
        transaction.enqueue(SegmentStore.moveClock, newest)
    }
}
