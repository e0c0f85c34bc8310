import EventLoop
import FoundationEssentials
import Simulation
import TestKit

/// Runs the messaging core on a simulated loop, log and store.
///
/// `rapport-simulate [--schedules 100000] [--first 0]`, or `--seed N` for one schedule.
@main
enum Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        func number(_ name: String) -> UInt64? {
            arguments.firstIndex(of: name).flatMap { UInt64(arguments[min($0 + 1, arguments.count - 1)]) }
        }
        let first = number("--seed") ?? number("--first") ?? 0
        let count = number("--schedules") ?? 100_000
        if number("--seed") != nil {
            do { _ = try Simulation.run(seed: first, traces: true) } catch { print("VIOLATION \(error)") }
            return
        }
        let begin = ContinuousClock.now
        var total = Simulation.Report()
        var seed = first
        while seed < first + count {
            let end = min(seed + 10_000, first + count)
            let report: Simulation.Report
            do { report = try Simulation.run(seeds: seed..<end) } catch {
                print("VIOLATION \(error)")
                exit(1)
            }
            seed = end
            total.schedules += report.schedules
            total.steps += report.steps
            total.time += report.time
            total.digest = (total.digest ^ report.digest) &* 0x0000_0100_0000_01b3
            let passed = begin.duration(to: .now)
            let seconds = Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
            print(
                "\(total.schedules) schedules, 0 violations, \(Int(Double(total.schedules) / seconds)) schedules/s, "
                    + "\(total.steps / total.schedules) steps each, \(Int(total.time.seconds)) s of virtual time, "
                    + "digest \(String(total.digest, radix: 16))")
        }
    }
}
