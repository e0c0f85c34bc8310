import EventLoop

/// The processes that the supervisor has started, and the ports that it keeps for them.
@Loop
struct LaunchedPrograms {
    /// Called when one has ended.
    var onExit: @Loop () -> Void = {}
    private var children: [Int32: Child] = [:]
    private var kept: [Int: ReservedPort] = [:]

    /// A process that was started.
    private final class Child {
        let process: ChildProcess
        let order: Launch
        let readiness: ReadyPipe?
        /// Since when nobody knows of it.
        var unknownSince: Duration?
        /// When its end was noted; what it was is asked for soon after.
        var endedAt: Duration?

        init(_ process: ChildProcess, _ order: Launch, _ readiness: ReadyPipe?) {
            self.process = process
            self.order = order
            self.readiness = readiness
        }
    }

    nonisolated init() {}

    /// The ports that are kept.
    var ports: Set<Int> { Set(kept.keys) }

    /// Starts a program, with the socket of its port.
    mutating func start(_ order: Launch) throws -> ProcessMark {
        let socket = try order.port.flatMap { try reserve($0, isListening: !order.isBeside) }
        guard socket != nil || !order.isBeside else {
            throw SuiteError(
                "the port of \(order.name) is not the supervisor's to share; rapport down and rapport up make it so")
        }
        let readiness = order.isBeside ? try ReadyPipe() : nil
        defer { readiness?.closeWriter() }
        let process = try order.start(handing: socket?.descriptor, readiness: readiness?.writer)
        children[process.id] = Child(process, order, readiness)
        let onExit = onExit
        Task { @Loop in
            _ = try? await process.exit()
            onExit()
        }
        guard let mark = ProcessMark(process.id) else {
            throw SuiteError("\(order.name) ended at once: \(order.log)")
        }
        return mark
    }

    /// Whether a process has said that it is ready.
    func isReady(_ id: Int32) -> Bool { children[id]?.readiness?.isReady ?? false }

    // MARK: Ends

    /// Whether one has ended and was not asked for.
    var hasExits: Bool { children.values.contains { $0.process.hasEnded && $0.endedAt == nil } }

    /// How a process of ours ended; nil for others.
    func exit(of mark: ProcessMark) async -> ChildProcess.Exit? { try? await children[mark.id]?.process.exit() }

    /// Forgets what has ended long enough ago to have been asked for.
    mutating func forgetExits() {
        for (id, child) in children where child.process.hasEnded {
            guard let endedAt = child.endedAt else {
                child.endedAt = Loop.now
                continue
            }
            if Loop.now - endedAt > .seconds(60) { children[id] = nil }
        }
    }

    /// Ends those that the state has not known for so long: whoever ordered them has ended before it could write them down, or waits for
    /// them no more. Gives their names.
    func endUnknown(_ state: SuiteState, for patience: Duration = .seconds(30)) -> [String] {
        let known = Set(state.programs.values.flatMap { [$0.mark?.id, $0.beside?.id] })
        var ended: [String] = []
        for (id, child) in children where !child.process.hasEnded {
            let since = child.unknownSince ?? Loop.now
            child.unknownSince = known.contains(id) ? nil : since
            guard child.unknownSince != nil, Loop.now - since >= patience else { continue }
            child.unknownSince = nil
            child.process.kill(child.order.name == "postgres" ? SIGINT : SIGTERM)
            ended.append(child.order.name)
        }
        return ended
    }

    // MARK: Ports

    /// The socket of a port; nil where another has the port and does not share it, who then is met by the program itself. Where a process
    /// of another supervisor answers on a socket of its own, ours must not take a share of the connections before somebody answers them.
    private mutating func reserve(_ port: Int, isListening: Bool) throws -> ReservedPort? {
        if let known = kept[port] { return known }
        do {
            let reserved = try ReservedPort(address: "127.0.0.1", port: port, isListening: isListening)
            kept[port] = reserved
            return reserved
        } catch let error as UVError {
            guard error.isAddressInUse else { throw error }
            return nil
        }
    }

    /// Lets go of a port, so that nobody waits for what does not come.
    mutating func release(_ port: Int) { kept.removeValue(forKey: port)?.close() }

    /// Lets go of the ports of programs that are no more wanted, and of those that another process has another socket of; says whether
    /// there were any.
    mutating func releasePorts(keeping programs: [ProgramState]) -> Bool {
        let before = kept.count
        for port in kept.keys {
            let isHeld = children.values.contains { $0.order.port == port && !$0.process.hasEnded }
            let isMissing = programs.contains { $0.port == port && $0.mark?.isAlive != true }
            if !isHeld, !isMissing { release(port) }
        }
        return kept.count != before
    }
}

/// Where a process says that it is ready.
@Loop
private final class ReadyPipe {
    private(set) var isReady = false
    let writer: Int32
    private let reader: Int32
    private var watch: SocketWatch?

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SuiteError("no pipe: \(String(cString: strerror(errno)))") }
        (reader, writer) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // It lives until the other end has written or is gone, which is also when no process was started.
        watch = try SocketWatch(descriptor: reader) { [self] _ in read() }
        watch?.watch(.readable)
    }

    /// Once the process has its own.
    func closeWriter() { close(writer) }

    private func read() {
        var byte: UInt8 = 0
        if Glibc.read(reader, &byte, 1) == 1 { isReady = true }
        watch?.close()
        watch = nil
        close(reader)
    }
}
