import EventLoop

#if RAPPORT_PLANTED_BUGS
    import FoundationEssentials
#endif

/// Known ways to get messaging wrong, that the tests switch on to see that they would be noticed.
///
/// The switch exists in builds with `RAPPORT_PLANTED_BUGS` only, which the package defines for debugging. In a release build it is the
/// constant false, and what it guards is not compiled in.
package enum PlantedBug: String, CaseIterable, Sendable {
    /// The relay goes on behind the last id it saw: what commits late under a lower id is never read.
    case idCursor
    /// The relay reads in order of transaction ids, which are drawn before locks are waited for.
    case transactionOrder
    /// Ids of the outbox are drawn by the session in advance.
    case cachedIdentity
    /// Offsets are stored without comparing.
    case noCompareAndSet
    /// Offsets are committed before the effects.
    case offsetFirst
    /// A handler's error counts as an acknowledgement.
    case swallowedError
    /// The relay looks only when it was woken.
    case wakeOnly
    /// Keys go where librdkafka's own partitioner puts them.
    case defaultPartitioner
    /// What comes twice in a batch is applied twice.
    case unfoldedBatch
    /// Messages are given up after a time.
    case messageTimeout
    /// Parked keys are retried without the lock of their partition's offset, and so also by who no longer holds it.
    case unlockedPark
    /// Timers that are late are dropped.
    case droppedLateTimer
    /// Sessions are ended for the age of their transactions, not because they stand still.
    case endsByAge
    /// The watch counts on where it stopped when it was frozen itself.
    case staleWatcher
    /// Who takes long inside a transaction does not say that it lives.
    case noBeat
    /// The watch ends only sessions for which somebody waits.
    case onlyWaiters
    /// The relay deletes what its producer has given up.
    case deleteUnacknowledged
    /// The watch ends a session alone, and leaves what waits for it in the same process.
    case onlyHolders
    /// A batch that fits is applied though it knows nothing of what another process has parked.
    case overtakesParked
    /// Any life but the last one met counts as newer.
    case epochUnordered
    /// Lives are not looked at, only numbers.
    case sequenceOnly
    /// An empty schema behind full topics begins a life by itself.
    case silentBirth
    /// A schema that knows less than was told is taken for the one that told it.
    case placeIgnored
    /// What lies before a life is acted on in it.
    case actsOnPast
    /// What is told of the time before a life does not say so.
    case pastNotCarried
    /// A decision is dated by when it is derived, not by when it was made.
    case decidedNow
    /// Refusals end with the life that told them.
    case orphansEnd
    /// A backup is believed to hold all up to the place that its sequence says.
    case trustsPlace
    /// The owner of a key does not tell it again where an older word was written behind it.
    case staleLastWord
    /// Who goes on after others publishes before it knows the keys that they made.
    case leadsBeforeKeys
    /// Of a document's numbers the one counts that was told last here.
    case lastArrival
    /// A state that is older than one told before under its number does not count.
    case timeWithinNumber
    /// A batch locks its offsets one partition after the other, each with a statement of its own.
    case lockAgain

    #if RAPPORT_PLANTED_BUGS
        /// The one that is switched on; in a process of its own by the environment's `RAPPORT_PLANTED_BUG`.
        @Loop package static var planted: PlantedBug? =
            ProcessInfo.processInfo.environment["RAPPORT_PLANTED_BUG"].flatMap(PlantedBug.init)
        /// Whether this one is switched on.
        @Loop package var isPlanted: Bool { Self.planted == self }
    #else
        /// Never, in a build without them.
        @Loop @inline(__always) package var isPlanted: Bool { false }
    #endif

    /// What a planted bug changes in the settings of the producer.
    @Loop package static var writerProperties: [String: String] {
        if defaultPartitioner.isPlanted { return ["partitioner": "consistent_random"] }
        if messageTimeout.isPlanted { return ["message.timeout.ms": "300"] }
        return [:]
    }
}
