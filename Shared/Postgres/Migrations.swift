import EventLoop

/// One step forward of a schema.
public struct Migration: Sendable {
    /// `m202612011430_quote_versions`: a new step is numbered by the minute in which it was made (UTC); the order of application is the
    /// order of names. The four digits of older ones sort before, as the `m` of all makes sure.
    public let name: String
    /// SQL, any number of commands.
    public let sql: String
    /// Names a step.
    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }

    /// The digits behind the `m`.
    fileprivate var number: Substring { name.dropFirst().prefix { $0.isASCII && $0.isNumber } }
}

/// A list of steps that would not make the same schema everywhere.
public struct MigrationFault: Error, Equatable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String
}

/// Brings a schema to its newest form.
public enum Migrations {
    /// Applies what has not been applied, in order, each in a transaction with its record, under an advisory lock, so that
    /// several processes may start at once; returns the names applied.
    @Loop
    public static func apply(_ migrations: [Migration], to settings: PostgresSettings) async throws -> [String] {
        guard let schema = settings.schema else {
            throw PostgresError(sqlState: "3F000", message: "migrations need a schema")
        }
        let steps = try ordered(migrations)
        var patient = settings
        patient.statementTimeout = 0
        let connection = try await PostgresConnection.open(patient)
        defer { connection.close() }
        let known: [String] = try await connection.transaction { transaction in
            transaction.enqueue(lock, schema)
            // CREATE SCHEMA asks for the right to create even where the schema is there, so it is looked for first.
            let found = try await transaction.query(findSchema, schema)
            if found.isEmpty {
                transaction.enqueue(Statement("migrations.schema", "CREATE SCHEMA IF NOT EXISTS \(quoted(schema))"))
            }
            transaction.enqueue(createTable)
            return try await transaction.query(names).map { try $0.value(0) }
        }
        try checkOrder(of: steps, after: known)
        var applied: [String] = []
        for migration in steps {
            let isNew = try await connection.transaction { transaction in
                transaction.enqueue(lock, schema)
                let rows = try await transaction.query(record, migration.name)
                guard !rows.isEmpty else { return false }
                for (number, command) in SQLScript.commands(migration.sql).enumerated() {
                    _ = try await transaction.query(Statement("\(migration.name).\(number)", command))
                }
                return true
            }
            if isNew { applied.append(migration.name) }
        }
        return applied
    }

    /// In order of names. Two of one name would be applied as one, and two of one minute were made by people who did not know of each
    /// other; of the four-digit numbers two were given twice.
    static func ordered(_ migrations: [Migration]) throws -> [Migration] {
        let steps = migrations.sorted { $0.name < $1.name }
        for (one, next) in zip(steps, steps.dropFirst()) {
            let isTwice = one.name == next.name && one.sql != next.sql
            guard isTwice || one.name != next.name && one.number == next.number && one.number.count > 4 else {
                continue
            }
            throw MigrationFault(
                description: "\(one.name) and \(next.name) have one number: give the later one another minute")
        }
        return steps
    }

    /// A step below one that is applied would come first in a new database and last in this one.
    private static func checkOrder(of steps: [Migration], after known: [String]) throws {
        guard let last = known.max() else { return }
        let applied = Set(known)
        guard let late = steps.first(where: { $0.name < last && !applied.contains($0.name) }) else { return }
        throw MigrationFault(
            description:
                "\(late.name) is not applied, and \(last) is, which comes after it: number it anew, above all others")
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static let findSchema = Statement("migrations.find", "SELECT 1 FROM pg_namespace WHERE nspname = $1")
    private static let lock = Statement("migrations.lock", "SELECT pg_advisory_xact_lock(hashtext($1))")
    private static let createTable = Statement(
        "migrations.table",
        """
        CREATE TABLE IF NOT EXISTS schema_migration
            (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())
        """)
    private static let names = Statement("migrations.names", "SELECT name FROM schema_migration")
    private static let record = Statement(
        "migrations.record",
        "INSERT INTO schema_migration (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING name")
}

/// Splits a script into its commands, for the extended protocol takes one at a time.
enum SQLScript {
    /// Splits at semicolons outside quotes, dollar quotes and comments.
    static func commands(_ script: String) -> [String] {
        var commands: [String] = []
        var current: [Character] = []
        var rest = Substring(script)
        while let character = rest.first {
            var length = 1
            switch character {
            case ";":
                commands.append(String(current))
                current = []
                rest = rest.dropFirst()
                continue
            case "'", "\"": length = quotedLength(rest, character)
            case "-" where rest.hasPrefix("--"): length = rest.prefix { !$0.isNewline }.count
            case "/" where rest.hasPrefix("/*"): length = commentLength(rest)
            case "$": length = dollarLength(rest)
            default: break
            }
            current.append(contentsOf: rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        commands.append(String(current))
        return commands.filter { command in
            command.split(whereSeparator: \.isNewline).contains { line in
                let text = line.drop { $0.isWhitespace }
                return !text.isEmpty && !text.hasPrefix("--")
            }
        }
    }

    private static func quotedLength(_ text: Substring, _ quote: Character) -> Int {
        text.dropFirst().prefix { $0 != quote }.count + 2
    }

    /// Comments of SQL nest.
    private static func commentLength(_ text: Substring) -> Int {
        var depth = 0
        var length = 0
        var rest = text
        repeat {
            let step = rest.hasPrefix("/*") ? 1 : rest.hasPrefix("*/") ? -1 : 0
            depth += step
            let width = min(step == 0 ? 1 : 2, rest.count)
            rest = rest.dropFirst(width)
            length += width
        } while depth > 0 && !rest.isEmpty
        return length
    }

    private static func dollarLength(_ text: Substring) -> Int {
        let tag = "$" + text.dropFirst().prefix { $0.isLetter || $0 == "_" } + "$"
        guard text.hasPrefix(tag) else { return 1 }
        var length = tag.count
        var rest = text.dropFirst(tag.count)
        while !rest.isEmpty, !rest.hasPrefix(tag) {
            rest = rest.dropFirst()
            length += 1
        }
        return length + tag.count
    }
}
