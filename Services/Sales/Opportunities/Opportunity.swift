import CRMModel
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// What a caller may say of an opportunity.
struct OpportunityInput: Decodable {
    var name: String?
    var stage: String?
    var partyId: UUID?
    var owner: String?
    var amount: Amount?
    var currency: String?
    var expectedClose: CalendarDay?
    var lossReason: String?

    /// The stages of the pipeline.
    static let stages = ["qualification", "proposal", "negotiation", "won", "lost"]

    func checked() throws -> OpportunityInput {
        var input = self
        input.name = try FieldCheck.text(name, "name")
        input.stage = try FieldCheck.word(stage, "stage", of: Self.stages)
        input.owner = try FieldCheck.text(owner, "owner", atMost: 200)
        input.currency = try FieldCheck.currency(currency)
        input.lossReason = try FieldCheck.text(lossReason, "lossReason", atMost: 1000)
        if let amount, amount < .zero { throw Problem.field("amount", "must not be negative") }
        return input
    }
}

extension OpportunityState {
    /// Reads a row of `OpportunityStore.lock`, from the second column on.
    init(_ id: UUID, _ row: Row) throws {
        let amount: Int? = try row.value(6)
        let close: String? = try row.value(8)
        self.init(
            opportunityId: id, name: try row.value(1), stage: try row.value(2), partyId: try row.value(3),
            leadId: try row.value(4), owner: try row.value(5), amount: amount.map { Amount(units: $0) },
            currency: try row.value(7), expectedClose: close.flatMap { CalendarDay($0) }, lossReason: try row.value(9))
    }

    /// The state with what a caller gave; an amount needs a currency.
    func with(_ input: OpportunityInput) throws -> OpportunityState {
        let changed = OpportunityState(
            opportunityId: opportunityId, name: input.name ?? name, stage: input.stage ?? stage,
            partyId: input.partyId ?? partyId, leadId: leadId, owner: input.owner ?? owner,
            amount: input.amount ?? amount, currency: input.currency ?? currency,
            expectedClose: input.expectedClose ?? expectedClose, lossReason: input.lossReason ?? lossReason)
        if changed.amount != nil, changed.currency == nil {
            throw Problem.field("currency", "is required with an amount")
        }
        return changed
    }

    /// Whether it is won or lost, and so not changed any more.
    var isClosed: Bool { stage == "won" || stage == "lost" }
}
