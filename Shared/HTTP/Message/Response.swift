import EventLoop
import FoundationEssentials

/// What a handler answers.
public struct Response: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        case stream(@Loop @Sendable (BodyWriter) async throws -> Void)
    }

    /// The status.
    public var status: Status
    /// The fields but those about framing, connection and date, which the server writes itself.
    public var headers = Headers()
    var body: Body
    /// Ends at once when the server stops, unlike a download.
    var isEventStream = false

    /// An answer without a body.
    public init(_ status: Status, headers: Headers = [:]) {
        self.status = status
        self.headers = headers
        body = .bytes([])
    }

    /// An answer with a body.
    public init(_ status: Status, bytes: [UInt8], contentType: String) {
        self.status = status
        headers.add("content-type", contentType)
        body = .bytes(bytes)
    }

    /// An answer with text as its body, UTF-8.
    public init(_ status: Status, text: String, contentType: String = "text/plain; charset=utf-8") {
        self.init(status, bytes: Array(text.utf8), contentType: contentType)
    }

    /// An answer with a value as JSON, keys sorted; throws what the value's encoding throws.
    public init(_ status: Status, json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(status, bytes: Array(try encoder.encode(value)), contentType: "application/json")
    }

    /// An answer whose body `produce` writes bit by bit; it is cancelled when the peer hangs up, and where it throws,
    /// the connection breaks off, so that the peer sees that the body is not whole.
    public static func stream(
        _ status: Status = .ok, contentType: String,
        _ produce: @escaping @Loop @Sendable (BodyWriter) async throws -> Void
    ) -> Response {
        var response = Response(status)
        response.headers.add("content-type", contentType)
        response.body = .stream(produce)
        return response
    }

    /// Server-sent events; the stream lasts until `produce` ends, the peer hangs up or the server stops.
    public static func events(_ produce: @escaping @Loop @Sendable (BodyWriter) async throws -> Void) -> Response {
        var response = stream(contentType: "text/event-stream", produce)
        response.headers.add("cache-control", "no-cache")
        response.isEventStream = true
        return response
    }

    /// The same answer with one more header field.
    public func with(_ name: String, _ value: String) -> Response {
        var response = self
        response.headers.add(name, value)
        return response
    }

    /// The body, where it is not streamed: for middleware and tests.
    public var bytes: [UInt8]? { if case .bytes(let bytes) = body { bytes } else { nil } }
}
