import Crypto
import EventLoop
import HTTP
import Telemetry

/// What stands around every request: trace, figures, sign-in, and holding back while the outbox cannot drain.
@Loop
final class HTTPSurface {
    /// Set while events cannot be published for long: changes are refused before anything overflows.
    var isOverloaded = false
    /// Whether changes are taken: not before the service knows what was told before, and not where another schema speaks for it.
    var isOpen = true
    /// Whether what is stored may be less than what was told: then nothing is shown, as it would be missed.
    var isIncomplete: @Loop () -> Bool = { false }
    private let seconds = Metrics.shared.histogram(
        "http_request_duration_seconds", help: "Time from the request's head to the answer's")
    private var requests: [Answered: Counter] = [:]

    /// What one counter counts.
    private struct Answered: Hashable {
        let path: String
        let method: Method
        let status: Int
    }

    private let credentials: Credentials
    private let limiter: Limiter

    init(_ credentials: Credentials, _ limits: SurfaceLimits, _ log: Log) {
        self.credentials = credentials
        limiter = Limiter(limits, log)
    }

    func middleware(_ log: Log) -> [Middleware] {
        [
            { [self] request, next in
                let begin = Loop.now
                let trace = request.headers["traceparent"].flatMap { Trace(traceparent: $0)?.child() } ?? .make()
                let response = await Trace.$current.withValue(trace) { await next(request) }
                seconds.observe((Loop.now - begin).seconds)
                count(request.route?.path ?? "unknown", request.method, response.status.rawValue)
                Trace.$current.withValue(trace) {
                    log.debug(
                        "answered",
                        [
                            "method": request.method.rawValue, "path": request.route?.path ?? "unknown",
                            "status": response.status.rawValue,
                        ])
                }
                return response
            },
            { [self] request, next in
                try await admit(request)
                let account = try limiter.begin(request)
                defer { limiter.end(account) }
                if !isOpen, request.method != .get, request.method != .head, !isOperation(request.route) {
                    throw Problem(
                        status: .unavailable, detail: "This service takes no changes now; /health/ready says why.",
                        headers: ["retry-after": "5"])
                }
                if isIncomplete(), request.route?.right != nil, !isOperation(request.route) {
                    throw Problem(
                        status: .unavailable,
                        detail: "This service does not know yet all that was told before; /health/ready says why.",
                        headers: ["retry-after": "5"])
                }
                if isOverloaded, request.method != .get, request.method != .head {
                    throw Problem(
                        status: .unavailable, detail: "Events cannot be published at the moment; try again later.",
                        headers: ["retry-after": "5"])
                }
                return await next(request)
            },
        ]
    }

    /// Finds who asks, and refuses whoever may not. By the route that was found: the path as written has many spellings.
    private func admit(_ request: Request) async throws {
        switch request.route?.access {
        case nil, .open: break
        case .link(let purpose): request.principal = .link(purpose)
        case .right:
            // What a page of another site makes a browser send, which says so (Fetch Metadata).
            if request.headers["sec-fetch-site"] == "cross-site" {
                throw Problem(status: .forbidden, detail: "Pages of another site may not ask here.")
            }
            if credentials.trustsThisMachine { try checkOrigin(request) }
            let principal: Principal
            do {
                principal = try await credentials.principal(of: request)
            } catch {
                try limiter.guessed(request)
                throw error
            }
            request.principal = principal
            if let need = request.route?.need, principal.rights.contains(need) { return }
            // Of an area that is not in the list only who may do all knows what it is.
            guard principal.rights == .all else {
                throw Problem(
                    status: .forbidden,
                    detail: "This needs the right \(request.route?.right ?? ""), which \(principal.name) has not.")
            }
        }
    }

    /// Whether an operation is about the process and not about what it stores.
    private func isOperation(_ route: Route?) -> Bool { route?.access == .operate || route?.access == .watch }

    /// Without a token only programs of this machine may ask, and no page from elsewhere that a browser here has open (RFC 6454).
    private func checkOrigin(_ request: Request) throws {
        // A page whose own name leads to this machine (DNS rebinding) sends no Origin, and its name as the host.
        if let host = request.authority, Authority(host)?.isThisMachine != true {
            throw Problem(
                status: .forbidden,
                detail: "This answers to localhost only; make a key or set API_TOKEN to be asked by other names.")
        }
        guard let origin = request.headers["origin"] else { return }
        guard Authority(origin: origin)?.isThisMachine == true else {
            throw Problem(status: .forbidden, detail: "Pages of another site may not ask here without a key.")
        }
    }

    private func count(_ path: String, _ method: Method, _ status: Int) {
        let key = Answered(path: path, method: method, status: status)
        let counter: Counter
        if let known = requests[key] {
            counter = known
        } else {
            counter = Metrics.shared.counter(
                "http_requests_total", help: "Requests answered",
                labels: ["method": method.rawValue, "path": path, "status": "\(status)"])
            requests[key] = counter
        }
        counter.increment()
    }
}
