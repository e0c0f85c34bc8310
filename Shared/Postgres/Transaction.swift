import EventLoop

/// One transaction on one connection: everything sent through it commits or fails together.
@Loop
public final class Transaction {
    /// The first refusal; later statements are skipped by the server.
    var failure: PostgresError?
    var statements = 0
    /// Whether it had to prepare a statement first.
    var hasPrepared = false
    /// Set when the body has ended: what is owed after that is the commit.
    var isEnded = false
    private let connection: PostgresConnection

    init(_ connection: PostgresConnection) { self.connection = connection }

    /// Sends a statement and waits for its rows.
    public func query(_ statement: Statement, _ values: any SQLEncodable...) async throws -> Rows {
        try await connection.send(statement, values, in: self, isAwaited: true).wait()
    }

    /// Sends a statement together with the next one that is waited for, or with the commit.
    ///
    /// Its failure fails the transaction. The answer may be waited for after the transaction has ended.
    @discardableResult
    public func enqueue(_ statement: Statement, _ values: any SQLEncodable...) -> Completion<Rows> {
        connection.send(statement, values, in: self, isAwaited: false)
    }

    /// Sends what is enqueued and asks for the answers, without ending the transaction.
    public func flush() { connection.requestAnswers() }
}
