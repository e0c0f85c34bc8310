import EventLoop
import ServiceKit
import Synchronization
import Telemetry
import TestKit
import Testing

/// On a simulated loop, whose time passes by itself.
@Suite struct TroublesTests {
    /// What a log was told, a line each.
    private final class Said: Sendable {
        private let kept = Mutex<[String]>([])
        var lines: [String] { kept.withLock { $0 } }
        var log: Log {
            Log(service: "test", level: .info, style: .json) { [self] line in kept.withLock { $0.append(line) } }
        }
    }

    @Test func aTroubleIsToldOnceAtItsBeginningAndOnceAtItsEnd() throws {
        let said = Said()
        try SimulatedLoop.run(seed: 1) {
            let metrics = Metrics()
            let troubles = Troubles(said.log, metrics)
            for _ in 0..<20 {
                troubles.begin(.databaseAway, "connection refused")
                try await Loop.sleep(for: .milliseconds(500))
            }
            #expect(said.lines.count == 1, "\(said.lines)")
            #expect(said.lines.first?.contains(#""msg":"the database is away""#) == true)
            #expect(said.lines.first?.contains(#""cause":"connection refused""#) == true)
            #expect(metrics.rendered().contains(#"crm_trouble{kind="database-away"} 1"#))
            troubles.end(.databaseAway)
            troubles.end(.databaseAway)
            #expect(said.lines.count == 2, "\(said.lines)")
            #expect(said.lines.last?.contains(#""msg":"the database is back""#) == true)
            #expect(said.lines.last?.contains(#""seconds":10.0,"times":20"#) == true, "\(said.lines)")
            #expect(metrics.rendered().contains(#"crm_trouble{kind="database-away"} 0"#))
        }
    }

    @Test func whatPassesWithinAMomentIsNone() throws {
        let said = Said()
        try SimulatedLoop.run(seed: 1) {
            let troubles = Troubles(said.log, Metrics())
            for _ in 0..<5 {
                troubles.begin(.brokerAway, "connection refused")
                try await Loop.sleep(for: .milliseconds(1500))
                troubles.look()
                troubles.end(.brokerAway)
                try await Loop.sleep(for: .milliseconds(1500))
            }
        }
        #expect(said.lines.isEmpty, "\(said.lines)")
    }

    @Test func whatAnotherOneBringsIsNotToldUnlessItStays() throws {
        let said = Said()
        try SimulatedLoop.run(seed: 1) {
            let troubles = Troubles(said.log, Metrics())
            @Loop func pass(_ seconds: Int, _ act: @Loop () -> Void) async throws {
                for _ in 0..<seconds * 2 {
                    act()
                    troubles.look()
                    try await Loop.sleep(for: .milliseconds(500))
                }
            }
            // The work fails a little before the watch knows why.
            try await pass(1) { troubles.begin(.eventsNotApplied, "lost") }
            try await pass(20) {
                troubles.begin(.databaseAway, "refused")
                troubles.begin(.eventsNotApplied, "lost")
            }
            troubles.end(.databaseAway)
            try await pass(3) { troubles.begin(.eventsNotApplied, "lost") }
            #expect(said.lines.count == 2, "\(said.lines)")
            // It has had its time to pass too.
            try await pass(5) { troubles.begin(.eventsNotApplied, "permission denied") }
            #expect(said.lines.count == 3 && said.lines.last?.contains("events cannot be applied") == true)
            troubles.end(.eventsNotApplied)
        }
        #expect(said.lines.count == 4, "\(said.lines)")
    }

    @Test func severalWorksThatFailAreToldApart() throws {
        let said = Said()
        try SimulatedLoop.run(seed: 1) {
            let metrics = Metrics()
            let troubles = Troubles(said.log, metrics)
            for work in ["stages wait", "segments wait"] {
                troubles.begin(.backgroundWork, about: work, "no such table")
            }
            try await Loop.sleep(for: .seconds(4))
            troubles.look()
            troubles.end(.backgroundWork, about: "stages wait")
            #expect(metrics.rendered().contains(#"crm_trouble{kind="background-work"} 1"#))
            troubles.end(.backgroundWork, about: "segments wait")
            #expect(metrics.rendered().contains(#"crm_trouble{kind="background-work"} 0"#))
        }
        #expect(said.lines.count == 4 && said.lines.allSatisfy { $0.contains(" wait\"") }, "\(said.lines)")
    }
}
