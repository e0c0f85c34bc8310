import CRMModel
import Contacts
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres
import ServiceKit

/// What all measurements share: where things are, and how a row is printed.
@Loop
final class Bench {
    let database: String
    let brokers: String
    let kafka: KafkaSettings
    /// The folder of this program, where the services' programs are too.
    let programs: String

    init(database: String, kafka: KafkaSettings) throws {
        self.database = database
        brokers = kafka.brokers
        self.kafka = KafkaSettings(
            brokers: kafka.brokers, clientID: "rapport-bench", properties: kafka.properties)
        let path = CommandLine.arguments[0]
        programs = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    func run(only: String?, part: String?) async throws {
        let rows: [(String, @Loop () async throws -> Void)] = [
            ("programs", { try await ProgramBench(self).run() }),
            ("broker", { try await BrokerBench(self).run(only: part) }),
            ("apply", { try await ApplyBench(self).run() }),
            ("flow", { try await FlowBench(self).run() }),
            ("scale", { try await ScaleBench(self).run(only: part) }),
            ("relay", { try await RelayBench(self).run() }),
            ("disturb", { try await DisturbanceBench(self).run() }),
            ("latency", { try await LatencyBench(self).run() }),
            ("http", { try await HTTPBench(self).run() }),
            ("value", { try await ValueBench(self).run() }),
            ("sight", { try await SightBench(self).run() }),
            ("contacts", { try await ContactsBench(self).run() }),
            ("audit", { try await AuditBench(self).run() }),
            ("hostile", { try await HostileBench(self).run() }),
        ]
        print("measured on \(cores()) cores; each figure beside its limit or peer, in the same run")
        for (name, row) in rows where only == name || only == nil && name != "scale" {
            try await row()
        }
    }

    /// Prints one figure, its peer and the ratio.
    func row(_ what: String, _ figure: String, beside peer: String = "", ratio: Double? = nil, goal: String = "") {
        var line = "  " + what.padded(to: 52) + figure.padded(to: 22) + peer.padded(to: 34)
        if let ratio { line += "ratio \(decimal(ratio, 2))".padded(to: 12) }
        print(line + (goal.isEmpty ? "" : "goal \(goal)"))
        // Seen when it is there, in a file too.
        fflush(nil)
    }

    func title(_ text: String) { print("\n\(text)") }

    private func cores() -> Int { ProcessInfo.processInfo.activeProcessorCount }

    /// A fresh schema of contacts, and the settings to use it.
    func contactsSchema() async throws -> PostgresSettings {
        let settings = PostgresSettings(url: database, applicationName: "rapport-bench", schema: "contacts")
        let connection = try await PostgresConnection.open(
            PostgresSettings(url: database, applicationName: "rapport-bench"))
        try await connection.transaction {
            _ = try await $0.query(Statement("bench.drop", "DROP SCHEMA IF EXISTS contacts CASCADE"))
        }
        connection.close()
        _ = try await Migrations.apply(MessagingSchema.migrations + ContactsService.migrations, to: settings)
        return settings
    }

    /// Runs a program and gives what it printed.
    func output(
        of program: String, _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> String {
        let file = "/tmp/rapport-bench-\(getpid())-\(UInt32.random(in: 0 ... .max)).txt"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let exit = try await ChildProcess(
            program, arguments, environment: environment.map { "\($0.key)=\($0.value)" }, output: file
        ).exit()
        let text = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
        guard exit.isSuccess else { throw BenchError(text: "\(program) failed: \(text)") }
        return text
    }

    /// Where pgbench connects: not by arguments, as the list of processes shows a password there, and with the schema set, as the
    /// services' connections have it.
    private var pgbenchEnvironment: [String: String] {
        var environment = ProcessInfo.processInfo.environment
        let rest = database.split(separator: "://", maxSplits: 1).last ?? ""
        let at = rest.lastIndex(of: "@") ?? rest.startIndex
        let user = rest[..<at].split(separator: ":", maxSplits: 1)
        let place = rest[at...].drop { $0 == "@" }.split(separator: "/", maxSplits: 1)
        let host = place.first?.split(separator: ":") ?? []
        environment["PGUSER"] = user.first.map(String.init)
        environment["PGPASSWORD"] = user.count == 2 ? String(user[1]) : nil
        environment["PGHOST"] = host.first.map(String.init)
        environment["PGPORT"] = host.count == 2 ? String(host[1]) : nil
        environment["PGDATABASE"] = place.count == 2 ? String(place[1]) : nil
        environment["PGOPTIONS"] = "-c search_path=contacts"
        return environment
    }

    /// How long each of the smallest durable commits takes, at a rate.
    func commitTimes(rate: Int, seconds: Int) async throws -> [Duration] {
        let prefix = "/tmp/rapport-bench-\(getpid())"
        _ = try await pgbench(
            "SELECT pg_logical_emit_message(true, 'bench', '');", seconds: seconds,
            options: ["-R", "\(rate)", "-l", "--log-prefix", prefix])
        // Each line: client, transaction, microseconds since it was due, script, second, microsecond, lag.
        let files = try FileManager.default.contentsOfDirectory(atPath: "/tmp").filter {
            $0.hasPrefix("rapport-bench-\(getpid()).")
        }
        var times: [Duration] = []
        for file in files {
            let text = String(decoding: FileManager.default.contents(atPath: "/tmp/" + file) ?? Data(), as: UTF8.self)
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                if words.count > 2, let time = Int(words[2]) { times.append(.microseconds(time)) }
            }
            try? FileManager.default.removeItem(atPath: "/tmp/" + file)
        }
        guard !times.isEmpty else { throw BenchError(text: "pgbench wrote no times") }
        return times
    }

    /// pgbench's transactions a second for a script, that runs for a time or so often.
    func pgbench(
        _ script: String, clients: Int = 1, seconds: Int = 5, transactions: Int? = nil, define: [String] = [],
        options: [String] = []
    ) async throws -> Double {
        let file = "/tmp/rapport-bench-\(getpid()).sql"
        try Data(script.utf8).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let program =
            FileManager.default.fileExists(atPath: "/usr/lib/postgresql/15/bin/pgbench")
            ? "/usr/lib/postgresql/15/bin/pgbench" : "pgbench"
        let text = try await output(
            of: program,
            ["-n", "-M", "prepared", "-c", "\(clients)", "-j", "1", "-f", file]
                + (transactions.map { ["-t", "\($0)"] } ?? ["-T", "\(seconds)"])
                + define.flatMap { ["-D", $0] } + options, environment: pgbenchEnvironment)
        for line in text.split(separator: "\n") where line.hasPrefix("tps = ") {
            return Double(line.dropFirst(6).prefix { $0 != " " }) ?? 0
        }
        throw BenchError(text: "pgbench said: \(text)")
    }
}

struct BenchError: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}

/// A number with thousands separated.
func grouped(_ value: Double) -> String {
    let digits = String(Int(value.rounded()))
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text += "," }
        text.append(digit)
    }
    return text
}

/// A number with a fixed count of places.
func decimal(_ value: Double, _ places: Int) -> String {
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    let whole = Int((value.magnitude * scale).rounded())
    let fraction = String(whole % Int(scale))
    let sign = value < 0 ? "-" : ""
    if places == 0 { return "\(sign)\(whole)" }
    return "\(sign)\(whole / Int(scale)).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
}

extension Collection where Element == Duration {
    /// The value below which a share of the elements lies.
    func percentile(_ share: Double) -> Duration {
        guard !isEmpty else { return .zero }
        return sorted()[Swift.min(count - 1, Int(Double(count) * share))]
    }
}
