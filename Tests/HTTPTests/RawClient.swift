import EventLoop

@testable import HTTP

/// A client without manners: sends the bytes it is given and keeps what comes back.
@Loop
final class RawClient {
    let stream: Stream
    private(set) var received: [UInt8] = []
    private(set) var hasEnded = false
    private let changed = Notice()

    init(port: Int) async throws {
        stream = try await Stream.connect(host: "127.0.0.1", port: port)
        // The stream lives on where a test has let go of its client.
        stream.onBytes = { [weak self] bytes in
            self?.received.append(contentsOf: bytes)
            self?.changed.notify()
        }
        stream.onEnd = { [weak self] _ in
            self?.hasEnded = true
            self?.changed.notify()
        }
        stream.resumeReading()
    }

    var text: String { String(decoding: received, as: UTF8.self) }

    func send(_ text: String) { stream.write(Array(text.utf8)) }

    /// Waits until the answer has `part` in it; false when it ended or 10 s passed without.
    func wait(for part: String) async throws -> Bool {
        _ = try await changed.wait(until: { hasEnded || text.contains(part) }, atMost: .seconds(10))
        return text.contains(part)
    }

    func waitForEnd() async throws -> String {
        _ = try await changed.wait(until: { hasEnded }, atMost: .seconds(10))
        stream.close()
        return hasEnded ? text : "still open: \(text)"
    }
}

/// A server with routes of all kinds, for one test.
@Loop
func withServer(
    _ limits: Limits = .default, _ routes: [Route] = sampleRoutes, middleware: [Middleware] = [],
    _ body: (HTTPServer) async throws -> Void
) async throws {
    let server = try HTTPServer(
        address: "127.0.0.1", port: 0, router: Router(routes, middleware: middleware), limits: limits)
    do {
        try await body(server)
    } catch {
        await server.stop(within: .zero)
        throw error
    }
    await server.stop(within: .zero)
}

/// Sends `input` in one piece or cut at `cut` and gives all answers, without their dates.
@Loop
func exchange(_ input: String, cut: Int? = nil, port: Int) async throws -> String {
    let bytes = Array(input.utf8)
    let client = try await RawClient(port: port)
    if let cut {
        client.stream.write(Array(bytes[..<cut]))
        try await Loop.sleep(for: .milliseconds(2))
        client.stream.write(Array(bytes[cut...]))
    } else {
        client.stream.write(bytes)
    }
    let answer = try await client.waitForEnd()
    return answer.split(separator: "\r\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("date: ") }.joined(separator: "\r\n")
}

let sampleRoutes: [Route] = [
    Route(.get, "/hello", "Says hello", tag: "", access: .read, gives: .json(.any)) { _ in Response(.ok, text: "hello")
    },
    Route(
        .get, "/people/{id}", "Reads one", tag: "", access: .read, parameters: [.path("id", .integer(1...999))],
        gives: .json(.any)
    ) { request in
        Response(.ok, text: request.path("id"))
    },
    Route(
        .get, "/people", "Lists", tag: "", access: .read,
        parameters: [
            .query("limit", .integer(1...200)), .query("kind", .enumeration(["a", "b"])),
            .query("tag", .array(.string)),
        ], gives: .json(.any)
    ) { request in
        let limit = request.query("limit", as: Int.self).map(String.init) ?? "none"
        return Response(.ok, text: "\(limit) \(request.queries("tag"))")
    },
    Route(.post, "/people", "Creates", tag: "", access: .change, body: .json(.any), gives: .json(.any, .created)) {
        request in
        Response(.created, bytes: try await request.body(), contentType: "application/json")
    },
    Route(.post, "/echo", "Gives back", tag: "", access: .change, gives: .json(.any)) { request in
        Response(.ok, bytes: try await request.body(limit: 1000), contentType: "text/plain")
    },
    Route(.post, "/count", "Counts an upload", tag: "", access: .change, gives: .json(.any)) { request in
        var count = 0
        while let part = try await request.nextPart() { count += part.count }
        return Response(.ok, text: "\(count)")
    },
    Route(.post, "/ignore", "Reads nothing", tag: "", access: .change, gives: .json(.any)) { _ in
        Response(.ok, text: "ignored")
    },
    Route(.get, "/large", "Much", tag: "", access: .read, gives: .json(.any)) { _ in
        Response(.ok, bytes: [UInt8](repeating: 0x61, count: 3_000_000), contentType: "text/plain")
    },
    Route(.get, "/stream", "Bit by bit", tag: "", access: .read, gives: .json(.any)) { _ in
        .stream(contentType: "text/plain") { writer in
            for number in 0..<3 {
                try await writer.write("part \(number)\n")
                try await Loop.sleep(for: .milliseconds(1))
            }
        }
    },
    Route(.get, "/fails", "Fails", tag: "", access: .read, gives: .json(.any)) { _ in throw UnexpectedError() },
    Route(.get, "/later", "Waits", tag: "", access: .read, gives: .json(.any)) { _ in
        try await Loop.sleep(for: .milliseconds(20))
        return Response(.ok, text: "later")
    },
]

struct UnexpectedError: Error {}
