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
    private func parse() -> (Int, [UInt8], Int)? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard received.count > 16,
            let head = received.indices.dropLast(3).first(where: { index in
                received[index] == 13 && received[index...].prefix(4).elementsEqual(end)
            })
        else { return nil }
        let text = String(decoding: received[..<head], as: UTF8.self)
        let status = Int(text.dropFirst(9).prefix(3)) ?? 0
        var length = 0
        for line in text.split(separator: "\r\n") where line.lowercased().hasPrefix("content-length:") {
            length = Int(line.dropFirst(15).drop { $0 == " " }) ?? 0
        }
        let total = head + 4 + length
        guard received.count >= total else { return nil }
        return (status, Array(received[(head + 4)..<total]), total)
    }

    func close() { stream.close() }
}
