import EventLoop
import TestKit
import Testing

/// A listener and both ends of one connection to it.
@Loop final class Pair {
    let listener: Listener
    let client: Stream
    let server: Stream

    init() async throws {
        let accepted = Completion<Stream>()
        listener = try Listener(address: "127.0.0.1", port: 0) { accepted.succeed($0) }
        client = try await Stream.connect(host: "127.0.0.1", port: listener.port)
        server = try await accepted.wait()
    }

    func close() {
        client.close()
        server.close()
        listener.close()
    }
}

/// What came out of a stream.
@Loop final class Received {
    var bytes: [UInt8] = []
    var end: StreamEnd?

    init(_ stream: Stream) {
        stream.onBytes = { [weak self] raw in self?.bytes.append(contentsOf: raw) }
        stream.onEnd = { [weak self] end in self?.end = end }
        stream.resumeReading()
    }
}

@Suite struct StreamTests {
    /// A block of a length that no buffer has, repeated: what is lost or moved shows.
    static func pattern(_ count: Int) -> [UInt8] {
        let block = (0..<10_007).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + block.count)
        while bytes.count < count { bytes += block }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    @Test @Loop func echoesAllBytesInOrder() async throws {
        let pair = try await Pair()
        defer { pair.close() }
        let server = pair.server
        server.onBytes = { raw in server.write(Array(raw)) }
        server.resumeReading()
        let received = Received(pair.client)
        let sent = Self.pattern(3_000_000)
        var rest = sent[...]
        while !rest.isEmpty {
            pair.client.write(Array(rest.prefix(70_001)))
            rest = rest.dropFirst(70_001)
            try await pair.client.drained(below: 100_000)
        }
        try await eventually { received.bytes.count == sent.count }
        #expect(received.bytes == sent)
        #expect(pair.client.peerAddress == "127.0.0.1:\(pair.listener.port)")
    }

    @Test @Loop func pausedReaderHoldsTheWriterBack() async throws {
        let pair = try await Pair()
        defer { pair.close() }
        let sent = Self.pattern(40_000_000)
        pair.client.write(sent)
        try await Loop.sleep(for: .milliseconds(50))
        let held = pair.client.queuedBytes
        #expect(held > 0)
        try await Loop.sleep(for: .milliseconds(50))
        #expect(pair.client.queuedBytes == held)
        let waiting = Task { @Loop in try await pair.client.drained(below: 0) }
        let received = Received(pair.server)
        try await waiting.value
        try await eventually { received.bytes.count == sent.count }
        #expect(received.bytes == sent)
        #expect(pair.client.queuedBytes == 0)
    }

    /// What keeps a file open, as long as a stream needs it.
    final class TestFile: Sendable {
        let descriptor: Int32
        init(_ bytes: [UInt8]) {
            let file = tmpfile()
            fwrite(bytes, 1, bytes.count, file)
            fflush(file)
            descriptor = dup(fileno(file))
            fclose(file)
        }
        deinit { Glibc.close(descriptor) }

        func part(_ range: Range<Int>) -> FilePart {
            FilePart(self, descriptor: descriptor, position: range.lowerBound, count: range.count)
        }
    }

    @Test @Loop func partsOfFilesAreSentInOrderWithBytes() async throws {
        let pair = try await Pair()
        defer { pair.close() }
        let whole = Self.pattern(20_000_000)
        var sent: [UInt8] = []
        var file: TestFile? = TestFile(whole)
        weak let kept = file
        // Far more than the kernel takes at once, small parts and large ones.
        for range in [0..<1, 5..<70_000, 100_000..<16_000_000, 3..<4, 16_000_000..<20_000_000] {
            pair.client.write([1, 2, 3])
            if let file { pair.client.write(file.part(range)) }
            sent += [1, 2, 3] + whole[range]
        }
        file = nil
        #expect(kept != nil && pair.client.queuedBytes > 0)
        #expect(pair.client.unsentBytes <= pair.client.queuedBytes)
        let received = Received(pair.server)
        try await eventually { received.bytes.count == sent.count }
        #expect(received.bytes == sent)
        #expect(kept == nil && pair.client.queuedBytes == 0)
    }

    @Test @Loop func aFileThatIsShorterThanSaidEndsTheStream() async throws {
        let pair = try await Pair()
        defer { pair.close() }
        let (atClient, atServer) = (Received(pair.client), Received(pair.server))
        pair.client.write(TestFile([1, 2, 3]).part(0..<5))
        try await eventually { atClient.end != nil }
        guard case .failed = atClient.end else { throw NoSuchEnd() }
        #expect(pair.client.queuedBytes == 0 && atServer.bytes.count <= 3)
    }

    @Test @Loop func halfCloseLetsTheAnswerThrough() async throws {
        let pair = try await Pair()
        defer { pair.close() }
        let atServer = Received(pair.server)
        let atClient = Received(pair.client)
        pair.client.write([1, 2, 3])
        await pair.client.finishWriting()
        try await eventually { atServer.end != nil }
        guard case .finished = atServer.end else { throw NoSuchEnd() }
        #expect(atServer.bytes == [1, 2, 3])
        pair.server.write([4, 5])
        await pair.server.finishWriting()
        try await eventually { atClient.end != nil }
        #expect(atClient.bytes == [4, 5])
    }

    @Test @Loop func resetIsAFailedEnd() async throws {
        let pair = try await Pair()
        defer { pair.close() }
        let atClient = Received(pair.client)
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            pair.server.fileDescriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger_t>.size))
        pair.server.close()
        try await eventually { atClient.end != nil }
        guard case .failed = atClient.end else { throw NoSuchEnd() }
        pair.client.write([1])
    }

    @Test @Loop func writingToAGonePeerEndsTheStreamAndWaitersGoOn() async throws {
        let pair = try await Pair()
        defer { pair.close() }
        let atClient = Received(pair.client)
        pair.client.pauseReading()
        pair.client.write(Self.pattern(40_000_000))
        let waiting = Task { @Loop in try await pair.client.drained(below: 0) }
        try await Loop.sleep(for: .milliseconds(5))
        pair.server.close()
        try await eventually { atClient.end != nil }
        guard case .failed = atClient.end else { throw NoSuchEnd() }
        try await Loop.withDeadline(.seconds(10)) { try await waiting.value }
        #expect(pair.client.queuedBytes == 0)
    }

    /// Bytes that were queued behind the write that failed must not hold their waiters for ever.
    @Test @Loop func failedWriteDropsWhatIsQueuedBehindIt() async throws {
        let pair = try await Pair()
        defer { pair.close() }
        let atClient = Received(pair.client)
        pair.client.pauseReading()
        pair.client.write(Self.pattern(40_000_000))
        pair.client.write([1, 2, 3])
        let waiting = Task { @Loop in try await pair.client.drained(below: 0) }
        try await Loop.sleep(for: .milliseconds(5))
        pair.server.close()
        try await eventually { atClient.end != nil }
        try await Loop.withDeadline(.seconds(10)) { try await waiting.value }
        #expect(pair.client.queuedBytes == 0)
        pair.client.write([4])
        #expect(pair.client.queuedBytes == 0)
    }

    @Test @Loop func closingReleasesWaiters() async throws {
        let pair = try await Pair()
        defer { pair.close() }
        pair.client.write(Self.pattern(40_000_000))
        let waiting = Task { @Loop in try await pair.client.drained(below: 0) }
        try await Loop.sleep(for: .milliseconds(5))
        pair.client.close()
        try await Loop.withDeadline(.seconds(10)) { try await waiting.value }
        pair.client.write([1])
        await pair.client.finishWriting()
    }

    @Test @Loop func takenPortAndClosedPortAreErrors() async throws {
        let listener = try Listener(address: "127.0.0.1", port: 0) { $0.close() }
        let port = listener.port
        let error = #expect(throws: UVError.self) { try Listener(address: "127.0.0.1", port: port) { $0.close() } }
        #expect(error?.isAddressInUse == true)
        listener.close()
        let refused = await #expect(throws: UVError.self) {
            try await Stream.connect(host: "127.0.0.1", port: port)
        }
        #expect(refused?.description.contains("127.0.0.1:\(port)") == true)
        await #expect(throws: UVError.self) { try await Stream.connect(host: "no-such-host.invalid", port: 1) }
        #expect(throws: UVError.self) { try Listener(address: "not an address", port: 0) { $0.close() } }
    }

    struct NoSuchEnd: Error {}
    typealias linger_t = Glibc.linger
}
