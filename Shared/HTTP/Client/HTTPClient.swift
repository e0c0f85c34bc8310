import CCurl
import EventLoop

/// A request to another program.
public struct ClientRequest: Sendable {
    /// The method.
    public var method: Method
    /// An absolute URL, `http` or `https`.
    public var url: String
    /// The header fields.
    public var headers: Headers
    /// The body.
    public var body: [UInt8]
    /// Time for everything from looking up the name to the last byte.
    public var timeout: Duration
    /// A longer body is an error.
    public var maximumBytes: Int

    /// Makes a request: 30 s and 8 MiB unless told otherwise.
    public init(
        _ method: Method, _ url: String, headers: Headers = [:], body: [UInt8] = [],
        timeout: Duration = .seconds(30), maximumBytes: Int = 8 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maximumBytes = maximumBytes
    }
}

/// What another program answered, whatever its status.
public struct ClientResponse: Sendable {
    /// The status.
    public let status: Status
    /// The header fields.
    public let headers: Headers
    /// The body.
    public let body: [UInt8]
}

/// Why there was no answer.
public struct HTTPClientError: Error, CustomStringConvertible {
    /// What failed.
    public enum Kind: Sendable {
        /// The URL or a header field cannot be sent.
        case invalid
        /// The name is unknown.
        case resolve
        /// Nobody takes the connection.
        case connect
        /// The peer's certificate or its TLS is not accepted.
        case tls
        /// The time was over.
        case timeout
        /// The answer is larger than allowed.
        case tooLarge
        /// The connection broke or the peer does not speak HTTP.
        case broken
    }

    /// What failed.
    public let kind: Kind
    /// For people.
    public let description: String
}

/// Sends HTTP requests; connections are kept and used again, redirects are answers like others.
@Loop
public final class HTTPClient {
    private let engine: CurlEngine
    private let proxy: String

    /// Makes a client; requests above `connectionsPerHost` wait. A proxy is used only where given here.
    public init(connectionsPerHost: Int = 16, proxy: String? = nil) throws {
        engine = try CurlEngine(connectionsPerHost: connectionsPerHost)
        self.proxy = proxy ?? ""
    }

    /// Sends a request and gives its answer; throws `HTTPClientError`, or `CancellationError` when cancelled.
    public func send(_ request: ClientRequest) async throws -> ClientResponse {
        let transfer = try Transfer(limit: request.maximumBytes)
        defer { transfer.discard() }
        try prepare(transfer, request)
        do {
            try await engine.run(transfer)
        } catch let error as TransferError {
            throw HTTPClientError(
                kind: transfer.isTooLarge ? .tooLarge : Self.kind(error.code), description: error.text)
        }
        var headers = Headers()
        for line in transfer.lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            headers.add(String(line[..<colon]), String(value))
        }
        return ClientResponse(
            status: Status(rawValue: transfer.responseCode), headers: headers, body: transfer.received)
    }

    private func prepare(_ transfer: Transfer, _ request: ClientRequest) throws {
        let lines = request.headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        guard (lines + [request.url]).allSatisfy({ $0.utf8.allSatisfy(Byte.isFieldValue) }) else {
            throw HTTPClientError(kind: .invalid, description: "a control character in the URL or a header field")
        }
        transfer.set(CURLOPT_URL, request.url)
        transfer.set(CURLOPT_PROTOCOLS_STR, "http,https")
        transfer.set(CURLOPT_PROXY, proxy)
        transfer.set(timeout: request.timeout)
        if request.method == .head { transfer.set(CURLOPT_NOBODY, 1) }
        if !request.body.isEmpty || request.method == .post || request.method == .put {
            transfer.setBody(request.body)
        }
        if request.method != .head { transfer.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
        let contentType = request.headers["content-type"] == nil ? ["content-type:"] : []
        transfer.set(CURLOPT_HTTPHEADER, lines + contentType + ["expect:"])
    }

    private static func kind(_ code: CURLcode) -> HTTPClientError.Kind {
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalid
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
        case CURLE_COULDNT_CONNECT: .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM:
            .tls
        case CURLE_OPERATION_TIMEDOUT: .timeout
        default: .broken
        }
    }
}
