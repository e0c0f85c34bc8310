import EventLoop
import TestKit
import Testing

@Suite struct HandoverTests {
    /// Between the end of one process and the beginning of the next nobody is refused.
    @Test @Loop func connectionsWaitForWhoeverTakesThePortNext() async throws {
        let reserved = try ReservedPort(address: "127.0.0.1", port: 0)
        defer { reserved.close() }
        #expect(reserved.port > 0)
        for round in 1...3 {
            let client = try await Stream.connect(host: "127.0.0.1", port: reserved.port)
            client.write([UInt8(round)])
            let accepted = Completion<Stream>()
            let listener = try Listener(descriptor: dup(reserved.descriptor)) { accepted.succeed($0) }
            #expect(listener.port == reserved.port)
            let server = try await accepted.wait()
            let received = Received(server)
            try await eventually { received.bytes == [UInt8(round)] }
            listener.close()
            server.close()
            client.close()
        }
    }

    @Test @Loop func aPortIsSharedWithWhoeverReservedItBefore() async throws {
        let before = try ReservedPort(address: "127.0.0.1", port: 0)
        let after = try ReservedPort(address: "127.0.0.1", port: before.port)
        // Not with others, who do not know of it.
        #expect(throws: UVError.self) { try Listener(address: "127.0.0.1", port: before.port) { $0.close() } }
        before.close()
        after.close()
        try Listener(address: "127.0.0.1", port: after.port) { $0.close() }.close()
    }

    /// Whoever is handed a socket knows where it can be reached.
    @Test @Loop func theAddressOfAHandedSocketIsKnown() throws {
        for (address, port) in [("127.0.0.1", 0), ("0.0.0.0", 0), ("::1", 0)] {
            let reserved = try ReservedPort(address: address, port: port)
            #expect(Handover.address(of: reserved.descriptor) == address)
            reserved.close()
        }
        #expect(Handover.address(of: -1) == nil)
    }

    /// Whoever is not ready yet takes no share of the connections.
    @Test @Loop func whoeverOnlyHasThePortTakesNoConnections() async throws {
        let before = try ReservedPort(address: "127.0.0.1", port: 0)
        defer { before.close() }
        let after = try ReservedPort(address: "127.0.0.1", port: before.port, isListening: false)
        defer { after.close() }
        var accepted: [EventLoop.Stream] = []
        let listener = try Listener(descriptor: dup(before.descriptor)) { accepted.append($0) }
        var clients: [EventLoop.Stream] = []
        for _ in 1...20 { clients.append(try await Stream.connect(host: "127.0.0.1", port: before.port)) }
        try await eventually { accepted.count == 20 }
        listener.close()
        for stream in accepted + clients { stream.close() }
    }

    @Test @Loop func aProcessFindsWhatItIsHanded() async throws {
        let folder = try TestPaths.temporaryFolder()
        defer { TestPaths.remove(folder) }
        let reserved = try ReservedPort(address: "127.0.0.1", port: 0)
        defer { reserved.close() }
        let child = try ChildProcess(
            "/bin/sh", ["-c", "readlink /proc/$$/fd/3; [ -e /proc/$$/fd/4 ] || echo nothing else"],
            output: folder + "/out", sockets: [reserved.descriptor])
        #expect(try await child.exit().isSuccess)
        let said = TestPaths.contents(folder + "/out")
        #expect(said.hasPrefix("socket:") && said.hasSuffix("nothing else\n"), "\(said)")
    }
}
