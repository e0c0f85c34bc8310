import EventLoop
import Messaging
import Postgres

/// A connection to the simulated store, with a network between: what was sent arrives later, the answers later still, and either may
/// never come.
@Loop
final class SimulatedSession: DatabaseSession, StatementChannel {
    private enum Message {
        case statement(Statement, [any SQLEncodable], Completion<Rows>, Transaction)
        case rollBack
        case sync(Completion<Void>, Transaction)

        /// Whether it is part of what a process does as the holder of partitions.
        var isDecisive: Bool {
            guard case .statement(let statement, _, _, _) = self else { return false }
            return statement.name.hasPrefix("consumer.move") || statement.name.hasPrefix("parking.")
        }
    }

    private(set) var isOpen = true
    var onClose: (@Loop () -> Void)?
    private let store: SimulatedStore
    private let network: SimulatedNetwork
    private let server: ServerSession
    private var transaction: ServerTransaction?
    private var refusal: PostgresError?
    private var outgoing: [Message] = []
    private var sent: [Message] = []
    private var owed: [Message] = []
    private var isPumping = false
    private var isServerGone = false
    /// Whether nothing passes any more, without either side being told.
    private var isBlackholed = false
    private var isTaken = false
    private var prepared: Set<String> = []
    private var turns: [Completion<Void>] = []

    init(_ store: SimulatedStore, _ network: SimulatedNetwork) {
        self.store = store
        self.network = network
        server = ServerSession(id: network.nextSession())
    }

    // MARK: The client's side

    func transaction<T>(_ body: (Transaction) async throws -> T) async throws -> T {
        if isTaken {
            let turn = Completion<Void>()
            turns.append(turn)
            try await turn.wait()
        }
        isTaken = true
        let transaction = Transaction(self)
        let value: T
        do {
            guard isOpen else { throw PostgresError.connection("the connection is lost") }
            value = try await body(transaction)
            try transaction.checkOrder()
        } catch {
            if transaction.failure == nil { outgoing.append(.rollBack) }
            try? await end(transaction)
            throw transaction.failure ?? error
        }
        transaction.isEnded = true
        try await end(transaction)
        if let failure = transaction.failure { throw failure }
        return value
    }

    /// Ends a transaction as `PostgresConnection` does: the next one's statements may follow before its commit is confirmed.
    private func end(_ transaction: Transaction) async throws {
        let sync = sendSync(transaction)
        if transaction.hasPrepared {
            defer { endTurn() }
            try await sync.wait()
        } else {
            endTurn()
            try await sync.wait()
        }
    }

    private func endTurn() { if turns.isEmpty { isTaken = false } else { turns.removeFirst().succeed(()) } }

    private func sendSync(_ transaction: Transaction) -> Completion<Void> {
        let done = Completion<Void>()
        guard isOpen else {
            done.fail(transaction.failure ?? PostgresError.connection("the connection is lost"))
            return done
        }
        outgoing.append(.sync(done, transaction))
        requestAnswers()
        return done
    }

    func send(
        _ statement: Statement, _ values: [any SQLEncodable], in transaction: Transaction, isAwaited: Bool
    ) -> Completion<Rows> {
        let answer = Completion<Rows>()
        if let failure = transaction.failure ?? (isOpen ? nil : PostgresError.connection("the connection is lost")) {
            answer.fail(failure)
            return answer
        }
        transaction.statements += 1
        if prepared.insert(statement.name).inserted { transaction.hasPrepared = true }
        outgoing.append(.statement(statement, values, answer, transaction))
        if isAwaited { requestAnswers() }
        return answer
    }

    func requestAnswers() {
        guard isOpen, !outgoing.isEmpty else { return }
        if outgoing.contains(where: \.isDecisive) { network.spring() }
        guard isOpen else { return }
        // What is sent into nothing would hold this session, as its transaction does, for ever.
        if !isBlackholed { sent += outgoing }
        owed += outgoing
        outgoing = []
        guard !isPumping else { return }
        isPumping = true
        Task { @Loop in await self.pump() }
    }

    func close() {
        guard isOpen else { return }
        // What is on its way may arrive before the goodbye.
        if network.chance.happens(500) { sent = [] }
        fail(.connection("the connection was closed"))
        if !isPumping { endServer(commits: false) }
    }

    private func fail(_ error: PostgresError) {
        guard isOpen else { return }
        isOpen = false
        let lost = owed + outgoing
        owed = []
        outgoing = []
        for message in lost {
            switch message {
            case .statement(_, _, let answer, let transaction):
                let lost = PostgresError.connection(error.message, isCommitUnknown: transaction.isEnded)
                transaction.failure = transaction.failure ?? lost
                answer.fail(transaction.failure ?? lost)
            case .rollBack: break
            case .sync(let done, let transaction):
                done.fail(transaction.failure ?? .connection(error.message, isCommitUnknown: transaction.isEnded))
            }
        }
        onClose?()
        onClose = nil
    }

    // MARK: Faults

    /// The connection is cut: both sides notice soon.
    func cut() {
        if network.chance.happens(500) { sent = [] }
        fail(.connection("the connection was cut"))
        if !isPumping { endServer(commits: false) }
    }

    /// Nothing passes any more; keepalives tell the server after 11 s, and the client a little later.
    func blackhole() {
        guard isOpen, !isBlackholed else { return }
        isBlackholed = true
        sent = []
        _ = Loop.after(.seconds(11)) { [self] in endServer(commits: false) }
        _ = Loop.after(.seconds(12)) { [self] in fail(.connection("timed out")) }
    }

    // MARK: The server's side

    private func pump() async {
        defer { isPumping = false }
        while !sent.isEmpty, !isBlackholed {
            await network.travel()
            let arrived = sent
            sent = []
            var answers: [@Loop () -> Void] = []
            for message in arrived {
                guard !isServerGone else { break }
                if network.faults.cuts(), isOpen { fail(.connection("the connection was cut")) }
                // A server takes its time, in which others commit.
                if network.chance.happens(60) { await network.travel() }
                await handle(message, &answers)
            }
            guard !isBlackholed else { return }
            await network.travel()
            guard isOpen else { continue }
            for answer in answers { answer() }
        }
        if !isOpen { endServer(commits: false) }
    }

    private func handle(_ message: Message, _ answers: inout [@Loop () -> Void]) async {
        switch message {
        case .statement(let statement, let values, let answer, let client):
            let outcome = await run(statement, values)
            answers.append { [self] in
                owed.removeFirst()
                if case .failure(let error) = outcome { client.failure = client.failure ?? (error as? PostgresError) }
                answer.complete(outcome)
            }
        case .rollBack:
            if let transaction { store.end(transaction, commits: false) }
            transaction = nil
            answers.append { [self] in owed.removeFirst() }
        case .sync(let done, let client):
            await commit()
            let refused = refusal
            refusal = nil
            answers.append { [self] in
                owed.removeFirst()
                client.failure = client.failure ?? refused
                done.succeed(())
            }
        }
    }

    private func run(_ statement: Statement, _ values: [any SQLEncodable]) async -> Result<Rows, any Error> {
        if let refusal { return .failure(refusal) }
        let current = transaction ?? store.begin(server.id)
        transaction = current
        do {
            if network.faults.refuses() {
                throw PostgresError(sqlState: "40001", message: "could not serialize access")
            }
            let rows = try await store.execute(statement, Arguments(values: values), current, server)
            return .success(Rows(cells: rows.map { $0.map(encoded) }, statement: statement.name))
        } catch {
            let refused = (error as? PostgresError) ?? PostgresError(sqlState: "XX000", message: "\(error)")
            refusal = PostgresError(
                sqlState: refused.sqlState, message: refused.message, constraint: refused.constraint,
                statement: statement.name)
            store.end(current, commits: false)
            transaction = nil
            return .failure(refusal ?? refused)
        }
    }

    private func commit() async {
        guard let current = transaction else { return }
        if network.faults.delaysCommit() {
            // The client is told that the connection is lost; the server commits later all the same.
            fail(.connection("the connection was cut"))
            try? await Loop.sleep(for: network.chance.milliseconds(5...1500))
        } else if network.faults.refuses() {
            refusal = PostgresError(sqlState: "40001", message: "could not serialize access")
        }
        store.end(current, commits: refusal == nil)
        transaction = nil
        // Exactly on the reply of the commit.
        if network.faults.cuts(), isOpen { fail(.connection("the connection was cut")) }
    }

    func endServer(commits: Bool) {
        guard !isServerGone else { return }
        isServerGone = true
        if let transaction { store.end(transaction, commits: commits) }
        transaction = nil
        store.freeAdvisoryLocks(of: server.id)
        store.ended.notify()
    }

    private func encoded(_ value: (any SQLEncodable)?) -> [UInt8]? {
        guard let value else { return nil }
        var bytes: [UInt8] = []
        return value.encode(into: &bytes) ? bytes : nil
    }
}

/// A pool over the simulated store, for timers and commands.
@Loop
final class SimulatedPool: Transacting {
    private let open: () async throws -> SimulatedSession
    private var idle: [SimulatedSession] = []

    init(_ open: @escaping () async throws -> SimulatedSession) { self.open = open }

    func transaction<T>(_ body: (Transaction) async throws -> T) async throws -> T {
        while let session = idle.popLast() {
            guard session.isOpen else { continue }
            defer { if session.isOpen { idle.append(session) } }
            return try await session.transaction(body)
        }
        let session = try await open()
        defer { if session.isOpen { idle.append(session) } }
        return try await session.transaction(body)
    }
}

/// The way between one process and its servers.
@Loop
final class SimulatedNetwork {
    let chance: Chance
    let faults: Faults
    /// Until when the process stands still and nothing reaches it or leaves it.
    var pausedUntil = Duration.zero {
        didSet { resumed.notify() }
    }
    /// Called once at the next moment at which a batch or a retry is on its way: the worst time for anything to happen.
    private var ambush: (@Loop () -> Void)?
    private var patience = 0
    private let resumed = Notice()

    init(_ chance: Chance, _ faults: Faults) {
        self.chance = chance
        self.faults = faults
    }

    /// Lays an ambush for one of the next such moments.
    func lay(_ ambush: @escaping @Loop () -> Void) {
        patience = chance.number(0...3)
        self.ambush = ambush
    }

    /// Springs the ambush, if one is laid.
    func spring() {
        patience -= 1
        guard patience < 0 else { return }
        let laid = ambush
        ambush = nil
        laid?()
    }

    func nextSession() -> Int {
        faults.sessions += 1
        return faults.sessions
    }

    /// Waits as long as a message needs; often no time at all, so that the order of jobs decides.
    func travel() async {
        while pausedUntil > Loop.now {
            _ = try? await resumed.wait(until: { pausedUntil <= Loop.now }, atMost: pausedUntil - Loop.now)
        }
        let pause = chance.number(0...9)
        if pause > 6 { try? await Loop.sleep(for: .milliseconds(pause - 6)) }
    }
}

/// How often what goes wrong by itself; of a thousand times each.
@Loop
final class Faults {
    private let chance: Chance
    var cutRate = 0
    var refusalRate = 0
    var lateCommitRate = 0
    var sessions = 0
    /// Whether anything went wrong that may make a relay publish twice.
    var happened = 0

    init(_ chance: Chance) { self.chance = chance }

    private func happens(_ rate: Int) -> Bool {
        guard chance.happens(rate) else { return false }
        happened += 1
        return true
    }

    func cuts() -> Bool { happens(cutRate) }
    func refuses() -> Bool { happens(refusalRate) }
    func delaysCommit() -> Bool { happens(lateCommitRate) }
    func end() {
        cutRate = 0
        refusalRate = 0
        lateCommitRate = 0
    }
}
