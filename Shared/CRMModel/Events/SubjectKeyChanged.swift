import FoundationEssentials

/// The key under which a service seals what it publishes of an aggregate is new, or is gone.
///
/// Its topic is compacted: when a key is gone, the message that carried it goes too.
public struct SubjectKeyChanged: EventData, Codable {
    /// `messaging.subject-key.changed`.
    public static let type = "messaging.subject-key.changed"
    /// Who seals with it, as its `ce_source`.
    public let owner: String
    /// The key of the messages that are sealed with it: the aggregate's id.
    public let subject: String
    /// 32 bytes for AES-256 in base 64; nil once the key is destroyed.
    public let key: String?
    /// Tells of a key.
    public init(owner: String, subject: String, key: String?) {
        self.owner = owner
        self.subject = subject
        self.key = key
    }
}

/// Which events tell something of a person that an erasure must take back: names, addresses, numbers, words in free text.
///
/// Their data is sealed in the log under a key of their aggregate. What others than our own services read is not among them.
public enum PersonalEvents {
    /// Their types, with versions.
    public static let types: Set<String> = [
        PartyCreated.versionedType, PartyChanged.versionedType, StageChanged.versionedType,
        LeadCreated.versionedType, LeadChanged.versionedType, LeadConverted.versionedType, LeadReverted.versionedType,
        OrderRequestRefused.versionedType,
        OpportunityCreated.versionedType, OpportunityChanged.versionedType, OpportunityStageChanged.versionedType,
        OpportunityWon.versionedType, OpportunityLost.versionedType,
        TaskRaised.versionedType, TaskClosed.versionedType, ActivityLogged.versionedType,
        TicketOpened.versionedType, TicketAssigned.versionedType, TicketReplied.versionedType,
        TicketBreached.versionedType, TicketResolved.versionedType, TicketReopened.versionedType,
        TicketChanged.versionedType, SurveyAnswered.versionedType,
        MessageRequested.versionedType, MessageBounced.versionedType, MessageFailed.versionedType,
        MessageSuppressed.versionedType, MessageClicked.versionedType, AddressSuppressed.versionedType,
        ArchiveDelivered<ErasureOwners.Sales>.versionedType, ArchiveDelivered<ErasureOwners.Campaigns>.versionedType,
        ArchiveDelivered<ErasureOwners.Tickets>.versionedType,
        ArchiveDelivered<ErasureOwners.Notifications>.versionedType,
    ]
}
