import EventLoop

/// A fixed number of connections; each one that is lost is opened again, with growing pauses.
@Loop
public final class PostgresPool {
    /// The connections that are free and open.
    public var idleCount: Int { idle.count }
    /// The connections that are open.
    public private(set) var openCount = 0
    /// Callers that wait for a connection.
    public var waitingCount: Int { waiting.count }
    /// How many connections it keeps.
    public let size: Int
    /// Why the last attempt to connect failed; nil once one succeeded.
    public private(set) var lastFailure: (any Error)?
    /// Told of each statement before it is sent; tests set it before `start`.
    package var onSend: (@Loop (Statement) -> Void)?
    /// Asked of each connection that was opened, before anybody works on it; where it throws, that one is closed and another opened.
    public var onOpen: (@Loop (PostgresConnection) async throws -> Void)?
    private let settings: PostgresSettings
    private let acquireTimeout: Duration
    private var idle: [PostgresConnection] = []
    private var waiting: [Completion<PostgresConnection>] = []
    private var isClosed = false
    private var keepers: [Task<Void, Never>] = []

    /// Prepares a pool; `start` opens it.
    public init(_ settings: PostgresSettings, size: Int, acquireTimeout: Duration = .seconds(2)) {
        self.settings = settings
        self.size = size
        self.acquireTimeout = acquireTimeout
    }

    /// Opens the first connection, so that a wrong address or password is an error at once, and the others behind it. After an error
    /// it may be tried again; once it has succeeded, more calls do nothing.
    public func start() async throws {
        guard keepers.isEmpty else { return }
        let first = try await PostgresConnection.open(settings)
        for slot in 0..<size {
            keepers.append(Task { @Loop in await self.keep(slot == 0 ? first : nil) })
        }
    }

    /// Closes all connections; what is under way fails.
    public func close() {
        isClosed = true
        for keeper in keepers { keeper.cancel() }
        for connection in idle { connection.close() }
        idle = []
        for waiter in waiting { waiter.fail(PoolExhausted()) }
        waiting = []
    }

    /// Runs `body` as one transaction on a free connection, which it waits for at most the acquire timeout.
    public func transaction<T>(_ body: (Transaction) async throws -> T) async throws -> T {
        let connection = try await lease()
        defer { giveBack(connection) }
        return try await connection.transaction(body)
    }

    /// One statement in a transaction of its own, in one round trip.
    public func query(_ statement: Statement, _ values: any SQLEncodable...) async throws -> Rows {
        try await query(statement, values)
    }

    /// One statement in a transaction of its own, in one round trip, its values in a list.
    public func query(_ statement: Statement, _ values: [any SQLEncodable]) async throws -> Rows {
        let connection = try await lease()
        defer { giveBack(connection) }
        let answer = try await connection.transaction { transaction in
            connection.send(statement, values, in: transaction, isAwaited: false)
        }
        return try await answer.wait()
    }

    // MARK: Leases

    private func lease() async throws -> PostgresConnection {
        while let connection = idle.popLast() {
            if connection.isOpen { return connection }
        }
        guard !isClosed else { throw PoolExhausted() }
        let waiter = Completion<PostgresConnection>()
        waiting.append(waiter)
        let timer = Loop.after(acquireTimeout) { [self] in
            waiting.removeAll { $0 === waiter }
            waiter.fail(lastFailure ?? PoolExhausted())
        }
        defer { timer.cancel() }
        return try await waiter.wait()
    }

    private func giveBack(_ connection: PostgresConnection) {
        guard connection.isOpen else { return }
        if isClosed { return connection.close() }
        if waiting.isEmpty {
            idle.append(connection)
        } else {
            waiting.removeFirst().succeed(connection)
        }
    }

    private func opened() async throws -> PostgresConnection {
        let connection = try await PostgresConnection.open(settings)
        do {
            try await onOpen?(connection)
        } catch {
            connection.close()
            throw error
        }
        return connection
    }

    /// Keeps one connection open for as long as the pool lives.
    private func keep(_ first: PostgresConnection?) async {
        var connection = first
        var pause = Duration.milliseconds(50)
        while !isClosed, !Task.isCancelled {
            do {
                let open: PostgresConnection
                if let given = connection.take() { open = given } else { open = try await opened() }
                guard !isClosed else { return open.close() }
                // The first one may have been lost before this task began.
                guard open.isOpen else { continue }
                lastFailure = nil
                pause = .milliseconds(50)
                openCount += 1
                let lost = Completion<Void>()
                open.onClose = { lost.succeed(()) }
                open.onSend = onSend
                giveBack(open)
                try? await lost.waitOrCancel()
                openCount -= 1
                idle.removeAll { $0 === open }
                // One that somebody works with too: a server that does not answer would be waited for without end.
                if isClosed { open.close() }
            } catch {
                lastFailure = error
                try? await Loop.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(500))
            }
        }
    }
}
