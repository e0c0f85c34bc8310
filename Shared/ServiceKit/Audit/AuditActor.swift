import FoundationEssentials

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

    /// Who is at work in this task, where that is known more closely than by the request's principal: a page knows whose session it is.
    @TaskLocal public static var current: AuditActor?
}
