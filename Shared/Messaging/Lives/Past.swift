import EventLoop
import Postgres

extension Transaction {
    /// Whether what it does speaks of the time before this life: then it derives, and does not act.
    ///
    /// Another life has acted on it, or nobody can know. So in it no mail is asked for, nothing is opened whose clock would run, nobody is
    /// asked for anything, and timers and intents are not set. What it tells carries the mark on, for those who would act on that.
    public var isPast: Bool { shared(PastMark.init).isSet }

    /// Whether a life of this service told something later than all that this schema knows by itself, while it is recovered: then it counts
    /// whatever its version, as that life counted from an older one. Within the life that the schema was in versions say what is newer.
    public func isOfLaterLife(_ epoch: Int) -> Bool {
        guard let life = shared(PastMark.init).recovering else { return false }
        return life.before.map { epoch > $0 } ?? true
    }

    /// Marks it as one that recovers what lives before another have told.
    func markRecovering(_ life: Life) { shared(PastMark.init).recovering = life }

    /// Marks it as past, before its first event is told.
    package func markPast() {
        let mark = shared(PastMark.init)
        guard !mark.isSet else { return }
        mark.isSet = true
        enqueue(Outbox.setPast)
    }
}

/// Stands in a transaction.
@Loop
private final class PastMark {
    var isSet = false
    var recovering: Life?
}
