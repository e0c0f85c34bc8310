import EventLoop

/// A reader that only counts: one connection that fetches, takes the bytes and looks at the heads of the batches, so that the
/// broker and not the client is the limit. It asks as librdkafka does: six partitions at once, 1 MiB of each at most.
struct CountingReader {
    let port: Int
    let topic: String
    private static let partitions = 6
    private static let waitMilliseconds = 50
    private static let partitionBytes = 1 << 20
    private static let answerBytes = 50 << 20

    /// Records a second from the first request to the last record; waits, so not on the loop.
    func run(_ count: Int) throws -> Double {
        let socket = try open()
        defer { close(socket) }
        var positions = [Int64](repeating: 0, count: Self.partitions)
        var answer = [UInt8](repeating: 0, count: 16 << 20)
        var seen = 0
        let begin = SteadyClock.now
        while seen < count {
            try send(request(positions), to: socket)
            try receive(4, &answer, from: socket)
            let size = Int(number(answer, 0, Int32.self))
            guard (8...answer.count).contains(size) else { throw BenchError(text: "an answer of \(size) bytes") }
            try receive(size, &answer, from: socket)
            seen += try take(answer, &positions)
            guard SteadyClock.now < begin + 60 else { throw BenchError(text: "\(seen) of \(count) came") }
        }
        return Double(seen) / (SteadyClock.now - begin)
    }

    /// Fetch of version 4, which both brokers know.
    private func request(_ positions: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.bigEndian) { bytes += $0 } }
        add(Int16(1))
        add(Int16(4))
        add(Int32(0))
        add(Int16(-1))
        for value in [-1, Self.waitMilliseconds, 1, Self.answerBytes] { add(Int32(value)) }
        add(Int8(0))
        add(Int32(1))
        add(Int16(topic.utf8.count))
        bytes += topic.utf8
        add(Int32(positions.count))
        for (index, position) in positions.enumerated() {
            add(Int32(index))
            add(position)
            add(Int32(Self.partitionBytes))
        }
        let size = UInt32(bytes.count).bigEndian
        return withUnsafeBytes(of: size) { Array($0) } + bytes
    }

    /// Counts the records of whole batches and moves the positions behind them.
    private func take(_ answer: [UInt8], _ positions: inout [Int64]) throws -> Int {
        // Correlation, throttling, one topic, its name.
        var place = 4 + 4 + 4
        place += 2 + Int(number(answer, place, Int16.self))
        let count = Int(number(answer, place, Int32.self))
        place += 4
        var records = 0
        for _ in 0..<count {
            let partition = Int(number(answer, place, Int32.self))
            let code = number(answer, place + 4, Int16.self)
            guard code == 0, positions.indices.contains(partition) else {
                throw BenchError(text: "fetch: error \(code)")
            }
            // Behind high watermark and stable offset: aborted transactions, of which there are none.
            place += 4 + 2 + 8 + 8 + 4
            let end = place + 4 + max(0, Int(number(answer, place, Int32.self)))
            place += 4
            while place + 61 <= end {
                let size = 12 + Int(number(answer, place + 8, Int32.self))
                guard place + size <= end else { break }
                positions[partition] =
                    number(answer, place, Int64.self) + Int64(number(answer, place + 23, Int32.self)) + 1
                records += Int(number(answer, place + 57, Int32.self))
                place += size
            }
            place = end
        }
        return records
    }

    private func number<T: FixedWidthInteger>(_ bytes: [UInt8], _ place: Int, _ type: T.Type) -> T {
        bytes.withUnsafeBytes { T(bigEndian: $0.loadUnaligned(fromByteOffset: place, as: T.self)) }
    }

    // MARK: The socket

    private func open() throws -> Int32 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeBytes(of: &address) {
            connect(socket, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), size)
        }
        guard code == 0 else { throw BenchError(text: "no connection to port \(port)") }
        return socket
    }

    private func send(_ bytes: [UInt8], to socket: Int32) throws {
        guard write(socket, bytes, bytes.count) == bytes.count else { throw BenchError(text: "cannot send") }
    }

    private func receive(_ count: Int, _ bytes: inout [UInt8], from socket: Int32) throws {
        var done = 0
        try bytes.withUnsafeMutableBytes { raw in
            while done < count {
                let got = recv(socket, raw.baseAddress?.advanced(by: done), count - done, 0)
                guard got > 0 else { throw BenchError(text: "the broker hung up") }
                done += got
            }
        }
    }
}
