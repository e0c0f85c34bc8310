import Crypto
import EventLoop
import HTTP
import Telemetry

/// Finds who asks, from what a request carries: the administrator's token, a key, and whatever else is added. Where nothing was set up and
/// only this machine can ask, programs of this machine are trusted.
@Loop
public final class Credentials {
    /// Finds whose bearer token it is; nil where it is not of this kind, and a problem where it is and is not good.
    public typealias Check = @Loop @Sendable (_ bearer: String) async throws -> Principal?

    private let token: [UInt8]?
    let keys: KeyBook?
    private let isLoopback: Bool
    private var checks: [Check] = []
    private var persons: Check?

    /// Takes the settings of a process; `isLoopback` says that only this machine can reach it.
    init(token: String?, keys: String?, isLoopback: Bool, _ log: Log) {
        self.token = token.map { Array($0.utf8) }
        self.keys = keys.map { KeyBook($0, log) }
        self.isLoopback = isLoopback
    }

    /// Adds a kind of token, looked at after those before.
    public func add(_ check: @escaping Check) { checks.append(check) }

    /// Takes tokens of persons. Who sends one is that person on a machine that trusts its programs too.
    func take(persons check: @escaping Check) { persons = check }

    /// Whether programs of this machine are trusted without credentials.
    var trustsThisMachine: Bool {
        isLoopback && token == nil && checks.isEmpty && keys?.isInUse != true
    }

    /// Who asks; a 401 where that is not said or not known.
    func principal(of request: Request) async throws -> Principal {
        if trustsThisMachine {
            let bearer = request.headers["authorization"].flatMap { Self.bearer($0) }
            if let bearer, let person = try await persons?(bearer) { return person }
            return .local
        }
        guard let header = request.headers["authorization"] else {
            throw Self.refusal("This needs the header Authorization: Bearer with a key or the suite's token.")
        }
        guard let bearer = Self.bearer(header) else {
            throw Self.refusal("Only Authorization: Bearer is understood here.")
        }
        if let token, constantTimeEqual(Array(bearer.utf8), token) { return .administrator }
        if let known = try keys?.principal(of: bearer) { return known }
        if let known = try await persons?(bearer) { return known }
        for check in checks {
            if let known = try await check(bearer) { return known }
        }
        throw Self.refusal("Nobody is known by this token.")
    }

    /// The text behind the scheme, whose case does not count (RFC 9110, section 11.1).
    private static func bearer(_ header: String) -> String? {
        let scheme = "bearer "
        let bytes = header.utf8
        guard bytes.count > scheme.utf8.count,
            zip(bytes, scheme.utf8).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 })
        else { return nil }
        return String(header.utf8.dropFirst(scheme.utf8.count))
    }

    static func refusal(_ detail: String) -> Problem {
        Problem(status: .unauthorized, detail: detail, headers: ["www-authenticate": "Bearer"])
    }
}
