import EventLoop
import FoundationEssentials
import TestKit
import Testing

/// The units as they are, under a real systemd with all that keeps them in.
@Suite(.serialized, .enabled(if: getenv("TEST_DATABASE_URL") == nil, "roles belong to a whole server"))
struct SystemdTests {
    @Test(.timeLimit(.minutes(4))) @Loop func unitsRunAndRecoverAndEndInOrder() async throws {
        let processes = UnitFile.services.map { "\($0)@1" } + ["contacts@2"]
        try await NestedSystemd.with(processes) { systemd, machine in
            try await systemd.run("\(DeployFiles.folder)/systemd/install \(TestPaths.products)")
            for (process, port) in machine.ports {
                let folder = "/etc/systemd/system/rapport-\(process).socket.d"
                try await systemd.run(
                    "mkdir \(folder) && printf '[Socket]\nListenStream=\nListenStream=127.0.0.1:\(port)\n' >\(folder)/port.conf"
                )
            }
            try await systemd.run("systemctl daemon-reload")
            // Before there is a role or a log: nobody stays dead because of that.
            try await systemd.run("systemctl start rapport.target rapport-contacts@2")
            try await Loop.sleep(for: .seconds(1))
            #expect(await machine.missing("contacts@1") != nil)
            try await machine.makeRoles()
            try await systemd.run("systemctl start rapport-broker")
            for process in processes { try await machine.untilReady(process) }
            let shown = try await systemd.run("systemctl show -p Environment -p User -p NRestarts rapport-contacts@2")
            #expect(
                shown.contains("HTTP_PORT=8012") && shown.contains("INSTANCE=") && shown.contains("-2 "), "\(shown)")

            let first = try await systemd.run("systemctl show -p MainPID --value rapport-contacts@1")
            try await systemd.run("systemctl kill -s KILL rapport-contacts@1")
            try await eventually("another process of contacts@1") {
                let now = try await systemd.run("systemctl show -p MainPID --value rapport-contacts@1")
                return now != first && now != "0\n"
            }
            try await machine.untilReady("contacts@1")
            // Whoever asks meanwhile waits, and is answered.
            let asking = Task { @Loop in try await machine.ask("sales@1") }
            let restarted = try await systemd.run("\(DeployFiles.folder)/systemd/roll sales")
            asking.cancel()
            let asked = try await asking.value
            #expect(restarted.contains("sales@1.service is ready") && asked.answered > 20 && asked.failed == [])
            let rolled = try await systemd.run("\(DeployFiles.folder)/systemd/roll contacts")
            #expect(rolled.contains("contacts@1.service is ready") && rolled.contains("contacts@2.service is ready"))

            // Nobody is left to open the port for.
            try await systemd.run("systemctl stop rapport-contacts@2")
            try await eventually("the port of contacts@2 closed") {
                try await systemd.run("systemctl show -p ActiveState rapport-contacts@2.socket").contains("inactive")
            }
            try await systemd.run("systemctl stop rapport.target")
            for unit in processes.map({ "rapport-\($0)" }) + ["rapport-broker"] {
                // The target does not wait for those that end with it.
                try await eventually("\(unit) ended", within: .seconds(20)) {
                    try await systemd.run("systemctl show -p ActiveState \(unit)") == "ActiveState=inactive\n"
                }
                let end = try await systemd.run("systemctl show -p Result -p ExecMainStatus \(unit)")
                #expect(end == "Result=success\nExecMainStatus=0\n", "\(unit)")
            }
        }
    }
}

/// What systemd itself says of how much the units could do: ten is a service that may do all, two one that is shut as far as it can be.
@Suite struct ExposureTests {
    @Test @Loop func unitsMayDoNextToNothing() async throws {
        guard access("/usr/bin/systemd-analyze", X_OK) == 0 else {
            return print("skipped: there is no systemd-analyze")
        }
        let root = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(root) }
        // A machine on which the units are installed, with programs that are only there.
        let script = """
            set -eo pipefail
            mkdir -p \(root)/etc/systemd/system \(root)/usr/local/bin \(root)/usr/lib/systemd/system
            cp -r \(DeployFiles.folder)/systemd/*.service \(DeployFiles.folder)/systemd/*.socket \
                \(DeployFiles.folder)/systemd/*.target \(DeployFiles.folder)/systemd/rapport-.service.d \(root)/etc/systemd/system/
            cp /lib/systemd/system/*.target \(root)/usr/lib/systemd/system/
            for name in rapport broker \(UnitFile.services.joined(separator: " ")); do
                install -m 755 /bin/true \(root)/usr/local/bin/rapport-$name
            done
            install -m 755 /bin/true \(root)/usr/local/bin/rapport
            for unit in rapport-broker \(UnitFile.services.map { "rapport-\($0)@1" }.joined(separator: " ")); do
                systemd-analyze security --offline=yes --root=\(root) --threshold=20 --no-pager $unit.service | tail -n 1
            done
            """
        let run = try await DeployFiles.run(program: "/bin/bash", ["-c", script])
        #expect(run.status == 0, "\(run.said)")
        #expect(run.said.split(separator: "\n").count { $0.contains("exposure level") } == UnitFile.services.count + 1)
    }
}

/// A systemd in namespaces of its own.
@Loop
final class NestedSystemd {
    private let outer: ChildProcess
    private let inner: String
    private static let boot = TestPaths.package + "/Tests/DeployTests/boot"

    /// Runs a test with one on a machine that is prepared for processes; says so and does nothing where none can be had.
    static func with(_ processes: [String], _ body: (NestedSystemd, Machine) async throws -> Void) async throws {
        guard getuid() == 0, access("/lib/systemd/systemd", X_OK) == 0 else {
            return print("skipped: without systemd, or not as root, units run by their commands only")
        }
        let possible = try await DeployFiles.run(program: boot, ["try"])
        guard possible.status == 0 else { return print("skipped: no systemd of its own can be had: \(possible.said)") }
        let machine = try await Machine(processes)
        let layers = machine.folder + "/layers"
        try FileManager.default.createDirectory(atPath: layers, withIntermediateDirectories: true)
        let log = machine.folder + "/boot.log"
        let outer = try ChildProcess(
            boot, ["start", machine.settings, TestPaths.products, layers], output: log)
        do {
            let systemd = try await NestedSystemd(outer)
            do {
                try await body(systemd, machine)
            } catch {
                let said = try? await systemd.run("systemctl list-units --all 'rapport*'; tail -n 5 /run/said-by-*")
                print(said ?? "")
                Issue.record(error)
            }
        } catch {
            Issue.record("\(error)\n\(TestPaths.contents(log))")
        }
        outer.kill(SIGKILL)
        _ = try await outer.exit()
        machine.remove()
    }

    private init(_ outer: ChildProcess) async throws {
        self.outer = outer
        var child = ""
        // systemd is the one child, once it has replaced the script that prepares for it.
        try await eventually("systemd's start", within: .seconds(20)) {
            if outer.hasEnded { throw DeployFault("systemd did not start") }
            child = String(TestPaths.contents("/proc/\(outer.id)/task/\(outer.id)/children").prefix { $0 != " " })
            return TestPaths.contents("/proc/\(child)/comm") == "systemd\n"
        }
        inner = child
        try await eventually("systemd's answer", within: .seconds(20)) {
            try await Self.enter(child, "systemctl show -p Version").status == 0
        }
    }

    private static func enter(_ process: String, _ line: String) async throws -> (status: Int, said: String) {
        try await DeployFiles.run(
            program: "nsenter", ["-t", process, "-m", "-p", "-C", "-i", "-u", "/bin/bash", "-c", line])
    }

    /// Runs a line of a shell inside; throws where it fails.
    @discardableResult
    func run(_ line: String) async throws -> String {
        let run = try await Self.enter(inner, line)
        guard run.status == 0 else { throw DeployFault("\(line): \(run.said)") }
        return run.said
    }
}
