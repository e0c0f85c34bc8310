import EventLoop
import Messaging
import Postgres

/// A connection to the simulated store, with a network between: what was sent arrives later, the answers later still, and either may
/// never come.
@Loop
final class SimulatedSession: DatabaseSession, StatementChannel {
    enum Message {
        case statement(Statement, [any SQLEncodable], Completion<Rows>, Transaction)
        /// Says that the client lives, in the midst of a transaction.
        case beat
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
    let network: SimulatedNetwork
    let server: ServerSession
    private var outgoing: [Message] = []
    var sent: [Message] = []
    /// What the process was stopped in the midst of writing.
    var unwritten: [Message] = []
    private var owed: [Message] = []
    /// What the server has sent and the client has not read.
    var answers: [@Loop () -> Void] = []
    var isPumping = false
    private var isDelivering = false
    /// Whether nothing passes any more, without either side being told.
    var isBlackholed = false
    /// Whether the connection is cut, of which the client may not know yet.
    var isCut = false
    private var isTaken = false
    /// Whether statements were sent whose commit was not.
    private var isInTransaction = false
    private var statements = 0
    private var beat = Beat()
    private var prepared: Set<String> = []
    private var turns: [Completion<Void>] = []

    init(_ store: SimulatedStore, _ network: SimulatedNetwork, name: String = "service") {
        self.store = store
        self.network = network
        server = ServerSession(id: network.nextSession(), name: name, network, store)
        server.onEnd = { [weak self] in self?.serverEnded() }
        store.sessions[server.id] = server
    }

    /// Shows from now on that it lives, as `PostgresConnection` does, while a transaction stands open.
    func startBeating() {
        _ = Loop.after(Beat.tick) { [weak self] in
            guard let self, isOpen else { return }
            if beat.isDue(sent: statements, isOwed: !owed.isEmpty), isInTransaction, !PlantedBug.noBeat.isPlanted {
                outgoing.append(.beat)
                requestAnswers()
            }
            startBeating()
        }
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
        isInTransaction = false
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
        isInTransaction = true
        statements += 1
        if isAwaited { requestAnswers() }
        return answer
    }

    func requestAnswers() {
        guard isOpen, !outgoing.isEmpty else { return }
        if outgoing.contains(where: \.isDecisive) { network.spring() }
        guard isOpen else { return }
        // What is sent into nothing would hold this session, as its transaction does, for ever.
        if !isBlackholed, !isCut { if network.isFrozen { unwritten += outgoing } else { sent += outgoing } }
        owed += outgoing
        outgoing = []
        startPump()
    }

    func startPump() {
        guard !isPumping else { return }
        isPumping = true
        network.leave { _ = Task { @Loop in await self.pump() } }
    }

    func close() {
        guard isOpen else { return }
        // What is on its way may arrive before the goodbye.
        if network.chance.happens(500) { sent = [] }
        fail(.connection("the connection was closed"))
        hangUp()
    }

    /// The goodbye travels as all else does: where nothing passes, the server learns of it late.
    private func hangUp() {
        guard !isPumping else { return }
        if network.pausedUntil > Loop.now { startPump() } else { server.end() }
    }

    func fail(_ error: PostgresError) {
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
            case .rollBack, .beat: break
            case .sync(let done, let transaction):
                done.fail(transaction.failure ?? .connection(error.message, isCommitUnknown: transaction.isEnded))
            }
        }
        answers = []
        unwritten = []
        onClose?()
        onClose = nil
    }

    func lose(_ reason: String) {
        isCut = true
        network.enter { [self] in fail(.connection(reason)) }
    }

    // MARK: The server's side

    private func pump() async {
        defer { isPumping = false }
        repeat {
            await network.travel()
            let arrived = sent
            sent = []
            for message in arrived {
                guard !server.isGone else { break }
                if network.faults.cuts(), !isCut { lose("the connection was cut") }
                server.hear()
                // A server takes its time, in which others commit.
                if network.chance.happens(60) { await network.pass() }
                guard !server.isGone else { break }
                await handle(message)
                server.isWorking = false
            }
            guard !isBlackholed else { return answers = [] }
            deliver()
        } while !sent.isEmpty && !isBlackholed
        if !isOpen || isCut { server.end() }
    }

    /// Sends the answers that are there to the client, which takes them when it runs.
    private func deliver() {
        guard !answers.isEmpty, !isDelivering else { return }
        isDelivering = true
        network.enter { [self] in _ = Task { @Loop in await takeAnswers() } }
    }

    private func takeAnswers() async {
        defer { isDelivering = false }
        while !answers.isEmpty {
            await network.travel()
            let arrived = answers
            answers = []
            guard isOpen, !isBlackholed else { return }
            for answer in arrived { answer() }
        }
    }

    /// The server has ended the session by itself: the client reads that behind what it was sent before.
    private func serverEnded() {
        guard isOpen, !isBlackholed, !isCut else { return }
        answers.append { [self] in fail(.connection("terminating connection due to administrator command")) }
        deliver()
    }

    private func handle(_ message: Message) async {
        switch message {
        case .statement(let statement, let values, let answer, let client):
            let outcome = await server.run(statement, values)
            answers.append { [self] in
                guard isOpen else { return }
                owed.removeFirst()
                if case .failure(let error) = outcome { client.failure = client.failure ?? (error as? PostgresError) }
                answer.complete(outcome)
            }
        case .beat, .rollBack:
            if case .rollBack = message { server.endTransaction(commits: false) }
            answers.append { [self] in if isOpen { owed.removeFirst() } }
        case .sync(let done, let client):
            let refused = await server.commit { if !isCut { lose("the connection was cut") } }
            answers.append { [self] in
                guard isOpen else { return }
                owed.removeFirst()
                client.failure = client.failure ?? refused
                done.succeed(())
            }
        }
    }
}
