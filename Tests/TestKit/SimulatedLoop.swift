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
    typealias Job = (job: UnownedJob, number: UInt64, process: Int)

    private(set) var now = Duration.zero
    private(set) var steps = 0
    private(set) var schedule: UInt64 = 0xcbf2_9ce4_8422_2325
    var keepsAll: Bool { true }
    /// Which job is whose; nil where nobody asks.
    var processes: ProcessTable?
    private let seed: UInt64
    private let stepLimit: Int
    private var generator: SeededGenerator
    private var ready: [Job] = []
    private var enqueued: UInt64 = 0
    private var timers = TimerQueue()

    init(seed: UInt64, stepLimit: Int) {
        self.seed = seed
        self.stepLimit = stepLimit
        generator = SeededGenerator(seed: seed)
    }

    func enqueue(_ job: UnownedJob) {
        enqueued += 1
        let owned = (job, enqueued, processes?.owner(of: job) ?? 0)
        if processes?.frozen.contains(owned.2) == true {
            processes?.keep(owned)
        } else {
            ready.append(owned)
        }
    }

    @Loop func addTimer(at deadline: Duration, _ action: @escaping @Loop () -> Void) -> TimerID {
        guard let process = processes?.current, process != 0 else { return timers.add(at: deadline, action) }
        let timer = OwnedTimer(process, action)
        let id = timers.add(at: deadline) { [unowned self] in fire(timer) }
        timer.id = id
        return id
    }

    @Loop func cancelTimer(_ id: TimerID) {
        timers.cancel(id)
        processes?.cancel(id)
    }

    @Loop func takeLongestHold() -> Duration { .zero }

    // MARK: Processes

    func freeze(_ process: Int) {
        processes?.freeze(process)
        for job in ready where job.process == process { processes?.keep(job) }
        ready.removeAll { $0.process == process }
    }

    func thaw(_ process: Int) { ready += processes?.thaw(process) ?? [] }

    @Loop private func fire(_ timer: OwnedTimer) {
        if processes?.frozen.contains(timer.process) == true {
            processes?.keep(timer)
        } else {
            run(as: timer.process) { timer.action() }
        }
    }

    private func run(as process: Int, _ body: () -> Void) {
        guard processes != nil else { return body() }
        processes?.current = process
        body()
        processes?.current = 0
        if let action = processes?.count(process) { Loop.assumeIsolated { action() } }
    }

    // MARK: Running

    /// Runs jobs and timers in the seed's order until the body has ended.
    func run(until isOver: () -> Bool) throws {
        while !isOver() {
            guard steps < stepLimit else { throw failure("not done after \(steps) steps") }
            guard let choices = choices(before: nil) else {
                throw failure("deadlock: nothing is ready and no timer is set (or a task left the loop)")
            }
            step(among: choices)
        }
    }

    /// Lets what is left run out, a minute long, so that tasks the body left behind can end: one that never does keeps for ever
    /// all that it knows.
    func finish() {
        processes?.fuse = nil
        for process in processes?.frozen ?? [] { thaw(process) }
        let end = now + .seconds(60)
        while steps < stepLimit, let choices = choices(before: end) { step(among: choices) }
    }

    /// How many things may happen next; where none may, time goes on to the next timer, if that is due before the end.
    private func choices(before end: Duration?) -> Int? {
        let timer = timers.nextDeadline()
        var count = ready.count + (processes?.due.count ?? 0)
        if count == 0 {
            guard let timer, end.map({ timer <= $0 }) ?? true else { return nil }
            now = max(now, timer)
        }
        if let timer, timer <= now { count += 1 }
        return count
    }

    /// Runs one of the choices: the ready jobs, after them timers that waited for their process, and the timer that is due first.
    private func step(among choices: Int) {
        steps += 1
        var choice = choices == 1 ? 0 : Int(generator.next(upperBound: UInt64(choices)))
        record(UInt64(choices))
        guard choice < ready.count else {
            record(0)
            choice -= ready.count
            if let due = processes?.due, choice < due.count {
                processes?.due.remove(at: choice)
                run(as: due[choice].process) { Loop.assumeIsolated { due[choice].action() } }
            } else if let action = timers.takeDue(at: now) {
                Loop.assumeIsolated { action() }
            }
            return
        }
        ready.swapAt(choice, ready.count - 1)
        let next = ready.removeLast()
        record(next.number)
        run(as: next.process) { next.job.runSynchronously(on: LoopExecutor.shared.asUnownedSerialExecutor()) }
    }

    private func record(_ fact: UInt64) {
        schedule = (schedule ^ fact ^ UInt64(bitPattern: now.nanoseconds) << 16) &* 0x0000_0100_0000_01b3
    }

    private func failure(_ reason: String) -> SimulationFailure {
        SimulationFailure(seed: seed, reason: "\(reason), at \(now) of virtual time")
    }
}
