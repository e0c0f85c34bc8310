import FoundationEssentials

/// Everything that is held on a person is to be gathered: every service answers with its part.
public struct ArchiveRequested: EventData, Codable {
    /// `contacts.archive.requested`.
    public static let type = "contacts.archive.requested"
    /// What the answers refer to.
    public let archiveId: UUID
    /// The party.
    public let partyId: UUID
    /// Asks for a part.
    public init(archiveId: UUID, partyId: UUID) {
        self.archiveId = archiveId
        self.partyId = partyId
    }
}

/// A piece of what a service holds on a person; the pieces in their order are one JSON text, an object of lists by table.
public struct ArchiveDelivered<Owner: ErasureOwner>: EventData, Codable {
    /// `sales.archive.delivered` and so on.
    public static var type: String { "\(Owner.name).archive.delivered" }
    /// Which archive.
    public let archiveId: UUID
    /// The party.
    public let partyId: UUID
    /// The piece's place, from 0.
    public let piece: Int
    /// How many pieces there are.
    public let pieces: Int
    /// UTF-8 in base 64, for a piece may end within a character.
    public let bytes: String
    /// Answers a request.
    public init(archiveId: UUID, partyId: UUID, piece: Int, pieces: Int, bytes: String) {
        self.archiveId = archiveId
        self.partyId = partyId
        self.piece = piece
        self.pieces = pieces
        self.bytes = bytes
    }
}
