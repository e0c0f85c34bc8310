import CLinux
import EventLoop

/// A one-node durable log that speaks the Kafka protocol.
@Loop
public final class Broker {
    private let settings: BrokerSettings
    let node: Node
    private var listener: Listener?
    private var lock: OpenFile?
    private var connections: [ObjectIdentifier: Connection] = [:]
    private var upkeep: LoopTimer?
    private let changed = Notice()
    /// How much had been done when memory was last given back.
    private var lastWork = 0

    /// Checks the settings; throws `BrokerError` for an address that other machines reach, unless they allow it.
    public init(_ settings: BrokerSettings) throws {
        guard settings.isLoopback || settings.allowRemote else {
            throw BrokerError("\(settings.address) is not this machine's own; allow remote clients to listen there")
        }
        guard settings.defaultPartitions > 0, settings.segmentBytes >= 1 << 16 else {
            throw BrokerError("a topic needs a partition, and a segment 64 KiB")
        }
        self.settings = settings
        node = Node(settings) { text in
            let line = Array("rapport-broker: \(text)\n".utf8)
            _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
        }
    }

    /// The port that clients connect to.
    public var port: Int { listener?.port ?? settings.port }

    /// Opens the data folder and listens; throws if the folder is in use, unreadable, or the port is taken.
    public func start() async throws {
        let folder = settings.dataDirectory
        lock = try await Loop.offload {
            try Disk.makeFolder(folder)
            let file = try OpenFile("\(folder)/lock", O_RDWR | O_CREAT)
            try Disk.synchroniseFolder(Disk.parent(of: folder))
            guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw BrokerError("another broker uses \(folder)")
            }
            return file
        }
        try await node.catalogue.open()
        try await node.groups.load()
        let listener = try Listener(address: settings.address, port: settings.port) { [unowned self] in accept($0) }
        self.listener = listener
        node.advertised.port = listener.port
        scheduleUpkeep()
    }

    /// Answers what was begun, writes everything, and lets go of port and folder.
    public func stop() async {
        upkeep?.cancel()
        listener?.close()
        for connection in connections.values { connection.finish() }
        _ = try? await changed.wait(until: { connections.isEmpty }, atMost: .seconds(10))
        for connection in connections.values { connection.close() }
        await node.stop()
        lock = nil
    }

    private func accept(_ stream: Stream) {
        guard connections.count < settings.maxConnections else { return stream.close() }
        let connection = Connection(stream, node) { [unowned self] closed in
            connections[ObjectIdentifier(closed)] = nil
            changed.notify()
        }
        connections[ObjectIdentifier(connection)] = connection
    }

    private func scheduleUpkeep() {
        upkeep = Loop.after(settings.cleanInterval) { [weak self] in
            guard let self else { return }
            for connection in connections.values where connection.isIdle {
                if Loop.now - connection.lastActivity > .seconds(600) { connection.close() }
            }
            if node.store.committer.rounds + node.fetches != lastWork {
                lastWork = node.store.committer.rounds + node.fetches
                clinux_release_memory()
            }
            Task { @Loop in await self.node.clean() }
            scheduleUpkeep()
        }
    }

    /// Runs a broker as the environment says until the process is asked to end.
    public static func runFromEnvironment() async throws {
        let broker = try Broker(BrokerSettings { name in getenv(name).map { String(cString: $0) } })
        // A limit on files' sizes is a refusal like that of a full disk.
        signal(SIGXFSZ, SIG_IGN)
        // Asked to end from now on, also while it starts.
        let ended = Task.immediate { @Loop in try await Signals.untilTermination() }
        try await broker.start()
        print("listening on \(broker.settings.address):\(broker.port)")
        fflush(nil)
        try await ended.value
        await broker.stop()
    }
}
