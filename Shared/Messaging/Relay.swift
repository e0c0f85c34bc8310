import Crypto
import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres

/// Publishes a service's outbox: rows are read in order of their ids, produced, and deleted when acknowledged.
///
/// A row exists until then, so none is skipped, and ids of one aggregate are drawn under its lock, so that reading by id keeps each
/// key's order. One process leads at a time, under session advisory locks; it falls silent by itself when it loses the session.
@Loop
public final class Relay {
    /// Figures for the metrics.
    public struct Statistics: Sendable {
        /// Events acknowledged by the broker.
        public var published = 0
        /// Rows that wait, as far as counted (10,000 at most).
        public var waiting = 0
        /// The age of the oldest of them, in seconds.
        public var oldestAge = 0.0
        /// Which of them is the oldest; nil where none waits.
        public var oldest: Int?
        /// Since when, by the loop's clock, that one has been the oldest, as far as was looked.
        public var oldestSince = Duration.zero
    }

    /// Figures for the metrics.
    public private(set) var statistics = Statistics()
    /// Called with what an operator should know.
    public var onProblem: (@Loop (String) -> Void)?
    /// The trouble with publishing; nil where it gets on, or where another process leads.
    public private(set) var failing: Failing?
    /// Whether this process publishes.
    public private(set) var isLeading = false
    /// The life that it speaks in; nil where nobody judged it, as in tests.
    package var life: Life?
    /// How far the schema was seen to come; nil where nobody looks.
    package var height: SchemaHeight?
    /// How many rows are read at once; twice as many may be under way.
    package var pageSize = 4_000
    private let source: String
    private let sealedTypes: Set<String>
    private let substrate: Substrate
    private var isStopping = false
    private var isWoken = true
    private let changed = Notice()
    private var task: Task<Void, Never>?
    private var session: RelaySession?

    /// Prepares a relay; `source` is `ce_source` of what it publishes, `sealedTypes` what tells of persons.
    public convenience init(
        source: String, sealing sealedTypes: Set<String> = PersonalEvents.types, kafka: KafkaSettings,
        postgres: PostgresSettings
    ) {
        self.init(
            source: source, sealing: sealedTypes, on: Substrate(kafka: kafka, postgres: postgres.named("relay")))
    }

    /// Prepares a relay on what it is to stand on.
    package init(source: String, sealing sealedTypes: Set<String> = [], on substrate: Substrate) {
        self.source = source
        self.sealedTypes = sealedTypes
        self.substrate = substrate
    }

    /// Begins.
    public func start() {
        task = Task { @Loop in await self.run() }
    }

    /// Says that rows may have been committed.
    public func wake() {
        isWoken = true
        changed.notify()
    }

    /// Publishes what is under way and ends, within a bound even where the broker or the database no longer answers.
    public func stop(within limit: Duration = .seconds(5)) async {
        isStopping = true
        session?.isEnding = true
        changed.notify()
        let watchdog = Loop.after(limit) { [self] in session?.fail(RelayStopped()) }
        defer { watchdog.cancel() }
        await task?.value
    }

    /// Drops what is under way and publishes nothing any more: another speaks in its place.
    public func fallSilent() {
        isStopping = true
        session?.fail(RelayStopped())
        changed.notify()
    }

    private func run() async {
        while !isStopping {
            do {
                try await lead()
            } catch is CancellationError {
                return
            } catch {
                if !isStopping {
                    failing = Failing(error, at: Loop.now, after: failing)
                    onProblem?("publishing pauses: \(error)")
                }
            }
            isLeading = false
            if !isStopping { _ = try? await changed.wait(until: { isStopping }, atMost: .milliseconds(300)) }
        }
    }

    /// Opens a session, waits for the lead and publishes until something breaks.
    private func lead() async throws {
        let session = try await RelaySession(
            source: source, in: life, above: height, sealing: sealedTypes, pageSize: pageSize, on: substrate)
        self.session = session
        defer {
            session.close()
            published += session.published
            statistics.published = published
            self.session = nil
        }
        try await session.lead()
        while session.lanes.isEmpty, !isStopping {
            failing = nil
            _ = try await changed.wait(until: { isStopping }, atMost: .seconds(1))
            try await session.lead()
        }
        isLeading = true
        let heart = Task { @Loop in await session.beat() }
        defer { heart.cancel() }
        while !isStopping {
            try session.check()
            isWoken = false
            try await session.publishPass()
            if session.published > 0 || session.isIdle { failing = nil }
            statistics.published = published + session.published
            _ = try await changed.wait(
                until: { isWoken || isStopping || session.isBroken },
                atMost: PlantedBug.wakeOnly.isPlanted ? .seconds(3600) : .milliseconds(200))
            // Commits that come close together share one look at the table, and one flush of the broker: the more where there are many.
            if isWoken { try await Loop.sleep(for: .milliseconds(session.isBusy ? 10 : 2)) }
        }
        await session.drain(within: .seconds(3))
    }

    private var published = 0

    /// Counts what waits; for the metrics and for holding callers back.
    public func measure(_ pool: PostgresPool) async throws {
        for row in try await pool.query(RelayStore.depth) {
            statistics.waiting = try row.value(0)
            statistics.oldestAge = try row.value(1)
            let oldest: Int? = try row.value(2)
            if oldest == nil || oldest != statistics.oldest { statistics.oldestSince = Loop.now }
            statistics.oldest = oldest
        }
    }
}

/// The process stops, and what is under way did not end in time.
private struct RelayStopped: Error, CustomStringConvertible {
    var description: String { "the relay was stopped before everything under way was published" }
}
