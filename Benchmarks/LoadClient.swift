import EventLoop

/// One keep-alive connection that asks and waits, again and again: the peer of one pgbench client.
@Loop
final class LoadClient {
    private let stream: EventLoop.Stream
    private var received: [UInt8] = []
    private let changed = Notice()
    private var isOpen = true

    /// Connects.
    static func connect(port: Int) async throws -> LoadClient {
        LoadClient(try await EventLoop.Stream.connect(host: "127.0.0.1", port: port))
    }

    private init(_ stream: EventLoop.Stream) {
        self.stream = stream
        stream.onBytes = { [weak self] bytes in self?.take(bytes) }
        stream.onEnd = { [weak self] _ in self?.ended() }
        stream.resumeReading()
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        received.append(contentsOf: bytes)
        changed.notify()
    }

    private func ended() {
        isOpen = false
        changed.notify()
    }

    /// Sends a request and gives the status and the body of its answer, which must have a Content-Length.
    func ask(_ request: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
        stream.write(request)
        while true {
            let before = received.count
            if let answer = parse() {
                received.removeFirst(answer.2)
                return (answer.0, answer.1)
            }
            guard isOpen else { throw BenchError(text: "the server hung up") }
            try await changed.wait(until: { received.count != before || !isOpen })
        }
    }
    /// The first whole answer and its length, if it is there; written for speed, as it shares the cores with what it measures.
    private func parse() -> (Int, [UInt8], Int)? {
        received.withUnsafeBufferPointer { bytes -> (Int, [UInt8], Int)? in
            guard bytes.count > 16 else { return nil }
            var end = 3
            var length = 0
            while end < bytes.count {
                if bytes[end] == 10, bytes[end - 1] == 13 {
                    if bytes[end - 2] == 10, bytes[end - 3] == 13 { break }
                    length = contentLength(bytes, after: end) ?? length
                }
                end += 1
            }
            guard end < bytes.count, bytes.count > end + length else { return nil }
            let status = Int(bytes[9] - 48) * 100 + Int(bytes[10] - 48) * 10 + Int(bytes[11] - 48)
            return (status, Array(bytes[(end + 1)..<(end + 1 + length)]), end + 1 + length)
        }
    }

    /// The number in the field that begins after a line's end, where that field is Content-Length.
    private func contentLength(_ bytes: UnsafeBufferPointer<UInt8>, after end: Int) -> Int? {
        let name: StaticString = "content-length:"
        var index = end + 1
        guard index + name.utf8CodeUnitCount < bytes.count else { return nil }
        for offset in 0..<name.utf8CodeUnitCount {
            guard bytes[index] | 32 == name.utf8Start[offset] | 32 else { return nil }
            index += 1
        }
        while index < bytes.count, bytes[index] == 32 { index += 1 }
        var value = 0
        while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 {
            value = value * 10 + Int(bytes[index] - 48)
            index += 1
        }
        return value
    }

    func close() { stream.close() }
}
