import EventLoop
import HTTP
import Kafka
import Messaging
import Postgres
import Telemetry

/// The figures of messaging at `/metrics`, by the names of the operators' guide.
@Loop
struct ServiceFigures {
    private let outboxRows = Metrics.shared.gauge("crm_outbox_rows", help: "Events that wait to be published")
    private let outboxAge = Metrics.shared.gauge(
        "crm_outbox_oldest_age_seconds", help: "Age of the oldest event that waits")
    private let published = Metrics.shared.counter(
        "crm_outbox_published_total", help: "Events acknowledged by the broker")
    private let leading = Metrics.shared.gauge("crm_outbox_leading", help: "1 where this process publishes")
    private let applied = Metrics.shared.counter("crm_events_applied_total", help: "Events applied")
    private let duplicates = Metrics.shared.counter("crm_duplicates_dropped_total", help: "Events seen before")
    private let skipped = Metrics.shared.counter("crm_events_skipped_total", help: "Events of types not handled here")
    private let gaps = Metrics.shared.counter("crm_sequence_gaps_total", help: "Sequences that jumped")
    private let void = Metrics.shared.counter(
        "crm_events_void_total", help: "Events that lives of services wrote behind their end")
    private let forks = Metrics.shared.counter(
        "crm_events_forked_total", help: "Events told under a number that another event of the same life had")
    let held = Metrics.shared.gauge(
        "crm_held", help: "Deeds that wait for a person, as nobody can know whether they were done")
    private let epoch = Metrics.shared.gauge("crm_life_epoch", help: "The life in which this process works")
    private let conflicts = Metrics.shared.counter(
        "crm_cas_conflicts_total", help: "Batches refused by the stored offsets")
    let batch = Metrics.shared.histogram("crm_apply_batch_seconds", help: "Time that batches took to apply")
    private let lastApplied = Metrics.shared.gauge(
        "crm_consumer_last_applied_timestamp_seconds", help: "When the last batch was applied")
    private let parkedKeys = Metrics.shared.gauge("crm_parked_keys", help: "Keys whose messages wait to be tried again")
    private let parkedMessages = Metrics.shared.gauge("crm_parked_messages", help: "Messages of parked keys")
    let ended = Metrics.shared.counter(
        "crm_sessions_ended_total", help: "Sessions of frozen processes that this one has ended at the database")
    let strange = Metrics.shared.gauge(
        "crm_strange_sessions", help: "Sessions of others under this role that hold something and stand still")
    private let stalls = Metrics.shared.counter("crm_consumer_stalls_total", help: "Work given up by the watchdog")
    private let timersFired = Metrics.shared.counter("crm_timers_fired_total", help: "Timers fired")
    private let timersBuried = Metrics.shared.counter("crm_timers_buried_total", help: "Timers put aside")
    private let overdue = Metrics.shared.gauge(
        "crm_timer_overdue_seconds", help: "How long the first due timer has been due")
    private let sagas = Metrics.shared.gauge(
        "crm_saga_overdue",
        help: "Steps of processes whose time ended 5 seconds ago or that were put aside, and that nothing has ended")
    private let waiters = Metrics.shared.gauge("crm_pool_waiters", help: "Callers that wait for a connection")
    private let partitions = Metrics.shared.gauge(
        "crm_consumer_partitions", help: "Partitions that this process reads")
    private let hold = Metrics.shared.gauge(
        "crm_loop_longest_hold_seconds", help: "Longest hold of the loop in the last half minute")

    private let connections = Metrics.shared.gauge("http_connections", help: "Open connections of callers")
    private let rejected = Metrics.shared.counter(
        "http_connections_rejected_total", help: "Connections closed at once because their address had its share")
    private let heldBytes = Metrics.shared.gauge(
        "http_held_bytes", help: "Bytes of requests and answers in memory")
    private let cut = Metrics.shared.counter(
        "http_connections_cut_total", help: "Connections cut because they held most when too much was held")
    private let refusals = Metrics.shared.counter(
        "http_malformed_total", help: "Requests refused before a route was looked for")

    /// What was shown with labels: what is no more goes to zero.
    @Loop private final class Seen {
        var classes: Set<String> = []
        var partitions: Set<TopicPartition> = []
        /// The longest holds of the loop in this quarter of a minute and the one before: whoever asks now and then sees them all.
        var holds = (now: Duration.zero, before: Duration.zero, since: Duration.zero)
    }
    private let seen = Seen()

    /// Shows what is open among the dead letters, by error class.
    func show(deadLetters open: [String: Int]) {
        seen.classes.formUnion(open.keys)
        for name in seen.classes {
            Metrics.shared.gauge(
                "crm_dead_letters", help: "Messages put aside that nobody has dealt with",
                labels: ["fingerprint_class": name]
            ).set(Double(open[name] ?? 0))
        }
    }

    /// Shows how many messages wait in the partitions that this process holds.
    private func show(lags: [TopicPartition: Int]) {
        seen.partitions.formUnion(lags.keys)
        for partition in seen.partitions {
            Metrics.shared.gauge(
                "crm_consumer_lag_messages", help: "Messages not applied yet",
                labels: ["topic": partition.topic, "partition": "\(partition.partition)"]
            ).set(Double(lags[partition] ?? 0))
        }
    }

    /// Shows how many events of unknown types came, by type.
    private func show(unknown: [String: Int]) {
        for (type, count) in unknown {
            Metrics.shared.counter(
                "crm_events_unknown_total", help: "Events of types that nobody knows", labels: ["type": type]
            ).advance(to: count)
        }
    }

    func update(_ consumer: ConsumerRunner?, _ relay: Relay, _ timers: TimerRunner, _ pool: PostgresPool) {
        outboxRows.set(Double(relay.statistics.waiting))
        outboxAge.set(relay.statistics.oldestAge)
        published.advance(to: relay.statistics.published)
        leading.set(relay.isLeading ? 1 : 0)
        if let consumer {
            let statistics = consumer.statistics
            applied.advance(to: statistics.applied)
            duplicates.advance(to: statistics.duplicates)
            skipped.advance(to: statistics.skipped)
            gaps.advance(to: statistics.gaps)
            void.advance(to: statistics.void)
            forks.advance(to: statistics.forks)
            epoch.set(Double(consumer.lives.own?.epoch ?? 0))
            conflicts.advance(to: statistics.conflicts)
            lastApplied.set(statistics.lastApplied)
            parkedKeys.set(Double(statistics.parkedKeys))
            parkedMessages.set(Double(statistics.parkedMessages))
            partitions.set(consumer.partitionCount)
            stalls.advance(to: statistics.stalls)
            show(lags: consumer.lags)
            show(unknown: statistics.unknown)
        }
        timersFired.advance(to: timers.fired)
        timersBuried.advance(to: timers.buried)
        overdue.set(timers.overdue)
        sagas.set(Double(timers.late))
        waiters.set(Double(pool.waitingCount))
    }

    /// Shows who is connected and what is held for them.
    func show(_ server: HTTPServer) {
        connections.set(server.connections)
        rejected.advance(to: server.rejectedConnections)
        heldBytes.set(server.heldBytes)
        cut.advance(to: server.cutConnections)
        refusals.advance(to: server.refusals)
    }

    /// The longest hold of the loop since the last call, which is shown too.
    func takeHold() -> Duration {
        let longest = Loop.takeLongestHold()
        if Loop.now - seen.holds.since > .seconds(15) { seen.holds = (.zero, seen.holds.now, Loop.now) }
        seen.holds.now = max(seen.holds.now, longest)
        hold.set(max(seen.holds.now, seen.holds.before).seconds)
        return longest
    }
}
