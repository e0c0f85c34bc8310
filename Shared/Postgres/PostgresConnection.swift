import CPostgres
import EventLoop

/// One connection in pipeline mode on the loop.
///
/// Everything between two syncs is one transaction of the server (libpq documentation, 34.5), so no BEGIN is ever sent:
/// a failed one rolls back by itself and leaves the connection clean.
@Loop
public final class PostgresConnection: StatementChannel {
    /// Whether it can still be used.
    public private(set) var isOpen = true
    /// Called once when the connection is lost or closed.
    public var onClose: (@Loop () -> Void)?
    /// Told of each statement before it is sent; tests set it.
    package var onSend: (@Loop (Statement) -> Void)?
    /// Whether it holds what ends with it and with no transaction, an advisory lock: then it shows between transactions too that it lives.
    public var holdsLocks = false {
        didSet { if holdsLocks { tickLater() } }
    }
    let connection: OpaquePointer
    private var watch: SocketWatch?
    var expected: [ExpectedAnswer] = []
    private var answered = 0
    /// Up to which of them the server was asked to answer.
    private var requested = 0
    /// Whether the server works for us, as far as is known.
    var isOwed: Bool { answered < requested }
    /// How many statements were sent.
    private(set) var sent = 0
    /// The transaction that has sent statements and not its end.
    private(set) var current: Transaction?
    var beat = Beat()
    var ticking: LoopTimer?
    /// Under which name the server has each statement.
    private var prepared: [String: String] = [:]
    /// How many were prepared that the server does not run any more, and whose names it keeps.
    private var outdated = 0
    /// One transaction at a time: statements of two must not mix, for the next sync commits them all.
    private let turns = Turns()

    /// Takes a connection that was made.
    init(_ connection: OpaquePointer) throws {
        self.connection = connection
        PQsetnonblocking(connection, 1)
        PQenterPipelineMode(connection)
        let watch = try SocketWatch(descriptor: PQsocket(connection)) { [weak self] events in self?.ready(events) }
        self.watch = watch
        watch.watch(.readable)
    }

    /// Ends the connection; what is under way fails.
    public func close() { fail(.connection("the connection was closed")) }

    /// Runs `body` as one transaction: it commits when `body` returns and rolls back when it throws.
    ///
    /// The next transaction's statements may follow on the wire before this one's commit is confirmed, so that the server never
    /// waits for us; they stand or fall by themselves. Only one that had to prepare a statement is waited for: should it fail, the
    /// next must know that the statement is not there.
    public func transaction<T>(_ body: (Transaction) async throws -> T) async throws -> T {
        try await turns.take()
        let transaction = Transaction(self)
        let value: T
        do {
            guard isOpen else { throw PostgresError.connection("the connection is lost") }
            value = try await body(transaction)
            try transaction.checkOrder()
        } catch {
            try? await end(transaction, by: sendRollback(transaction))
            throw transaction.failure ?? error
        }
        transaction.isEnded = true
        try await end(transaction, by: transaction.statements > 0 ? sendSync(transaction) : nil)
        if let failure = transaction.failure { throw failure }
        return value
    }

    private func end(_ transaction: Transaction, by sync: Completion<Void>?) async throws {
        guard transaction.hasPrepared else {
            turns.end()
            try await sync?.wait()
            return
        }
        defer { turns.end() }
        try await sync?.wait()
    }

    /// Ends the implicit transaction; the answer comes when the server has committed it.
    @discardableResult
    func sendSync(_ transaction: Transaction) -> Completion<Void> {
        let done = Completion<Void>()
        guard isOpen else {
            done.fail(transaction.failure ?? PostgresError.connection("the connection is lost"))
            return done
        }
        expected.append(.sync(done, transaction: transaction))
        requested = expected.count
        current = nil
        PQpipelineSync(connection)
        flush()
        return done
    }

    private func sendRollback(_ transaction: Transaction) -> Completion<Void>? {
        guard isOpen, transaction.statements > 0 else { return nil }
        if transaction.failure == nil {
            // Alone, a ROLLBACK of an implicit transaction is one more warning in the server's log; behind a BEGIN it is not, and that makes
            // no new transaction, but a block of the one that runs.
            for command in ["BEGIN", "ROLLBACK"] { sendPlain(command, in: transaction) }
        }
        return sendSync(transaction)
    }

    private func sendPlain(_ sql: String, in transaction: Transaction) {
        expected.append(.rows(name: sql, answer: Completion<Rows>(), transaction: transaction))
        PQsendQueryParams(connection, sql, 0, nil, nil, nil, nil, 1)
    }

    // MARK: Sending

    /// Sends a statement of no effect, so that the server sees one.
    func sendBeat(in transaction: Transaction) {
        guard isOpen else { return }
        transaction.statements += 1
        sendPlain("SELECT 1", in: transaction)
        requestAnswers()
    }

    package func send(
        _ statement: Statement, _ values: [any SQLEncodable], in transaction: Transaction, isAwaited: Bool
    ) -> Completion<Rows> {
        let answer = Completion<Rows>()
        guard isOpen else {
            answer.fail(PostgresError.connection("the connection is lost"))
            return answer
        }
        // After a refusal the server passes over everything up to the sync and answers nothing, so nothing is sent.
        if let failure = transaction.failure {
            answer.fail(failure)
            return answer
        }
        onSend?(statement)
        if transaction.statements == 0 { begin(transaction) }
        transaction.statements += 1
        sent &+= 1
        var buffer: [UInt8] = []
        var ranges: [Range<Int>?] = []
        var types: [UInt32] = []
        for value in values {
            let start = buffer.count
            let isValue = value.encode(into: &buffer)
            ranges.append(isValue ? start..<buffer.count : nil)
            types.append(type(of: value).sqlType)
        }
        let key = transaction.isForFew ? Self.few(statement.name) : statement.name
        let name = prepared[key] ?? (outdated == 0 ? key : "\(key)#\(outdated)")
        if prepared.updateValue(name, forKey: key) == nil {
            transaction.hasPrepared = true
            expected.append(.prepare(name: statement.name, key: key, transaction: transaction))
            PQsendPrepare(connection, name, statement.sql, Int32(types.count), types)
        }
        expected.append(.rows(name: statement.name, answer: answer, transaction: transaction))
        if buffer.isEmpty { buffer.append(0) }
        buffer.withUnsafeBytes { raw in
            let base = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = ranges.map { range in range.flatMap { base?.advanced(by: $0.lowerBound) } }
            let lengths = ranges.map { Int32($0?.count ?? 0) }
            let formats = [Int32](repeating: 1, count: ranges.count)
            _ = PQsendQueryPrepared(connection, name, Int32(ranges.count), pointers, lengths, formats, 1)
        }
        if isAwaited { requestAnswers() }
        return answer
    }

    /// What a statement is known by in transactions for few values.
    private static func few(_ name: String) -> String { name + "~few" }

    private func begin(_ transaction: Transaction) {
        current = transaction
        tickLater()
    }

    package func requestAnswers() {
        guard isOpen else { return }
        requested = expected.count
        PQsendFlushRequest(connection)
        flush()
    }

    private func flush() {
        let left = PQflush(connection)
        // To send a sync is to flush as well: where libpq met the end of the connection there, it has closed the socket, nothing is
        // left to send, and nothing would ever wake us.
        guard PQstatus(connection) == CONNECTION_OK else { return fail(.connection(lastMessage)) }
        switch left {
        case 0: watch?.watch(.readable)
        case 1: watch?.watch([.readable, .writable])
        default: fail(.connection(lastMessage))
        }
    }

    // MARK: Receiving

    private func ready(_ events: SocketWatch.Events) {
        guard isOpen else { return }
        if events.contains(.writable) { flush() }
        guard isOpen, events.contains(.readable) else { return }
        guard PQconsumeInput(connection) == 1 else { return fail(.connection(lastMessage)) }
        while isOpen, answered < expected.count, PQisBusy(connection) == 0 { take(PQgetResult(connection)) }
        if answered == expected.count {
            expected.removeAll(keepingCapacity: true)
            (answered, requested) = (0, 0)
        } else if answered > 512 {
            expected.removeFirst(answered)
            requested -= answered
            answered = 0
        }
        // With nothing owed, anything that comes is a notice or the end.
        if isOpen, expected.isEmpty, PQstatus(connection) != CONNECTION_OK { fail(.connection(lastMessage)) }
    }

    /// Takes one result: each statement gives one and then a null; a sync gives one and no null.
    private func take(_ result: OpaquePointer?) {
        guard let result else {
            // An error of the commit itself has a null of its own; the sync is still to come.
            if case .sync = expected[answered] {
                if PQstatus(connection) != CONNECTION_OK { fail(.connection(lastMessage)) }
                return
            }
            answered += 1
            return
        }
        let entry = expected[answered]
        switch PQresultStatus(result) {
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            answered += 1
            if case .sync(let done, _) = entry { done.succeed(()) }
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            if case .rows(let name, let answer, _) = entry {
                answer.succeed(Rows(result, statement: name))
            } else {
                PQclear(result)
            }
        default:
            let error = entry.error(in: result)
            PQclear(result)
            refuse(entry, error)
        }
    }

    private func refuse(_ entry: ExpectedAnswer, _ error: PostgresError) {
        switch entry {
        case .prepare(_, let key, let transaction):
            prepared[key] = nil
            if transaction.failure == nil { transaction.failure = error }
        case .rows(let name, let answer, let transaction):
            if transaction.failure == nil {
                transaction.failure = error
                // Lost or outdated on the server, as where a newer program's migration has changed a type: prepare it anew next time.
                if error.sqlState == "26000" || error.sqlState == "0A000" {
                    let known = [name, Self.few(name)].filter { prepared.removeValue(forKey: $0) != nil }
                    if !known.isEmpty { outdated += 1 }
                }
            }
            answer.fail(transaction.failure ?? error)
        case .sync(_, let transaction):
            // What is checked at the commit: deferred constraints and their triggers.
            if transaction.failure == nil { transaction.failure = error }
        }
    }

    var lastMessage: String {
        String(cString: PQerrorMessage(connection)).split(separator: "\n").first.map(String.init) ?? "connection lost"
    }

    private func fail(_ error: PostgresError) {
        guard isOpen else { return }
        isOpen = false
        watch?.close()
        watch = nil
        let owed = expected[answered...]
        expected = []
        (answered, requested, current) = (0, 0, nil)
        ticking?.cancel()
        for entry in owed {
            // Statements that went out together with their commit do not know its outcome either.
            let isUnknown = entry.transaction.isEnded && entry.transaction.failure == nil
            let lost = isUnknown ? PostgresError.connection(error.message, isCommitUnknown: true) : error
            if case .sync(let done, let transaction) = entry {
                done.fail(transaction.failure ?? lost)
            } else {
                refuse(entry, lost)
            }
        }
        PQfinish(connection)
        onClose?()
        onClose = nil
    }
}
