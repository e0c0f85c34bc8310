import EventLoop
import FoundationEssentials
import Messaging
import Simulation
import Synchronization
import TestKit

/// Runs the messaging core on a simulated loop, log and store.
///
/// `rapport-simulate [--schedules 100000] [--first 0] [--threads 2]`, or `--seed N` to replay one schedule and see what happens in it.
/// A debug build can plant a bug: `--plant idCursor`. With `--service` all schedules are of processes of one service, with `--lives` of
/// lives, with `--persons` of lives with persons and documents; without, each seed says what it is.
@main
enum Main {
    static func main() throws {
        plant()
        if let seed = number("--seed") {
            do {
                switch kind {
                case .persons: try Simulation.runPersons(seed: seed, traces: true)
                case .lives: try Simulation.runLives(seed: seed, traces: true)
                case .service: _ = try Simulation.run(seeds: seed..<seed + 1, only: .service)
                case nil: _ = try Simulation.run(seed: seed, traces: true)
                }
            } catch { stop(error) }
            return print("no violation")
        }
        let first = number("--first") ?? 0
        let count = number("--schedules") ?? 100_000
        let threads = max(1, number("--threads") ?? 2)
        let progress = Progress(next: first, end: first + count)
        for _ in 1..<threads { Thread.detach { progress.work() } }
        progress.work()
        while !progress.isOver { usleep(10_000) }
        print(progress.summary(threads))
    }

    private static func plant() {
        #if RAPPORT_PLANTED_BUGS
            guard let name = argument("--plant"), let bug = PlantedBug(rawValue: name) else { return }
            try? SimulatedLoop.run(seed: 0) { PlantedBug.planted = bug }
        #endif
    }

    /// The kind that all schedules are to be of.
    fileprivate static var kind: Simulation.Kind? {
        let words = CommandLine.arguments
        return [Simulation.Kind.service, .lives, .persons].first { words.contains("--\($0.rawValue)") }
    }

    private static func argument(_ name: String) -> String? {
        let all = CommandLine.arguments
        return all.firstIndex(of: name).flatMap { $0 + 1 < all.count ? all[$0 + 1] : nil }
    }

    private static func number(_ name: String) -> UInt64? { argument(name).flatMap { UInt64($0) } }

    fileprivate static func stop(_ error: any Error) {
        print("VIOLATION \(error)")
        exit(1)
    }
}

/// The seeds that are still to be run, shared by threads, each with a simulated loop of its own.
private final class Progress: Sendable {
    private struct State {
        var next: UInt64
        var total = Simulation.Report()
        var working = 0
        var said = 0
    }

    private let state: Mutex<State>
    private let end: UInt64
    private let begin = ContinuousClock.now

    init(next: UInt64, end: UInt64) {
        state = Mutex(State(next: next))
        self.end = end
    }

    var isOver: Bool { state.withLock { $0.next >= end && $0.working == 0 } }

    func work() {
        while let seeds = take() {
            let report: Simulation.Report
            do { report = try Simulation.run(seeds: seeds, only: Main.kind) } catch { return Main.stop(error) }
            state.withLock { state in
                state.total.add(report)
                state.working -= 1
                if state.total.schedules / 100_000 > state.said {
                    state.said = state.total.schedules / 100_000
                    print("\(state.total.schedules) schedules so far")
                    fflush(nil)
                }
            }
        }
    }

    private func take() -> Range<UInt64>? {
        state.withLock { state in
            guard state.next < end else { return nil }
            let seeds = state.next..<min(state.next + 500, end)
            state.next = seeds.upperBound
            state.working += 1
            return seeds
        }
    }

    func summary(_ threads: UInt64) -> String {
        let total = state.withLock { $0.total }
        let passed = begin.duration(to: .now)
        let seconds = Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
        return "\(total.schedules) schedules, 0 violations, \(Int(Double(total.schedules) / seconds)) schedules/s on "
            + "\(threads) threads, \(total.steps / max(1, total.schedules)) steps each, "
            + "\(Int(total.time.seconds)) s of virtual time, digest \(String(total.digest, radix: 16))"
    }
}
