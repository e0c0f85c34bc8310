import EventLoop
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
    private let published = Metrics.shared.gauge(
        "crm_outbox_published_total", help: "Events acknowledged by the broker")
    private let leading = Metrics.shared.gauge("crm_outbox_leading", help: "1 where this process publishes")
    private let applied = Metrics.shared.gauge("crm_events_applied_total", help: "Events applied")
    private let duplicates = Metrics.shared.gauge("crm_duplicates_dropped_total", help: "Events seen before")
    private let skipped = Metrics.shared.gauge("crm_events_skipped_total", help: "Events of types not handled here")
    private let gaps = Metrics.shared.gauge("crm_sequence_gaps_total", help: "Sequences that jumped")
    private let conflicts = Metrics.shared.gauge(
        "crm_cas_conflicts_total", help: "Batches refused by the stored offsets")
    let batch = Metrics.shared.histogram("crm_apply_batch_seconds", help: "Time that batches took to apply")
    private let lastApplied = Metrics.shared.gauge(
        "crm_consumer_last_applied_timestamp_seconds", help: "When the last batch was applied")
    private let parkedKeys = Metrics.shared.gauge("crm_parked_keys", help: "Keys whose messages wait to be tried again")
    private let parkedMessages = Metrics.shared.gauge("crm_parked_messages", help: "Messages of parked keys")
    let ended = Metrics.shared.gauge(
        "crm_sessions_ended_total", help: "Sessions of frozen processes that this one has ended at the database")
    private let stalls = Metrics.shared.gauge("crm_consumer_stalls_total", help: "Work given up by the watchdog")
    private let timersFired = Metrics.shared.gauge("crm_timers_fired_total", help: "Timers fired")
    private let timersBuried = Metrics.shared.gauge("crm_timers_buried_total", help: "Timers put aside")
    private let overdue = Metrics.shared.gauge(
        "crm_timer_overdue_seconds", help: "How long the first due timer has been due")
    private let sagas = Metrics.shared.gauge(
        "crm_saga_overdue",
        help: "Steps of processes whose time ended 5 seconds ago or that were put aside, and that nothing has ended")
    private let waiters = Metrics.shared.gauge("crm_pool_waiters", help: "Callers that wait for a connection")
    private let hold = Metrics.shared.gauge("crm_loop_longest_hold_seconds", help: "Longest hold of the loop lately")

    /// What was shown with labels: what is no more goes to zero.
    @Loop private final class Seen {
        var classes: Set<String> = []
        var partitions: Set<TopicPartition> = []
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
            Metrics.shared.gauge(
                "crm_events_unknown_total", help: "Events of types that nobody knows", labels: ["type": type]
            ).set(Double(count))
        }
    }

    func update(_ consumer: ConsumerRunner?, _ relay: Relay, _ timers: TimerRunner, _ pool: PostgresPool) {
        outboxRows.set(Double(relay.statistics.waiting))
        outboxAge.set(relay.statistics.oldestAge)
        published.set(Double(relay.statistics.published))
        leading.set(relay.isLeading ? 1 : 0)
        if let consumer {
            let statistics = consumer.statistics
            applied.set(Double(statistics.applied))
            duplicates.set(Double(statistics.duplicates))
            skipped.set(Double(statistics.skipped))
            gaps.set(Double(statistics.gaps))
            conflicts.set(Double(statistics.conflicts))
            lastApplied.set(statistics.lastApplied)
            parkedKeys.set(Double(statistics.parkedKeys))
            parkedMessages.set(Double(statistics.parkedMessages))
            stalls.set(Double(statistics.stalls))
            show(lags: consumer.lags)
            show(unknown: statistics.unknown)
        }
        timersFired.set(Double(timers.fired))
        timersBuried.set(Double(timers.buried))
        overdue.set(timers.overdue)
        sagas.set(Double(timers.late))
        waiters.set(Double(pool.waitingCount))
        hold.set(Loop.takeLongestHold().seconds)
    }
}
