import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// Changes of campaigns that people and programs ask for.
@Loop
enum CampaignCommands {
    /// Creates a campaign from checked input.
    static func create(_ input: CampaignInput, in transaction: Transaction) throws -> UUID {
        let id = UUID.v7()
        let campaign = CampaignState(
            campaignId: id, name: input.name ?? "", segment: input.segment ?? "", status: "draft")
        transaction.enqueue(
            CampaignStore.insert, id, campaign.name, campaign.segment, input.template, input.purpose,
            input.content?.zh?.subject, input.content?.zh?.body, input.content?.en?.subject, input.content?.en?.body)
        try Outbox.append(
            CampaignCreated(campaign: campaign), topic: .campaigns, key: key(id), sequence: 1, in: transaction)
        return id
    }

    /// Lets a campaign run: its messages are asked for page by page from now on.
    static func launch(_ id: UUID, in transaction: Transaction) async throws {
        guard let row = try await transaction.query(CampaignStore.lock, id).first else {
            throw Problem.missing("campaign", id)
        }
        let status: String = try row.value(1)
        guard status == "draft" else {
            throw Problem(status: .conflict, detail: "The campaign is \(status); it is launched once.")
        }
        transaction.enqueue(CampaignStore.launch, id)
        let campaign = CampaignState(
            campaignId: id, name: try row.value(2), segment: try row.value(3), status: "running")
        try Outbox.append(
            CampaignLaunched(campaign: campaign), topic: .campaigns, key: key(id), sequence: try row.value(0) + 1,
            in: transaction)
        Timers.set(kind: RecipientHandlers.timer, key: key(id), dueAt: Date(), in: transaction)
    }

    private static func key(_ id: UUID) -> String { id.text }
}
