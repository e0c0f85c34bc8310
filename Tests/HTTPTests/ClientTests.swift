import EventLoop
import FoundationEssentials
import TestKit
import Testing

@testable import HTTP

@Suite struct HTTPClientTests {
    @Test @Loop func sendsAndReceives() async throws {
        try await withServer { server in
            let client = try HTTPClient()
            let base = "http://127.0.0.1:\(server.port)"
            let hello = try await client.send(ClientRequest(.get, base + "/hello"))
            #expect(hello.status == .ok && hello.headers["Content-Type"] == "text/plain; charset=utf-8")
            #expect(String(decoding: hello.body, as: UTF8.self) == "hello")
            let echo = try await client.send(ClientRequest(.post, base + "/echo", body: Array("a\0b".utf8)))
            #expect(echo.body == Array("a\0b".utf8))
            #expect(try await client.send(ClientRequest(.post, base + "/echo")).body.isEmpty)
            #expect(try await client.send(ClientRequest(.head, base + "/hello")).headers["content-length"] == "5")
            #expect(try await client.send(ClientRequest(.delete, base + "/hello")).status == 405)
            let json = ClientRequest(
                .post, base + "/people", headers: ["content-type": "application/json"], body: Array("{}".utf8))
            #expect(try await client.send(json).status == .created)
            #expect(try await client.send(ClientRequest(.get, base + "/people?limit=0")).status == .badRequest)
            let stream = try await client.send(ClientRequest(.get, base + "/stream"))
            #expect(String(decoding: stream.body, as: UTF8.self) == "part 0\npart 1\npart 2\n")
            #expect(try await client.send(ClientRequest(.get, base + "/large")).body.count == 3_000_000)
            let upload = ClientRequest(.post, base + "/count", body: [UInt8](repeating: 1, count: 2_000_000))
            #expect(String(decoding: try await client.send(upload).body, as: UTF8.self) == "2000000")
            // All on one connection.
            #expect(server.connections == 1)
        }
    }

    /// A program that is started meanwhile must not hold what the client lets go.
    @Test @Loop func connectionsAreNotInherited() async throws {
        try await withServer { server in
            var client: HTTPClient? = try HTTPClient()
            let hello = try await client?.send(ClientRequest(.get, "http://127.0.0.1:\(server.port)/hello"))
            #expect(hello?.status == .ok && server.connections == 1)
            let child = try ChildProcess("/bin/sleep", ["60"])
            defer { child.kill(SIGKILL) }
            client = nil
            try await eventually("the end of the connection", within: .seconds(5)) { server.connections == 0 }
        }
    }

    @Test @Loop func errorsAreTyped() async throws {
        func kind(_ request: ClientRequest) async throws -> HTTPClientError.Kind? {
            do {
                _ = try await HTTPClient().send(request)
                return nil
            } catch let error as HTTPClientError {
                return error.kind
            }
        }
        try await withServer { server in
            let base = "http://127.0.0.1:\(server.port)"
            let cases: [(ClientRequest, HTTPClientError.Kind)] = [
                (ClientRequest(.get, base + "/large", maximumBytes: 1000), .tooLarge),
                (ClientRequest(.get, base + "/hello", headers: ["a": "b\r\nc: d"]), .invalid),
                (ClientRequest(.get, "file:///etc/hostname"), .invalid),
                (ClientRequest(.get, "https://127.0.0.1:\(server.port)/"), .tls),
            ]
            for (request, expected) in cases {
                let found = try await kind(request)
                #expect(found == expected, "\(request.url)")
            }
        }
        let silent = try Listener(address: "127.0.0.1", port: 0) { $0.resumeReading() }
        let waiting = ClientRequest(.get, "http://127.0.0.1:\(silent.port)/", timeout: .milliseconds(100))
        let late = try await kind(waiting)
        #expect(late == .timeout)
        silent.close()
        let refused = try await kind(ClientRequest(.get, "http://127.0.0.1:\(silent.port)/"))
        #expect(refused == .connect)
    }

    @Test @Loop func cancellingEndsTheTransfer() async throws {
        let started = Completion<Void>()
        let cancelled = Completion<Void>()
        let route = Route(.get, "/wait", "Waits", tag: "", access: .read, gives: .json(.any)) { _ in
            started.succeed(())
            defer { cancelled.succeed(()) }
            try await Loop.sleep(for: .seconds(60))
            return Response(.ok)
        }
        try await withServer(.default, [route]) { server in
            let client = try HTTPClient()
            let url = "http://127.0.0.1:\(server.port)/wait"
            let task = Task { @Loop in try await client.send(ClientRequest(.get, url)) }
            try await started.wait()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await Loop.withDeadline(.seconds(10)) { try await cancelled.wait() }
        }
    }

    @Test @Loop func manyAtOnce() async throws {
        try await withServer { server in
            let client = try HTTPClient(connectionsPerHost: 4)
            let url = "http://127.0.0.1:\(server.port)/later"
            let tasks = (0..<40).map { _ in
                Task { @Loop in try await client.send(ClientRequest(.get, url)).status == .ok }
            }
            for task in tasks { #expect(try await task.value) }
            #expect(server.connections <= 4 && server.requests == 40)
        }
    }

    /// The command everybody uses, as a second opinion.
    @Test @Loop func curlAgrees() async throws {
        try await withServer { server in
            let base = "http://127.0.0.1:\(server.port)"
            let file = "\(FileManager.default.temporaryDirectory.path)/curl-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: file) }
            let common = ["-sS", "-f", "--noproxy", "*"]
            let arguments =
                common + [base + "/hello", base + "/stream", "--next"]
                + common + ["-d", "posted", "-H", "transfer-encoding: chunked", base + "/echo", "--next"]
                + common + ["--http1.0", base + "/people/7"]
            let exit = try await ChildProcess("curl", arguments, output: file).exit()
            let output = try String(contentsOfFile: file, encoding: .utf8)
            #expect(exit.isSuccess && output == "hellopart 0\npart 1\npart 2\nposted7")
        }
    }
}

@Suite struct MailClientTests {
    @Test @Loop func sendsOverOneSession() async throws {
        let sink = try MailSink()
        let client = try MailClient(url: "smtp://127.0.0.1:\(sink.port)")
        for number in 0..<3 {
            let message = "Subject: \(number)\n\n.dots\nsecond\r\n"
            try await client.send(from: "a@b", to: ["c@d", "e@f"], message: Array(message.utf8))
        }
        #expect(sink.messages.first == "Subject: 0\r\n\r\n..dots\r\nsecond")
        #expect(sink.messages.count == 3 && sink.sessions == 1)
        sink.close()
    }

    @Test @Loop func tellsPermanentFromTransient() async throws {
        let sink = try MailSink()
        func failure(_ recipient: String, _ url: String, _ startTLS: MailClient.StartTLS = .off) async throws
            -> MailError?
        {
            do {
                try await MailClient(url: url, startTLS: startTLS)
                    .send(from: "a@b", to: [recipient], message: Array("x".utf8))
                return nil
            } catch let error as MailError {
                return error
            }
        }
        let url = "smtp://127.0.0.1:\(sink.port)"
        let unknown = try #require(try await failure("unknown@b", url))
        #expect(unknown.isPermanent && unknown.code == 550 && unknown.description == "550 5.1.1 no such user")
        let later = try #require(try await failure("later@b", url))
        #expect(!later.isPermanent && later.code == 451)
        let split = try #require(try await failure("x>\r\nDATA", url))
        #expect(split.isPermanent && sink.messages.isEmpty)
        let plain = try await failure("c@d", url, .required)
        #expect(plain?.isPermanent == false)
        sink.close()
        let nobody = try #require(try await failure("c@d", url))
        #expect(!nobody.isPermanent && nobody.code == 0)
    }
}
