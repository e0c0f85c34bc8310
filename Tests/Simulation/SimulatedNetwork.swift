import EventLoop
import Messaging
import Postgres
import TestKit

/// The way between one process and its servers, and whether the process is there at all.
@Loop
final class SimulatedNetwork {
    let chance: Chance
    let faults: Faults
    /// The number of the process on the loop; 0 where nobody tells processes apart.
    let process: Int
    /// Until when nothing reaches the process or leaves it, while it runs on.
    var pausedUntil = Duration.zero {
        didSet {
            lastSilence = max(Loop.now, pausedUntil)
            resumed.notify()
        }
    }
    /// Whether the process stands still.
    private(set) var isFrozen = false
    /// When it last was not there for its servers; far back where it always was.
    private(set) var lastSilence = Duration.seconds(-3600)
    private let processes: SimulatedProcesses?
    /// What has reached the process while it stood still.
    private var arrived: [@Loop () -> Void] = []
    private var isTakingIn = false
    /// Called once at the next moment at which a batch or a retry is on its way: the worst time for anything to happen.
    private var ambush: (@Loop () -> Void)?
    private var patience = 0
    private let resumed = Notice()

    init(_ chance: Chance, _ faults: Faults, process: Int = 0, of processes: SimulatedProcesses? = nil) {
        self.chance = chance
        self.faults = faults
        self.process = process
        self.processes = processes
    }

    /// Lays an ambush for one of the next such moments.
    func lay(_ ambush: @escaping @Loop () -> Void) {
        patience = chance.number(0...3)
        self.ambush = ambush
    }

    /// Springs the ambush, if one is laid.
    func spring() {
        patience -= 1
        guard patience < 0 else { return }
        let laid = ambush
        ambush = nil
        leave { laid?() }
    }

    func nextSession() -> Int {
        faults.sessions += 1
        return faults.sessions
    }

    /// Waits as long as a message needs; often no time at all, so that the order of jobs decides. Who is cancelled waits for nothing.
    func travel() async {
        while pausedUntil > Loop.now, !Task.isCancelled {
            _ = try? await resumed.wait(until: { pausedUntil <= Loop.now }, atMost: pausedUntil - Loop.now)
        }
        await pass()
    }

    /// Lets a moment pass, or none.
    func pass() async {
        let pause = chance.number(0...9)
        if pause > 6 { try? await Loop.sleep(for: .milliseconds(pause - 6)) }
    }

    // MARK: The process

    /// Whether the process runs and its servers hear of it.
    var isThere: Bool { !isFrozen && pausedUntil <= Loop.now }

    /// Runs `body` in the process: at once, or, where it stands still, when it goes on, in the order of coming.
    func enter(_ body: @escaping @Loop () -> Void) {
        guard let processes else { return body() }
        if isFrozen || !arrived.isEmpty { arrived.append(body) } else { processes.act(as: process) { body() } }
    }

    /// Runs `body` as the process: what it begins stands still with it.
    func act<T>(_ body: () throws -> T) rethrows -> T {
        guard let processes else { return try body() }
        return try processes.act(as: process, body)
    }

    /// Runs `body` as the world outside, so that what it begins does not stand still with the process.
    func leave(_ body: () -> Void) {
        if let processes { processes.act(as: 0, body) } else { body() }
    }

    /// Runs `action` behind so many more jobs of the process.
    func after(_ jobs: Int, _ action: @escaping @Loop () -> Void) { processes?.after(jobs, of: process, action) }

    func freeze() {
        guard !isFrozen else { return }
        isFrozen = true
        processes?.freeze(process)
    }

    func thaw() {
        guard isFrozen else { return }
        isFrozen = false
        lastSilence = Loop.now
        processes?.thaw(process)
        guard !arrived.isEmpty, !isTakingIn else { return }
        isTakingIn = true
        processes?.act(as: process) { _ = Task { @Loop in await takeIn() } }
    }

    private func takeIn() async {
        defer { isTakingIn = false }
        while let first = arrived.first {
            first()
            arrived.removeFirst()
            await Task.yield()
        }
    }
}

/// How often what goes wrong by itself; of a thousand times each.
@Loop
final class Faults {
    private let chance: Chance
    var cutRate = 0
    var refusalRate = 0
    var lateCommitRate = 0
    var sessions = 0
    /// Whether anything went wrong that may make a relay publish twice.
    var happened = 0

    init(_ chance: Chance) { self.chance = chance }

    private func happens(_ rate: Int) -> Bool {
        guard chance.happens(rate) else { return false }
        happened += 1
        return true
    }

    func cuts() -> Bool { happens(cutRate) }
    func refuses() -> Bool { happens(refusalRate) }
    func delaysCommit() -> Bool { happens(lateCommitRate) }
    func end() {
        cutRate = 0
        refusalRate = 0
        lateCommitRate = 0
    }
}

/// A pool over the simulated store, for timers and commands.
@Loop
final class SimulatedPool: Transacting {
    private let open: () async throws -> SimulatedSession
    private var idle: [SimulatedSession] = []

    init(_ open: @escaping () async throws -> SimulatedSession) { self.open = open }

    func transaction<T>(_ body: (Transaction) async throws -> T) async throws -> T {
        while let session = idle.popLast() {
            guard session.isOpen else { continue }
            defer { if session.isOpen { idle.append(session) } }
            return try await session.transaction(body)
        }
        let session = try await open()
        defer { if session.isOpen { idle.append(session) } }
        return try await session.transaction(body)
    }
}
