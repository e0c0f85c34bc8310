import FoundationEssentials

/// A party came into a segment.
public struct SegmentEntered: EventData, Codable {
    /// `campaigns.segment.entered`.
    public static let type = "campaigns.segment.entered"
    /// `new`, `active`, `inactive`.
    public let segment: String
    /// The party.
    public let partyId: UUID
    /// The fact behind it, for people.
    public let reason: String
}

/// A party is not in a segment any more.
public struct SegmentLeft: EventData, Codable {
    /// `campaigns.segment.left`.
    public static let type = "campaigns.segment.left"
    /// `new`, `active`, `inactive`.
    public let segment: String
    /// The party.
    public let partyId: UUID
    /// The fact behind it, for people.
    public let reason: String
}

/// A campaign's state as campaigns publishes it.
public struct CampaignState: Codable, Sendable {
    /// The campaign.
    public let campaignId: UUID
    /// What people call it.
    public let name: String
    /// Who gets it.
    public let segment: String
    /// `draft`, `running` or `completed`.
    public let status: String

    /// Describes a campaign.
    public init(campaignId: UUID, name: String, segment: String, status: String) {
        self.campaignId = campaignId
        self.name = name
        self.segment = segment
        self.status = status
    }
}

/// A campaign is planned.
public struct CampaignCreated: EventData, Codable {
    /// `campaigns.campaign.created`.
    public static let type = "campaigns.campaign.created"
    /// The campaign.
    public let campaign: CampaignState
    /// Tells of a campaign.
    public init(campaign: CampaignState) { self.campaign = campaign }
}

/// A campaign began to ask for its messages.
public struct CampaignLaunched: EventData, Codable {
    /// `campaigns.campaign.launched`.
    public static let type = "campaigns.campaign.launched"
    /// The campaign.
    public let campaign: CampaignState
    /// Tells of a campaign.
    public init(campaign: CampaignState) { self.campaign = campaign }
}

/// A campaign has asked for all its messages.
public struct CampaignCompleted: EventData, Codable {
    /// `campaigns.campaign.completed`.
    public static let type = "campaigns.campaign.completed"
    /// The campaign.
    public let campaign: CampaignState
    /// Tells of a campaign.
    public init(campaign: CampaignState) { self.campaign = campaign }
}
