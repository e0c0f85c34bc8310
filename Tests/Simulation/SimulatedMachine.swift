import EventLoop
import Messaging
import Postgres

/// A process on a machine, whatever it does there: its way to the servers, what it has open, and how it stands still, goes on and dies.
@Loop
class SimulatedMachine {
    let number: Int
    let network: SimulatedNetwork
    let store: SimulatedStore
    private let log: SimulatedLog
    private let group: SimulatedGroup
    private let isMember: Bool
    private let isWatched: Bool
    private(set) var isDead = false
    /// Whether its machine has vanished: nothing of it is there any more, and nobody was told.
    private(set) var isVanished = false
    /// How often it has been silent.
    private var silences = 0
    private var sessions: [SimulatedSession] = []
    private var readers: [SimulatedReader] = []
    private var writers: [SimulatedWriter] = []
    private(set) lazy var pool = SimulatedPool { [unowned self] in try await open() }

    /// Prepares a process that does nothing yet; `isMember` says whether it is of the group, `isWatched` whether sessions of those who stand
    /// still are ended.
    init(
        _ number: Int, on network: SimulatedNetwork, _ store: SimulatedStore, _ log: SimulatedLog,
        _ group: SimulatedGroup, isMember: Bool, isWatched: Bool
    ) {
        self.number = number
        self.network = network
        self.store = store
        self.log = log
        self.group = group
        self.isMember = isMember
        self.isWatched = isWatched
    }

    /// What messaging stands on here.
    var substrate: Substrate {
        Substrate(
            openReader: { [unowned self] _, _ in
                let reader = SimulatedReader(log, group, network)
                readers.append(reader)
                return reader
            },
            openWriter: { [unowned self] in
                let writer = SimulatedWriter(log, network)
                writers.append(writer)
                return writer
            }, openSession: { [unowned self] in try await open() },
            random: { [chance = network.chance] in chance.number($0) })
    }

    private func open() async throws -> SimulatedSession {
        await network.travel()
        guard !isDead, !store.isDown, network.pausedUntil <= Loop.now else {
            throw PostgresError.connection("connection refused")
        }
        let session = SimulatedSession(store, network, name: "service \(number)")
        if isWatched { session.startBeating() }
        sessions.append(session)
        return session
    }

    func start() throws { try network.act { try begin() } }

    /// What it does from its start on.
    func begin() throws {}

    /// Ends in order.
    func stop() async { for session in sessions { session.close() } }

    /// Dies here and now. The code goes on, but nothing that it does reaches anyone; what it had sent may still arrive.
    func kill() {
        isDead = true
        for session in sessions { session.cut() }
        for writer in writers { writer.close() }
        for reader in readers { reader.die() }
        network.thaw()
        network.act { _ = Task { @Loop in await self.stop() } }
    }

    func cutOne() { network.chance.one(of: sessions.filter(\.isOpen))?.cut() }

    func blackholeOne() { network.chance.one(of: sessions.filter(\.isOpen))?.blackhole() }

    func cutAll() { for session in sessions { session.cut() } }

    // MARK: Standing still

    /// Stops where it is, with all that it holds, in the midst of what it sends too.
    func freeze() {
        guard !isDead, !network.isFrozen else { return }
        for session in sessions { session.holdBack() }
        network.freeze()
        fallSilent()
    }

    /// Goes on as if nothing had been.
    func thaw() {
        guard !isDead, network.isFrozen else { return }
        for session in sessions { session.writeOn() }
        network.thaw()
    }

    /// Its network is away for so long, while it runs on.
    func cutOff(for duration: Duration) {
        guard !isDead, network.isThere else { return }
        network.pausedUntil = Loop.now + duration
        fallSilent()
        _ = Loop.after(.seconds(8)) { [self] in
            guard !network.isThere, !network.isFrozen else { return }
            for session in sessions { session.timeOut() }
        }
    }

    /// Its machine is gone from one moment to the next: its connections stay half open.
    func vanish() {
        guard !isDead, !network.isFrozen else { return }
        isDead = true
        isVanished = true
        network.freeze()
        for session in sessions { session.blackhole() }
        fallSilent()
    }

    /// Lets the code of one that has vanished run out.
    func bury() { if isVanished { kill() } }

    /// The group throws out who has said nothing for as long as a session of librdkafka lasts.
    private func fallSilent() {
        silences += 1
        let mine = silences
        guard isMember else { return }
        _ = Loop.after(.seconds(6)) { [self] in
            if silences == mine, !network.isThere { group.rebalance() }
        }
    }
}
