import EventLoop
import FoundationEssentials
import Telemetry

/// A process by its number and the moment of its start, so that a number used again is not taken for it.
package struct ProcessMark: Codable, Equatable {
    /// Its number.
    package let id: Int32
    private let start: String

    /// Marks a process that runs; nil for one that does not.
    package init?(_ id: Int32) {
        guard let start = Self.start(of: id) else { return nil }
        self.id = id
        self.start = start
    }

    /// Whether it still runs.
    package var isAlive: Bool { Self.start(of: id) == start }

    /// The boot and the moment in it when a process started; nil when it has ended, and so has one that nobody waited for.
    private static func start(of id: Int32) -> String? {
        guard let fields = ProcessFile.state(of: "\(id)"), fields[0] != "Z", fields[0] != "X" else { return nil }
        let boot = ProcessFile.contents("/proc/sys/kernel/random/boot_id").prefix(8)
        return "\(boot):\(fields[19])"
    }

    /// Its resident memory in bytes; nil when it has ended.
    var residentBytes: Int? {
        isAlive ? ProcessFile.residentBytes(of: "\(id)") : nil
    }

    /// What it was started with; empty when it has ended, or is somebody else's.
    var environment: [String: String] {
        guard isAlive else { return [:] }
        let pairs = ProcessFile.contents("/proc/\(id)/environ").split(separator: "\0").map { entry in
            let name = entry.prefix { $0 != "=" }
            return (String(name), String(entry.dropFirst(name.count + 1)))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Sends it a signal, if it still runs.
    package func signal(_ number: Int32) {
        if isAlive { kill(id, number) }
    }

    /// Waits for its end and says whether it came in time.
    @Loop
    package func hasEnded(within limit: Duration) async throws -> Bool {
        let deadline = Loop.now + limit
        while isAlive {
            guard Loop.now < deadline else { return false }
            try await Loop.sleep(for: .milliseconds(20))
        }
        return true
    }
}
