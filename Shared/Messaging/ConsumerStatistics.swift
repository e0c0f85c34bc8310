extension ConsumerRunner {
    /// Figures for the metrics.
    public struct Statistics: Sendable {
        /// Events applied.
        public var applied = 0
        /// Events that had been applied before.
        public var duplicates = 0
        /// Events of types that nobody here handles.
        public var skipped = 0
        /// Messages put aside.
        public var dead = 0
        /// Messages put aside, by error class.
        public var deadByClass: [String: Int] = [:]
        /// Events of unknown types, by type; what comes after fifty of them is counted together.
        public private(set) var unknown: [String: Int] = [:]
        /// Messages that lives wrote behind their end.
        public var void = 0
        /// Events told under a number that another event of the same life had: two copies of a schema run.
        public var forks = 0
        /// Sequences that jumped.
        public var gaps = 0
        /// Keys that are parked in our partitions.
        public var parkedKeys = 0
        /// Messages of parked keys, as far as counted (the policy's limit at most).
        public var parkedMessages = 0
        /// When the last batch was applied, in seconds since 1970; 0 before the first.
        public var lastApplied = 0.0
        /// Times that the watchdog had to end work that did not get on.
        public var stalls = 0
        /// Batches refused because another process had moved the offsets.
        public var conflicts = 0
        /// Batches applied.
        public var batches = 0
        /// Time spent in applying.
        public var applyTime = Duration.zero
        /// When the last batch ended, or an idle look found nothing.
        public var lastProgress = Duration.zero

        mutating func add(_ counts: BatchCounts) {
            applied += counts.applied
            duplicates += counts.duplicates
            skipped += counts.skipped
            dead += counts.dead
            gaps += counts.gaps
            void += counts.void
            forks += counts.forks
            for (name, count) in counts.deadByClass { deadByClass[name, default: 0] += count }
            for (type, count) in counts.unknown {
                unknown[unknown[type] != nil || unknown.count < 50 ? type : "others", default: 0] += count
            }
        }
    }
}
