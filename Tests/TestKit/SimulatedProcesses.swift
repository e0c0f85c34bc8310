import EventLoop

/// The processes of a simulated world, each of which may be stopped between any two of its jobs and go on later, as by SIGSTOP and SIGCONT.
///
/// A task belongs to the process whose job began it, and so does a timer; process 0 is the world outside, which never stops. Who resumes
/// a task does not matter. What a stopped process is to do waits, its timers too, while time passes.
@Loop
public struct SimulatedProcesses {
    private unowned let driver: SimulatedDriver

    fileprivate init(_ driver: SimulatedDriver) { self.driver = driver }

    /// Runs `body` as a process: what it begins belongs to that one.
    public func act<T>(as process: Int, _ body: () throws -> T) rethrows -> T {
        let before = driver.processes?.current ?? 0
        driver.processes?.current = process
        defer { driver.processes?.current = before }
        return try body()
    }

    /// Stops a process behind the job that runs.
    public func freeze(_ process: Int) { driver.freeze(process) }

    /// Lets a process go on.
    public func thaw(_ process: Int) { driver.thaw(process) }

    /// Calls `action`, in the name of the world outside, once a process has run so many more jobs.
    public func after(_ jobs: Int, of process: Int, _ action: @escaping @Loop () -> Void) {
        driver.processes?.fuse = (process, jobs, action)
    }
}

extension SimulatedLoop {
    /// Begins to tell processes apart, which costs some time; asked for once, inside a run.
    @Loop public static func processes() -> SimulatedProcesses? {
        guard let driver = LoopExecutor.current as? SimulatedDriver else { return nil }
        driver.processes = ProcessTable()
        return SimulatedProcesses(driver)
    }
}

/// What the simulated loop knows of processes.
struct ProcessTable {
    /// The process whose job runs.
    var current = 0
    /// What is to happen behind so many more jobs of a process.
    var fuse: (process: Int, jobs: Int, action: @Loop () -> Void)?
    private(set) var frozen: Set<Int> = []
    private var owners: [UInt64: Int] = [:]
    private var jobs: [SimulatedDriver.Job] = []
    private var timers: [OwnedTimer] = []
    /// Timers that came due while their process stood still, and may fire now that it goes on.
    var due: [OwnedTimer] = []

    /// The process of a job: that of its task, which is known from its first job on.
    mutating func owner(of job: UnownedJob) -> Int {
        let task = taskID(job)
        // A yield is a job of its own and no task, and always the running task's.
        if task == 0 { return current }
        if let owner = owners[task] { return owner }
        owners[task] = current
        return current
    }

    mutating func freeze(_ process: Int) { frozen.insert(process) }

    mutating func keep(_ job: SimulatedDriver.Job) { jobs.append(job) }

    mutating func keep(_ timer: OwnedTimer) { timers.append(timer) }

    /// The jobs that have waited for a process.
    mutating func thaw(_ process: Int) -> [SimulatedDriver.Job] {
        frozen.remove(process)
        due += timers.filter { $0.process == process }
        timers.removeAll { $0.process == process }
        let freed = jobs.filter { $0.process == process }
        jobs.removeAll { $0.process == process }
        return freed
    }

    mutating func cancel(_ id: TimerID) {
        timers.removeAll { $0.id == id }
        due.removeAll { $0.id == id }
    }

    /// Burns the fuse, if there is one, by a job of a process.
    mutating func count(_ process: Int) -> (@Loop () -> Void)? {
        guard let burning = fuse, burning.process == process else { return nil }
        fuse?.jobs -= 1
        guard burning.jobs <= 1 else { return nil }
        fuse = nil
        return burning.action
    }
}

/// A timer of a process.
///
/// `@unchecked Sendable`: it stays with its loop.
final class OwnedTimer: @unchecked Sendable {
    let process: Int
    let action: @Loop () -> Void
    var id: TimerID?

    init(_ process: Int, _ action: @escaping @Loop () -> Void) {
        self.process = process
        self.action = action
    }
}

/// The runtime's number of the task that a job belongs to, never given twice.
@_silgen_name("swift_task_getJobTaskId")
private func taskID(_ job: UnownedJob) -> UInt64
