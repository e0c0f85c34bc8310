import EventLoop
import FoundationEssentials
import TestKit
import Testing

/// The commands of units, run as systemd would, for whoever has none.
@Suite(.serialized, .enabled(if: getenv("TEST_DATABASE_URL") == nil, "roles belong to a whole server"))
struct UnitCommandTests {
    @Test(.timeLimit(.minutes(3))) @Loop func whatUnitsStartRunsAndEndsInOrder() async throws {
        let processes = UnitFile.services.map { "\($0)@1" } + ["contacts@2"]
        try await UnitRunner.with(processes) { runner in
            try runner.start("rapport-broker.service")
            for service in UnitFile.services {
                let migration = try runner.start("rapport-migrate@\(service).service")
                let exit = try await migration.exit()
                #expect(exit.isSuccess, "\(runner.log(of: "rapport-migrate@\(service).service"))")
            }
            for process in processes { try runner.start("rapport-\(process).service") }
            for process in processes { try await runner.machine.untilReady(process) }
            for process in processes { try await runner.stop("rapport-\(process).service") }
            try await runner.stop("rapport-broker.service")
        }
    }

    @Test(arguments: UnitFile.services) func aSocketIsAtThePortThatItsProcessIsTold(_ service: String) throws {
        let process = try UnitFile("rapport-\(service)@3.service", credentials: "", state: "")
        let socket = try UnitFile("rapport-\(service)@3.socket", credentials: "", state: "")
        let port = process.ownEnvironment["HTTP_PORT"]
        #expect(try socket.one("ListenStream") == "127.0.0.1:\(port ?? "")")
        #expect(try process.one("Wants").contains("rapport-\(service)@3.socket"))
    }

    @Test(.timeLimit(.minutes(2))) @Loop func lagToolsSeeThatNothingWaits() async throws {
        try await UnitRunner.with(["contacts@1"]) { runner in
            try runner.start("rapport-broker.service")
            _ = try await runner.start("rapport-migrate@contacts.service").exit()
            try runner.start("rapport-contacts@1.service")
            try await runner.machine.untilReady("contacts@1")
            // All in a moment: what is applied soon after a commit must be committed too, though nothing comes after it.
            let broker = "127.0.0.1:\(runner.machine.brokerPort)"
            let bus = runner.machine.secrets.busSettings(of: "operator")
            let options = bus.map { "-X \($0.key)=\($0.value)" }.joined(separator: " ")
            let sent = try await DeployFiles.run(
                program: "/bin/bash",
                [
                    "-c",
                    """
                    for n in {1..4000}; do echo "C-$n|{\\"customerNo\\":\\"C-$n\\",\\"name\\":\\"N $n\\"}"; done |
                    kcat -P -b \(broker) \(options) -t erp.customers -K '|' -X partitioner=murmur2_random -H ce_specversion=1.0 \
                    -H ce_id=one -H ce_source=/erp -H ce_type=erp.customer.upserted.v1
                    """,
                ])
            #expect(sent.status == 0, "\(sent.said)")
            try await eventually("the group's offsets at the log's end", within: .seconds(20)) {
                let lag = try GroupLag.of("contacts", "erp.customers", broker, bus)
                return lag.end == 4000 && lag.committed == 4000
            }
            try await runner.stop("rapport-contacts@1.service")
            try await runner.stop("rapport-broker.service")
        }
    }
}

/// Starts and stops the commands of units.
@Loop
final class UnitRunner {
    /// The machine that they run on.
    let machine: Machine
    private var running: [String: ChildProcess] = [:]

    /// Runs a test on a machine that has the roles, and ends afterwards whatever still runs.
    static func with(_ processes: [String], _ body: (UnitRunner) async throws -> Void) async throws {
        let machine = try await Machine(processes)
        let runner = UnitRunner(machine)
        do {
            try await machine.makeRoles()
            try await body(runner)
        } catch {
            for name in runner.running.keys.sorted() { print("--- \(name)\n\(runner.log(of: name))") }
            Issue.record(error)
        }
        for child in runner.running.values where !child.hasEnded {
            child.kill(SIGKILL)
            _ = try? await child.exit()
        }
        machine.remove()
    }

    private init(_ machine: Machine) { self.machine = machine }

    /// The end of what a unit's program has said.
    func log(of unit: String) -> String { String(TestPaths.contents("\(machine.folder)/\(unit).log").suffix(1500)) }

    /// Starts what a unit starts.
    @discardableResult
    func start(_ name: String) throws -> ChildProcess {
        let unit = try UnitFile(
            name, credentials: "\(machine.folder)/credentials/\(name)", state: "\(machine.folder)/state")
        let etc = machine.folder + "/etc"
        let files = FileManager.default
        for (credential, file) in unit.credentials(etc: etc) {
            let folder = "\(machine.folder)/credentials/\(name)"
            try? files.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try files.copyItem(atPath: file, toPath: "\(folder)/\(credential)")
        }
        for state in unit.all("StateDirectory") {
            try files.createDirectory(atPath: "\(machine.folder)/state/\(state)", withIntermediateDirectories: true)
        }
        let command = try unit.command
        guard command[0].hasPrefix("/usr/local/bin/") else { throw DeployFault("\(name) starts \(command[0])") }
        let program = try TestPaths.program(String(command[0].dropFirst("/usr/local/bin/".count)))
        let child = try ChildProcess(
            program, Array(command.dropFirst()),
            environment: try unit.environment(etc: etc).map { "\($0.key)=\($0.value)" }, directory: machine.folder,
            output: "\(machine.folder)/\(name).log")
        running[name] = child
        return child
    }

    /// Asks a unit's program to end, as systemd does, and wants it to within the unit's time.
    func stop(_ name: String) async throws {
        guard let child = running[name] else { throw DeployFault("\(name) was not started") }
        let unit = try UnitFile(name, credentials: "", state: "")
        let limit = try unit.one("TimeoutStopSec")
        #expect(name.contains("broker") || ServiceEnd.covers(limit), "\(name) is killed before its end")
        child.kill(SIGTERM)
        let exit = try await Loop.withDeadline(.seconds(Int(limit) ?? 0)) { try await child.exit() }
        #expect(exit.isSuccess, "\(name): \(exit) \(log(of: name))")
    }
}
