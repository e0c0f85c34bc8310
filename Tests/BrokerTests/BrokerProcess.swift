import EventLoop
import Testing

@testable import Broker

/// The broker's program, running.
@Loop
final class BrokerProcess {
    let port: Int
    private let child: ChildProcess

    /// Starts it and waits for the line that says where it listens. `fileBlocks` is the soft limit of its files' sizes,
    /// `descriptors` the hard one of what it may have open.
    init(
        _ folder: String, _ environment: [String] = [], fileBlocks: Int? = nil, descriptors: Int? = nil
    ) async throws {
        let output = "\(folder).out"
        try Disk.remove(output)
        let variables = ["BROKER_DATA=\(folder)", "BROKER_PORT=0", "PATH=/usr/bin:/bin"] + environment
        let limits = [fileBlocks.map { "ulimit -S -f \($0);" }, descriptors.map { "ulimit -n \($0);" }]
        let line = limits.compactMap(\.self).joined() + "exec \(Self.program)"
        child = try ChildProcess("sh", ["-c", line], environment: variables, output: output)
        for _ in 0..<10_000 {
            let lines = text(try Disk.contents(of: output)).split(separator: "\n", omittingEmptySubsequences: false)
            // The line is whole once its end is there.
            if let line = lines.dropLast().first(where: { $0.hasPrefix("listening on ") }),
                let port = line.split(separator: ":").last.flatMap({ Int($0) })
            {
                self.port = port
                return
            }
            try await Loop.sleep(for: .milliseconds(1))
        }
        child.kill(SIGKILL)
        throw BrokerError("the program did not start: \(text(try Disk.contents(of: output)))")
    }

    /// The program as built beside these tests.
    private static var program: String {
        let beside = Disk.parent(of: CommandLine.arguments[0]) + "/rapport-broker"
        return access(beside, X_OK) == 0 ? beside : ".build/debug/rapport-broker"
    }

    var id: Int32 { child.id }

    /// Ends it and waits until it is gone; says whether it went in order.
    @discardableResult
    func end(_ signal: Int32) async throws -> Bool {
        child.kill(signal)
        return try await child.exit().isSuccess
    }
}

/// Runs a program; says whether it succeeded.
@Loop
func hasSucceeded(_ program: String, _ arguments: [String]) async throws -> Bool {
    let child = try ChildProcess("timeout", ["60", program] + arguments)
    return try await child.exit().isSuccess
}

/// Runs a program that must succeed.
@Loop
func succeed(_ program: String, _ arguments: [String]) async throws {
    let isDone = try await hasSucceeded(program, arguments)
    #expect(isDone, "\(program) \(arguments)")
}
