import EventLoop
import Messaging
import Postgres
import Telemetry

/// The figures of messaging at `/metrics`, by the names of the operators' guide.
@Loop
struct ServiceFigures {
    private let outboxRows = Metrics.shared.gauge("crm_outbox_rows", help: "Events that wait to be published")
    private let outboxAge = Metrics.shared.gauge(
        "crm_outbox_oldest_age_seconds", help: "Age of the oldest event that waits")
    private let published = Metrics.shared.gauge("crm_outbox_published", help: "Events acknowledged by the broker")
    private let leading = Metrics.shared.gauge("crm_outbox_leading", help: "1 where this process publishes")
    private let applied = Metrics.shared.gauge("crm_events_applied", help: "Events applied")
    private let duplicates = Metrics.shared.gauge("crm_duplicates_dropped", help: "Events seen before")
    private let skipped = Metrics.shared.gauge("crm_events_skipped", help: "Events of types not handled here")
    private let dead = Metrics.shared.gauge("crm_dead_letters", help: "Messages put aside")
    private let gaps = Metrics.shared.gauge("crm_sequence_gaps", help: "Sequences that jumped")
    private let conflicts = Metrics.shared.gauge("crm_cas_conflicts", help: "Batches refused by the stored offsets")
    private let lag = Metrics.shared.gauge("crm_consumer_lag_messages", help: "Messages not applied yet")
    private let applySeconds = Metrics.shared.gauge("crm_apply_seconds", help: "Time spent applying batches")
    private let timersFired = Metrics.shared.gauge("crm_timers_fired", help: "Timers fired")
    private let waiters = Metrics.shared.gauge("crm_pool_waiters", help: "Callers that wait for a connection")
    private let hold = Metrics.shared.gauge("crm_loop_longest_hold_seconds", help: "Longest hold of the loop lately")

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
            dead.set(Double(statistics.dead))
            gaps.set(Double(statistics.gaps))
            conflicts.set(Double(statistics.conflicts))
            applySeconds.set(statistics.applyTime.seconds)
            lag.set(Double(consumer.lag))
        }
        timersFired.set(Double(timers.fired))
        waiters.set(Double(pool.waitingCount))
        hold.set(Loop.takeLongestHold().seconds)
    }
}
