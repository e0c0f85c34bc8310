import EventLoop

/// Writes the body of a streamed answer; waits while the peer is slow.
@Loop
public final class BodyWriter {
    private let outlet: Outlet
    private let isChunked: Bool

    init(_ outlet: Outlet, isChunked: Bool) {
        self.outlet = outlet
        self.isChunked = isChunked
    }

    /// Sends bytes and waits while much is unsent; throws `CancellationError` once the connection is gone.
    public func write(_ bytes: [UInt8]) async throws {
        try Task.checkCancellation()
        guard !bytes.isEmpty else { return }
        if isChunked {
            var chunk: [UInt8] = []
            chunk.reserveCapacity(bytes.count + 20)
            ResponseHead.append(bytes.count, radix: 16, to: &chunk)
            chunk.append(contentsOf: [Byte.cr, Byte.lf])
            chunk.append(contentsOf: bytes)
            chunk.append(contentsOf: [Byte.cr, Byte.lf])
            try await outlet.sendNow(chunk)
        } else {
            try await outlet.sendNow(bytes)
        }
    }

    /// Sends text as UTF-8.
    public func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// Sends one server-sent event; data of several lines arrive as sent. Names and ids must not hold line ends, and
    /// what follows one is left out.
    public func event(_ data: String, event: String? = nil, id: String? = nil) async throws {
        var text = ""
        if let event { text += "event: \(event.prefix { !$0.isNewline })\n" }
        if let id { text += "id: \(id.prefix { !$0.isNewline })\n" }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            text += "data: \(line)\n"
        }
        try await write(text + "\n")
    }

    func finish() {
        if isChunked { outlet.send(Array("0\r\n\r\n".utf8)) }
    }
}
