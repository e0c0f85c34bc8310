import EventLoop

/// The body of a request on its way from the connection to the handler.
///
/// The connection stops reading while this much waits unread: the one place of back-pressure for what comes in.
@Loop
final class RequestBody {
    static let room = 65_536

    private var decoder: BodyDecoder
    private var buffer: [UInt8] = []
    private var failure: (any Error)?
    private var isDropped = false
    private let arrived = Notice()
    /// Tells the connection that the handler reads: first to send `100 Continue`, then to go on receiving.
    var onRead: (@Loop () -> Void)?

    init(_ framing: BodyFraming, limit: Int) { decoder = BodyDecoder(framing, limit: limit) }

    /// A body that is there already, for tests of handlers.
    init(whole bytes: [UInt8]) {
        decoder = BodyDecoder(.none, limit: 0)
        buffer = bytes
    }

    /// Whether nothing more is to be received.
    var isReceived: Bool { decoder.isComplete || failure != nil }
    var isFailed: Bool { failure != nil }
    /// Whether the handler has met the end; that nothing is left does not count, as it depends on how bytes were cut.
    private(set) var isRead = false
    /// Whether a handler waits for more of it.
    private(set) var isAwaited = false
    /// What a handler that reads the whole has of it.
    var kept = 0
    /// Bytes of it that are in memory.
    var held: Int { buffer.count + kept }
    var isFull: Bool { buffer.count >= Self.room }
    var receivedBytes: Int { decoder.decoded }

    /// Takes received bytes and answers how many were the body's.
    func receive(_ bytes: Span<UInt8>) -> Int {
        do throws(Refusal) {
            let count = try decoder.feed(bytes, into: &buffer, room: isDropped ? .max : Self.room)
            if isDropped { buffer = [] }
            arrived.notify()
            return count
        } catch {
            fail(Problem(error))
            return 0
        }
    }

    /// Ends the body early; the handler's next read throws `error`.
    func fail(_ error: any Error) {
        guard !isReceived else { return }
        failure = error
        arrived.notify()
    }

    /// Ends it early, and what is there of it is of no use.
    func cut(_ error: any Error) {
        buffer = []
        kept = 0
        fail(error)
    }

    /// What comes from now on is of no interest.
    func drop() {
        isDropped = true
        buffer = []
        kept = 0
        onRead = nil
        arrived.notify()
    }

    /// The next bytes, nil at the end.
    func next() async throws -> [UInt8]? {
        onRead?()
        isAwaited = true
        defer { isAwaited = false }
        try await arrived.wait(until: { !buffer.isEmpty || isReceived || isDropped })
        if isDropped { throw CancellationError() }
        if buffer.isEmpty, let failure { throw failure }
        guard !buffer.isEmpty else {
            isRead = true
            return nil
        }
        let part = buffer
        buffer = []
        onRead?()
        return part
    }
}
