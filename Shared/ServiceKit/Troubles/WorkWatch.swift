import EventLoop
import Kafka
import Messaging
import Postgres

/// Looks twice a second how the work of messaging gets on, and tells what does not.
@Loop
final class WorkWatch {
    /// What no batch has come of for so long waits for something.
    private static let longBatch = Duration.seconds(8)
    private static let pause = Duration.milliseconds(500)
    /// A hold of the loop that people notice.
    private static let longHold = Duration.seconds(1)
    private let troubles: Troubles
    private let database: DatabaseWatch
    private let pool: PostgresPool
    private let consumer: ConsumerRunner?
    private let relay: Relay
    private let timers: TimerRunner
    private let sessions: SessionWatch
    private var batches = (count: 0, at: Duration.zero)
    /// Messages put aside, by class, as they were counted last, and when one was.
    private var dead: (byClass: [String: Int], at: Duration) = ([:], .zero)
    /// Events told under a number that another had, as they were counted last, and when one was.
    private var forks = (count: 0, at: Duration.zero)
    /// Messages put aside since the trouble began.
    private var deadInARow = 0
    private var unassignedSince: Duration?
    /// Whether the group has given this process partitions at least once.
    private(set) var wasAssigned = false
    private var unconnectedSince: Duration?
    /// When this process stood still last: what was to happen meanwhile is given its time anew.
    private var lastHold = Duration.zero
    private var lastLook: Duration?

    init(
        _ troubles: Troubles, _ database: DatabaseWatch, _ pool: PostgresPool, _ consumer: ConsumerRunner?,
        _ relay: Relay, _ timers: TimerRunner, _ sessions: SessionWatch
    ) {
        self.troubles = troubles
        self.database = database
        self.pool = pool
        self.consumer = consumer
        self.relay = relay
        self.timers = timers
        self.sessions = sessions
    }

    /// Looks until the task is cancelled; how long the loop was held comes from elsewhere, as it is forgotten where it is read.
    func run(hold: () -> Duration) async {
        while !Task.isCancelled {
            let stood = max(hold(), lastLook.map { Loop.now - $0 - Self.pause } ?? .zero)
            lookAtLoop(stood)
            lookAtPool()
            // Not before it has begun.
            if let consumer, consumer.statistics.lastProgress > .zero {
                lookAtBatches(of: consumer)
                lookAtPlace(of: consumer)
            }
            lookAtRelay()
            lookAtTimers()
            lookAtSessions()
            lookAtDeadLetters()
            lookAtForks()
            troubles.look()
            lastLook = Loop.now
            try? await Loop.sleep(for: Self.pause)
        }
    }

    /// As long as it goes on, and a minute more.
    private func lookAtForks() {
        let now = consumer?.statistics.forks ?? 0
        if now > forks.count {
            forks = (now, Loop.now)
            troubles.begin(.twoCopies, "\(now) events came under a number that another had", times: now)
        } else if Loop.now - forks.at > .seconds(60) {
            troubles.end(.twoCopies)
        }
    }

    /// What is wrong, for people: tables that a program does not know as they are were changed by another version of it.
    static func words(_ error: any Error) -> String {
        guard let refusal = error as? PostgresError, refusal.sqlState.hasPrefix("42"), refusal.sqlState != "42501"
        else {
            return "\(error)"
        }
        return "this program is of another version than its tables, and waits until it is replaced: \(error)"
    }

    private func lookAtPool() {
        guard pool.openCount == 0 else {
            unconnectedSince = nil
            return troubles.end(.noConnections)
        }
        let since = unconnectedSince ?? Loop.now
        unconnectedSince = since
        troubles.begin(.noConnections, pool.lastFailure.map { "\($0)" } ?? "none is open", since: since, times: 1)
    }

    private func lookAtBatches(of consumer: ConsumerRunner) {
        if consumer.statistics.batches != batches.count { batches = (consumer.statistics.batches, Loop.now) }
        if let failing = consumer.failing {
            database.met(failing)
            // Where batches come through beside it, the work gets on.
            let since = max(failing.since, batches.at)
            guard Loop.now - since >= .seconds(3) else { return troubles.end(.eventsNotApplied) }
            troubles.begin(.eventsNotApplied, Self.words(failing.error), since: since, times: failing.times)
        } else if Loop.now - max(consumer.statistics.lastProgress, lastHold) > Self.longBatch {
            troubles.begin(
                .eventsNotApplied, "a batch has not ended for \(Int(Self.longBatch.seconds)) seconds",
                since: consumer.statistics.lastProgress, times: 1)
        } else {
            troubles.end(.eventsNotApplied)
        }
    }

    private func lookAtPlace(of consumer: ConsumerRunner) {
        if consumer.isPositionLost {
            troubles.begin(
                .positionLost, consumer.lastRefusal?.text ?? "it was deleted, or the topic made anew", times: 1)
        } else {
            troubles.end(.positionLost)
        }
        if consumer.isAssigned {
            unassignedSince = nil
            wasAssigned = true
            troubles.end(.noPartitions)
        } else {
            // A group that is new takes its time.
            let since = unassignedSince ?? Loop.now + (wasAssigned ? .zero : .seconds(12))
            unassignedSince = since
            troubles.begin(
                .noPartitions, consumer.lastRefusal?.text ?? "the group has not given any to this process",
                since: since, times: 1)
        }
    }

    private func lookAtRelay() {
        if let failing = relay.failing {
            database.met(failing)
            return troubles.begin(
                .eventsNotPublished, Self.words(failing.error), since: failing.since, times: failing.times)
        }
        // An outbox that is long moves all the same; what stands still is the one that comes first.
        let statistics = relay.statistics
        let since = max(statistics.oldestSince, lastHold)
        guard statistics.oldest != nil, statistics.oldestAge > 3, Loop.now - since > .seconds(2) else {
            return troubles.end(.eventsNotPublished)
        }
        let publisher = relay.isLeading ? "this process publishes" : "another process publishes, or should"
        troubles.begin(
            .eventsNotPublished, "the oldest has waited for \(Int(statistics.oldestAge)) seconds; \(publisher)",
            since: since, times: 1)
    }

    private func lookAtTimers() {
        guard let failing = timers.failing else { return troubles.end(.timersStand) }
        database.met(failing)
        troubles.begin(.timersStand, "\(failing.error)", since: failing.since, times: failing.times)
    }

    private func lookAtSessions() {
        let about = "nobody watches the sessions of frozen processes"
        guard let failing = sessions.failing else { return troubles.end(.backgroundWork, about: about) }
        troubles.begin(
            .backgroundWork, about: about, "\(failing.error)", since: failing.since, times: failing.times)
    }

    private func lookAtDeadLetters() {
        var now = consumer?.statistics.deadByClass ?? [:]
        if timers.buried > 0 { now["timer"] = timers.buried }
        let more = now.compactMap { name, count in
            let new = count - (dead.byClass[name] ?? 0)
            return new > 0 ? (name, new) : nil
        }.sorted { $0.0 < $1.0 }
        if !more.isEmpty {
            if !troubles.isThere(.deadLetters) { deadInARow = 0 }
            deadInARow += more.reduce(0) { $0 + $1.1 }
            dead = (now, Loop.now)
            let words = more.map { "\($0.1) of the class \($0.0)" }.joined(separator: ", ")
            troubles.begin(.deadLetters, words, times: deadInARow)
        } else if Loop.now - dead.at > .seconds(60) {
            troubles.end(.deadLetters)
        }
    }

    private func lookAtLoop(_ stood: Duration) {
        if stood > Self.longHold {
            lastHold = Loop.now
            let seconds = (stood.seconds * 10).rounded() / 10
            troubles.begin(
                .standstill, "for \(seconds) s: frozen, kept from its processor, or held by its own work",
                since: Loop.now - stood)
        } else if Loop.now - lastHold > .seconds(10) {
            troubles.end(.standstill)
        }
    }
}
