import EventLoop
import Postgres

/// Ends sessions of this service whose clients stand still while they hold something, so that a process that is frozen, cut off or gone
/// stops nobody else.
///
/// A process that lives says so (`Beat`): whatever it holds, the time of its session's last statement moves each second. So a session
/// that holds something, waits for its client and shows the same time in several looks in a row has nobody who works with it. A
/// server that works for long waits for nobody, and is left alone. With the session go those of its process that wait for locks, where
/// nothing comes from the whole process. Every process of a service watches, on a connection of its own.
@Loop
public final class SessionWatch {
    /// Figures for the metrics.
    public struct Statistics: Sendable {
        /// Sessions that this process has ended.
        public var ended = 0
    }

    /// Figures for the metrics.
    public private(set) var statistics = Statistics()
    /// Sessions of this role that stand still and are not a program's, as a person's psql: named, not ended.
    public private(set) var strangers: [String] = []
    /// The trouble with watching; nil where it gets on.
    public private(set) var failing: Failing?
    /// Called with what an operator should know.
    public var onProblem: (@Loop (String) -> Void)?
    /// In how many looks in a row, a second apart, a session must stand still.
    public var patience = 5
    private let program: String
    private let openSession: () async throws -> any DatabaseSession
    private var isStopping = false
    private var session: (any DatabaseSession)?
    private let changed = Notice()
    private var task: Task<Void, Never>?

    /// Prepares a watch over the sessions whose names begin with the service's, `rapport sales`.
    public init(over program: String, postgres: PostgresSettings) {
        self.program = program
        openSession = { try await PostgresConnection.open(postgres.named("watch")) }
    }

    /// Prepares a watch on what it is to stand on.
    package init(over program: String, on substrate: Substrate) {
        self.program = program
        openSession = substrate.openSession
    }

    /// Begins.
    public func start() {
        task = Task { @Loop in await self.run() }
    }

    /// Ends at once: what it holds is nothing.
    public func stop() {
        isStopping = true
        task?.cancel()
        session?.close()
        changed.notify()
    }

    private func run() async {
        while !isStopping {
            do {
                try await watch()
            } catch {
                if !isStopping { failing = Failing(error, at: Loop.now, after: failing) }
            }
            await pause()
        }
    }

    private func pause() async { _ = try? await changed.wait(until: { isStopping }, atMost: .seconds(1)) }

    private func watch() async throws {
        let session = try await openSession()
        self.session = session
        defer {
            session.close()
            self.session = nil
        }
        var standing = StandingSessions()
        while !isStopping {
            let asked = Loop.now
            let found = try await Loop.withDeadline(.seconds(3)) { try await self.look(session) }
            failing = nil
            let still = standing.take(found, asked: asked, answered: Loop.now, patience: patience)
            for one in still.filter({ isOurs($0) && (!PlantedBug.onlyWaiters.isPlanted || !$0.blocks.isEmpty) }) {
                try await end(one, session)
            }
            name(still.filter { !$0.name.utf8.starts(with: program.utf8.prefix { $0 != UInt8(ascii: " ") }) })
            await pause()
        }
    }

    private func look(_ session: any DatabaseSession) async throws -> [WatchedSession] {
        // Sent together with its end, so that it never stands open itself.
        let answer = try await session.transaction { $0.enqueue(SessionWatchStore.nextLook) }
        return try await answer.wait().map { row in
            WatchedSession(
                pid: try row.value(0), name: try row.value(1), token: try row.value(2), holds: try row.value(3),
                blocks: try row.value(4))
        }
    }

    private func isOurs(_ one: WatchedSession) -> Bool { Self.isNamed(one.name, after: program) }

    /// Whether a session calls itself as a program does, with or without what tells its processes apart. By bytes: a name may begin with
    /// what joins the space before it to one character.
    static func isNamed(_ name: String, after program: String) -> Bool {
        name.utf8.elementsEqual(program.utf8) || name.utf8.starts(with: "\(program) ".utf8)
    }

    private func end(_ one: WatchedSession, _ session: any DatabaseSession) async throws {
        let answer = try await session.transaction { $0.enqueue(SessionWatchStore.nextEnd, one.pid, one.token) }
        for row in try await answer.wait() where try row.value(3) {
            statistics.ended += 1
            let (pid, name, since): (Int, String, String) = (try row.value(0), try row.value(1), try row.value(2))
            onProblem?(
                pid == one.pid
                    ? "ended the session of a process that stands still: \(one)"
                    : "ended with it what waited for a lock in the same process: \(name), process \(pid) of the server,"
                        + " since \(since)")
        }
    }

    /// Tells of each once, as long as it stands still.
    private func name(_ found: [WatchedSession]) {
        let words = found.map { "\($0)" }
        for one in words where !strangers.contains(one) {
            onProblem?("a session that is not ours to end stands still: \(one)")
        }
        strangers = words
    }
}

/// A session that holds something and waits for its client.
struct WatchedSession: CustomStringConvertible {
    /// The number of its process at the server.
    let pid: Int
    /// As it calls itself.
    let name: String
    /// When its last statement began, as the server writes it: it moves with each statement.
    let token: String
    /// What it holds, in words.
    let holds: String
    /// Who waits for it, in words; empty where nobody does, or where it has not stood still for long.
    let blocks: String

    var description: String {
        let waiting = blocks.isEmpty ? "" : "; for it waited \(blocks)"
        return
            "\(name.isEmpty ? "a session without a name" : name), process \(pid) of the server, had sent nothing since"
            + " \(token) and held \(holds)\(waiting)"
    }
}

/// In how many looks in a row sessions stood still.
@Loop
struct StandingSessions {
    private var looks: [Int: (token: String, count: Int)] = [:]
    private var last: Duration?

    /// Takes what a look has found, and answers who has stood still for long enough.
    ///
    /// Looks are counted, not timed, and a gap between two begins anew: who was away itself would take for frozen whoever was away with
    /// it, or what has moved and stands again. An answer that was read late tells of another time, and is no look.
    mutating func take(
        _ found: [WatchedSession], asked: Duration, answered: Duration, patience: Int
    ) -> [WatchedSession] {
        let isLate = answered - asked > .seconds(2)
        let hasGap = isLate || asked - (last ?? asked) > .seconds(2)
        if hasGap, !PlantedBug.staleWatcher.isPlanted { looks = [:] }
        last = answered
        if isLate, !PlantedBug.staleWatcher.isPlanted { return [] }
        looks = found.reduce(into: [:]) { next, one in
            let before = looks[one.pid].flatMap { $0.token == one.token ? $0.count : nil } ?? 0
            next[one.pid] = (one.token, before + 1)
        }
        if PlantedBug.endsByAge.isPlanted { return found }
        return found.filter { looks[$0.pid]?.count ?? 0 >= patience }
    }
}
