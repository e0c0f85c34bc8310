import Demo
import EventLoop
import Rapport

/// What PostgreSQL and the Broker suffer.
extension Fleet {
    /// Ends PostgreSQL or the Broker with a signal and starts it again; the time is taken until every service applies messages again.
    func endBase(_ name: String, with signal: Int32, pause: Duration = .zero) async throws {
        guard !isBaseBusy, let mark = state.programs[name]?.mark else { return }
        isBaseBusy = true
        defer { isBaseBusy = false }
        let begin = Loop.now
        mark.signal(signal)
        guard try await mark.hasEnded(within: .seconds(30)) else { throw SuiteError("\(name) does not end") }
        try await Loop.sleep(for: pause)
        var copy = state
        if name == "postgres" { try await suite.startDatabase(&copy) } else { try await suite.startBroker(&copy) }
        // Instances may have been started meanwhile.
        state.programs[name] = copy.programs[name]
        try suite.folder.write(state)
        try await untilAllApply()
        note(name, since: begin, pause: pause)
    }

    /// Lets the Broker do nothing for a time.
    func suspendBroker(for time: Duration) async throws {
        guard !isBaseBusy, let mark = state.programs["broker"]?.mark else { return }
        isBaseBusy = true
        defer { isBaseBusy = false }
        mark.signal(SIGSTOP)
        defer { mark.signal(SIGCONT) }
        try await Loop.sleep(for: time)
    }

    /// Lets PostgreSQL's disk be full for a time; where it has ended of that, it is started again.
    func fillDisk(for time: Duration) async throws {
        guard let disk, !isBaseBusy else { return }
        isBaseBusy = true
        defer { isBaseBusy = false }
        defer { disk.free() }
        try disk.fill()
        try await Loop.sleep(for: time)
        disk.free()
        let begin = Loop.now
        // It may be on its way down, as it cannot go on without its log.
        try await Loop.sleep(for: .milliseconds(500))
        if state.programs["postgres"]?.mark?.isAlive != true {
            var copy = state
            try await suite.startDatabase(&copy)
            state.programs["postgres"] = copy.programs["postgres"]
            try suite.folder.write(state)
        }
        try await untilAllApply()
        note("postgres, its disk full", since: begin)
    }

    /// Whether one instance may be frozen for long now.
    func beginLongFreeze() -> Bool {
        guard !isLongFrozen else { return false }
        isLongFrozen = true
        return true
    }

    /// Lets another be frozen.
    func endLongFreeze() { isLongFrozen = false }

    private func untilAllApply() async throws {
        let deadline = Loop.now + .seconds(60)
        for name in Services.withLedger {
            var before: Int?
            while Loop.now < deadline {
                let now = await positions.applied(by: name)
                if let before, let now, now > before { break }
                before = before ?? now
                try await Loop.sleep(for: .milliseconds(20))
            }
        }
    }
}
