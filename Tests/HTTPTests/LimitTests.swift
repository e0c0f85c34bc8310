import EventLoop
import TestKit
import Testing

@testable import HTTP

/// What one caller can hold, and that others are served meanwhile.
@Suite struct LimitTests {
    @Loop private func answer(_ server: HTTPServer) async throws -> String {
        try await exchange("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", port: server.port)
    }

    @Test @Loop func whoeverHoldsMostBytesIsCutAndOthersAreServed() async throws {
        var limits = Limits()
        limits.heldBytes = 4 << 20
        let keeping = Route(
            .post, "/keep", "Reads it whole", tag: "", access: .open, takes: .init(bytes: 1 << 20, members: 1),
            gives: .text
        ) { Response(.ok, text: "\(try await $0.body().count)") }
        try await withServer(limits, sampleRoutes + [keeping]) { server in
            let body = String(repeating: "x", count: (1 << 20) - 1)
            var clients: [RawClient] = []
            for _ in 0..<20 {
                let client = try await RawClient(port: server.port)
                client.send("POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: \(1 << 20)\r\n\r\n" + body)
                clients.append(client)
            }
            try await eventually("the cuts") { server.cutConnections >= 15 }
            #expect(server.heldBytes <= limits.heldBytes)
            #expect(try await answer(server).hasSuffix("hello"))
            let cut = clients.filter { $0.text.hasPrefix("HTTP/1.1 503") && $0.text.contains("retry-after: 1") }
            #expect(!cut.isEmpty && cut.count < clients.count)
            // Those that were left are answered when they are whole.
            for client in clients { client.send("x") }
            try await eventually("the answers") { clients.allSatisfy { $0.hasEnded || $0.text.contains("1048576") } }
            #expect(clients.contains { $0.text.hasSuffix("1048576") })
            for client in clients { client.stream.close() }
            try await eventually("all is given back") { server.connections == 0 && server.heldBytes == 0 }
        }
    }

    @Test @Loop func answersThatNobodyTakesAreCountedToo() async throws {
        var limits = Limits()
        limits.heldBytes = 40 << 20
        // More than the system's own buffers take.
        let huge = Route(.get, "/huge", "Very much", tag: "", access: .open, gives: .text) { _ in
            Response(.ok, bytes: [UInt8](repeating: 0x61, count: 32 << 20), contentType: "text/plain")
        }
        try await withServer(limits, sampleRoutes + [huge]) { server in
            var clients: [RawClient] = []
            for _ in 0..<3 {
                let client = try await RawClient(port: server.port)
                client.stream.pauseReading()
                client.send("GET /huge HTTP/1.1\r\nHost: a\r\n\r\n")
                clients.append(client)
            }
            try await eventually("the cuts") { server.cutConnections > 0 }
            #expect(server.heldBytes <= limits.heldBytes)
            #expect(try await answer(server).hasSuffix("hello"))
            for client in clients { client.stream.close() }
            try await eventually("all is given back") { server.connections == 0 && server.heldBytes == 0 }
        }
    }

    @Test @Loop func oneAddressHasItsShareOfConnections() async throws {
        var limits = Limits()
        limits.connections = 40
        limits.connectionsByAddress = 30
        try await withServer(limits) { server in
            var idle: [RawClient] = []
            for _ in 0..<60 { idle.append(try await RawClient(port: server.port)) }
            try await eventually("the refusals") { server.rejectedConnections >= 30 }
            #expect(server.connections == 30)
            // Another address of this machine.
            let curl = "curl -s --max-time 10 --interface 127.0.0.2 http://127.0.0.1:\(server.port)/hello"
            #expect(try await runShell(curl).output == "hello")
            for client in idle { client.stream.close() }
        }
    }

    /// Where all are taken, a newcomer gets one of whoever has most, and an idle one before one that works.
    @Test @Loop func aNewcomerGetsAConnectionOfWhoeverHasMost() async throws {
        var limits = Limits()
        limits.connections = 20
        limits.connectionsByAddress = 20
        let waiting = Route(.get, "/wait", "Waits", tag: "", access: .open, gives: .text) { _ in
            try await Loop.sleep(for: .seconds(2))
            return Response(.ok, text: "waited")
        }
        try await withServer(limits, sampleRoutes + [waiting]) { server in
            let working = try await RawClient(port: server.port)
            working.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            var idle: [RawClient] = []
            for _ in 0..<19 { idle.append(try await RawClient(port: server.port)) }
            try await eventually("the connections") { server.connections == 20 }
            let own = try await RawClient(port: server.port)
            #expect(try await own.waitForEnd() == "")
            let curl = "curl -s --max-time 10 --interface 127.0.0.2 http://127.0.0.1:\(server.port)/hello"
            for _ in 0..<5 { #expect(try await runShell(curl).output == "hello") }
            #expect(try await working.wait(for: "waited"))
            for client in idle { client.stream.close() }
        }
    }

    @Test @Loop func packedBodiesAreNotUnpacked() async throws {
        try await withServer { server in
            let body = "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\nContent-Encoding: "
            for (coding, status) in [("gzip", 415), ("br", 415), ("identity", 200), ("Identity", 200)] {
                let answer = try await exchange("\(body)\(coding)\r\n\r\nok", port: server.port)
                #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(coding)")
            }
        }
    }

    @Test @Loop func bodiesAreAsLargeAsTheirRouteSays() async throws {
        try await withServer { server in
            let head = "POST /people HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: "
            let larger = try await exchange("\(head)65537\r\n\r\n", port: server.port)
            #expect(larger.hasPrefix("HTTP/1.1 413"))
            let body = String(repeating: "x", count: 65_536)
            let largest = try await exchange("\(head)65536\r\n\r\n\(body)", port: server.port)
            #expect(largest.hasPrefix("HTTP/1.1 201"))
        }
    }

    @Test func oneClientIsAnAddressOrAWholeNetwork() throws {
        func client(_ ip: String) throws -> UInt64 { try SocketAddress(ip: ip, port: 1).client }
        #expect(try client("10.0.0.1") != client("10.0.0.2"))
        #expect(try client("::ffff:10.0.0.1") == client("10.0.0.1"))
        #expect(try client("2001:db8:1:2::3") == client("2001:db8:1:2:ffff::9"))
        #expect(try client("2001:db8:1:2::3") != client("2001:db8:1:3::3"))
        #expect(try client("::1") != client("127.0.0.1"))
    }
}
