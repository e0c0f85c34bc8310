import EventLoop

/// One client: cuts its bytes into requests and sends the answers in the order of the requests.
///
/// Requests are worked on one at a time, as clients expect; only writes may follow each other without waiting, so that
/// one flush serves many.
@Loop
final class Connection {
    private let stream: Stream
    private let node: Node
    private let host: String
    private let onClose: (Connection) -> Void
    private var frame: [UInt8] = []
    /// Bytes of `frame` when whole, with its four of length; 0 while these are not all there.
    private var frameSize = 0
    private var waiting: [[UInt8]] = []
    private var running: [Exchange] = []
    private var heldBytes = 0
    private var isPumping = false
    private var isClosed = false
    private var isStopping = false
    /// When something last came or went.
    private(set) var lastActivity = Loop.now

    /// Bytes of requests at which no more are read until some are answered.
    private static let heldLimit = 16 << 20
    private static let runningLimit = 256

    /// A request under way.
    private final class Exchange {
        let isProduce: Bool
        let size: Int
        var answer: [ArraySlice<UInt8>]?
        var task: Task<Void, Never>?

        init(isProduce: Bool, size: Int) {
            self.isProduce = isProduce
            self.size = size
        }
    }

    init(_ stream: Stream, _ node: Node, onClose: @escaping (Connection) -> Void) {
        self.stream = stream
        self.node = node
        self.onClose = onClose
        let peer = stream.peerAddress
        host = "/" + (peer.lastIndex(of: ":").map { String(peer[..<$0]) } ?? peer)
        stream.onBytes = { [unowned self] bytes in receive(bytes) }
        stream.onEnd = { [unowned self] _ in close() }
        stream.onDrain = { [unowned self] in pump() }
        stream.resumeReading()
    }

    /// Whether nothing is under way.
    var isIdle: Bool { running.isEmpty && waiting.isEmpty }

    /// Ends the connection and whatever its client waits for.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        stream.close()
        for exchange in running { exchange.task?.cancel() }
        running = []
        waiting = []
        frame = []
        onClose(self)
    }

    /// Takes no more requests, and closes when those begun are answered.
    func finish() {
        isStopping = true
        waiting = []
        stream.pauseReading()
        if running.isEmpty || running.allSatisfy({ !$0.isProduce }) { close() }
    }

    // MARK: Reading

    private func receive(_ bytes: UnsafeRawBufferPointer) {
        lastActivity = Loop.now
        var rest = bytes
        while !rest.isEmpty, !isClosed {
            let wanted = frameSize == 0 ? 4 - frame.count : frameSize - frame.count
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(wanted))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
            frame.append(contentsOf: part)
            if frameSize == 0, frame.count == 4 { beginFrame() }
            if frameSize > 0, frame.count == frameSize { endFrame() }
        }
        pump()
    }

    private func beginFrame() {
        let size = frame.reduce(0) { $0 << 8 | Int($1) }
        guard size >= 8, size <= node.settings.maxFrameBytes else { return close() }
        frameSize = size + 4
        // A length alone gets no memory to speak of.
        frame.reserveCapacity(min(frameSize, 1 << 20))
    }

    private func endFrame() {
        waiting.append(frame)
        heldBytes += frameSize
        frame = []
        frameSize = 0
    }

    // MARK: Answering

    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        while !isClosed, let next = waiting.first, mayBegin(next) {
            waiting.removeFirst()
            begin(next)
            sendAnswers()
        }
        guard !isClosed, !isStopping else { return }
        let isFull = heldBytes >= Self.heldLimit || waiting.count >= Self.runningLimit
        if isFull { stream.pauseReading() } else { stream.resumeReading() }
    }

    private func mayBegin(_ frame: [UInt8]) -> Bool {
        if running.isEmpty { return stream.queuedBytes < Self.heldLimit }
        return Self.isProduce(frame) && running.count < Self.runningLimit && running.allSatisfy(\.isProduce)
    }

    private static func isProduce(_ frame: [UInt8]) -> Bool { frame[4] == 0 && frame[5] == 0 }

    private func begin(_ frame: [UInt8]) {
        let exchange = Exchange(isProduce: Self.isProduce(frame), size: frame.count)
        running.append(exchange)
        exchange.task = Task.immediate { @Loop [self] in
            guard let answer = await answer(to: frame) else { return close() }
            exchange.answer = answer
            sendAnswers()
            pump()
        }
    }

    private func sendAnswers() {
        while !isClosed, let answer = running.first?.answer {
            heldBytes -= running.removeFirst().size
            for piece in answer { stream.write(piece) }
            lastActivity = Loop.now
        }
        if isStopping, running.isEmpty { close() }
    }

    /// The frame that answers a request, in pieces, empty for none; nil if the connection must close.
    private func answer(to frame: [UInt8]) async -> [ArraySlice<UInt8>]? {
        do {
            var reader = WireReader(frame, from: 4)
            let header = try RequestHeader(&reader)
            guard let api = API.byKey[header.key] else { return nil }
            guard api.accepted.contains(header.version) else { return refuseVersion(api, header) }
            let body = try api.readRequest(&reader, version: header.version)
            let request = Request(
                key: header.key, version: header.version, clientID: header.clientID, clientHost: host, body: body)
            switch await node.answer(request) {
            case .message(let message):
                return api.pieces(message, version: header.version, correlationID: header.correlationID)
            case .nothing: return []
            case .close: return nil
            }
        } catch {
            return nil
        }
    }

    /// Only ApiVersions answers a version that it does not know: in the oldest form, with the versions that it does.
    private func refuseVersion(_ api: API, _ header: RequestHeader) -> [ArraySlice<UInt8>]? {
        guard api.key == 18, header.version > 0 else { return nil }
        return api.pieces(node.apiVersions(.unsupportedVersion), version: 0, correlationID: header.correlationID)
    }
}
