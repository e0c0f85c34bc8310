import EventLoop
import FoundationEssentials

/// A process by its number and the moment of its start, so that a number used again is not taken for it.
package struct ProcessMark: Codable, Equatable {
    /// Its number.
    package let id: Int32
    private let start: String

    /// Marks a process that runs; nil for one that does not.
    package init?(_ id: Int32) {
        guard let start = ProcessFile.start(of: id) else { return nil }
        self.id = id
        self.start = start
    }

    /// Whether it still runs.
    package var isAlive: Bool { ProcessFile.start(of: id) == start }

    /// Its resident memory in bytes; nil when it has ended.
    var residentBytes: Int? {
        let fields = ProcessFile.contents("/proc/\(id)/statm").split(separator: " ")
        guard isAlive, fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
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

/// What the kernel says of processes.
package enum ProcessFile {
    /// The boot and the moment in it when a process started; nil when it has ended, and so has one that nobody waited for.
    static func start(of id: Int32) -> String? {
        // The second field is the program's name in brackets and may hold anything.
        guard let tail = contents("/proc/\(id)/stat").split(separator: ")").last else { return nil }
        let fields = tail.split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        let boot = contents("/proc/sys/kernel/random/boot_id").prefix(8)
        return "\(boot):\(fields[19])"
    }

    /// What a file holds, of any kind; empty when it cannot be read.
    package static func contents(_ path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = read(file, &part, part.count)
            guard count > 0 else { break }
            all += part[..<count]
        }
        return String(decoding: all, as: UTF8.self)
    }
}
