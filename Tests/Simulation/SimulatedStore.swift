import CRMModel
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// A service's database: the tables of messaging and those of a small business, with transactions, row locks and a clock.
@Loop
final class SimulatedStore {
    struct OutboxRow {
        let id: Int
        /// By which it is known again, whoever tells it.
        let event: UUID
        let topic: String
        let key: String
        var sequence: Int?
        let type: String
        var payload: String?
        let writer: Int
        let createdAt: Date
        var isPast: Bool
        var lane: Int { Int(key.utf8.reduce(5381) { ($0 &* 33) ^ UInt64($1) } & 7) }
    }
    struct ParkedKeyRow {
        let part: Int
        var attempt = 0
        var nextTry: Duration
    }
    struct ParkedMessageRow {
        let key: SQLBytes?
        let headers: SQLBytes
        let value: SQLBytes?
    }
    struct AppliedRow {
        let epoch: Int
        let number: Int
        let mark: Int?
    }
    struct TimerRow {
        let due: Date
        let payload: String?
    }
    /// Where a group stands, and what it has applied.
    @Loop
    struct Places {
        let offsets = SimulatedTable<Names, Int>()
        let inbox = SimulatedTable<Names, Bool>()
        let sequences = SimulatedTable<Names, AppliedRow>()

        func end(_ id: Int, commits: Bool) {
            offsets.end(id, commits: commits)
            inbox.end(id, commits: commits)
            sequences.end(id, commits: commits)
        }

        func copy(_ other: Places) {
            offsets.copy(other.offsets)
            inbox.copy(other.inbox)
            sequences.copy(other.sequences)
        }
    }
    struct Effect {
        let id: String
        let key: String
    }
    struct Firing {
        let key: String
        let due: Date
        let at: Date
    }

    let chance: Chance
    /// Which database it is.
    let home: String
    let outbox = SimulatedTable<Int, OutboxRow>()
    let places = Places()
    let dead = SimulatedTable<Names, String>()
    let parkedKeys = SimulatedTable<Names, ParkedKeyRow>()
    let parkedMessages = SimulatedTable<Names, ParkedMessageRow>()
    let timers = SimulatedTable<Names, TimerRow>()
    let aggregates = SimulatedTable<Names, Int>()
    let sagas = SimulatedTable<Names, String>()
    /// What each aggregate says, as its owner or a reader has it.
    let words = SimulatedTable<Names, String>()
    /// What people allow, as it is known here.
    let decisions = SimulatedTable<Names, Decision>()
    /// Keys under which what is told of persons lies sealed.
    let subjectKeys = SimulatedTable<Names, KeyRow>()
    /// The states of documents.
    let documents = SimulatedTable<Names, DocumentStates<String>>()
    /// Keys of which a last word was told, with the life that told it.
    let endedKeys = SimulatedTable<Names, Int>()
    let life = SimulatedTable<Int, LifeRow>()
    /// Keys that are to be told again.
    let toldAgain = SimulatedTable<Names, Bool>()
    /// Where a recovery stands.
    let recovery = Places()

    /// What was done, in order of the commits.
    private(set) var effects: [Effect] = []
    private(set) var firings: [Firing] = []
    /// Called with what a commit has done outside, each by what tells it from others.
    var onDeeds: (@Loop ([String]) -> Void)?
    private(set) var outcomes: [(saga: String, outcome: String)] = []
    /// Every event that was committed into the outbox, in order of commit.
    private(set) var committedEvents: [OutboxRow] = []
    /// Set when a rule that holds at every moment was broken.
    var violation: String?
    var isDown = false
    /// Whether the tables of lives are used; other schedules need not look at them.
    var hasLives = false
    var trace: (@Loop (String) -> Void)?
    let ended = Notice()
    /// The sessions that are open, by number.
    var sessions: [Int: ServerSession] = [:]
    private var running: [Int: ServerTransaction] = [:]
    private var begun = 0
    private var drawnIDs = 0
    var writers = 0
    private var advisoryLocks: [Int: Int] = [:]
    /// How many ids a session draws at a time, as the real schema says.
    private static let identityCache: Int = {
        let text = MessagingSchema.migration.sql
        guard let range = text.firstRange(of: "AS IDENTITY (CACHE ") else { return 20 }
        return Int(text[range.upperBound...].prefix { $0.isNumber }) ?? 20
    }()

    init(chance: Chance, home: String = "1") {
        self.chance = chance
        self.home = home
        parkedKeys.onCommit = { [unowned self] key, _, new in
            trace?(
                "parked key \(key.first) \(key.second): \(new.map { "attempt \($0.attempt), due \($0.nextTry)" } ?? "free")"
            )
        }
        parkedMessages.onCommit = { [unowned self] key, _, new in
            trace?("parked message \(key.first) \(key.second) \(key.number): \(new == nil ? "free" : "waits")")
        }
        places.offsets.onCommit = { [unowned self] key, old, new in
            trace?("offset of \(key.first)[\(key.number)] is \(new ?? -2)")
            if let old, (new ?? -2) < old {
                violation = "I7: the offset of \(key) went back from \(old) to \(new ?? -2)"
            }
        }
    }

    /// A copy of what another has committed, in a database of its own.
    convenience init(copying other: SimulatedStore, home: String) {
        self.init(chance: other.chance, home: home)
        outbox.copy(other.outbox)
        places.copy(other.places)
        aggregates.copy(other.aggregates)
        words.copy(other.words)
        decisions.copy(other.decisions)
        subjectKeys.copy(other.subjectKeys)
        documents.copy(other.documents)
        life.copy(other.life)
        toldAgain.copy(other.toldAgain)
        drawnIDs = other.drawnIDs
    }

    /// Where a group stands.
    func places(of group: String) -> Places { group.hasSuffix(".recovery") ? recovery : places }

    /// The last place that the outbox has given.
    var place: Int { drawnIDs }

    /// The database's clock.
    var clock: Date { Date(timeIntervalSince1970: 1_800_000_000 + Loop.now.seconds) }
    var isBusy: Bool { !running.isEmpty }

    // MARK: Transactions

    func begin(_ session: Int) -> ServerTransaction {
        begun += 1
        let transaction = ServerTransaction(id: begun, session: session)
        running[begun] = transaction
        return transaction
    }

    func end(_ transaction: ServerTransaction, commits: Bool) {
        guard running.removeValue(forKey: transaction.id) != nil else { return }
        endTables(transaction.id, commits: commits)
        if commits {
            for effect in transaction.effects { trace?("applied \(effect.id) of \(effect.key)") }
            effects += transaction.effects
            firings += transaction.firings
            outcomes += transaction.outcomes
            committedEvents += transaction.events
            if !transaction.deeds.isEmpty { onDeeds?(transaction.deeds) }
        }
        transaction.isOver = true
        ended.notify()
    }

    /// Each by its name, which the compiler makes quick code of.
    private func endTables(_ id: Int, commits: Bool) {
        outbox.end(id, commits: commits)
        places.end(id, commits: commits)
        dead.end(id, commits: commits)
        parkedKeys.end(id, commits: commits)
        parkedMessages.end(id, commits: commits)
        timers.end(id, commits: commits)
        aggregates.end(id, commits: commits)
        sagas.end(id, commits: commits)
        guard hasLives else { return }
        recovery.end(id, commits: commits)
        words.end(id, commits: commits)
        decisions.end(id, commits: commits)
        subjectKeys.end(id, commits: commits)
        documents.end(id, commits: commits)
        endedKeys.end(id, commits: commits)
        life.end(id, commits: commits)
        toldAgain.end(id, commits: commits)
    }

    /// Waits until no other transaction has the row; two that wait for each other are told apart as PostgreSQL does it.
    func lock<Key, Value>(
        _ table: SimulatedTable<Key, Value>, _ key: Key, _ transaction: ServerTransaction
    ) async throws {
        while true {
            let owner = table.owner(of: key)
            if owner == 0 || owner == transaction.id { return }
            transaction.waitsFor = owner
            defer { transaction.waitsFor = 0 }
            var next = owner
            while let other = running[next], other.waitsFor != 0 {
                next = other.waitsFor
                if next == transaction.id {
                    violation = "TC: two transactions wait for each other"
                    throw PostgresError(sqlState: "40P01", message: "deadlock detected")
                }
            }
            let isFree = try await ended.wait(
                until: { table.owner(of: key) != owner || transaction.isOver }, atMost: .seconds(30))
            if transaction.isOver { throw PostgresError(sqlState: "57P01", message: "the session has ended") }
            if !isFree { throw PostgresError(sqlState: "57014", message: "statement timeout") }
        }
    }

    /// The next id of the outbox, from the session's own supply where the schema lets it have one.
    func nextOutboxID(_ session: ServerSession) -> Int {
        let cache = PlantedBug.cachedIdentity.isPlanted ? 20 : Self.identityCache
        if session.ids.isEmpty {
            session.ids = Array((drawnIDs + 1)...(drawnIDs + cache))
            drawnIDs += cache
        }
        return session.ids.removeFirst()
    }

    func takeAdvisoryLock(_ number: Int, _ session: Int) -> Bool {
        if let holder = advisoryLocks[number], holder != session { return false }
        advisoryLocks[number] = session
        return true
    }

    func hasAdvisoryLocks(_ session: Int) -> Bool { advisoryLocks.values.contains(session) }

    /// A session has ended: its advisory locks are free.
    func forget(_ session: ServerSession) {
        sessions[session.id] = nil
        if hasAdvisoryLocks(session.id) { advisoryLocks = advisoryLocks.filter { $0.value != session.id } }
        ended.notify()
    }
}

/// A transaction at the server.
@Loop
final class ServerTransaction {
    let id: Int
    let session: Int
    let begin = Loop.now
    var waitsFor = 0
    /// Whether what it does is past.
    var isPast = false
    var isOver = false
    /// When its transaction id was drawn, that is at its first write.
    var writeOrder = 0
    var effects: [SimulatedStore.Effect] = []
    var firings: [SimulatedStore.Firing] = []
    var outcomes: [(saga: String, outcome: String)] = []
    var events: [SimulatedStore.OutboxRow] = []
    var deeds: [String] = []

    init(id: Int, session: Int) {
        self.id = id
        self.session = session
    }
}
