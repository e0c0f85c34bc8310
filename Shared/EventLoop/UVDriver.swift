import CUV
import Synchronization

/// The libuv loop of one thread.
///
/// `@unchecked Sendable`: everything but `foreign` and `uv_async_send`, which are thread-safe, is touched on the loop's
/// own thread only, which `enqueue` tests by comparing thread ids.
final class UVDriver: LoopDriver, @unchecked Sendable {
    let loop = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
    /// One read buffer for all streams: data are consumed inside the read callback.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    private let wake = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    private let prepare = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
    private let check = UnsafeMutablePointer<uv_check_t>.allocate(capacity: 1)
    private let idle = UnsafeMutablePointer<uv_idle_t>.allocate(capacity: 1)
    private let timer = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
    private let foreign = Mutex<[UnownedJob]>([])
    private var ready: [UnownedJob] = []
    private var running: [UnownedJob] = []
    private var timers = TimerQueue()
    private var armedFor: Duration?
    private var thread: pthread_t?
    private var outcome: Result<Void, any Error>?
    private var isIdleOn = false
    private var longestHold = Duration.zero

    init() {
        uv_loop_init(loop)
        let me = Unmanaged.passUnretained(self).toOpaque()
        uv_async_init(loop, wake) { _ in }
        uv_prepare_init(loop, prepare)
        uv_check_init(loop, check)
        uv_idle_init(loop, idle)
        uv_timer_init(loop, timer)
        for pointer in [cuv_handle(wake), cuv_handle(prepare), cuv_handle(check), cuv_handle(idle), cuv_handle(timer)] {
            pointer?.pointee.data = me
        }
    }

    /// Runs the loop on the calling thread until `stop`, whose outcome it returns; `begin` is called on the loop first.
    func run(_ begin: () -> Void) -> Result<Void, any Error> {
        thread = pthread_self()
        // A peer that hangs up must be an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        return LoopExecutor.withThreadDriver(self) {
            uv_prepare_start(prepare) { UVDriver.of($0?.pointee.data).drain() }
            uv_check_start(check) { UVDriver.of($0?.pointee.data).drain() }
            begin()
            while true {
                uv_run(loop, UV_RUN_DEFAULT)
                if let outcome { return outcome }
            }
        }
    }

    func stop(_ outcome: Result<Void, any Error>) {
        self.outcome = outcome
        uv_stop(loop)
    }

    func enqueue(_ job: UnownedJob) {
        if LoopExecutor.isOnLoop, let thread, pthread_equal(thread, pthread_self()) != 0 {
            ready.append(job)
        } else {
            foreign.withLock { $0.append(job) }
            uv_async_send(wake)
        }
    }

    var keepsAll: Bool { false }
    var now: Duration { .nanoseconds(Int64(uv_hrtime())) }

    @Loop func takeLongestHold() -> Duration {
        defer { longestHold = .zero }
        return longestHold
    }

    /// Runs all jobs that wait, those they enqueue included, in rounds; bounds keep sockets from starving.
    private func drain() {
        let begin = uv_hrtime()
        var rounds = 0
        while rounds < 64, rounds == 0 || uv_hrtime() - begin < 2_000_000 {
            foreign.withLock { jobs in
                guard !jobs.isEmpty else { return }
                ready.append(contentsOf: jobs)
                jobs.removeAll(keepingCapacity: true)
            }
            if ready.isEmpty { break }
            swap(&ready, &running)
            for job in running { job.runSynchronously(on: LoopExecutor.shared.asUnownedSerialExecutor()) }
            running.removeAll(keepingCapacity: true)
            rounds += 1
        }
        if rounds > 0 { longestHold = max(longestHold, .nanoseconds(Int64(uv_hrtime() - begin))) }
        keepAwake(!ready.isEmpty)
    }

    /// An active idle handle makes the next poll return at once.
    private func keepAwake(_ on: Bool) {
        guard on != isIdleOn else { return }
        isIdleOn = on
        if on { uv_idle_start(idle) { _ in } } else { uv_idle_stop(idle) }
    }

    // MARK: Timers

    @Loop func addTimer(at deadline: Duration, _ action: @escaping @Loop () -> Void) -> TimerID {
        let id = timers.add(at: deadline, action)
        arm()
        return id
    }

    @Loop func cancelTimer(_ id: TimerID) { timers.cancel(id) }

    /// Keeps the one uv_timer on the earliest deadline; firing early (a cancelled entry) is harmless.
    private func arm() {
        guard let deadline = timers.nextDeadline() else { return }
        if let armedFor, armedFor <= deadline { return }
        armedFor = deadline
        uv_update_time(loop)
        let left = max(.zero, deadline - now)
        let milliseconds = UInt64((left.nanoseconds + 999_999) / 1_000_000)
        uv_timer_start(timer, { UVDriver.of($0?.pointee.data).fire() }, milliseconds, 0)
    }

    private func fire() {
        armedFor = nil
        let now = self.now
        while let action = timers.takeDue(at: now) {
            Loop.assumeIsolated { action() }
        }
        arm()
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> UVDriver {
        guard let data else { preconditionFailure("a loop handle without its loop") }
        return Unmanaged<UVDriver>.fromOpaque(data).takeUnretainedValue()
    }

    /// The libuv loop of the calling thread; sockets and processes exist on a real loop only.
    @Loop static var current: UVDriver {
        guard let driver = LoopExecutor.current as? UVDriver else {
            preconditionFailure("sockets and processes need a real loop, not a simulated one")
        }
        return driver
    }
}

extension Duration {
    /// Whole nanoseconds, saturating far beyond any time in use.
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }

    /// Seconds as a binary fraction, for metrics.
    public var seconds: Double { Double(nanoseconds) / 1e9 }
}
