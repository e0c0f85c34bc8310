import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// What a caller says of a new campaign.
struct CampaignInput: Decodable {
    struct Text: Decodable {
        let subject: String
        let body: String
    }

    struct Content: Decodable {
        var zh: Text?
        var en: Text?
    }

    var name: String
    let segment: String
    var template: String?
    let purpose: String?
    var content: Content

    /// Reads and describes it.
    static let body = Input<CampaignInput>.command(
        CampaignInput.self, ["segment": .enumeration(segmentNames), "purpose": .enumeration(["marketing"])]
    ) { try $0.checked() }.taking(.text)

    private func checked() throws -> CampaignInput {
        var input = self
        input.name = try FieldCheck.needed(name, "name")
        _ = try FieldCheck.word(segment, "segment", of: segmentNames)
        input.template = try FieldCheck.text(template, "template", atMost: 100)
        _ = try FieldCheck.word(purpose, "purpose", of: ["marketing"])
        guard content.zh != nil || content.en != nil else {
            throw Problem.field("content", "must have a subject and a body in zh, en or both")
        }
        input.content = Content(
            zh: try content.zh?.checked("content.zh"), en: try content.en?.checked("content.en"))
        return input
    }
}

extension CampaignInput.Text {
    fileprivate func checked(_ field: String) throws -> Self {
        Self(
            subject: try FieldCheck.needed(subject, "\(field).subject"),
            body: try FieldCheck.needed(body, "\(field).body", atMost: 20_000))
    }
}

/// A campaign whose row is locked.
struct LockedCampaign {
    let version: Int
    let state: CampaignState
    /// How far its audience, in order of party, was asked for.
    let reached: UUID?
    /// Whether it has anything to say: what it says is in no event, and may be lost with the data of a life before.
    let hasWords: Bool

    /// Locks a campaign; nil where there is none.
    @Loop
    init?(_ id: UUID, in transaction: Transaction) async throws {
        guard
            let (version, status, name, segment, reached, hasWords) =
                try await transaction.rows(CampaignStore.lock, id).first
        else { return nil }
        self.hasWords = hasWords
        self.version = version
        self.reached = reached
        state = CampaignState(campaignId: id, name: name, segment: segment, status: status)
    }

    /// What is told of it when it comes to another status.
    func state(_ status: String) -> CampaignState {
        CampaignState(campaignId: state.campaignId, name: state.name, segment: state.segment, status: status)
    }
}
