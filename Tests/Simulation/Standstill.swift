import EventLoop

/// Processes that stand still for longer than every bound, in the midst of anything, and go on as if nothing had been; that lose their
/// network; and whose machines vanish.
extension World {
    /// TA1, the bound: 12 s, and what the simulated group gives its members to answer.
    static let takeOver = Duration.milliseconds(13_500)

    /// Lets one stand still at once, behind one of its next jobs, or just when it sends what decides.
    func standStill(_ process: SimulatedProcess) {
        let begin = standstill(of: process)
        switch chance.number(0...3) {
        case 0: begin()
        case 1: process.network.lay(begin)
        default: process.network.after(chance.number(1...80), begin)
        }
        // Its heir stands still too, or the whole machine does.
        guard chance.happens(250), let other = processes.last(where: { $0 !== process && !$0.isDead }) else { return }
        let next = standstill(of: other)
        _ = Loop.after(chance.milliseconds(0...6000), next)
    }

    private func standstill(of process: SimulatedProcess) -> @Loop () -> Void {
        let duration = standingTime()
        let kind = chance.number(0...9)
        return { [unowned self, unowned process] in
            guard !isOver, !process.isDead, process.network.isThere else { return }
            let isLast = processes.filter { !$0.isDead }.count < 2
            trace?(
                "process \(process.number) \(kind == 0 && !isLast ? "vanishes" : kind < 3 ? "is cut off" : "freezes")")
            lastTurn = Loop.now
            switch kind {
            case 0 where !isLast: return process.vanish()
            case 0...2: process.cutOff(for: duration)
            default: process.freeze()
            }
            awake = max(awake, Loop.now + duration)
            _ = Loop.after(duration) { [unowned self, unowned process] in
                trace?("process \(process.number) goes on")
                process.thaw()
                lastTurn = Loop.now
            }
        }
    }

    /// Most often about as long as the watch has patience, as then it ends what has just begun to move.
    private func standingTime() -> Duration {
        switch chance.number(0...9) {
        case 0...4: chance.milliseconds(3000...9000)
        case 5...8: chance.milliseconds(9000...20_000)
        default: chance.milliseconds(20_000...90_000)
        }
    }

    /// Comes to rest while some stand still, works on while they wake, and comes to rest again.
    func outlast() async throws {
        try await settle()
        if awake > Loop.now {
            try? await Loop.sleep(for: chance.milliseconds(0...Int((awake - Loop.now).seconds * 1000)))
            await work()
        }
        // What the last of the jobs counted has begun may be later still.
        isOver = true
        while awake > Loop.now { try? await Loop.sleep(for: awake - Loop.now) }
        for command in commands where !command.process.isVanished { await command.task.value }
        try await settle()
        for process in processes { process.bury() }
        for command in commands { await command.task.value }
    }

    /// TA1, TA5: nothing stays undone for longer than the bound, as long as one process is there.
    func overdue(_ reason: String, since begin: Duration) -> Violation? {
        guard plan.freezes, Loop.now - max(begin, lastTurn) > Self.takeOver else { return nil }
        guard processes.contains(where: { !$0.isDead && $0.network.isThere }) else { return nil }
        let isHeld = store.timers.rows().contains { store.timers.owner(of: $0.key) != 0 }
        return Violation("\(isHeld ? "TA5: timers are held" : "TA1: nobody takes over"): \(reason)")
    }
}
