import EventLoop
import Synchronization

/// Runs code of the loop under a seeded scheduler with virtual time: what a seed shows, it shows again.
///
/// Any job that is ready may run next, whatever the order in which they became ready, and time stands still until
/// nothing is ready. Work must stay on the loop: start tasks with `Task { @Loop in }` and children of groups with
/// `addTask { @Loop in }`; sockets, processes and `Loop.offload` need a real loop.
public enum SimulatedLoop {
    /// What one run gave and how it went.
    public struct Run<Value: Sendable>: Sendable {
        /// The body's answer.
        public let value: Value
        /// Stands for the whole schedule: equal for equal schedules.
        public let schedule: UInt64
        /// How many jobs and timers ran.
        public let steps: Int
        /// The virtual time that passed.
        public let time: Duration
    }

    /// Runs `body` on the calling thread until it ends, and gives its answer or throws its error.
    public static func run<Value: Sendable>(
        seed: UInt64, stepLimit: Int = 1_000_000, _ body: @escaping @Loop @Sendable () async throws -> Value
    ) throws -> Value {
        try trace(seed: seed, stepLimit: stepLimit, body).value
    }

    /// Like `run`, and also tells of the schedule, to prove that a seed repeats it.
    public static func trace<Value: Sendable>(
        seed: UInt64, stepLimit: Int = 1_000_000, _ body: @escaping @Loop @Sendable () async throws -> Value
    ) throws -> Run<Value> {
        let driver = SimulatedDriver(seed: seed, stepLimit: stepLimit)
        return try LoopExecutor.withThreadDriver(driver) {
            let outcome = Outcome<Value>()
            Task { @Loop in await outcome.settle(body) }
            try driver.run { outcome.isSet }
            let run = (schedule: driver.schedule, steps: driver.steps, time: driver.now)
            driver.finish()
            return Run(value: try outcome.get(), schedule: run.schedule, steps: run.steps, time: run.time)
        }
    }

    /// Runs `body` once for each seed; an error is thrown with the seed that shows it.
    public static func explore(
        seeds: Range<UInt64>, stepLimit: Int = 1_000_000,
        _ body: @escaping @Loop @Sendable (UInt64) async throws -> Void
    ) throws {
        for seed in seeds {
            do {
                try run(seed: seed, stepLimit: stepLimit) { try await body(seed) }
            } catch let failure as SimulationFailure {
                throw failure
            } catch {
                throw SimulationFailure(seed: seed, reason: "threw \(error)")
            }
        }
    }

    private final class Outcome<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, any Error>?>(nil)
        private let isDone = Atomic(false)
        /// Asked after each step, so it costs as little as can be.
        var isSet: Bool { isDone.load(ordering: .acquiring) }
        @Loop func settle(_ body: @Loop @Sendable () async throws -> Value) async {
            let new: Result<Value, any Error>
            do { new = .success(try await body()) } catch { new = .failure(error) }
            result.withLock { $0 = new }
            isDone.store(true, ordering: .releasing)
        }
        func get() throws -> Value {
            guard let result = result.withLock({ $0 }) else { throw CancellationError() }
            return try result.get()
        }
    }
}

/// A simulation that did not end well, with the seed that repeats it.
public struct SimulationFailure: Error, CustomStringConvertible {
    /// Repeats the run.
    public let seed: UInt64
    /// What happened.
    public let reason: String
    /// Tells of a failure; whoever runs simulations does.
    public init(seed: UInt64, reason: String) {
        self.seed = seed
        self.reason = reason
    }
    /// For people.
    public var description: String { "simulation with seed \(seed): \(reason)" }
}

/// The simulated loop of one run.
///
/// `@unchecked Sendable`: it is the loop of one thread, which made it and which alone is routed to it.
final class SimulatedDriver: LoopDriver, @unchecked Sendable {
    private(set) var now = Duration.zero
    private(set) var steps = 0
    private(set) var schedule: UInt64 = 0xcbf2_9ce4_8422_2325
    var keepsAll: Bool { true }
    private let seed: UInt64
    private let stepLimit: Int
    private var generator: SeededGenerator
    private var ready: [(job: UnownedJob, number: UInt64)] = []
    private var enqueued: UInt64 = 0
    private var timers = TimerQueue()

    init(seed: UInt64, stepLimit: Int) {
        self.seed = seed
        self.stepLimit = stepLimit
        generator = SeededGenerator(seed: seed)
    }

    func enqueue(_ job: UnownedJob) {
        enqueued += 1
        ready.append((job, enqueued))
    }

    @Loop func addTimer(at deadline: Duration, _ action: @escaping @Loop () -> Void) -> TimerID {
        timers.add(at: deadline, action)
    }

    @Loop func cancelTimer(_ id: TimerID) { timers.cancel(id) }

    @Loop func takeLongestHold() -> Duration { .zero }

    /// Runs jobs and timers in the seed's order until the body has ended.
    func run(until isOver: () -> Bool) throws {
        while !isOver() {
            guard steps < stepLimit else { throw failure("not done after \(steps) steps") }
            let timer = timers.nextDeadline()
            if ready.isEmpty {
                guard let timer else {
                    throw failure("deadlock: nothing is ready and no timer is set (or a task left the loop)")
                }
                now = max(now, timer)
            }
            let isTimerDue = timer.map { $0 <= now } ?? false
            step(among: ready.count + (isTimerDue ? 1 : 0))
        }
    }

    /// Lets what is left run out, a minute long, so that tasks the body left behind can end: one that never does keeps for ever
    /// all that it knows.
    func finish() {
        let end = now + .seconds(60)
        while steps < stepLimit {
            let timer = timers.nextDeadline()
            if ready.isEmpty {
                guard let timer, timer <= end else { return }
                now = max(now, timer)
            }
            step(among: ready.count + (timer.map { $0 <= now } ?? false ? 1 : 0))
        }
    }

    /// Runs one of the choices: the ready jobs, and after them the timer that is due first.
    private func step(among choices: Int) {
        steps += 1
        let choice = choices == 1 ? 0 : Int(generator.next(upperBound: UInt64(choices)))
        record(UInt64(choices))
        guard choice < ready.count else {
            record(0)
            if let action = timers.takeDue(at: now) { Loop.assumeIsolated { action() } }
            return
        }
        ready.swapAt(choice, ready.count - 1)
        let (job, number) = ready.removeLast()
        record(number)
        job.runSynchronously(on: LoopExecutor.shared.asUnownedSerialExecutor())
    }

    private func record(_ fact: UInt64) {
        schedule = (schedule ^ fact ^ UInt64(bitPattern: now.nanoseconds) << 16) &* 0x0000_0100_0000_01b3
    }

    private func failure(_ reason: String) -> SimulationFailure {
        SimulationFailure(seed: seed, reason: "\(reason), at \(now) of virtual time")
    }
}
