import FoundationEssentials

/// A person is to be forgotten: every service removes what it holds of the party and answers with a receipt. Nothing of the person
/// stands in it.
public struct PartyErased: EventData, Codable {
    /// `contacts.party.erased`.
    public static let type = "contacts.party.erased"
    /// The party.
    public let partyId: UUID
    /// What receipts refer to; nil where nobody asked for them, as when an import was taken back by a program of before `PartyRemoved`.
    public let erasureId: UUID?
    /// Tells of an erasure.
    public init(partyId: UUID, erasureId: UUID?) {
        self.partyId = partyId
        self.erasureId = erasureId
    }
}

/// What became of the rows of one table in an erasure.
public struct ErasureLine: Codable, Sendable, Equatable {
    /// What the rows are.
    public let table: String
    /// How many there were.
    public let rows: Int
    /// `removed`, `blanked` (the row stays, nothing of the person in it) or `kept`.
    public let action: String
    /// Why they were not removed.
    public let reason: String?
    /// Describes a line.
    public init(table: String, rows: Int, action: String, reason: String?) {
        self.table = table
        self.rows = rows
        self.action = action
        self.reason = reason
    }
}

/// A service that answers erasures.
public protocol ErasureOwner: Sendable {
    /// `sales`.
    static var name: String { get }
}

/// Who answers erasures, beside contacts itself.
public enum ErasureOwners {
    /// Sales.
    public enum Sales: ErasureOwner {
        /// `sales`.
        public static let name = "sales"
    }
    /// Campaigns.
    public enum Campaigns: ErasureOwner {
        /// `campaigns`.
        public static let name = "campaigns"
    }
    /// Tickets.
    public enum Tickets: ErasureOwner {
        /// `tickets`.
        public static let name = "tickets"
    }
    /// Notifications.
    public enum Notifications: ErasureOwner {
        /// `notifications`.
        public static let name = "notifications"
    }
}

/// A service has forgotten a person, as far as it may.
public struct ErasureCompleted<Owner: ErasureOwner>: EventData, Codable {
    /// `sales.erasure.completed` and so on.
    public static var type: String { "\(Owner.name).erasure.completed" }
    /// The party.
    public let partyId: UUID
    /// Which erasure.
    public let erasureId: UUID
    /// What was removed or kept, and why.
    public let lines: [ErasureLine]
    /// Answers an erasure.
    public init(partyId: UUID, erasureId: UUID, lines: [ErasureLine]) {
        self.partyId = partyId
        self.erasureId = erasureId
        self.lines = lines
    }
}
