import EventLoop
import TestKit
import Testing

@testable import HTTP

@Suite struct ServerTests {
    @Test @Loop func answersAndKeepsAlive() async throws {
        try await withServer { server in
            let client = try await RawClient(port: server.port)
            client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.wait(for: "hello"))
            #expect(client.text.hasPrefix("HTTP/1.1 200 OK\r\ndate: "))
            client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let text = try await client.waitForEnd()
            #expect(text.hasSuffix("content-length: 5\r\nconnection: close\r\n\r\n"))
            #expect(server.requests == 2 && server.inFlight == 0)
        }
    }

    @Test @Loop func pipelinesWithoutRecursion() async throws {
        try await withServer { server in
            for path in ["/hello", "/later"] {
                let client = try await RawClient(port: server.port)
                let one = "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n"
                client.send(String(repeating: one, count: 99))
                client.send("GET /people/7 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + one)
                let text = try await client.waitForEnd()
                #expect(text.split(separator: "HTTP/1.1 200 OK").count == 100)
                #expect(text.hasSuffix("\r\n\r\n7"))
            }
        }
    }

    @Test @Loop func cutsDoNotChangeAnswers() async throws {
        let inputs = [
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                + "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                + "3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: x\r\n\r\n",
            "POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                + "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            "POST /ignore HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX",
            "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost : a\r\n\r\n",
        ]
        try await withServer { server in
            for input in inputs {
                let whole = try await exchange(input, port: server.port)
                #expect(whole.hasPrefix("HTTP/1.1 "), "\(whole)")
                for cut in 1..<input.utf8.count {
                    let answer = try await exchange(input, cut: cut, port: server.port)
                    #expect(answer == whole, "\(input.debugDescription) cut at \(cut)")
                }
            }
        }
    }

    @Test @Loop func refusesAndCloses() async throws {
        try await withServer { server in
            let smuggled = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
            let answer = try await exchange(smuggled + "0\r\n\r\nGET /hello HTTP/1.1\r\n\r\n", port: server.port)
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(answer.contains("application/problem+json") && answer.contains("connection: close"))
            #expect(!answer.contains("hello") && server.requests == 0 && server.refusals == 1)
        }
    }

    @Test @Loop func bodiesHaveLimits() async throws {
        var limits = Limits()
        limits.bodyBytes = 100_000
        try await withServer(limits) { server in
            let head = "POST /echo HTTP/1.1\r\nHost: a\r\n"
            let known = try await exchange(head + "Content-Length: 70000\r\n\r\n", port: server.port)
            #expect(known.hasPrefix("HTTP/1.1 413"))
            let chunk = "3e9\r\n" + String(repeating: "x", count: 1001) + "\r\n"
            let chunked = try await exchange(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk, port: server.port)
            #expect(chunked.hasPrefix("HTTP/1.1 413"))
            let many = "POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            let over = try await exchange(many + String(repeating: chunk, count: 100), port: server.port)
            #expect(over.hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test @Loop func largeBodiesPassBothWays() async throws {
        try await withServer { server in
            let upload = String(repeating: "y", count: 2_000_000)
            let counted = try await exchange(
                "POST /count HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2000000\r\n\r\n" + upload,
                port: server.port)
            #expect(counted.hasSuffix("\r\n\r\n2000000"))
            let large = try await exchange(
                "GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", port: server.port)
            #expect(large.utf8.count > 3_000_000)
        }
    }

    @Test @Loop func continuesOnlyWhenTheBodyIsWanted() async throws {
        try await withServer { server in
            let wanted = try await RawClient(port: server.port)
            let fields = "HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n"
            wanted.send("POST /echo \(fields)")
            #expect(try await wanted.wait(for: "100 Continue\r\n\r\n"))
            wanted.send("ok")
            #expect(try await wanted.waitForEnd().hasSuffix("\r\n\r\nok"))
            let unwanted = try await exchange("POST /ignore \(fields)", port: server.port)
            #expect(unwanted.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test @Loop func halfClosedPeersGetTheirAnswer() async throws {
        try await withServer { server in
            let client = try await RawClient(port: server.port)
            client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            await client.stream.finishWriting()
            #expect(try await client.waitForEnd().hasSuffix("hello"))
        }
    }

    /// Not the server's fault: no 5xx, whether the end comes with the head or behind a part of the body.
    @Test @Loop func aBodyThatEndsEarlyIsItsSendersFault() async throws {
        let bodies = [
            "Content-Length: 5\r\n\r\nab", "Content-Length: 5\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        ]
        try await withServer { server in
            for path in ["/people", "/count"] {
                for body in bodies {
                    for isApart in [false, true] {
                        let client = try await RawClient(port: server.port)
                        client.send("POST \(path) HTTP/1.1\r\nHost: a\r\n\(body)")
                        if isApart { try await Loop.sleep(for: .milliseconds(5)) }
                        await client.stream.finishWriting()
                        #expect(try await client.waitForEnd().hasPrefix("HTTP/1.1 400"), "\(path) \(body)")
                    }
                }
            }
        }
    }

    @Test @Loop func hangUpCancelsTheHandler() async throws {
        let cancelled = Completion<Void>()
        let started = Completion<Void>()
        let route = Route(.get, "/wait", "Waits for ever", tag: "", access: .read, gives: .json(.any)) { _ in
            started.succeed(())
            do {
                try await Loop.sleep(for: .seconds(60))
            } catch {
                cancelled.succeed(())
                throw error
            }
            return Response(.ok)
        }
        try await withServer(.default, [route]) { server in
            let client = try await RawClient(port: server.port)
            client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
            try await started.wait()
            client.stream.close()
            try await Loop.withDeadline(.seconds(10)) { try await cancelled.wait() }
        }
    }

    @Test @Loop func slowPeersAreEnded() async throws {
        var limits = Limits()
        limits.headTime = .milliseconds(500)
        limits.idleTime = .milliseconds(500)
        limits.bodyTime = .milliseconds(500)
        try await withServer(limits) { server in
            #expect(try await exchange("GET / HT", port: server.port).hasPrefix("HTTP/1.1 408"))
            #expect(try await exchange("", port: server.port).isEmpty)
            let idle = try await exchange("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", port: server.port)
            #expect(idle.hasSuffix("hello"))
            let body = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe"
            #expect(try await exchange(body, port: server.port).hasPrefix("HTTP/1.1 408"))
        }
    }

    @Test @Loop func streamsAndEvents() async throws {
        let events = Route(.get, "/events", "Tells events", tag: "", access: .read, gives: .json(.any)) { _ in
            .events { writer in
                try await writer.event("one\ntwo", event: "news", id: "1")
                try await Loop.sleep(for: .seconds(60))
            }
        }
        try await withServer(.default, sampleRoutes + [events]) { server in
            let streamed = try await exchange(
                "GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", port: server.port)
            #expect(streamed.hasSuffix("7\r\npart 0\n\r\n7\r\npart 1\n\r\n7\r\npart 2\n\r\n0\r\n\r\n"))
            let old = try await exchange("GET /stream HTTP/1.0\r\n\r\n", port: server.port)
            #expect(old.hasSuffix("\r\n\r\npart 0\npart 1\npart 2\n") && !old.contains("chunked"))
            let client = try await RawClient(port: server.port)
            client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.wait(for: "event: news\nid: 1\ndata: one\ndata: two\n\n"))
            await server.stop(within: .seconds(30))
            _ = try await client.waitForEnd()
            #expect(client.hasEnded && server.connections == 0)
        }
    }

    @Test @Loop func stoppingLetsRequestsEnd() async throws {
        let forever = Route(.get, "/forever", "Never ends", tag: "", access: .read, gives: .json(.any)) { _ in
            let never = Completion<Void>()
            try await never.wait()
            return Response(.ok)
        }
        try await withServer(.default, sampleRoutes + [forever]) { server in
            let short = try await RawClient(port: server.port)
            let long = try await RawClient(port: server.port)
            let idle = try await RawClient(port: server.port)
            short.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
            long.send("GET /forever HTTP/1.1\r\nHost: a\r\n\r\n")
            // The short one may be answered already.
            try await eventually("the requests") {
                server.inFlight > 0 && (server.inFlight == 2 || !short.text.isEmpty)
            }
            await server.stop(within: .milliseconds(300))
            #expect(try await short.waitForEnd().hasSuffix("later"))
            #expect(try await long.waitForEnd().hasPrefix("HTTP/1.1 503"))
            #expect(try await idle.waitForEnd().isEmpty)
            #expect(server.connections == 0)
        }
    }

    /// A request that is under way when the server begins to stop is answered, as the last of its connection.
    @Test @Loop func whatIsUnderWayToAServerThatStopsIsAnswered() async throws {
        try await withServer { server in
            let kept = try await RawClient(port: server.port)
            kept.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await kept.wait(for: "hello"))
            let fresh = try await RawClient(port: server.port)
            try await eventually("the connections") { server.connections == 2 }
            let stop = Task { @Loop in await server.stop(within: .seconds(5)) }
            try await Loop.sleep(for: .milliseconds(50))
            for client in [kept, fresh] { client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n") }
            for client in [kept, fresh] {
                let text = try await client.waitForEnd()
                #expect(text.hasSuffix("later") && text.contains("connection: close"), "\(text)")
            }
            await stop.value
        }
    }

    /// Also of what the server itself refuses; a page's own policy is kept and completed.
    @Test @Loop func everyAnswerSaysWhatBrowsersMustNotDo() async throws {
        let page = Route(.get, "/page", "A page", tag: "", access: .open, gives: .page) { _ in
            Response(.ok, text: "<p>", contentType: "text/html").with("content-security-policy", "default-src 'self'")
                .with("cache-control", "private")
        }
        try await withServer(.default, sampleRoutes + [page]) { server in
            for path in ["/hello", "/nowhere", "/stream", "/fails", "/page", "/ bad"] {
                let answer = try await exchange(
                    "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", port: server.port)
                let policy = path == "/page" ? "'self'" : "'none'"
                for line in [
                    "x-content-type-options: nosniff", "cross-origin-resource-policy: same-origin",
                    "cache-control: \(path == "/page" ? "private" : "no-store")",
                    "content-security-policy: default-src \(policy); frame-ancestors 'none'; base-uri 'none'",
                ] {
                    #expect(
                        answer.split(separator: "\r\n\(line)\r\n", omittingEmptySubsequences: false).count == 2,
                        "\(path): \(line)")
                }
                #expect(!answer.contains("strict-transport"))
            }
        }
    }
}
