import EventLoop
import FoundationEssentials
import TestKit
import Testing

@Suite(.serialized) struct ProcessTests {
    @Test @Loop func exitStatusAndSignal() async throws {
        let three = try ChildProcess("sh", ["-c", "exit 3"])
        let ended = try await three.exit()
        #expect((ended.status, ended.signal) == (3, 0))
        let good = try ChildProcess("/bin/true", [])
        #expect(try await good.exit().isSuccess)
        #expect(good.hasEnded)
        good.kill(SIGTERM)
        let killed = try ChildProcess("sleep", ["600"])
        killed.kill(SIGKILL)
        #expect(try await killed.exit().signal == Int(SIGKILL))
    }

    @Test @Loop func missingProgramIsAnError() async throws {
        let error = #expect(throws: UVError.self) { try ChildProcess("/no/such/program", []) }
        #expect(error?.description.contains("/no/such/program") == true)
        #expect(throws: UVError.self) { try ChildProcess("true", [], output: "/no/such/folder/log") }
        #expect(throws: UVError.self) { try ChildProcess("true", [], directory: "/no/such/folder") }
    }

    @Test @Loop func environmentFolderAndOutput() async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let log = folder + "/log"
        for number in 1...2 {
            let process = try ChildProcess(
                "/bin/sh", ["-c", "echo $NUMBER; pwd >&2"], environment: ["NUMBER=\(number)"], directory: folder,
                output: log)
            #expect(try await process.exit().isSuccess)
        }
        let text = try String(contentsOf: URL(filePath: log), encoding: .utf8)
        #expect(text == "1\n\(folder)\n2\n\(folder)\n")
    }

    @Test @Loop func signalsAreCalls() async throws {
        let tally = Tally()
        let signals = Signals(SIGUSR1) { tally.count += 1 }
        kill(getpid(), SIGUSR1)
        try await eventually { tally.count == 1 }
        kill(getpid(), SIGUSR1)
        try await eventually { tally.count == 2 }
        signals.close()
    }

    @Test @Loop func terminationIsAwaited() async throws {
        let waiting = Task { @Loop in try await Signals.untilTermination() }
        try await Loop.sleep(for: .milliseconds(5))
        kill(getpid(), SIGTERM)
        try await waiting.value
        let cancelled = Task { @Loop in try await Signals.untilTermination() }
        try await Loop.sleep(for: .milliseconds(5))
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
    }

    @Test @Loop func wakeUpsFromThreadsArrive() async throws {
        let tally = Tally()
        let wakeup = Wakeup { tally.count += 1 }
        Thread.detach { for _ in 0..<100 { wakeup.send() } }
        try await eventually { tally.count >= 1 }
        try await Loop.sleep(for: .milliseconds(20))
        #expect(tally.count <= 100)
        wakeup.close()
    }
}
