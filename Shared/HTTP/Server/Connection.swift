import EventLoop

/// One connection of the server: head, handler, answer, and again.
///
/// A single loop, `consume`, moves it on, whether bytes came or an answer ended, so that pipelined requests do not recurse.
@Loop
final class Connection {
    private enum Phase {
        /// A head is awaited or under way.
        case head
        /// A handler works.
        case running
        /// The answer is out; the rest of its request's body is dropped.
        case draining
        /// The last answer is out; what still comes is dropped, so that the peer can read it.
        case lingering
        case closed
    }

    let peer: Peers.Peer
    private let stream: Stream
    private let outlet: Outlet
    private let server: HTTPServer
    private var phase = Phase.head
    /// Received and not yet understood, from `restStart`.
    private var rest: [UInt8] = []
    private var restStart = 0
    private var isConsuming = false
    private var hasPeerFinished = false
    private var body: RequestBody?
    private var task: Task<Void, Never>?
    private var hasBegunAnswer = false
    private var isEventStream = false
    private var keepsAlive = true
    private var isContinueOwed = false
    /// Bytes that it makes the server hold: received and not used, a body that a handler reads as a whole, an answer that is not taken.
    private(set) var held = 0
    private var answering = 0

    // Deadlines, looked at by `tick`.
    private var deadline: Duration
    private var isHeadBegun = true
    private var waitedForBody = Duration.zero
    private var dropped = 0

    init(_ stream: Stream, _ peer: Peers.Peer, _ server: HTTPServer) {
        self.stream = stream
        self.peer = peer
        outlet = Outlet(stream)
        self.server = server
        deadline = Loop.now + server.limits.headTime
        stream.onBytes = { [unowned self] bytes in received(bytes) }
        stream.onEnd = { [unowned self] end in ended(end) }
        stream.resumeReading()
    }

    // MARK: Receiving

    private func received(_ bytes: UnsafeRawBufferPointer) {
        switch phase {
        case .closed: return
        case .lingering:
            dropped += bytes.count
            if dropped > server.limits.lingerBytes { close() }
        default:
            if rest.isEmpty {
                let used = bytes.withMemoryRebound(to: UInt8.self) { consume($0.span) }
                if used < bytes.count, phase != .lingering, phase != .closed { rest = Array(bytes[used...]) }
            } else {
                rest.removeFirst(restStart)
                restStart = 0
                rest.append(contentsOf: bytes)
                consumeRest()
            }
            settle()
        }
    }

    private func consumeRest() {
        let input = rest
        restStart += consume(input.span.extracting(restStart..<input.count))
        if restStart >= rest.count || phase == .lingering || phase == .closed {
            rest = []
            restStart = 0
        }
    }

    /// Moves on as far as the bytes and the handlers allow; answers how many bytes were used.
    private func consume(_ bytes: Span<UInt8>) -> Int {
        isConsuming = true
        defer { isConsuming = false }
        var used = 0
        while true {
            switch phase {
            case .head:
                guard used < bytes.count else { return used }
                do throws(Refusal) {
                    let parsed = try HeadParser.parse(bytes.extracting(used..<bytes.count), server.limits)
                    guard let (head, length) = parsed else { return used }
                    used += length
                    used += begin(head, bytes.extracting(used..<bytes.count))
                } catch {
                    refuse(error)
                }
            case .running, .draining:
                guard let body, !body.isReceived else {
                    guard phase == .draining else { return used }
                    nextRequest()
                    continue
                }
                let count = body.receive(bytes.extracting(used..<bytes.count))
                used += count
                if count == 0, !body.isReceived { return used }
            case .lingering, .closed: return used
            }
        }
    }

    /// What follows every move: sends what was answered, and reads on unless too much waits.
    private func settle() {
        outlet.flush()
        weigh()
        guard phase != .closed else { return }
        if phase == .head, hasPeerFinished { return finish() }
        if phase == .head, !isHeadBegun, !rest.isEmpty {
            isHeadBegun = true
            deadline = Loop.now + server.limits.headTime
        }
        let isHeldBack = phase != .lingering && (rest.count - restStart >= RequestBody.room || body?.isFull == true)
        if isHeldBack { stream.pauseReading() } else { stream.resumeReading() }
    }

    /// Tells how many bytes it holds now; large answers on their way out too.
    private func weigh() {
        let now = phase == .closed ? 0 : rest.count - restStart + (body?.held ?? 0) + max(answering, outlet.waiting)
        guard now != held else { return }
        let more = now - held
        held = now
        server.peers.hold(more, by: peer)
    }

    /// Whether it waits for a request, or for the peer to read the last answer.
    var isAwaitingRequest: Bool { phase == .head || phase == .lingering }

    /// Whether cutting it frees something: not while a handler works on a body that is there.
    var canBeCut: Bool { held > 0 && (phase != .running || hasBegunAnswer || body?.isReceived == false) }

    /// Too much is held, and it holds most: the peer is told so where it can be.
    func cut() {
        if phase == .running, !hasBegunAnswer {
            keepsAlive = false
            body?.cut(Problem(status: .unavailable, detail: Self.tooMuch, headers: ["retry-after": "1"]))
        } else if phase == .head {
            rest = []
            restStart = 0
            refuse(Refusal(.unavailable, Self.tooMuch))
        } else {
            close()
        }
        weigh()
    }

    private static let tooMuch = "The service holds as much of requests as it can; try again."

    private func ended(_ end: StreamEnd) {
        guard case .finished = end, phase != .lingering else { return close() }
        hasPeerFinished = true
        if phase == .head { return finish() }
        // Whoever reads the body is told why there is no more of it; all others that nobody waits for them.
        let isRead = body?.isAwaited == true
        body?.fail(Self.notWhole)
        if phase == .draining { return finish() }
        if !isRead { task?.cancel() }
    }

    private static let notWhole = Problem(status: .badRequest, detail: "The body ends before it is whole.")

    // MARK: Handling

    /// Gives the body what has come of it and starts the handler; answers how many bytes were the body's.
    private func begin(_ head: RequestHead, _ bytes: Span<UInt8>) -> Int {
        phase = .running
        hasBegunAnswer = false
        keepsAlive = head.keepsAlive
        isContinueOwed = head.expectsContinue
        waitedForBody = .zero
        var used = 0
        if head.framing != .none {
            let body = RequestBody(head.framing, limit: server.limits.bodyBytes)
            body.onRead = { [unowned self] in bodyIsRead() }
            self.body = body
            used = body.receive(bytes)
            if hasPeerFinished, used == bytes.count { body.fail(Self.notWhole) }
        }
        server.requestBegan()
        let request = Request(head, body: body, client: peer.client) { [weak stream] in stream?.peerAddress ?? "" }
        // Detached, as the task of an earlier request may be what runs here: its task-local values are not ours.
        let start = Loop.now
        request.isMeasured = true
        let task = Task.immediateDetached { @Loop in await self.handle(request) }
        request.isMeasured = false
        request.meter?.spent(Loop.now - start)
        if phase == .running {
            self.task = task
            if hasPeerFinished, body?.isFailed != true { task.cancel() }
        }
        return used
    }

    private func handle(_ request: Request) async {
        let response = await server.router.respond(to: request)
        // Answered already where the server is stopping or the peer is gone.
        guard phase == .running, !hasBegunAnswer else { return server.requestEnded() }
        do {
            try await answer(response, to: request)
            server.requestEnded()
            answered()
        } catch {
            if !(error is CancellationError) { server.router.onError(error, request) }
            server.requestEnded()
            close()
        }
    }

    private func answer(_ response: Response, to request: Request) async throws {
        hasBegunAnswer = true
        isEventStream = response.isEventStream
        keepsAlive = keepsAlive && !server.isStopping && canSkipBody(request)
        let isBodyless = request.method == .head || response.status.isBodyless
        switch response.body {
        case .bytes(let bytes):
            ResponseHead.append(
                response, .length(bytes.count), keepsAlive: keepsAlive, isSecure: server.isSecure,
                to: &outlet.gathered)
            guard !isBodyless, !bytes.isEmpty else { return }
            if bytes.count > RequestBody.room {
                answering = bytes.count
                weigh()
            }
            defer { answering = 0 }
            try await outlet.sendBody(bytes)
        case .stream(let produce):
            let isChunked = request.head.isCurrent
            if !isChunked { keepsAlive = false }
            ResponseHead.append(
                response, isChunked ? .chunked : .close, keepsAlive: keepsAlive, isSecure: server.isSecure,
                to: &outlet.gathered)
            outlet.flush()
            guard !isBodyless else { return }
            let writer = BodyWriter(outlet, isChunked: isChunked)
            try await produce(writer)
            writer.finish()
        }
    }

    /// Whether the next request can be found behind this one's body: it does not depend on how much has come of it.
    private func canSkipBody(_ request: Request) -> Bool {
        guard let body, !body.isRead else { return true }
        guard case .length(let length) = request.head.framing else { return false }
        return length <= RequestBody.room && !body.isFailed && !isContinueOwed
    }

    private func answered() {
        guard phase == .running else { return }
        task = nil
        isEventStream = false
        guard keepsAlive else { return finish() }
        body?.drop()
        phase = .draining
        if !isConsuming {
            consumeRest()
            settle()
        }
    }

    private func nextRequest() {
        phase = .head
        body = nil
        weigh()
        isHeadBegun = false
        deadline = Loop.now + server.limits.idleTime
        if server.isStopping { finish() }
    }

    private func bodyIsRead() {
        if isContinueOwed {
            isContinueOwed = false
            outlet.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
        guard !isConsuming, phase == .running else { return }
        if !rest.isEmpty { consumeRest() }
        settle()
    }

    // MARK: Ending

    /// Answers with a problem and ends the connection.
    private func refuse(_ refusal: Refusal) {
        server.requestRefused()
        keepsAlive = false
        let response = Problem(refusal).response
        if case .bytes(let bytes) = response.body {
            ResponseHead.append(
                response, .length(bytes.count), keepsAlive: false, isSecure: server.isSecure, to: &outlet.gathered)
            outlet.gathered.append(contentsOf: bytes)
        }
        finish()
    }

    /// Ends in order: what waits is sent, then the peer may read it while its own bytes are dropped.
    private func finish() {
        outlet.flush()
        guard phase != .lingering, phase != .closed else { return }
        phase = .lingering
        body?.drop()
        rest = []
        restStart = 0
        weigh()
        deadline = .seconds(Int64.max >> 32)
        if !isConsuming { stream.resumeReading() }
        Task { @Loop in
            await stream.finishWriting()
            deadline = Loop.now + server.limits.lingerTime
            if hasPeerFinished { close() }
        }
    }

    /// Ends at once; the handler is cancelled.
    func close() {
        guard phase != .closed else { return }
        phase = .closed
        stream.close()
        rest = []
        body?.fail(CancellationError())
        body?.onRead = nil
        task?.cancel()
        task = nil
        weigh()
        server.connectionEnded(self)
    }

    /// The server stops: an event stream has no end of its own.
    func endEventStream() {
        if isEventStream { close() }
    }

    /// The server stops, and no request has come in time.
    func endIfIdle() {
        if phase == .head { rest.isEmpty ? close() : finish() }
    }

    /// The time for stopping is over: a handler without an answer is cancelled and answered for.
    func stopNow() {
        guard phase == .running, !hasBegunAnswer else { return close() }
        hasBegunAnswer = true
        task?.cancel()
        refuse(Refusal(.unavailable, "The server stops."))
    }

    /// Called every `interval`: ends what has taken too long.
    func tick(_ now: Duration, _ interval: Duration) {
        let limits = server.limits
        weigh()
        if phase == .closed { return }
        if outlet.stalledTime(after: interval) > limits.writeTime { return close() }
        switch phase {
        case .head where now > deadline:
            if rest.isEmpty { close() } else { refuse(Refusal(408, "The request's head took too long.")) }
        case .lingering where now > deadline: close()
        case .running, .draining:
            guard let body, !body.isReceived, !body.isFull else { return }
            waitedForBody += interval
            guard waitedForBody > limits.bodyTime + .seconds(body.receivedBytes / max(1, limits.bodyRate)) else {
                return
            }
            keepsAlive = false
            if phase == .draining { return close() }
            body.fail(Problem(status: 408, detail: "The request's body took too long."))
        default: break
        }
    }
}
