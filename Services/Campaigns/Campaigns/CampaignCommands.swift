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
            campaignId: id, name: input.name, segment: input.segment, status: "draft")
        let (zh, en) = (input.content.zh, input.content.en)
        transaction.enqueue(
            CampaignStore.insert, id, campaign.name, campaign.segment, input.template ?? "campaign",
            input.purpose ?? "marketing", zh?.subject, zh?.body, en?.subject, en?.body)
        try Outbox.append(CampaignCreated(campaign: campaign), key: id, sequence: 1, in: transaction)
        return id
    }

    /// Lets a campaign run: its messages are asked for page by page from now on.
    static func launch(_ id: UUID, in transaction: Transaction) async throws {
        guard let campaign = try await LockedCampaign(id, in: transaction) else {
            throw Problem.missing("campaign", id)
        }
        guard campaign.state.status == "draft" else {
            throw Problem(
                status: .conflict, detail: "The campaign is \(campaign.state.status); it is launched once.")
        }
        transaction.enqueue(CampaignStore.launch, id)
        try Outbox.append(
            CampaignLaunched(campaign: campaign.state("running")), key: id, sequence: campaign.version + 1,
            in: transaction)
        Timers.set(kind: RecipientHandlers.timer, key: id.text, dueAt: Date(), in: transaction)
    }

    /// Lets a campaign go on that stands still: a life before had begun it. Whom that has asked is known, and is not asked again.
    static func resume(_ id: UUID, in transaction: Transaction) async throws {
        guard let campaign = try await LockedCampaign(id, in: transaction) else {
            throw Problem.missing("campaign", id)
        }
        guard campaign.state.status == "halted" else {
            throw Problem(
                status: .conflict, detail: "The campaign is \(campaign.state.status), and does not stand still.")
        }
        guard campaign.hasWords else {
            throw Problem(
                status: .conflict,
                detail: "What the campaign says is lost with the data of before: restore a backup, or begin another.")
        }
        transaction.enqueue(CampaignStore.resume, id)
        Timers.set(kind: RecipientHandlers.timer, key: id.text, dueAt: Date(), in: transaction)
    }
}
