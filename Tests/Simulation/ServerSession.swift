import EventLoop
import Messaging
import Postgres

/// A session as the server has it, whatever has become of its client.
@Loop
final class ServerSession {
    let id: Int
    let name: String
    /// Where its client is.
    let network: SimulatedNetwork
    /// Ids of the outbox that it has drawn ahead.
    var ids: [Int] = []
    private(set) var transaction: ServerTransaction?
    private var refusal: PostgresError?
    /// Whether it runs a statement, and so waits for no client.
    var isWorking = false
    /// Whether it does nothing but wait for another transaction's lock.
    var isQueued: Bool { transaction.map { $0.waitsFor != 0 } ?? false }
    /// Its name without its purpose.
    var processName: Substring { name.prefix(upTo: name.firstRange(of: " (")?.lowerBound ?? name.endIndex) }
    private(set) var isGone = false
    /// Whether nothing passes between it and its client.
    var isCutOff = false
    /// Counts the statements of its client: stands for `query_start`, which moves with each.
    private(set) var statements = 0
    /// When the last of them came.
    private(set) var lastHeard = Loop.now
    /// In how many looks in a row each process has seen it stand, and when last.
    private var looks: [Int: (statement: Int, count: Int, last: Duration)] = [:]
    /// Called once when it has ended.
    var onEnd: (@Loop () -> Void)?
    private unowned let store: SimulatedStore

    init(id: Int, name: String, _ network: SimulatedNetwork, _ store: SimulatedStore) {
        self.id = id
        self.name = name
        self.network = network
        self.store = store
    }

    /// A statement of the client has come.
    func hear() {
        isWorking = true
        statements += 1
        lastHeard = Loop.now
    }

    /// Runs a statement in the transaction that is open, or in a new one.
    func run(_ statement: Statement, _ values: [any SQLEncodable]) async -> Result<Rows, any Error> {
        if let refusal { return .failure(refusal) }
        let current = transaction ?? store.begin(id)
        transaction = current
        do {
            if network.faults.refuses() {
                throw PostgresError(sqlState: "40001", message: "could not serialize access")
            }
            let rows = try await store.execute(statement, Arguments(values: values), current, self)
            return .success(Rows(cells: rows.map { $0.map(encoded) }, statement: statement.name))
        } catch {
            let refused = (error as? PostgresError) ?? PostgresError(sqlState: "XX000", message: "\(error)")
            refusal = PostgresError(
                sqlState: refused.sqlState, message: refused.message, constraint: refused.constraint,
                statement: statement.name)
            endTransaction(commits: false)
            return .failure(refusal ?? refused)
        }
    }

    /// Commits, or answers why not. Where the connection is cut, that is told by `onCut`.
    func commit(onCut: () -> Void) async -> PostgresError? {
        defer { refusal = nil }
        guard transaction != nil else { return refusal }
        if network.faults.delaysCommit() {
            // The client is told that the connection is lost; the server commits later all the same.
            onCut()
            try? await Loop.sleep(for: network.chance.milliseconds(5...1500))
        } else if network.faults.refuses() {
            refusal = PostgresError(sqlState: "40001", message: "could not serialize access")
        }
        endTransaction(commits: refusal == nil)
        // Exactly on the reply of the commit.
        if network.faults.cuts() { onCut() }
        return refusal
    }

    private func encoded(_ value: (any SQLEncodable)?) -> [UInt8]? {
        guard let value else { return nil }
        var bytes: [UInt8] = []
        return value.encode(into: &bytes) ? bytes : nil
    }

    func endTransaction(commits: Bool) {
        if let transaction { store.end(transaction, commits: commits) }
        transaction = nil
    }

    /// Ends: what it holds is free.
    func end() {
        guard !isGone else { return }
        isGone = true
        endTransaction(commits: false)
        store.forget(self)
        onEnd?()
        onEnd = nil
    }

    /// Notes that a process has seen it stand. A gap in which two looks cannot follow one another begins anew.
    func noteLook(of process: Int) {
        let before = looks[process]
        let isNext = before.map { $0.statement == statements && Loop.now - $0.last < .seconds(6) } ?? false
        looks[process] = (statements, isNext ? (before?.count ?? 0) + 1 : 1, Loop.now)
    }

    /// Why a process may not end it; nil where it may.
    func objection(to process: Int) -> String? {
        if isWorking { return "it was at work" }
        let seen = looks[process].map { $0.statement == statements ? $0.count : 0 } ?? 0
        if seen < 5 { return "it had stood still in \(seen) looks in a row" }
        if !isCutOff, network.isThere, Loop.now - network.lastSilence > .seconds(2) { return "its client was there" }
        return nil
    }
}
