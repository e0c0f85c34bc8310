import EventLoop

/// What one connection sends: gathered while requests are consumed, given to the stream at once, held back while the peer
/// takes nothing. The one place of back-pressure for what goes out.
@Loop
final class Outlet {
    private static let pieceSize = 65_536
    private static let highMark = 131_072
    private static let lowMark = 32_768

    /// Gathered and not yet given to the stream.
    var gathered: [UInt8] = []
    private let stream: Stream
    private var given = 0
    private var takenBefore = 0
    private var stalled = Duration.zero

    init(_ stream: Stream) { self.stream = stream }

    /// Bytes that the peer has not taken.
    var waiting: Int { gathered.count + stream.queuedBytes }

    func flush() {
        guard !gathered.isEmpty else { return }
        let bytes = gathered
        // An idle connection holds no buffer.
        gathered = []
        send(bytes)
    }

    /// Sends at once, after what was gathered.
    func send(_ bytes: [UInt8]) {
        flush()
        given += bytes.count
        stream.write(bytes)
    }

    /// Gathers a small body, sends a large one, and waits while much is unsent; throws `CancellationError` once the stream
    /// is closed.
    func sendBody(_ bytes: [UInt8]) async throws {
        if bytes.count <= Self.pieceSize {
            gathered.append(contentsOf: bytes)
            if gathered.count > Self.pieceSize { flush() }
            try await drain()
        } else {
            try await sendNow(bytes)
        }
    }

    /// Sends in pieces, so that never much more than the high mark waits in memory; waits and throws like `sendBody`.
    func sendNow(_ bytes: [UInt8]) async throws {
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Self.pieceSize)
            send(start == 0 && end == bytes.count ? bytes : Array(bytes[start..<end]))
            start = end
            try await drain()
        }
    }

    private func drain() async throws {
        if stream.queuedBytes > Self.highMark { try await stream.drained(below: Self.lowMark) }
        if stream.isClosed { throw CancellationError() }
    }

    /// How long the peer has taken nothing of what waits, counted in calls of one `interval` each.
    func stalledTime(after interval: Duration) -> Duration {
        let taken = given - stream.queuedBytes
        stalled = stream.queuedBytes == 0 || taken != takenBefore ? .zero : stalled + interval
        takenBefore = taken
        return stalled
    }
}
