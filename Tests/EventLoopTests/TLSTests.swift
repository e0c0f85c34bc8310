import EventLoop
import TestKit
import Testing

/// A listener with TLS whose streams give back what they get.
@Loop
private final class EchoServer {
    private var listener: Listener?
    private(set) var streams: [Stream] = []
    private(set) var ends: [StreamEnd] = []
    var port: Int { listener?.port ?? 0 }

    init(_ context: TLSContext) throws {
        listener = try Listener(address: "127.0.0.1", port: 0, tls: context) { [weak self] stream in
            self?.streams.append(stream)
            stream.onBytes = { stream.write(Array($0)) }
            stream.onEnd = { end in
                self?.ends.append(end)
                stream.close()
            }
            stream.resumeReading()
        }
    }

    func close() {
        listener?.close()
        for stream in streams { stream.close() }
    }
}

@Suite struct TLSTests {
    private func isFailed(_ end: StreamEnd?) -> Bool { if case .failed = end { true } else { false } }

    @Test @Loop func bytesGoBothWaysEncrypted() async throws {
        let files = try await TestCertificates()
        defer { files.remove() }
        let server = try EchoServer(.server(certificate: files.certificate, key: files.key))
        defer { server.close() }
        let client = try await Stream.connect(
            host: "127.0.0.1", port: server.port, tls: .client(authorities: files.authority))
        #expect(client.secureVersion == "TLSv1.3")
        var sent = StreamTests.pattern(5_000_000)
        let received = Received(client)
        var rest = sent[...]
        while !rest.isEmpty {
            client.write(Array(rest.prefix(70_001)))
            rest = rest.dropFirst(70_001)
            try await client.drained(below: 100_000)
        }
        // A file's bytes are encrypted like all others.
        client.write(StreamTests.TestFile(sent).part(1000..<900_000))
        sent += sent[1000..<900_000]
        try await eventually { received.bytes.count == sent.count }
        #expect(received.bytes == sent)
        await client.finishWriting()
        try await eventually { server.ends.count == 1 }
        guard case .finished = server.ends[0] else { throw StreamTests.NoSuchEnd() }
        client.close()
    }

    @Test @Loop func pausingHoldsDecryptedBytesBackToo() async throws {
        let files = try await TestCertificates()
        defer { files.remove() }
        let server = try EchoServer(.server(certificate: files.certificate, key: files.key))
        defer { server.close() }
        let client = try await Stream.connect(
            host: "127.0.0.1", port: server.port, tls: .client(authorities: files.authority))
        let sent = StreamTests.pattern(400_000)
        var received: [UInt8] = []
        var calls = 0
        client.onBytes = { bytes in
            received.append(contentsOf: bytes)
            calls += 1
            client.pauseReading()
        }
        client.resumeReading()
        client.write(sent)
        var rounds = 0
        while received.count < sent.count, rounds < 2000 {
            rounds += 1
            let before = calls
            client.resumeReading()
            try await eventually { calls > before }
            // Paused: nothing comes until asked for.
            await Task.yield()
            #expect(calls == before + 1)
        }
        #expect(received == sent)
        client.close()
    }

    @Test @Loop func strangersAreNotTrusted() async throws {
        let (files, others) = (try await TestCertificates(), try await TestCertificates())
        defer {
            files.remove()
            others.remove()
        }
        let server = try EchoServer(.server(certificate: files.certificate, key: files.key))
        defer { server.close() }
        let untrusted = await #expect(throws: UVError.self) {
            try await Stream.connect(host: "127.0.0.1", port: server.port, tls: .client(authorities: others.authority))
        }
        #expect(untrusted?.description.contains("certificate verify failed") == true)
        await #expect(throws: UVError.self) {
            try await Stream.connect(
                host: "127.0.0.1", port: server.port, tls: .client(authorities: files.authority), name: "shop.example")
        }
        try await Stream.connect(
            host: "127.0.0.1", port: server.port, tls: .client(authorities: files.authority), name: "localhost"
        ).close()
        #expect(throws: TLSError.self) { try TLSContext.server(certificate: files.certificate, key: others.key) }
        #expect(throws: TLSError.self) { try TLSContext.server(certificate: "/no/such.pem", key: files.key) }
    }

    @Test @Loop func clientsCanBeAskedForCertificates() async throws {
        let files = try await TestCertificates()
        defer { files.remove() }
        let server = try EchoServer(
            .server(certificate: files.certificate, key: files.key, clientAuthorities: files.authority))
        defer { server.close() }
        let client = try await Stream.connect(
            host: "127.0.0.1", port: server.port,
            tls: .client(authorities: files.authority, certificate: files.clientCertificate, key: files.clientKey))
        let received = Received(client)
        client.write(Array("known".utf8))
        try await eventually { received.bytes == Array("known".utf8) }
        client.close()
        // In TLS 1.3 the client learns only afterwards that it was not taken.
        let nameless = try await Stream.connect(
            host: "127.0.0.1", port: server.port, tls: .client(authorities: files.authority))
        let refused = Received(nameless)
        try await eventually { refused.end != nil }
        #expect(isFailed(refused.end) && refused.bytes.isEmpty)
        nameless.close()
    }

    @Test @Loop func handshakesEndInTime() async throws {
        let files = try await TestCertificates()
        defer { files.remove() }
        let server = try EchoServer(
            .server(certificate: files.certificate, key: files.key, handshakeTime: .milliseconds(200)))
        defer { server.close() }
        let silent = try await Stream.connect(host: "127.0.0.1", port: server.port)
        let atSilent = Received(silent)
        try await eventually { atSilent.end != nil }
        let plain = try await Stream.connect(host: "127.0.0.1", port: server.port)
        let atPlain = Received(plain)
        plain.write(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        try await eventually { atPlain.end != nil }
        #expect(server.ends.count == 2 && server.ends.allSatisfy { isFailed($0) })
        // A cut connection is not mistaken for an end in order.
        let cut = try await Stream.connect(
            host: "127.0.0.1", port: server.port, tls: .client(authorities: files.authority))
        Glibc.shutdown(cut.fileDescriptor, Int32(SHUT_WR))
        try await eventually { server.ends.count == 3 }
        #expect(isFailed(server.ends[2]))
        for stream in [silent, plain, cut] { stream.close() }
    }

    @Test(arguments: ["-tls1_2", "-tls1_3", "-tls1_1"])
    @Loop func opensslTalksToIt(version: String) async throws {
        let files = try await TestCertificates()
        defer { files.remove() }
        let server = try EchoServer(.server(certificate: files.certificate, key: files.key))
        defer { server.close() }
        let client =
            "openssl s_client -connect 127.0.0.1:\(server.port) -CAfile \(files.authority) -verify_return_error"
        let run = try await runShell("(echo 您好 from openssl; sleep 1) | \(client) -quiet -no_ign_eof \(version) 2>&1")
        #expect(run.output.contains("您好 from openssl") == (version != "-tls1_1"), "\(run.output)")
        // Renegotiation is refused, and the connection lives on or ends; the loop does not spin either way.
        if version == "-tls1_2" {
            _ = try await runShell("(sleep 0.3; echo R; sleep 0.5) | \(client) -tls1_2 > /dev/null 2>&1")
        }
        try await eventually { server.ends.count == server.streams.count }
    }

    @Test @Loop func renewedCertificatesServeNewConnections() async throws {
        let (old, new) = (try await TestCertificates(), try await TestCertificates())
        defer {
            old.remove()
            new.remove()
        }
        let context = try TLSContext.server(certificate: old.certificate, key: old.key)
        let server = try EchoServer(context)
        defer { server.close() }
        let first = try await Stream.connect(
            host: "127.0.0.1", port: server.port, tls: .client(authorities: old.authority))
        let received = Received(first)
        _ = try await runShell("cp \(new.certificate) \(old.certificate) && cp \(new.key) \(old.key)")
        try context.reload()
        try await Stream.connect(
            host: "127.0.0.1", port: server.port, tls: .client(authorities: new.authority)
        ).close()
        first.write([1, 2, 3])
        try await eventually { received.bytes == [1, 2, 3] }
        first.close()
    }
}
