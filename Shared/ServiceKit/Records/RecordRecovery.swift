import Crypto
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
    /// The life that told it.
    private let epoch: Int

    /// What an event tells; nil where it says no version.
    @Loop
    public init?<T>(_ told: Received<T>, _ record: Root) {
        guard let version = told.event.sequence else { return nil }
        self.record = record
        self.version = version
        at = told.event.time ?? Date()
        epoch = told.event.epoch
    }

    /// Whether another one was told behind it.
    public func isBefore(_ other: ToldRecord) -> Bool { (epoch, version) < (other.epoch, other.version) }

    /// Whether it counts whatever version the row has.
    @Loop
    public func isOfLaterLife(_ transaction: Transaction) -> Bool { transaction.isOfLaterLife(epoch) }
}

extension Record {
    /// Writes a row as it was told, where nothing newer is known of it: its id, the fields, its version, its time, and whether it counts
    /// whatever the row's version. What is in no event stays as it is, or is what a new row begins with.
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
            ON CONFLICT (id) DO UPDATE SET \(sets.joined(separator: ", "))
            WHERE o.version < excluded.version OR $\(last + 2)
            """,
            takes: [.parameter(UUID.self)] + fields.map(\.member.parameter)
                + [.parameter(Int.self), .parameter(Date.self), .parameter(Bool.self)], gives: [])
    }

    /// Tells those of some keys that exist again, each under its next version; answers which these are.
    ///
    /// - Parameter raise: what `raise` makes.
    @Loop
    public func tellAgain(
        _ keys: [String], by raise: Statement, in transaction: Transaction, tell: (Root, _ version: Int) throws -> Void
    ) async throws -> Set<String> {
        var known: Set<String> = []
        for row in try await transaction.query(raise, keys.compactMap { UUID(text: $0) }.sorted()) {
            let id: UUID = try row.value(fields.count + 1)
            let (root, version) = try load(row, id)
            try tell(root, version)
            known.insert(id.text)
        }
        return known
    }

    /// Sends what `recover` makes, for each in order.
    @Loop
    public func recover(_ told: [ToldRecord<Root>], by statement: Statement, in transaction: Transaction) {
        for one in told {
            transaction.enqueue(
                statement,
                values: values(one.record) + [one.version, one.at, one.isOfLaterLife(transaction)])
        }
    }
}
