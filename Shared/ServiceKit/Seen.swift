import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres

/// What a caller who changes something has read of it, and what he asks for: nobody overwrites what he has not seen.
public struct Seen: Sendable {
    private let version: Int
    private let yours: String

    /// Reads `If-Match`; a 428 without.
    @Loop
    public init(_ request: Request) async throws {
        version = try request.seenVersion()
        yours = request.method == .delete ? "null" : String(decoding: try await request.wholeBody(), as: UTF8.self)
    }

    /// Refuses a caller who has not read the latest form: a 412 with both, so that a person can choose between them.
    public func check(_ what: String, _ current: String, at version: Int) throws {
        guard version != self.version else { return }
        var problem = Problem(
            status: .preconditionFailed,
            detail: "The \(what) has changed since you read it: compare `current` with `yours` and repeat the change.",
            headers: ["etag": "\"\(version)\""])
        problem.members = ["current": current, "yours": yours]
        throw problem
    }

    /// The same for what is shown by a resource; its form is read only where it is to be told.
    @Loop
    public func check(
        _ resource: Resource, _ id: UUID, at version: Int, in transaction: Transaction
    ) async throws {
        guard version != self.version else { return }
        try check(resource.name, try await resource.shown(id, in: transaction).0, at: version)
    }

    /// The same for what has no number of its own.
    public func check(_ what: String, _ current: String) throws {
        try check(what, current, at: Seen.version(of: current))
    }

    /// The version of what has no number of its own: a digest of its form, which is another whenever there is something else to read.
    public static func version(of form: String) -> Int {
        SHA256.digest(Array(form.utf8)).prefix(8).reduce(0) { $0 << 8 | Int($1) } & .max
    }
}

extension Response {
    /// JSON of what has no number of its own, with the digest of this form as ETag.
    public static func shown(_ form: String) -> Response { .stored(form, version: Seen.version(of: form)) }
}

extension Route.Parameter {
    /// The parameter of a change.
    public static let ifMatch = Route.Parameter.header("If-Match", .string, "The ETag that was read; without it a 428")
    /// The parameter of what creates.
    public static let idempotencyKey = Route.Parameter.header(
        "Idempotency-Key", .string, "The same again gets the same answer and has no second effect")
}
