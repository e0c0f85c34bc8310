import EventLoop
import TestKit

/// The messaging core under many seeds.
public enum Simulation {
    /// What was run.
    public struct Report: Sendable {
        /// How many schedules.
        public var schedules = 0
        /// Jobs and timers of all of them.
        public var steps = 0
        /// Virtual time of all of them.
        public var time = Duration.zero
        /// Stands for all of them, in whatever order they ran: equal for equal schedules, in any process.
        public var digest: UInt64 = 0
        /// Nothing run yet.
        public init() {}

        /// Adds what another thread has run.
        public mutating func add(_ other: Report) {
            schedules += other.schedules
            steps += other.steps
            time += other.time
            digest ^= other.digest
        }
    }

    /// Runs a schedule for each seed and throws at the first that breaks an invariant; of one kind, where that is said.
    public static func run(seeds: Range<UInt64>, only kind: Kind? = nil) throws -> Report {
        var report = Report()
        for seed in seeds {
            let run = try kind.map { try Self.run(seed: seed, traces: false, $0) } ?? Self.run(seed: seed)
            report.schedules += 1
            report.steps += run.steps
            report.time += run.time
            report.digest ^= run.schedule &* (2 &* seed &+ 1)
        }
        return report
    }

    /// Runs the schedule of one seed.
    public static func run(seed: UInt64, traces: Bool = false) throws -> SimulatedLoop.Run<Void> {
        // Drawn by itself, so that the others are what they were.
        var draw = SeededGenerator(seed: ~seed)
        let kind: Kind =
            switch Int.random(in: 0..<1000, using: &draw) {
            case 0..<60: .lives
            case 60..<90: .persons
            default: .service
            }
        return try run(seed: seed, traces: traces, kind)
    }

    /// What a schedule is about.
    public enum Kind: String, Sendable {
        /// Processes of one service.
        case service
        /// A service whose schema is lost, goes back or is copied.
        case lives
        /// The same, which tells of persons, sealed, and keeps documents.
        case persons
    }

    /// Runs a schedule of lives for a seed, whatever that one is otherwise.
    public static func runLives(seed: UInt64, traces: Bool = false) throws {
        _ = try run(seed: seed, traces: traces, .lives)
    }

    /// Runs a schedule of lives, persons and documents for a seed.
    public static func runPersons(seed: UInt64, traces: Bool = false) throws {
        _ = try run(seed: seed, traces: traces, .persons)
    }

    private static func run(seed: UInt64, traces: Bool, _ kind: Kind) throws -> SimulatedLoop.Run<Void> {
        // Outlives the schedule, as jobs that are left over run out after it.
        let keeper = Keeper()
        do {
            let run = try SimulatedLoop.trace(seed: seed, stepLimit: 400_000) {
                if kind != .service {
                    let world = LivesWorld(
                        Chance(seed: seed), hasPersons: kind == .persons, trace: traces ? tell : nil)
                    keeper.world = world
                    keeper.store = world.readerStore
                    return try await world.run()
                }
                let world = World(seed: seed, trace: traces ? tell : nil)
                keeper.world = world
                keeper.store = world.store
                try await world.run()
            }
            keeper.world = nil
            guard keeper.store == nil else { throw Violation("something of it never ends") }
            return run
        } catch let failure as SimulationFailure {
            throw failure
        } catch {
            throw SimulationFailure(seed: seed, reason: "\(error). \(replay(seed))")
        }
    }

    /// The command that repeats a schedule.
    static func replay(_ seed: UInt64) -> String { "Replay: make simulate SIMULATE=\"--seed \(seed)\"" }
}

@Loop private func tell(_ text: String) { print("\(Loop.now): \(text)") }

/// Holds the world of a schedule.
///
/// `@unchecked Sendable`: written and released on the thread that runs the schedule.
final class Keeper: @unchecked Sendable {
    var world: AnyObject?
    /// Gone with the world, unless a task that never ends holds it: of a million schedules each would leave something behind.
    weak var store: SimulatedStore?
}
