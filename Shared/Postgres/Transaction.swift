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
    /// Whether its statements are known to the server under names of their own, so that their plans, once made for few values, serve no
    /// transaction with many.
    public var isForFew = false
    /// Set when the body has ended: what is owed after that is the commit.
    package var isEnded = false
    private let connection: any StatementChannel
    private var made: [ObjectIdentifier: AnyObject] = [:]
    private var foreseen: [LockKind: @Loop (Transaction) -> Void] = [:]
    #if DEBUG
        private var order = LockOrder()
        /// Why it must not commit: it has taken its locks in another order than all others.
        private var disorder: PostgresError?
    #endif

    package init(_ connection: any StatementChannel) { self.connection = connection }

    /// Sends a statement and waits for its rows.
    public func query(_ statement: Statement, _ values: any SQLEncodable...) async throws -> Rows {
        try await query(statement, values: values)
    }

    /// Sends a statement, its values in a list, and waits for its rows.
    public func query(_ statement: Statement, values: [any SQLEncodable]) async throws -> Rows {
        try await send(statement, values, isAwaited: true).wait()
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
        send(statement, values, isAwaited: false)
    }

    /// Sends what is enqueued and asks for the answers, without ending the transaction.
    public func flush() { connection.requestAnswers() }

    /// What parts of the transaction leave for each other, made by the one that asks first: what will be locked, what is.
    public func shared<T: AnyObject>(_ make: () -> T) -> T {
        let kind = ObjectIdentifier(T.self)
        if let known = made[kind] as? T { return known }
        let value = make()
        made[kind] = value
        return value
    }

    /// Notes that locks of a kind will be taken, and how all of them are taken at once.
    public func foresee(_ kind: LockKind, _ take: @escaping @Loop (Transaction) -> Void) { foreseen[kind] = take }

    /// Takes what was foreseen, in the order of kinds: before anything that comes behind it is locked.
    package func takeForeseen() {
        let all = foreseen.sorted { $0.key < $1.key }
        foreseen = [:]
        for (_, take) in all { take(self) }
    }

    private func send(
        _ statement: Statement, _ values: [any SQLEncodable], isAwaited: Bool
    ) -> Completion<Rows> {
        #if DEBUG
            if let fault = order.fault(of: statement, values), disorder == nil {
                disorder = PostgresError(sqlState: "XX000", message: fault)
            }
            if let disorder {
                let refused = Completion<Rows>()
                refused.fail(disorder)
                return refused
            }
        #endif
        return connection.send(statement, values, in: self, isAwaited: isAwaited)
    }

    /// Refuses to commit what has taken its locks in another order than all others; only debug builds look.
    package func checkOrder() throws {
        #if DEBUG
            if let disorder { throw disorder }
        #endif
    }
}
