import EventLoop
import TestKit
import Testing

@testable import Broker

/// Runs a line of shell, with its own time limit; says whether it succeeded.
@Loop
private func shell(_ line: String, seconds: Int = 60) async throws -> Bool {
    let child = try ChildProcess("timeout", ["\(seconds)", "sh", "-c", line], output: "/dev/null")
    return try await child.exit().isSuccess
}

@Loop
private func succeed(_ line: String) async throws {
    let isDone = try await shell(line)
    #expect(isDone, "\(line)")
}

private func contents(_ path: String) throws -> String { text(try Disk.contents(of: path)) }

/// Runs `body` where kcat is installed.
@Loop
private func withClient(_ tool: String, _ body: @Loop (Broker, String) async throws -> Void) async throws {
    guard try await shell("command -v \(tool)") else { try Test.cancel("\(tool) is not installed") }
    try await withBroker { broker, _ in
        try await withFolder { folder in
            try Disk.makeFolder(folder)
            try await body(broker, folder)
        }
    }
}

@Test(arguments: ["none", "gzip", "snappy", "lz4", "zstd"])
@Loop func kcatWritesAndReads(codec: String) async throws {
    try await withClient("kcat") { broker, folder in
        let kcat = "kcat -b 127.0.0.1:\(broker.port)"
        try await succeed(
            "seq 1 20000 > \(folder)/in && \(kcat) -P -t t -z \(codec) -X enable.idempotence=true < \(folder)/in")
        try await succeed("\(kcat) -C -t t -e -q -X check.crcs=true > \(folder)/out")
        try await succeed("sort -n \(folder)/out | cmp - \(folder)/in")
    }
}

@Test @Loop func kcatGroupsShareAndGoOnWhereTheyWere() async throws {
    try await withClient("kcat") { broker, folder in
        let kcat = "kcat -b 127.0.0.1:\(broker.port)"
        @Loop func member(_ file: String) throws -> ChildProcess {
            let group = "exec \(kcat) -G g -u -q -X auto.offset.reset=earliest -X session.timeout.ms=6000 t"
            return try ChildProcess("timeout", ["-s", "INT", "60", "sh", "-c", group], output: "\(folder)/\(file)")
        }
        func read(_ files: [String]) throws -> [String] {
            try files.flatMap { try contents("\(folder)/\($0)").split(separator: "\n").map(String.init) }
        }
        try await succeed("seq 1 500 | \(kcat) -P -t t -X sticky.partitioning.linger.ms=0")
        // Two members at once; between them they see every record, some twice perhaps when the second joins.
        let members = [try member("a"), try member("b")]
        try await eventually("two members", within: .seconds(30)) {
            let group = broker.node.groups.groups["g"]
            return group?.members.count == 2 && group?.state == .stable
        }
        try await succeed("seq 501 1000 | \(kcat) -P -t t -X sticky.partitioning.linger.ms=0")
        let all = Set((1...1000).map { "\($0)" })
        try await eventually("all records", within: .seconds(30)) { Set(try read(["a", "b"])) == all }
        #expect(try !read(["a"]).isEmpty && !read(["b"]).isEmpty)
        for member in members {
            member.kill(SIGINT)
            _ = try await member.exit()
        }
        // What was committed is not read again: the first that comes is new.
        let third = try member("c")
        try await eventually("one member", within: .seconds(30)) {
            let group = broker.node.groups.groups["g"]
            return group?.members.count == 1 && group?.state == .stable
        }
        try await succeed("echo new | \(kcat) -P -t t")
        try await eventually("the new record", within: .seconds(30)) { try !read(["c"]).isEmpty }
        third.kill(SIGINT)
        _ = try await third.exit()
        #expect(try read(["c"]) == ["new"])
    }
}

/// The program as built beside these tests.
private var program: String {
    let beside = Disk.parent(of: CommandLine.arguments[0]) + "/rapport-broker"
    return access(beside, X_OK) == 0 ? beside : ".build/debug/rapport-broker"
}

/// Starts the program and waits for the line that says where it listens.
@Loop
private func startProgram(_ folder: String, _ output: String) async throws -> (process: ChildProcess, port: Int) {
    try Disk.remove(output)
    let process = try ChildProcess(
        program, [], environment: ["BROKER_DATA=\(folder)", "BROKER_PORT=0"], output: output)
    for _ in 0..<500 {
        if let line = try? contents(output).split(separator: "\n").first(where: { $0.hasPrefix("listening on ") }),
            let port = line.split(separator: ":").last.flatMap({ Int($0) })
        {
            return (process, port)
        }
        try await Loop.sleep(for: .milliseconds(20))
    }
    process.kill(SIGKILL)
    throw BrokerError("the program did not start")
}

@Test @Loop func whatWasAcknowledgedOutlivesAKill() async throws {
    try await withFolder { folder in
        try Disk.makeFolder(folder)
        for round in 0..<4 {
            let (process, port) = try await startProgram("\(folder)/data", "\(folder)/output")
            let client = try await TestClient(port: port)
            try await client.create("t")
            let answer = try await client.call(1, 11, TestClient.fetchBody("t", from: 0, wait: 0))
            let found = TestClient.fetched(answer)
            // A batch under way at the kill may be there or not; acknowledged ones must be.
            #expect(found.end >= round * 50)
            for _ in found.end..<max(found.end, (round + 1) * 50) {
                #expect(try await client.produce(testBatch(["v"]), to: "t").code == 0)
            }
            process.kill(round == 3 ? SIGTERM : SIGKILL)
            let exit = try await process.exit()
            if round == 3 { #expect(exit.isSuccess) }
            client.close()
        }
    }
}
