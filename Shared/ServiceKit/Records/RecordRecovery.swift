import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// A record as an event of its own service told it, for a life that had others before it.
public struct ToldRecord<Root: Sendable>: Sendable {
    /// What was told.
    public let record: Root
    /// Its version then.
    public let version: Int
    /// When it was told.
    public let at: Date

    /// What an event tells; nil where it says no version.
    @Loop
    public init?<T>(_ told: Received<T>, _ record: Root) {
        guard let version = told.event.sequence else { return nil }
        self.record = record
        self.version = version
        at = told.event.time ?? Date()
    }
}

extension Record {
    /// Writes a row as it was told, where nothing newer is known of it: its id, the fields, its version and its time. What is in no event
    /// stays as it is, or is what a new row begins with.
    public func recover() -> Statement {
        let names = ["id"] + fields.map(\.column) + ["version", "created_at", "updated_at"]
        let last = fields.count + 2
        let values =
            ["$1"] + fields.map { parameter($0.name) } + ["$\(last)", "$\(last + 1)", "$\(last + 1)"]
        let sets = (fields.map(\.column) + ["version", "updated_at"]).map { "\($0) = excluded.\($0)" }
        return Statement(
            "\(name).recover",
            """
            INSERT INTO \(table) AS o (\(names.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))
            ON CONFLICT (id) DO UPDATE SET \(sets.joined(separator: ", ")) WHERE o.version < excluded.version
            """,
            takes: [.parameter(UUID.self)] + fields.map(\.member.parameter)
                + [.parameter(Int.self), .parameter(Date.self)], gives: [])
    }

    /// Sends what `recover` makes, for each in order.
    @Loop
    public func recover(_ told: [ToldRecord<Root>], by statement: Statement, in transaction: Transaction) {
        for one in told { transaction.enqueue(statement, values: values(one.record) + [one.version, one.at]) }
    }
}
