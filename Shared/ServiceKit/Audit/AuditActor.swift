import EventLoop
import FoundationEssentials
import HTTP

/// Who does something, as the audit writes it down.
public struct AuditActor: Sendable {
    /// What tells it from all others, as principals have it: `person:0190…`, `local`, `key:4f1c9a02`.
    public let id: String
    /// How it is called, for people.
    public let name: String
    /// The session, of a person who has signed in.
    public let session: UUID?
    /// Where it asks from, as far as that is known.
    public let address: String

    /// Describes who does something.
    public init(id: String, name: String, session: UUID? = nil, address: String = "") {
        self.id = id
        self.name = name
        self.session = session
        self.address = address
    }

    /// Who is at work in this task; nil where it is the service itself.
    @TaskLocal public static var current: AuditActor?
}

extension Route {
    /// The same operation, in which whoever asks is known to what is written down. A page knows more closely whose session it is.
    var knowingActor: Route {
        with { request in
            let actor = AuditActor(
                id: request.principal.id, name: request.principal.name, address: request.peerAddress)
            return try await AuditActor.$current.withValue(actor) { try await handler(request) }
        }
    }

    /// The same operation for others, or answered otherwise.
    public func with(access: Access? = nil, _ other: Handler? = nil) -> Route {
        Route(
            method, path, summary, tag: tag, access: access ?? self.access, parameters: parameters, body: body,
            gives: answers[0], or: Array(answers.dropFirst()), refuses: refusals, handler: other ?? handler)
    }
}
