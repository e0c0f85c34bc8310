import EventLoop

/// Answers what is inside it; errors have become answers already.
public typealias Next = @Loop @Sendable (Request) async -> Response

/// Stands around every request, also those no route is found for: metrics, access log, sign-in, idempotency.
public typealias Middleware = @Loop @Sendable (Request, Next) async throws -> Response

/// Finds the route of a request and answers it.
public struct Router: Sendable {
    /// The routes, in the order given.
    public let routes: [Route]
    private let table: RouteTable
    private let chain: Next
    /// Told of errors for which the server is to blame.
    let onError: @Loop @Sendable (any Error, Request) -> Void

    /// Makes a router; two routes with the same method and path are a programming error. The first middleware is the
    /// outermost. `onError` is told of errors that are answered with 500 and above: what nobody foresaw, and what it stands on.
    public init(
        _ routes: [Route], middleware: [Middleware] = [],
        onError: @escaping @Loop @Sendable (any Error, Request) -> Void = { _, _ in }
    ) {
        self.routes = routes
        self.onError = onError
        table = RouteTable(routes)
        var chain: Next = { request in
            do {
                return try await Self.answer(request)
            } catch {
                return Self.response(to: error, request, onError)
            }
        }
        for layer in middleware.reversed() {
            let inner = chain
            chain = { request in
                do {
                    return try await layer(request, inner)
                } catch {
                    return Self.response(to: error, request, onError)
                }
            }
        }
        self.chain = chain
    }

    /// Answers a request, whatever happens.
    @Loop
    public func respond(to request: Request) async -> Response {
        request.match = table.match(request.head)
        if case .found(let index, let values) = request.match {
            request.route = routes[index]
            request.pathValues = values
        }
        return await chain(request)
    }

    @Loop
    private static func answer(_ request: Request) async throws -> Response {
        switch request.match {
        case .found:
            guard let route = request.route else { throw Problem(status: .notFound) }
            try route.check(request)
            try checkCoding(request)
            return try await route.handler(request)
        case .wrongMethod(let allow) where request.method == .options:
            return Response(.noContent, headers: ["allow": allow])
        case .wrongMethod(let allow):
            throw Problem(
                status: 405, detail: "\(request.method.rawValue) is not an operation of this path.",
                headers: ["allow": allow])
        case .malformed:
            throw Problem(
                status: .badRequest, detail: "The path is malformed.",
                errors: [FieldError(field: "path", message: "must be percent-encoded UTF-8 without NUL, . and ..")])
        case .unknown where request.method == .options && request.path == "*":
            // About the server as a whole (RFC 9110, 9.3.7).
            return Response(.noContent, headers: ["allow": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"])
        case .unknown:
            throw Problem(status: .notFound, detail: "There is nothing at this path.")
        }
    }

    /// Bodies are taken as they are: what is packed small may be large (RFC 9110, 8.4 and 15.5.16).
    @Loop
    private static func checkCoding(_ request: Request) throws {
        guard request.body != nil, let coding = request.headers["content-encoding"], coding.lowercased() != "identity"
        else {
            return
        }
        throw Problem(
            status: 415, detail: "Bodies are not taken in the coding \(FieldError.shortened(coding)).",
            headers: ["accept-encoding": "identity"])
    }

    @Loop
    private static func response(
        to error: any Error, _ request: Request, _ onError: @Loop @Sendable (any Error, Request) -> Void
    ) -> Response {
        switch error {
        case let problem as Problem: return problem.response
        case let error as any ProblemConvertible:
            let problem = error.problem
            if problem.status.rawValue >= 500 { onError(error, request) }
            return problem.response
        case is CancellationError:
            return Problem(status: .unavailable, detail: "The request was cancelled.").response
        case is DeadlineExceeded:
            return Problem(status: .unavailable, detail: "It took too long.", headers: ["retry-after": "1"]).response
        default:
            onError(error, request)
            return Problem(status: .internalError).response
        }
    }
}
