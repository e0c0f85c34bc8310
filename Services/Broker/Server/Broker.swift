import CLinux
import EventLoop

/// A one-node durable log that speaks the Kafka protocol.
@Loop
public final class Broker {
    private let settings: BrokerSettings
    let node: Node
    private var doors: [Door] = []
    private var page: FiguresPage?
    private var book: AccessBook?
    private var lock: OpenFile?
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var perHost: [String: Int] = [:]
    private var upkeep: LoopTimer?
    private var isWatching = false
    private let changed = Notice()
    /// How much had been done when memory was last given back.
    private var lastWork = 0

    /// Checks the settings; throws `BrokerError` for what is unsafe, such as an address that other machines reach without
    /// TLS and sign-in, unless the settings allow it.
    public init(_ settings: BrokerSettings) throws {
        try settings.check()
        self.settings = settings
        node = Node(settings) { Self.tell($0) }
    }

    nonisolated private static func tell(_ text: String) {
        let line = Array("rapport-broker: \(text)\n".utf8)
        _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }

    /// The ports that clients connect to, in the order of the listeners.
    public var ports: [Int] { doors.map { $0.listener?.port ?? 0 } }
    /// The port of the first listener.
    public var port: Int { ports.first ?? settings.port }
    /// The port of the figures; 0 where there are none.
    public var metricsPort: Int { page?.port ?? 0 }

    /// Opens the data folder and listens; throws if the folder is in use, unreadable, or the port is taken.
    public func start() async throws {
        let folder = settings.dataDirectory
        let lock = try await Loop.offload {
            try Disk.makeFolder(folder)
            let file = try OpenFile("\(folder)/lock", O_RDWR | O_CREAT)
            try Disk.synchroniseFolder(Disk.parent(of: folder))
            guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw BrokerError("another broker uses \(folder)")
            }
            return file
        }
        self.lock = lock
        let (former, present) = try await Loop.offload { (try lock.read(64, at: 0), Disk.bootID) }
        try await node.catalogue.open(afterPowerLoss: former.isEmpty || former != present)
        try await Loop.offload { try present.withUnsafeBytes { try lock.write($0, at: 0) } }
        await node.groups.load()
        do {
            if let users = settings.usersFile, settings.effectiveListeners.contains(where: \.asksToSignIn) {
                if let passwords = settings.passwordsFile {
                    try await Loop.offload { try Users(path: users).take(passwords: passwords) }
                }
                book = try await AccessBook(
                    users: Users(path: users), rights: settings.rightsFile, folder: folder, node.store.report)
                book?.onChange = { [unowned self] names in
                    for connection in Array(connections.values) {
                        if let user = connection.user, !names.contains(user) { connection.close("user ended") }
                    }
                }
            }
            for listener in settings.effectiveListeners { try open(listener) }
            if let (address, port) = settings.metrics {
                page = try FiguresPage(address: address, port: port) { [unowned self] in
                    node.figures.rendered(node, connections: connections.count)
                }
            }
        } catch {
            await stop()
            throw error
        }
        scheduleUpkeep()
    }

    private func open(_ own: ListenerSettings) throws {
        let door = Door(
            book: own.asksToSignIn ? book : nil,
            advertised: own.advertised ?? (settings.advertisedHost ?? own.address, own.port))
        if own.usesTLS, let certificate = settings.tlsCertificate, let key = settings.tlsKey {
            door.tls = try .server(
                certificate: certificate, key: key, clientAuthorities: settings.tlsClientAuthorities,
                handshakeTime: settings.signInTime)
        }
        let listener = try Listener(address: own.address, port: own.port, tls: door.tls) { [unowned self] stream in
            accept(stream, door)
        }
        door.listener = listener
        if door.advertised.port == 0 { door.advertised.port = listener.port }
        doors.append(door)
        node.listeners.append(own.at(own.address, listener.port))
        node.advertised.append(own.at(door.advertised.host, door.advertised.port))
    }

    /// Answers what was begun, writes everything, and lets go of port and folder.
    public func stop() async {
        upkeep?.cancel()
        book?.close()
        for door in doors { door.listener?.close() }
        page?.close()
        for connection in connections.values { connection.finish() }
        _ = try? await changed.wait(until: { connections.isEmpty }, atMost: .seconds(10))
        for connection in connections.values { connection.close() }
        await node.stop()
        lock = nil
    }

    private func accept(_ stream: Stream, _ door: Door) {
        let host = Connection.host(of: stream)
        guard connections.count < settings.maxConnections, perHost[host, default: 0] < settings.maxConnectionsPerAddress
        else {
            node.figures.refusedConnections += 1
            return stream.close()
        }
        perHost[host, default: 0] += 1
        let connection = Connection(stream, node, advertised: door.advertised, book: door.book) {
            [unowned self] closed in
            connections[ObjectIdentifier(closed)] = nil
            let left = perHost[host, default: 1] - 1
            perHost[host] = left > 0 ? left : nil
            changed.notify()
        }
        connection.onExcess = { [unowned self] in
            connections.values.max { $0.accounted < $1.accounted }?.close("memory")
        }
        connections[ObjectIdentifier(connection)] = connection
        if !isWatching { watch() }
    }

    /// Looks at the deadlines of all connections, as long as there are any.
    private func watch() {
        isWatching = true
        let shortest =
            [settings.idleTime, settings.requestTime, settings.writeTime, settings.signInTime].min() ?? .zero
        let interval = min(.seconds(1), max(.milliseconds(10), shortest / 4))
        _ = Loop.after(interval) { [weak self] in
            guard let self else { return }
            for connection in Array(connections.values) { connection.tick(interval) }
            isWatching = false
            if !connections.isEmpty { watch() }
        }
    }

    private func scheduleUpkeep() {
        upkeep = Loop.after(settings.cleanInterval) { [weak self] in
            guard let self else { return }
            if node.store.committer.rounds + node.fetches != lastWork {
                lastWork = node.store.committer.rounds + node.fetches
                clinux_release_memory()
            }
            reloadCertificates()
            Task { @Loop in await self.node.clean() }
            scheduleUpkeep()
        }
    }

    /// Takes up certificates that were renewed; while the files are bad, those before stay in use.
    func reloadCertificates() {
        for tls in doors.compactMap(\.tls) {
            do { try tls.reload() } catch { node.store.report("the certificate cannot be read again: \(error)") }
        }
    }

    /// The whole program: runs a broker as the environment says until it is asked to end, or does what the words say.
    nonisolated public static func main(_ words: some Sequence<String>) {
        Hardening.begin()
        let words = Array(words)
        do {
            try Loop.run { try await run(words) }
        } catch {
            fflush(nil)
            tell("\(error)")
            exit(1)
        }
    }

    private static func run(_ words: [String]) async throws {
        let environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
        guard words.isEmpty else { return print(try Users.command(words, file: environment("BROKER_USERS"))) }
        let broker = try Broker(BrokerSettings(environment: environment))
        // A limit on files' sizes is a refusal like that of a full disk.
        signal(SIGXFSZ, SIG_IGN)
        // Asked to end from now on, also while it starts.
        let ended = Task.immediate { @Loop in try await Signals.untilTermination() }
        try await broker.start()
        for (own, port) in zip(broker.settings.effectiveListeners, broker.ports) {
            print("listening on \(own.security == .plain ? "" : own.security.rawValue + "://")\(own.address):\(port)")
        }
        if broker.metricsPort > 0 { print("figures at http port \(broker.metricsPort), /metrics") }
        fflush(nil)
        try await ended.value
        await broker.stop()
    }
}

/// One listener with what its clients meet.
@Loop
private final class Door {
    let book: AccessBook?
    var advertised: (host: String, port: Int)
    var tls: TLSContext?
    var listener: Listener?

    init(book: AccessBook?, advertised: (host: String, port: Int)) {
        self.book = book
        self.advertised = advertised
    }
}
