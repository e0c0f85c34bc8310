import EventLoop

/// Takes note of the time that requests of one caller hold the loop.
@Loop
public protocol LoopMeter: AnyObject {
    /// So much more.
    func spent(_ time: Duration)
}

/// One received request; its body is read by the handler, or not.
@Loop
public final class Request {
    /// The method as sent, `HEAD` included.
    public nonisolated let method: Method
    /// The header fields.
    public nonisolated var headers: RequestHeaders { RequestHeaders(head: head) }
    /// The route that was found, for middleware: its `path` is a good label for metrics.
    public internal(set) var route: Route?
    /// Who asks; the surface finds it before a handler is called.
    public var principal = Principal.anybody
    /// What tells the peer's address from others, for limits.
    public nonisolated let client: UInt64
    /// Whose time on the loop it takes, once that is known.
    public var meter: (any LoopMeter)?
    /// Whether it is still in the piece of work that the connection measures.
    var isMeasured = false

    nonisolated let head: RequestHead
    let body: RequestBody?
    var match = RouteTable.Match.unknown
    var pathValues: [String] = []
    private var attached: [ObjectIdentifier: any Sendable] = [:]
    private let findPeer: @Loop () -> String
    lazy var parsedQuery = Query(head)

    init(_ head: RequestHead, body: RequestBody?, client: UInt64 = 0, peer: @escaping @Loop () -> String) {
        self.head = head
        self.client = client
        self.body = body
        method = head.method
        findPeer = peer
    }

    /// A request without a connection, for tests of handlers; throws where no server would take it.
    public convenience init(
        _ method: Method, _ target: String, headers: Headers = [:], body: [UInt8] = []
    ) throws {
        var text = "\(method.rawValue) \(target) HTTP/1.1\r\nhost: localhost\r\n"
        for field in headers.fields { text += "\(field.name): \(field.value)\r\n" }
        let parsed: RequestHead
        do throws(Refusal) {
            let bytes = Array("\(text)content-length: \(body.count)\r\n\r\n".utf8)
            guard let (head, _) = try HeadParser.parse(bytes.span, .default) else {
                throw Refusal(.badRequest, "The request is incomplete.")
            }
            parsed = head
        } catch {
            throw Problem(error)
        }
        self.init(parsed, body: body.isEmpty ? nil : RequestBody(whole: body), peer: { "" })
    }

    /// The path as sent, without the query: `/v1/parties/7`.
    public nonisolated var path: String { head.text(head.path) }

    /// The host that is asked and its port, as sent: of the target where that is absolute, else of the field.
    public nonisolated var authority: String? { head.authority.map(head.text) }

    /// The query as sent, without the question mark.
    public nonisolated var rawQuery: String { head.query.map(head.text) ?? "" }

    /// The peer's address and port, as seen by the socket.
    public lazy var peerAddress: String = findPeer()

    /// The decoded value of `{name}` in the route's path; empty where the route has no such name.
    public func path(_ name: String) -> String {
        guard let index = route?.pathNames.firstIndex(of: name), index < pathValues.count else {
            assertionFailure("the route has no {\(name)}")
            return ""
        }
        return pathValues[index]
    }

    /// The value of a query parameter, if it was sent.
    public func query(_ name: String) -> String? { parsedQuery.items.first { $0.name == name }?.value }

    /// The value of a query parameter as a number or the like; declared ones have been checked before.
    public func query<T: LosslessStringConvertible>(_ name: String, as type: T.Type) -> T? {
        query(name).flatMap { T($0) }
    }

    /// All values of a query parameter that is declared as an array.
    public func queries(_ name: String) -> [String] {
        parsedQuery.items.filter { $0.name == name }.map(\.value)
    }

    /// What middleware attached for handlers, by its type: the signed-in user, an idempotency key.
    public subscript<T: Sendable>(_ type: T.Type) -> T? {
        get { attached[ObjectIdentifier(type)] as? T }
        set { attached[ObjectIdentifier(type)] = newValue }
    }

    /// Does what may hold the loop for long, on the account of whoever asks.
    public func measured<T>(_ work: () throws -> T) rethrows -> T {
        guard !isMeasured, let meter else { return try work() }
        let begin = Loop.now
        defer { meter.spent(Loop.now - begin) }
        return try work()
    }

    // MARK: The body

    /// The whole body; throws a 413 problem above `limit` bytes, which is what the route takes unless said otherwise.
    public func body(limit given: Int? = nil) async throws -> [UInt8] {
        let limit = given ?? (route?.takes ?? .usual).bytes
        let tooLarge = Problem(status: .contentTooLarge, detail: "At most \(limit) bytes are taken here.")
        if case .length(let length) = head.framing, length > limit { throw tooLarge }
        var whole: [UInt8] = []
        while let part = try await nextPart() {
            if whole.count + part.count > limit { throw tooLarge }
            if whole.isEmpty { whole = part } else { whole.append(contentsOf: part) }
            body?.kept = whole.count
        }
        return whole
    }

    /// The fields of a form that a page has sent, the last of each name; throws a 400 or 415 problem where the body is none.
    public func form() async throws -> [String: String] {
        guard headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true else {
            throw Problem(status: 415, detail: "The body must be application/x-www-form-urlencoded.")
        }
        let fields = Query(form: try await body()[...])
        guard !fields.isMalformed else { throw Problem(status: .badRequest, detail: "The form cannot be decoded.") }
        return Dictionary(fields.items.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// The next bytes of the body as they come, nil at its end: for uploads of any length.
    public func nextPart() async throws -> [UInt8]? { try await body?.next() }
}
