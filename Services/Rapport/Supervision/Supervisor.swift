import EventLoop
import FoundationEssentials
import HTTP
import Telemetry

/// The process that keeps watch: it starts the suite's programs, so that it sees how each ends, and starts again what dies.
///
/// What should run is said by the suite's state, which commands change; whatever is missing is started under the state's lock, so that no
/// command and the supervisor start the same thing. When it dies, the programs run on; the next `rapport up` starts it again.
@Loop
final class Supervisor: Launcher {
    /// The command of `rapport` that is it; only `up` gives it.
    nonisolated static let command = "keep-watch"
    private let folder: SuiteFolder
    private let log = Log(service: "supervisor")
    private var suite: Suite
    private var programs = LaunchedPrograms()
    private var record: WatchRecord
    private var watched: [String: Watched] = [:]
    private var starting: Task<Void, Never>?
    private var downSince: Duration?
    private var isStopping = false
    private let changed = Notice()

    /// A program as it is watched.
    private struct Watched {
        var backoff = Backoff()
        var alive: (mark: ProcessMark, since: Duration)?
        /// When it is started again.
        var due: Duration?
    }

    private init(_ folder: SuiteFolder, _ mark: ProcessMark) {
        self.folder = folder
        suite = Suite(folder, Terminal())
        // What died under the eyes of the one before is still worth knowing.
        let deaths = WatchRecord.read(folder)?.deaths ?? [:]
        record = WatchRecord(mark: mark, port: 0, build: Supervision.build, deaths: deaths.mapValues(\.settled))
        suite.launcher = self
        programs.onExit = { [weak self] in self?.changed.notify() }
    }

    /// Keeps watch until told to end, or until nothing is left to watch.
    static func run(_ folder: SuiteFolder) async throws {
        let file = folder.openLock("watch.lock")
        guard file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0, let mark = ProcessMark(getpid()) else {
            throw SuiteError("another supervisor keeps watch of \(folder.path)")
        }
        let supervisor = Supervisor(folder, mark)
        let server = try HTTPServer(
            address: "127.0.0.1", port: 0,
            router: Router(SupervisorRoutes(supervisor, secret: folder.secret(Supervision.secret)).all))
        supervisor.record.port = server.port
        try supervisor.record.write(folder)
        supervisor.log.notice("keeps watch", ["folder": folder.path])
        let signals = [SIGTERM, SIGINT].map { Signals($0) { supervisor.stop() } }
        await supervisor.watch()
        for signal in signals { signal.close() }
        await server.stop(within: .seconds(1))
        supervisor.log.notice("keeps watch no more; what runs goes on")
    }

    private func stop() {
        isStopping = true
        changed.notify()
    }

    // MARK: Orders

    /// The settings of what is started, as the last `rapport up` had them.
    var environment: [String: String] {
        get { suite.environment }
        set { suite = Suite(folder, suite.terminal, environment: newValue, launcher: self) }
    }

    func launch(_ order: Launch) async throws -> ProcessMark {
        let mark = try programs.start(order)
        tell()
        return mark
    }

    func keeps(_ port: Int) -> Bool { programs.ports.contains(port) }

    /// Whether a process that stands beside another has said that it is ready.
    func isReady(_ id: Int32) -> Bool { programs.isReady(id) }

    // MARK: Watching

    private func watch() async {
        while !isStopping, access(folder.path, F_OK) == 0, downSince.map({ Loop.now - $0 < .seconds(10) }) ?? true {
            await look()
            _ = try? await changed.wait(until: { isStopping || programs.hasExits }, atMost: .milliseconds(250))
        }
        starting?.cancel()
        await starting?.value
    }

    private func look() async {
        programs.forgetExits()
        // A state that cannot be read is being repaired by a person; what runs is left alone.
        guard let state = try? folder.readState() else { return }
        for name in programs.endUnknown(state) {
            log.warning("a process that no command remembers was told to end", ["program": name])
        }
        downSince = state.isUp ? nil : downSince ?? Loop.now
        guard state.isUp else { return }
        let wanted = suite.wanted(state)
        if programs.releasePorts(keeping: wanted.compactMap { state.programs[$0] }) { tell() }
        for name in wanted {
            guard let known = state.programs[name] else { continue }
            if let mark = known.mark, mark.isAlive {
                if watched[name]?.alive?.mark != mark { watched[name, default: Watched()].alive = (mark, Loop.now) }
            } else if watched[name]?.due == nil {
                // Without a mark it is being started by a command, or that command was killed.
                if let mark = known.mark { await died(name, mark, known.port) }
                watched[name, default: Watched()].due = watched[name]?.due ?? Loop.now
            }
        }
        startWhatIsDue(wanted)
    }

    private func died(_ name: String, _ mark: ProcessMark, _ port: Int) async {
        let seen = watched[name]?.alive
        watched[name]?.alive = nil
        let life = seen?.mark == mark ? Loop.now - (seen?.since ?? Loop.now) : .zero
        let cause = await programs.exit(of: mark)?.words ?? "ended unseen: this supervisor had not started it"
        isMissing(name, cause, folder.lastWords(of: name), after: life, port)
    }

    /// Notes that a program has ended or cannot be started, and when it is tried again.
    private func isMissing(_ name: String, _ cause: String, _ lastWords: String, after life: Duration, _ port: Int) {
        let wait = watched[name, default: Watched()].backoff.wait(after: life)
        watched[name]?.due = Loop.now + wait
        // Whoever asks for what is away for long is to hear it at once.
        if wait > .seconds(1) { programs.release(port) }
        let now = Date().timeIntervalSince1970
        var deaths = record.deaths[name] ?? WatchRecord.Deaths()
        (deaths.last, deaths.cause, deaths.lastWords, deaths.next) = (now, cause, lastWords, now + wait.seconds)
        record.deaths[name] = deaths
        tell()
        log.warning(
            "a program is missing, and will be started again",
            ["program": name, "cause": cause, "last words": lastWords, "in seconds": wait.seconds])
    }

    private func startWhatIsDue(_ wanted: [String]) {
        let due = wanted.filter { watched[$0]?.due.map { $0 <= Loop.now } ?? false }
        guard starting == nil, !due.isEmpty else { return }
        starting = Task { @Loop in
            do {
                try await folder.locked { state in
                    for name in due where !Task.isCancelled { await self.startAgain(name, &state) }
                }
            } catch is CancellationError {
                // The next supervisor finds what is missing.
            } catch {
                log.warning("what is missing cannot be started yet", ["cause": "\(error)"])
            }
            starting = nil
            changed.notify()
        }
    }

    private func startAgain(_ name: String, _ state: inout SuiteState) async {
        // Commands may have ended or started it meanwhile.
        guard state.isUp, suite.wanted(state).contains(name), let known = state.programs[name] else {
            watched[name]?.due = nil
            return
        }
        let isOurs = known.mark?.isAlive != true
        do {
            if isOurs { try await suite.startAgain(name, &state) }
            watched[name]?.due = nil
            guard var deaths = record.deaths[name], deaths.next != nil else { return }
            deaths.next = nil
            if isOurs { deaths.restarts += 1 }
            record.deaths[name] = deaths
            tell()
            if isOurs { log.notice("a program was started again", ["program": name, "times": deaths.restarts]) }
        } catch {
            isMissing(name, "cannot be started", "\(error)", after: .zero, known.port)
        }
    }

    private func tell() {
        record.ports = programs.ports.sorted()
        do { try record.write(folder) } catch { log.warning("watch.json cannot be written", ["cause": "\(error)"]) }
    }
}

extension WatchRecord.Deaths {
    /// The same, without what another supervisor was about to do.
    fileprivate var settled: WatchRecord.Deaths {
        var copy = self
        copy.next = nil
        return copy
    }
}
