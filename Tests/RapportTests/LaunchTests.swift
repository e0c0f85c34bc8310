import EventLoop
import FoundationEssentials
import TestKit
import Testing

@testable import Rapport

@Suite struct LaunchTests {
    private func order(_ line: String, in folder: String, environment: [String: String] = [:]) -> Launch {
        Launch(
            name: "sales", path: "/bin/sh", arguments: ["-c", line], environment: environment, directory: nil,
            user: nil,
            group: nil, log: folder + "/log", port: nil)
    }

    /// A shell that was started with a socket of systemd's has what would keep a program from ours.
    @Test @Loop func whatAShellWasHandedIsNotHandedOn() async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let inherited = ["LISTEN_FDS": "2", "LISTEN_PID": "1", "LISTEN_FDNAMES": "x", "READY_FD": "9", "HOME": "/"]
        let socket = try ReservedPort(address: "127.0.0.1", port: 0)
        defer { socket.close() }
        let order = order("/usr/bin/env", in: folder, environment: inherited)
        #expect(try await order.start(handing: socket.descriptor).exit().isSuccess)
        let said = Set(TestPaths.contents(folder + "/log").split(separator: "\n"))
        #expect(said.contains("LISTEN_FDS=1") && said.contains("HOME=/"))
        for name in ["LISTEN_PID", "LISTEN_FDNAMES", "READY_FD"] {
            #expect(!said.contains { $0.hasPrefix(name) }, "\(name)")
        }
    }

    /// An order that is carried out late, when nobody waits for it any more, leaves no process behind.
    @Test @Loop func whatNobodyRemembersIsEnded() async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        var programs = LaunchedPrograms()
        let known = try programs.start(order("exec sleep 60", in: folder))
        let unknown = try programs.start(order("exec sleep 60", in: folder))
        var state = SuiteState()
        state.programs["sales"] = ProgramState(mark: known, port: 1)
        #expect(programs.endUnknown(state, for: .seconds(30)) == [])
        #expect(programs.endUnknown(state, for: .zero) == ["sales"])
        #expect(try await unknown.hasEnded(within: .seconds(10)))
        #expect(known.isAlive)
        // What stands beside another is known too.
        state.programs["sales"] = ProgramState(mark: nil, port: 1)
        state.programs["sales"]?.beside = known
        #expect(programs.endUnknown(state, for: .zero) == [])
        state.programs["sales"]?.beside = nil
        #expect(programs.endUnknown(state, for: .zero) == ["sales"])
        #expect(try await known.hasEnded(within: .seconds(10)))
    }

    @Test @Loop func whatCannotBeStartedLeavesNothingOpen() async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        func open() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
        var programs = LaunchedPrograms()
        let port = try ReservedPort(address: "127.0.0.1", port: 0)
        port.close()
        let before = try open()
        var order = Launch(
            name: "sales", path: folder + "/none", arguments: [], environment: [:], directory: nil, user: nil,
            group: nil,
            log: folder + "/log", port: port.port)
        order.isBeside = true
        #expect(throws: UVError.self) { try programs.start(order) }
        programs.release(port.port)
        // Others of this process may close theirs meanwhile.
        try await eventually("all closed") { try open() <= before }
    }
}
