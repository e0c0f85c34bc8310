import CRMModel
import ServiceKit

/// Campaigns: who buys what and when, and whom to tell.
public enum CampaignsService: ServiceDefinition {
    /// Its schema, group and program.
    public static let name = "campaigns"
    /// Where it tells its events.
    public static let topic = Topic.campaigns
    /// All that it holds of persons.
    public static let personalData: PersonalData? = campaignsPersonalData
    /// What it can do. Segments hear the ledger's documents with all else that they lock members for. Members are numbered as their segment
    /// events were published, and so not rebuilt.
    public static let capabilities: [Capability] = [
        .firm, .segments, .ledger(), .products, .members, .campaigns, .directory,
        .audit(of: name),
    ]
}
