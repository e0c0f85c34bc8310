import Synchronization

/// A number that only grows: `crm_events_applied_total`.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    init() {}

    /// Adds; safe and cheap from any thread.
    public func increment(by amount: UInt64 = 1) { count.wrappingAdd(amount, ordering: .relaxed) }

    /// Shows a total that is kept elsewhere; a smaller one than before is ignored, as totals only grow.
    public func advance(to total: Int) {
        count.max(UInt64(clamping: total), ordering: .relaxed)
    }

    /// What was added so far.
    public var value: UInt64 { count.load(ordering: .relaxed) }
}

/// A number that goes up and down: connections, bytes that wait, seconds of lag.
public final class Gauge: Sendable {
    private let bits = Atomic<UInt64>(0)

    init() {}

    /// Sets it.
    public func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    /// Sets it to a whole number.
    public func set(_ value: Int) { set(Double(value)) }

    /// Adds, or takes away.
    public func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, seen) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = seen
        }
    }

    /// What it stands at.
    public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}

/// How observed values, mostly times in seconds, are spread over fixed buckets.
public final class Histogram: Sendable {
    /// From a millisecond to ten seconds.
    public static let defaultBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    let bounds: [Double]
    /// One for each bound and one for what is above all of them.
    let counts: [Counter]
    let sum = Gauge()

    init(buckets: [Double]) {
        bounds = buckets.sorted()
        counts = (0...bounds.count).map { _ in Counter() }
    }

    /// Counts a value into its bucket.
    public func observe(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts[index].increment()
        sum.add(value)
    }

    /// Counts a time, in seconds.
    public func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) / 1e18)
    }

    /// How many values were observed.
    public var count: UInt64 { counts.reduce(0) { $0 + $1.value } }
}
