import CRMModel
import EventLoop
import FoundationEssentials
import Kafka

/// Users of the Broker for programs that are not the suite's, such as an ERP.
@Loop
struct UsersCommand {
    private let suite: Suite
    private var terminal: Terminal { suite.terminal }

    init(_ suite: Suite) { self.suite = suite }

    /// Runs `list`, `add`, `end` or `acls`.
    func run(_ arguments: inout Arguments) async throws {
        switch arguments.next(of: ["list", "add", "end", "acls"]) {
        case "add": try await add(&arguments)
        case "end":
            let name = try arguments.word("the name of a user")
            try arguments.end()
            try await changing { try await $0.end(name) }
            terminal.line("\(name) may not sign in any more, and is cut off within a second")
        case "acls":
            try arguments.end()
            // For whoever has Apache Kafka in the Broker's place.
            for line in BusRight.acls(BusUser.rights) {
                print("kafka-acls --bootstrap-server \"$BROKERS\" --add \(line)")
            }
        default:
            try arguments.end()
            try list()
        }
    }

    private func list() throws {
        let own = BusUser.services.map { user in
            [user.name, "reads \(names(user.reads)); writes \(names(user.writes))"]
        }
        let others = try BusUsers(suite.folder).others().map { [$0.name, $0.rights.joined(separator: "; ")] }
        terminal.table(["user", "may"], own + [[BusUser.operator, "do everything: the commands of rapport"]] + others)
    }

    private func names(_ topics: [Topic]) -> String { topics.map(\.name).joined(separator: ", ") }

    private func add(_ arguments: inout Arguments) async throws {
        let writes = try topics("--write", &arguments), reads = try topics("--read", &arguments)
        let files = (try arguments.value("--librdkafka"), try arguments.value("--java"))
        let name = try arguments.word("a name for the user, such as erp")
        try arguments.end()
        guard !writes.isEmpty || !reads.isEmpty else {
            throw UsageError("--write and --read say which topics, such as --write erp.orders,erp.customers")
        }
        if let ours = writes.first(where: { Topic.names.contains($0) && !Topic.isOutside($0) }) {
            throw UsageError("\(ours) is written by the suite's services alone")
        }
        let password = try await changing { try await $0.add(name, writes: writes, reads: reads) }
        guard let brokers = try suite.kafka(suite.folder.readState())?.brokers else {
            throw SuiteError("no broker is known; run rapport up")
        }
        let settings = BusUsers.properties(name, password).merging(["bootstrap.servers": brokers]) { own, _ in own }
        if let file = files.0 { try keep(settings, in: file) }
        if let file = files.1 { try keep(Self.java(settings), in: file) }
        guard files == (nil, nil) else { return }
        show(name, settings, writes.first ?? reads.first ?? "")
    }

    private func show(_ name: String, _ settings: [String: String], _ topic: String) {
        let options = settings.sorted { $0.key < $1.key }.filter { $0.key != "bootstrap.servers" }
            .map { "-X \($0.key)=\($0.value)" }.joined(separator: " ")
        terminal.line("\(name) may sign in. The password is shown this once.\n")
        print("kcat -b \(settings["bootstrap.servers"] ?? "") \(options) -X partitioner=murmur2_random -t \(topic)\n")
        for (key, value) in Self.java(settings).sorted(by: { $0.key < $1.key }) { print("\(key)=\(value)") }
    }

    /// As Java clients take them.
    private static func java(_ settings: [String: String]) -> [String: String] {
        var java = settings
        let user = java.removeValue(forKey: "sasl.username") ?? "",
            password = java.removeValue(forKey: "sasl.password") ?? ""
        java["sasl.jaas.config"] =
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"\(user)\" password=\"\(password)\";"
        return java
    }

    private func keep(_ settings: [String: String], in file: String) throws {
        let lines = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
        try suite.folder.writePrivate(Array(lines.joined().utf8), to: file, isSuites: false)
        terminal.line("\(file) has all that a client needs to sign in; keep it to whoever runs the client")
    }

    private func topics(_ option: String, _ arguments: inout Arguments) throws -> [String] {
        let names = try arguments.values(option).flatMap { $0.split(separator: ",").map(String.init) }
        for name in names {
            let isLegal = name.utf8.allSatisfy {
                $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a || 0x30...0x39 ~= $0 || [0x2d, 0x2e, 0x5f].contains($0)
            }
            guard isLegal, !name.isEmpty else { throw UsageError("\(name) is no name of a topic") }
        }
        return names
    }

    private func changing<T>(_ body: (BusUsers) async throws -> T) async throws -> T {
        guard suite.foreignKafka == nil else {
            throw SuiteError(
                "KAFKA_BROKERS names a cluster that is not the suite's: make the user there; rapport users acls shows what our own services need"
            )
        }
        return try await suite.folder.locked { state in
            guard state.asksUsers == true else {
                throw SuiteError("the suite's Broker asks nobody yet; rapport up changes that")
            }
            return try await body(BusUsers(suite.folder))
        }
    }
}
