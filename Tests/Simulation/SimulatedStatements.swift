import EventLoop
import Messaging
import Postgres

/// A statement's values, by place and type.
struct Arguments {
    let values: [any SQLEncodable]
    func callAsFunction<T>(_ place: Int, _ type: T.Type = T.self) throws -> T {
        guard let value = values[place] as? T else {
            throw PostgresError(sqlState: "42804", message: "value \(place) is no \(T.self)")
        }
        return value
    }
}

typealias AnswerRow = [(any SQLEncodable)?]

extension SimulatedStore {
    /// Does what a named statement of messaging does in SQL.
    func execute(
        _ statement: Statement, _ value: Arguments, _ transaction: ServerTransaction, _ session: ServerSession
    ) async throws -> [AnswerRow] {
        let name = statement.name
        if name == "outbox.set_past" {
            transaction.isPast = true
            return []
        }
        if name.hasPrefix("consumer.") { return try await consume(name, value, transaction) }
        if name.hasPrefix("parking.") { return try await park(name, value, transaction) }
        if name.hasPrefix("timer.") { return try await time(name, value, transaction) }
        if name.hasPrefix("relay.") || name == Outbox.insert.name {
            return try await relay(name, value, transaction, session)
        }
        if name.hasPrefix("seal.") { return try await seal(name, value, transaction, session) }
        if name.hasPrefix("life.") { return try await live(name, value, transaction, session) }
        if name.hasPrefix("session.") { return try watch(name, value, session) }
        return try await business(name, value, transaction, session)
    }

    func unknown(_ name: String) -> PostgresError {
        PostgresError(sqlState: "42601", message: "the simulation does not know \(name)")
    }
}
