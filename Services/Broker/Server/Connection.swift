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
    private let advertised: (host: String, port: Int)
    /// How this client signs in; nil where nobody has to.
    private let signIn: SignIn?
    private let book: AccessBook?
    /// Called when all clients together hold more than allowed.
    var onExcess: () -> Void = {}
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
    private var lastActivity = Loop.now
    private let begin = Loop.now
    private var waitedForFrame = Duration.zero
    private var stalled = Duration.zero
    /// Bytes of answers given to the stream, and how many of them the client had taken lately.
    private var given = 0
    private var takenBefore = 0
    /// Bytes held for this client, as the memory's account knows them.
    private(set) var accounted = 0

    /// Bytes of requests at which no more are read until some are answered.
    private static let heldLimit = 16 << 20
    /// The same while memory is tight; and the bytes not taken yet at which no new answer is begun.
    private static let tightLimit = 1 << 20
    /// The largest request before signing in, and after it of all that do not write records.
    private static let signInLimit = 64 << 10
    private static let questionLimit = 8 << 20
    private static let runningLimit = 256
    /// What a value of a request takes in memory, about.
    private static let valueSize = 64
    /// What the kernel may hold of answers: more only makes the client do the work of sending as it reads.
    private static let sendLimit = 256 << 10

    /// A request under way.
    private final class Exchange {
        let isProduce: Bool
        /// Whether it is a write whose records have their places: only then may another follow.
        var isPlaced = false
        var size: Int
        var answer: Frame?
        var task: Task<Void, Never>?

        init(isProduce: Bool, size: Int) {
            self.isProduce = isProduce
            self.size = size
        }
    }

    init(
        _ stream: Stream, _ node: Node, advertised: (host: String, port: Int), book: AccessBook?,
        onClose: @escaping (Connection) -> Void
    ) {
        self.stream = stream
        self.node = node
        self.advertised = advertised
        self.onClose = onClose
        self.book = book
        signIn = book.map { SignIn($0.signIn) }
        host = Self.host(of: stream)
        stream.onBytes = { [unowned self] bytes in receive(bytes) }
        stream.onEnd = { [unowned self] _ in close() }
        stream.onDrain = { [unowned self] in pump() }
        stream.limitSendBuffer(to: Self.sendLimit)
        stream.resumeReading()
    }

    /// As Kafka shows it: `/127.0.0.1`.
    static func host(of stream: Stream) -> String {
        let peer = stream.peerAddress
        return "/" + (peer.lastIndex(of: ":").map { String(peer[..<$0]) } ?? peer)
    }

    /// Ends the connection and whatever its client waits for; `reason` is for the figures.
    func close(_ reason: String? = nil) {
        guard !isClosed else { return }
        if let reason { node.figures.countClosed(reason) }
        isClosed = true
        stream.close()
        for exchange in running { exchange.task?.cancel() }
        running = []
        waiting = []
        frame = []
        account()
        onClose(self)
    }

    /// Who has signed in; nil where nobody has.
    var user: String? { signIn?.isDone == true ? signIn?.user : nil }

    /// Takes no more requests, and closes when those begun are answered; whoever only waits for records is not answered,
    /// unless the answer is there.
    func finish(afterAnswer: Bool = false) {
        isStopping = true
        waiting = []
        stream.pauseReading()
        if afterAnswer { return }
        if running.isEmpty || running.allSatisfy({ !$0.isProduce }) { close() }
    }

    /// Called every `interval`: ends what has taken too long.
    func tick(_ interval: Duration) {
        let unsent = stream.unsentBytes
        let taken = given - unsent
        stalled = unsent > 0 && taken <= takenBefore ? stalled + interval : .zero
        takenBefore = taken
        if !frame.isEmpty, !isFull { waitedForFrame += interval }
        let settings = node.settings
        if stalled > settings.writeTime { return close("slow reader") }
        if waitedForFrame > settings.requestTime + .seconds(frame.count >> 16) { return close("slow request") }
        if signIn?.isDone == false, Loop.now - begin > settings.signInTime { return close("no sign-in") }
        let isIdle = running.isEmpty && waiting.isEmpty && frame.isEmpty && unsent == 0
        if isIdle, Loop.now - lastActivity > settings.idleTime { close("idle") }
        account()
    }

    private func account() {
        let held = isClosed ? 0 : heldBytes + frame.count + stream.queuedBytes
        node.memory.used += held - accounted
        accounted = held
        if !isClosed, node.memory.isExceeded { onExcess() }
    }

    private var isFull: Bool {
        heldBytes >= (node.memory.isTight ? Self.tightLimit : Self.heldLimit) || waiting.count >= Self.runningLimit
    }

    // MARK: Reading

    private func receive(_ bytes: UnsafeRawBufferPointer) {
        lastActivity = Loop.now
        node.figures.receivedBytes += bytes.count
        var rest = bytes
        while !rest.isEmpty, !isClosed {
            let wanted = frameSize == 0 ? 4 - frame.count : frameSize - frame.count
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(wanted))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
            frame.append(contentsOf: part)
            if frameSize == 0, frame.count == 4 { beginFrame() }
            if frame.count > 5, frameSize > Self.questionLimit, !Self.isProduce(frame) { close("too large") }
            if frameSize > 0, frame.count == frameSize { endFrame() }
        }
        account()
        pump()
    }

    private func beginFrame() {
        let size = frame.reduce(0) { $0 << 8 | Int($1) }
        let isSignedIn = signIn?.isDone ?? true
        guard size >= (signIn?.isRaw == true ? 1 : 8) else { return close("malformed") }
        guard size <= (isSignedIn ? node.settings.maxFrameBytes : Self.signInLimit) else { return close("too large") }
        frameSize = size + 4
        // A length alone gets no memory to speak of.
        frame.reserveCapacity(min(frameSize, 1 << 20))
    }

    private func endFrame() {
        waitedForFrame = .zero
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
        if isFull { stream.pauseReading() } else { stream.resumeReading() }
    }

    private func mayBegin(_ frame: [UInt8]) -> Bool {
        if running.isEmpty { return stream.queuedBytes < Self.tightLimit }
        return Self.isProduce(frame) && running.count < Self.runningLimit && running.allSatisfy(\.isPlaced)
    }

    private static func isProduce(_ frame: [UInt8]) -> Bool { frame.count > 5 && frame[4] == 0 && frame[5] == 0 }

    private func begin(_ frame: [UInt8]) {
        let exchange = Exchange(isProduce: Self.isProduce(frame), size: frame.count)
        running.append(exchange)
        exchange.task = Task.immediate { @Loop [self] in
            guard let answer = await answer(to: frame, exchange) else { return close("malformed") }
            exchange.answer = answer
            sendAnswers()
            account()
            pump()
        }
    }

    private func sendAnswers() {
        while !isClosed, let answer = running.first?.answer {
            heldBytes -= running.removeFirst().size
            answer.write(to: stream)
            given += answer.count
            node.figures.sentBytes += answer.count
            lastActivity = Loop.now
        }
        if isStopping, running.isEmpty { close() }
    }

    /// The frame that answers a request, empty for none; nil if the connection must close.
    private func answer(to frame: [UInt8], _ exchange: Exchange) async -> Frame? {
        if let signIn, signIn.isRaw { return await answer(toToken: Array(frame[4...]), signIn) }
        do {
            var reader = WireReader(frame, from: 4)
            let header = try RequestHeader(&reader)
            guard let api = API.byKey[header.key] else { return nil }
            guard api.accepted.contains(header.version) else { return refuseVersion(api, header) }
            let body = try api.readRequest(&reader, version: header.version)
            guard hold(exchange, values: reader.values) else { return nil }
            let request = Request(
                key: header.key, version: header.version, clientID: header.clientID, clientHost: host,
                advertised: advertised, body: body, rights: rights,
                onPlaced: { [unowned self] in
                    exchange.isPlaced = true
                    pump()
                })
            let answer: Answer
            if let signIn, !signIn.isDone, api.key != 18 {
                answer = await answerBeforeSignIn(request, signIn)
            } else {
                answer = await node.answer(request)
            }
            switch answer {
            case .message(let message), .last(let message):
                node.figures.count(api.name, message)
                if case .last = answer { finish(afterAnswer: true) }
                return api.frame(message, version: header.version, correlationID: header.correlationID)
            case .nothing:
                node.figures.count(api.name, nil)
                return Frame()
            case .close: return nil
            }
        } catch {
            return nil
        }
    }

    /// As they are now: they may change while the client stays.
    private var rights: Rights { book?.rights(of: signIn?.user ?? "") ?? .everything }

    /// Counts what a request takes as long as it is worked on; false if that was too much.
    private func hold(_ exchange: Exchange, values: Int) -> Bool {
        let bytes = values * Self.valueSize
        exchange.size += bytes
        heldBytes += bytes
        account()
        return !isClosed
    }

    private func answerBeforeSignIn(_ request: Request, _ signIn: SignIn) async -> Answer {
        switch request.key {
        case 17:
            let list = Value.list(SignIn.mechanisms.map { Value.text($0) })
            guard signIn.begin(request.body.text("Mechanism"), isRaw: request.version == 0) else {
                return .last(["ErrorCode": .code(.unsupportedMechanism), "Mechanisms": list])
            }
            return .message(["ErrorCode": 0, "Mechanisms": list])
        case 36 where signIn.hasBegun:
            switch await take(Array(request.body.bytes("AuthBytes") ?? []), signIn) {
            case .more(let token), .done(let token): return .message(["ErrorCode": 0, "AuthBytes": .bytes(token[...])])
            case .refused(let text):
                node.figures.countClosed("sign-in refused")
                return .last(["ErrorCode": .code(.signInFailed), "ErrorMessage": .text(text)])
            }
        default: return .close
        }
    }

    private func take(_ token: [UInt8], _ signIn: SignIn) async -> SignIn.Step {
        let step = await signIn.take(token)
        if case .done = step { await book?.refresh() }
        return step
    }

    /// The oldest way to sign in: tokens as frames without headers, and no word to those who are refused.
    private func answer(toToken token: [UInt8], _ signIn: SignIn) async -> Frame? {
        switch await take(token, signIn) {
        case .more(let token), .done(let token):
            var writer = WireWriter()
            writer.integer(0, Int32.self)
            writer.append(token)
            return writer.frame()
        case .refused: return nil
        }
    }

    /// Only ApiVersions answers a version that it does not know: in the oldest form, with the versions that it does.
    private func refuseVersion(_ api: API, _ header: RequestHeader) -> Frame? {
        guard api.key == 18, header.version > 0 else { return nil }
        return api.frame(node.apiVersions(.unsupportedVersion), version: 0, correlationID: header.correlationID)
    }
}
