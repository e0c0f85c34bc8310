import EventLoop
import FoundationEssentials
import Text

/// What is looked for in an audit; what is nil is not looked at.
public struct AuditSearch: Sendable {
    /// Only those before the entry of a number.
    public var after: Int?
    /// Who did it: `person:0190…`.
    public var actor: String?
    /// To what: `party:0190…`.
    public var subject: String?
    /// How what was done begins: `party.`.
    public var action: String?
    /// Not before.
    public var from: Date?
    /// Before.
    public var until: Date?
    /// How many at most.
    public var limit = 50

    /// Looks for all.
    public init() {}
}

/// An entry that was found.
public struct AuditFound: Codable, Sendable {
    /// Its number in the service, by which the next page is asked for.
    public let number: Int
    /// Its place in the tree; nil in its first second.
    public let place: Int?
    /// What it says.
    public let entry: AuditEntry
}

extension Audit {
    /// Entries of the service itself, the newest first, each as it is kept.
    @Loop
    static func rows(
        _ search: AuditSearch, _ context: ServiceContext
    ) async throws -> [(number: Int, entry: String, place: Int?)] {
        try await context.rows(
            AuditStore.page, search.after, search.actor, search.subject,
            search.action.map { LikePattern.literal($0) + "%" }, search.from, search.until, search.limit
        ).map { ($0, $1, $2) }
    }

    /// The same, read.
    @Loop
    public static func found(_ search: AuditSearch, _ context: ServiceContext) async throws -> [AuditFound] {
        try await rows(search, context).map { number, entry, place in
            AuditFound(
                number: number, place: place,
                entry: try JSONDecoder().decode(AuditEntry.self, from: Data(entry.utf8)))
        }
    }
}
