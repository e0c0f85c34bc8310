import EventLoop

/// Runs transactions, on one connection or on any of several: the whole of what messaging asks of a database.
@Loop
public protocol Transacting: AnyObject {
    /// Runs `body` as one transaction: it commits when `body` returns and rolls back when it throws.
    func transaction<T>(_ body: (Transaction) async throws -> T) async throws -> T
}

/// One connection to a database, whose locks end with it.
@Loop
public protocol DatabaseSession: Transacting {
    /// Whether it can still be used.
    var isOpen: Bool { get }
    /// Called once when the connection is lost or closed.
    var onClose: (@Loop () -> Void)? { get set }
    /// Ends the connection; what is under way fails.
    func close()
}

extension PostgresConnection: DatabaseSession {}
extension PostgresPool: Transacting {}

/// What a transaction sends its statements through: a connection, or a simulated one.
@Loop
package protocol StatementChannel: AnyObject {
    /// Sends a statement; its answer comes when the server was asked for it.
    func send(
        _ statement: Statement, _ values: [any SQLEncodable], in transaction: Transaction, isAwaited: Bool
    ) -> Completion<Rows>
    /// Asks for the answers of what was sent.
    func requestAnswers()
}

/// One transaction on one connection: everything sent through it commits or fails together.
@Loop
public final class Transaction {
    /// The first refusal; later statements are skipped by the server.
    package var failure: PostgresError?
    package var statements = 0
    /// Whether it had to prepare a statement first.
    package var hasPrepared = false
    /// Set when the body has ended: what is owed after that is the commit.
    package var isEnded = false
    private let connection: any StatementChannel

    package init(_ connection: any StatementChannel) { self.connection = connection }

    /// Sends a statement and waits for its rows.
    public func query(_ statement: Statement, _ values: any SQLEncodable...) async throws -> Rows {
        try await query(statement, values: values)
    }

    /// Sends a statement, its values in a list, and waits for its rows.
    public func query(_ statement: Statement, values: [any SQLEncodable]) async throws -> Rows {
        try await connection.send(statement, values, in: self, isAwaited: true).wait()
    }

    /// Sends a statement together with the next one that is waited for, or with the commit.
    ///
    /// Its failure fails the transaction. The answer may be waited for after the transaction has ended.
    @discardableResult
    public func enqueue(_ statement: Statement, _ values: any SQLEncodable...) -> Completion<Rows> {
        enqueue(statement, values: values)
    }

    /// The same, with the values in a list.
    @discardableResult
    public func enqueue(_ statement: Statement, values: [any SQLEncodable]) -> Completion<Rows> {
        connection.send(statement, values, in: self, isAwaited: false)
    }

    /// Sends what is enqueued and asks for the answers, without ending the transaction.
    public func flush() { connection.requestAnswers() }
}
