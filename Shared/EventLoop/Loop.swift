import CSwiftTask
import Synchronization

/// The isolation of everything that runs on the process's one event loop.
///
/// A type or function marked `@Loop` runs on the loop's thread and nowhere else, so its state needs no lock. In a
/// simulation the same code runs on a simulated loop: the executor asks the calling thread which loop it is.
@globalActor
public actor Loop {
    /// The one instance that the language asks for.
    public static let shared = Loop()

    /// The executor that hands jobs to the calling thread's loop.
    nonisolated public var unownedExecutor: UnownedSerialExecutor { LoopExecutor.shared.asUnownedSerialExecutor() }

    /// Runs `body` on a loop of this thread and returns when it has ended; what it throws is thrown on.
    ///
    /// Call once, from `main`; everything else that the process does happens inside.
    nonisolated public static func run(_ body: @escaping @Loop @Sendable () async throws -> Void) throws {
        let driver = UVDriver()
        LoopExecutor.setMain(driver)
        let outcome = driver.run {
            Task { @Loop in
                do {
                    try await body()
                    driver.stop(.success(()))
                } catch {
                    driver.stop(.failure(error))
                }
            }
        }
        try outcome.get()
    }

    /// Starts the process's loop on a thread of its own, unless one runs already: for tests and benchmarks.
    nonisolated public static func start() {
        LoopExecutor.startMainIfNeeded()
    }

    /// Calls `operation` synchronously, for callbacks from C that are known to come on the loop's thread.
    nonisolated public static func assumeIsolated<T>(_ operation: @Loop () throws -> T) rethrows -> T {
        precondition(LoopExecutor.isOnLoop, "called off the event loop")
        return try withoutActuallyEscaping(operation) { escaping in
            try unsafeBitCast(escaping, to: (() throws -> T).self)()
        }
    }

    /// Monotonic time since an arbitrary start; virtual in a simulation.
    @Loop public static var now: Duration { LoopExecutor.current.now }

    /// The longest time that any callback or job held the loop since the last call: the loop's own delay.
    @Loop public static func takeLongestHold() -> Duration { LoopExecutor.current.takeLongestHold() }
}

/// The machine below the loop: libuv in a process, a seeded scheduler in a simulation.
///
/// All members but `enqueue` are called on the loop's own thread.
public protocol LoopDriver: AnyObject, Sendable {
    /// Takes a job to run on the loop's thread; called from any thread.
    func enqueue(_ job: UnownedJob)
    /// Monotonic time.
    var now: Duration { get }
    /// Calls `action` once at or after `deadline`; the answer cancels it.
    @Loop func addTimer(at deadline: Duration, _ action: @escaping @Loop () -> Void) -> TimerID
    /// Forgets a timer; one that is unknown or has fired is ignored.
    @Loop func cancelTimer(_ id: TimerID)
    /// The longest single hold of the loop since the last call.
    @Loop func takeLongestHold() -> Duration
    /// Whether tasks may not even leave the loop for the global pool by their own will (`@concurrent`). Outside a simulation they may, but
    /// the runtime does not promise it: `Loop.offload` is the way off the loop.
    var keepsAll: Bool { get }
}

/// Routes jobs to the loop of the calling thread, or else to the process's main loop.
public final class LoopExecutor: SerialExecutor {
    /// The one router.
    public static let shared = LoopExecutor()

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()
    private static let main = Mutex<(any LoopDriver)?>(nil)

    /// Takes a job for the loop.
    public func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        if let driver = Self.threadDriver {
            driver.enqueue(unowned)
        } else if let driver = Self.main.withLock({ $0 }) {
            driver.enqueue(unowned)
        } else {
            Self.startMainIfNeeded()
            Self.main.withLock { $0 }?.enqueue(unowned)
        }
    }

    /// Answers the runtime's question when it knows of no executor, as in callbacks from C.
    public func isIsolatingCurrentContext() -> Bool? { Self.isOnLoop }

    /// Stops the process where code claims to be on the loop and is not.
    public func checkIsolated() {
        precondition(Self.isOnLoop, "not on the event loop")
    }

    /// Whether the calling thread runs a loop.
    public static var isOnLoop: Bool { pthread_getspecific(key) != nil }

    /// The loop of the calling thread; asked for on a loop only.
    package static var current: any LoopDriver {
        guard let driver = threadDriver else { preconditionFailure("not on the event loop") }
        return driver
    }

    private static var threadDriver: (any LoopDriver)? {
        guard let pointer = pthread_getspecific(key) else { return nil }
        return Unmanaged<DriverBox>.fromOpaque(pointer).takeUnretainedValue().driver
    }

    /// Makes `driver` the calling thread's loop while `body` runs.
    public static func withThreadDriver<T>(_ driver: any LoopDriver, _ body: () throws -> T) rethrows -> T {
        routeGlobalJobs
        let box = DriverBox(driver)
        let before = pthread_getspecific(key)
        pthread_setspecific(key, Unmanaged.passUnretained(box).toOpaque())
        defer { pthread_setspecific(key, before) }
        return try withExtendedLifetime(box) { try body() }
    }

    private static let routeGlobalJobs: Void = cswift_route_global_jobs()

    /// Takes a job that the runtime would send through the global pool.
    fileprivate static func take(_ job: UnownedJob, isSwitch: Bool) -> Bool {
        guard let driver = threadDriver, driver.keepsAll || !isSwitch else { return false }
        driver.enqueue(job)
        return true
    }

    static func setMain(_ driver: any LoopDriver) { main.withLock { $0 = driver } }

    static func startMainIfNeeded() {
        main.withLock { current in
            guard current == nil else { return }
            let driver = UVDriver()
            current = driver
            Thread.detach { _ = driver.run {} }
        }
    }
}

/// A driver behind a pointer of fixed size, for thread-local storage.
private final class DriverBox {
    let driver: any LoopDriver
    init(_ driver: any LoopDriver) { self.driver = driver }
}

/// Keeps on the loop what the runtime would send through the global pool, above all each task whose continuation is
/// resumed on the loop; only a task that asks to leave goes, and in a simulation not even that one.
@_cdecl("rapport_take_global_job")
func takeGlobalJob(_ job: UnsafeMutableRawPointer, _ isSwitch: Bool) -> Bool {
    LoopExecutor.take(unsafeBitCast(job, to: UnownedJob.self), isSwitch: isSwitch)
}
