import CRMModel
import EventLoop
import HTTP
import Messaging
import Postgres
import Telemetry
import Text

/// The tables of a service's README, made from the code: routes, events, tables and settings. `check --describe` writes them, and a test
/// finds a README that says otherwise.
@Loop
public struct ServiceDescription {
    private let definition: any ServiceDefinition.Type
    private let parts: ServiceParts
    private let settings: Settings
    private let operations: [Route]

    /// Composes a service without a database, for what it says of itself.
    public init(_ definition: any ServiceDefinition.Type) throws {
        // Nothing is asked of it; the address only has to be there.
        let settings = Settings(["DATABASE_URL": "postgresql://", "KAFKA_BROKERS": "localhost"])
        try self.init(definition, try ServiceOptions(service: definition.name, settings), settings)
    }

    /// The same with settings that are given.
    init(_ definition: any ServiceDefinition.Type, _ options: ServiceOptions, _ settings: Settings) throws {
        self.definition = definition
        self.settings = settings
        let log = Log(service: definition.name, level: .error, style: .json) { _ in }
        let context = ServiceContext(
            pool: PostgresPool(options.postgres, size: 1), log: log, settings: settings)
        parts = try definition.compose(context)
        let letters = DeadLetters(context.pool, nil, group: definition.name)
        operations = operationsRoutes(context, letters, options.kafka) + heldRoutes(context, parts)
    }

    /// The OpenAPI document of all that it can be asked.
    public var openAPI: [UInt8] {
        OpenAPI.document(title: definition.name, version: "1", routes: parts.routes + operations)
    }

    /// What of its routes, their rights and their shapes contradicts itself.
    public var faults: [String] { OpenAPI.faults(of: parts.routes + operations) }

    /// A text with the tables that it has places for: between `<!-- described: routes -->` and `<!-- /described -->`, and so on.
    public func written(into text: String) -> String {
        var lines: [Substring] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "<!-- /described -->" { isInside = false }
            if !isInside { lines.append(line) }
            guard let table = table(markedBy: line) else { continue }
            isInside = true
            lines += ["", Substring(table), ""]
        }
        return lines.joined(separator: "\n")
    }

    private func table(markedBy line: Substring) -> String? {
        switch line {
        case "<!-- described: routes -->": routes
        case "<!-- described: events -->": events
        case "<!-- described: tables -->": tables
        case "<!-- described: settings -->": settingsTable
        default: nil
        }
    }

    private var routes: String {
        Self.table(
            ["route", "what it does", "right"],
            parts.routes.map {
                ["`\($0.method.rawValue) \($0.path)`", $0.summary, $0.right.map { "`\($0)`" } ?? $0.access.word]
            })
    }

    private var events: String {
        let told = EventContract.all.filter { $0.senders.contains(definition.name) }
        let heard = EventContract.all.filter { parts.subscriptions.types.contains($0.type) }
        return Self.table(
            ["event", "topic", ""],
            told.map { contract in
                let topics = contract.topics.map { "`\($0.name)`" }.joined(separator: ", ")
                return ["`\(contract.type)`", topics, "told"]
            }
                + heard.map { ["`\($0.type)`", "`\($0.topic.name)`", "heard"] })
    }

    private var tables: String {
        var rows: [[String]] = []
        for capability in definition.capabilities {
            for (name, meaning) in capability.migrations.flatMap({ Self.tables(of: $0.sql) }) {
                rows.append(["`\(name)`", capability.name, meaning])
            }
        }
        return Self.table(["table", "capability", "what it holds"], rows)
    }

    private var settingsTable: String {
        Self.table(
            ["setting", "default", "what it is"],
            settings.asked.map { ["`\($0.name)`", $0.isDefault ? $0.value : "", $0.help] })
    }

    /// The tables that a script makes, each with the comment that stands before it.
    private static func tables(of script: String) -> [(String, String)] {
        var found: [(String, String)] = []
        var comment: [String] = []
        for line in script.split(separator: "\n") {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("--") {
                comment.append(String(text.dropFirst(2).drop { $0 == " " }))
                continue
            }
            if text.hasPrefix("CREATE TABLE ") {
                let name = text.dropFirst("CREATE TABLE ".count).prefix { $0 != " " && $0 != "(" }
                found.append((String(name), comment.joined(separator: " ")))
            }
            comment = []
        }
        return found
    }

    private static func table(_ heads: [String], _ rows: [[String]]) -> String {
        let lines = [heads, heads.map { _ in "---" }] + rows.map { $0.map { $0.replacing(["|": "\\|"]) } }
        return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }
}
