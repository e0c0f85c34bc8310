import EventLoop
import FoundationEssentials
import Postgres

/// Work that is due at a time of the database's clock: rows, so that it outlives any process.
public enum Timers {
    /// All statements, for the test that prepares them.
    public static let statements = [set, cancelOne, claim, claimPast, next, take, bury]

    /// Sets a timer inside a transaction; one of the same kind and key is moved.
    @Loop
    public static func set(
        kind: String, key: String, dueAt: Date, payload: String? = nil, in transaction: Transaction
    ) {
        transaction.enqueue(set, kind, key, dueAt, payload)
    }

    /// Takes a timer back.
    @Loop
    public static func cancel(kind: String, key: String, in transaction: Transaction) {
        transaction.enqueue(cancelOne, kind, key)
    }

    static let set = Statement(
        "timer.set",
        """
        INSERT INTO timer (kind, key, due_at, payload) VALUES ($1, $2, $3, $4)
        ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload
        """)
    static let cancelOne = Statement("timer.cancel", "DELETE FROM timer WHERE kind = $1 AND key = $2")
    /// Takes timers that are due, and were not before a time.
    static let claim = Statement(
        "timer.claim",
        """
        WITH due AS (
            SELECT id FROM timer WHERE due_at <= now() AND due_at >= $3 AND kind = ANY($1::text[])
            ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        DELETE FROM timer t USING due WHERE t.id = due.id RETURNING t.kind, t.key, t.due_at, t.payload
        """)
    /// The same of those that were due before a time.
    static let claimPast = Statement(
        "timer.claim_past",
        """
        WITH due AS (
            SELECT id FROM timer WHERE due_at < $3 AND kind = ANY($1::text[]) ORDER BY due_at LIMIT $2
            FOR UPDATE SKIP LOCKED)
        DELETE FROM timer t USING due WHERE t.id = due.id RETURNING t.kind, t.key, t.due_at, t.payload
        """)
    /// The claim, or what a planted bug makes of it.
    @Loop static var nextClaim: Statement {
        #if RAPPORT_PLANTED_BUGS
            if PlantedBug.droppedLateTimer.isPlanted { return Statement("timer.claim_punctual", "not the late ones") }
        #endif
        return claim
    }
    static let next = Statement(
        "timer.next",
        """
        SELECT extract(epoch FROM min(due_at) - clock_timestamp())::float8,
            (SELECT count(*) FROM timer l WHERE l.kind = ANY($1::text[]) AND l.due_at < clock_timestamp() - interval '5 s')
                + (SELECT count(*) FROM dead_letter WHERE grp = 'timer' AND status = 'open')
        FROM timer WHERE kind = ANY($1::text[])
        """)
    /// Of one that failed; none when another process has taken it meanwhile.
    static let take = Statement(
        "timer.take", "DELETE FROM timer WHERE kind = $1 AND key = $2 AND due_at <= now() RETURNING id")
    static let bury = Statement(
        "timer.bury",
        """
        INSERT INTO dead_letter (grp, topic, part, off, headers, payload, event_type, error_class, error_text, fingerprint)
        VALUES ('timer', 'timer', 0, -(extract(epoch FROM clock_timestamp()) * 1000000)::bigint, '[]',
            convert_to(coalesce($3, ''), 'UTF8'), $1 || ':' || $2, $4, left($5, 4000), md5($4 || $1))
        """)
}

/// A timer that is due.
public struct DueTimer: Sendable {
    /// What kind of work.
    public let kind: String
    /// Which one of the kind.
    public let key: String
    /// When it was due.
    public let dueAt: Date
    /// What was given with it.
    public let payload: String?

    /// Describes a timer; the runner and tests do.
    public init(kind: String, key: String, dueAt: Date, payload: String?) {
        self.kind = kind
        self.key = key
        self.dueAt = dueAt
        self.payload = payload
    }
}

/// Claims due timers and runs their work in the claiming transaction: fired once, whatever dies.
@Loop
public final class TimerRunner {
    /// Does the work of due timers of one kind, inside the transaction that takes them off the table.
    public typealias Handler = @Loop ([DueTimer], Transaction) async throws -> Void

    /// Timers fired.
    public private(set) var fired = 0
    /// Timers put aside among the dead letters.
    public private(set) var buried = 0
    /// How long the first one that is due has been due, in seconds.
    public private(set) var overdue = 0.0
    /// Steps of processes past their time: how many have been due for more than 5 seconds, and how many were put aside and wait for an
    /// operator, as nothing else will end them.
    public private(set) var late = 0
    /// The trouble with the work; nil where it gets on.
    public private(set) var failing: Failing?
    /// Called after each commit.
    public var onCommit: (@Loop () -> Void)?
    /// Called with what an operator should know.
    public var onProblem: (@Loop (String) -> Void)?
    /// The life of the schema: what was due before it began was done in another, or nobody can know, and is past.
    public var life: Life?
    private let store: any Transacting
    private let handlers: [String: Handler]
    private var isStopping = false
    private var isWoken = false
    private let changed = Notice()
    private var task: Task<Void, Never>?

    /// Prepares a runner for kinds of timers.
    public init(_ store: any Transacting, _ handlers: [String: Handler]) {
        self.store = store
        self.handlers = handlers
    }

    /// Begins.
    public func start() {
        guard !handlers.isEmpty else { return }
        task = Task { @Loop in await self.run() }
    }

    /// Says that an earlier timer may have been set.
    public func wake() {
        isWoken = true
        changed.notify()
    }

    /// Ends after the work under way.
    public func stop() async {
        isStopping = true
        changed.notify()
        await task?.value
    }

    /// Whether those that were due before the life have their turn. They have one each time: a twin that held some may have died.
    private var isPast = false

    private func run() async {
        while !isStopping {
            var pause = Duration.seconds(1)
            do {
                isWoken = false
                isPast = life?.hasPredecessor == true
                while isPast, !isStopping { isPast = try await fire(limit: 100) > 0 }
                while try await fire(limit: 100) > 0, !isStopping {}
                let next = try await store.transaction { $0.enqueue(Timers.next, handlers.keys.sorted()) }
                let row = try await next.wait().first
                let seconds: Double? = try row?.value(0)
                late = try row?.value(1) ?? 0
                overdue = max(0, -(seconds ?? 0))
                failing = nil
                if let seconds {
                    // One that is due and was not claimed is in the hands of another process.
                    pause = min(pause, .milliseconds(seconds > 0 ? Int(min(1, seconds) * 1000) + 1 : 50))
                }
            } catch {
                failing = Failing(error, at: Loop.now, after: failing)
                onProblem?("timers pause: \(error)")
            }
            _ = try? await changed.wait(until: { isWoken || isStopping }, atMost: pause)
            // Commits that come close together share one look at the table.
            if isWoken, !isStopping { try? await Loop.sleep(for: .milliseconds(20)) }
        }
    }

    private func fire(limit: Int) async throws -> Int {
        var claimed: [DueTimer] = []
        do {
            let count = try await store.transaction { transaction in
                let due = try await claim(limit, transaction)
                claimed = due
                if isPast, !due.isEmpty { transaction.markPast() }
                for kind in handlers.keys.sorted() {
                    let mine = due.filter { $0.kind == kind }
                    if !mine.isEmpty { try await handlers[kind]?(mine, transaction) }
                }
                return due.count
            }
            if count > 0 { onCommit?() }
            fired += count
            return count
        } catch {
            guard (error as? PostgresError)?.verdict != .retry, !(error is PoolExhausted), !claimed.isEmpty else {
                throw error
            }
            // One of them is at fault: one by one, and that one is put aside.
            guard limit > 1 else { return try await bury(claimed, error) }
            var count = 0
            for _ in claimed { count += try await fire(limit: 1) }
            return count
        }
    }

    private func claim(_ limit: Int, _ transaction: Transaction) async throws -> [DueTimer] {
        let kinds = handlers.keys.sorted()
        let begin = life?.hasPredecessor == true ? life?.begunAt : nil
        let rows =
            if isPast, let begin { try await transaction.query(Timers.claimPast, kinds, limit, begin) } else {
                try await transaction.query(
                    Timers.nextClaim, kinds, limit, begin ?? Date(timeIntervalSince1970: 0))
            }
        return try rows.map { row in
            DueTimer(kind: try row.value(0), key: try row.value(1), dueAt: try row.value(2), payload: try row.value(3))
        }
    }

    private func bury(_ timers: [DueTimer], _ error: any Error) async throws -> Int {
        onProblem?("a timer was put aside: \(error)")
        let count = try await store.transaction { transaction in
            var count = 0
            for timer in timers where try await !transaction.query(Timers.take, timer.kind, timer.key).isEmpty {
                count += 1
                transaction.enqueue(
                    Timers.bury, timer.kind, timer.key, timer.payload, "\(type(of: error))", "\(error)")
            }
            return count
        }
        buried += count
        return 1
    }
}
