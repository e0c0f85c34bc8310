import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit

extension OpportunityState {
    /// The stages of the pipeline.
    static let stages = ["qualification", "proposal", "negotiation", "won", "lost"]

    /// Its fields: what callers may say, how it is checked, stored, shown and described.
    static let record = Record<OpportunityState>(
        "opportunity", join: "JOIN pipeline_stage s USING (stage)", id: \.opportunityId,
        blank: { OpportunityState(opportunityId: $0) },
        [
            .needed("name", \.name, .text()), .needed("stage", \.stage, .word(stages), required: false),
            .optional("partyId", \.partyId), .optional("leadId", \.leadId, given: false),
            .optional("owner", \.owner, .text(200)), .optional("amount", \.amount, .notNegative),
            .optional("currency", \.currency, .currency), .optional("expectedClose", \.expectedClose),
            .optional("lossReason", \.lossReason, .text(1000)), .optional("industry", \.industry, .text(100)),
        ],
        shown: [
            ShownMember("probability", "s.probability", .integer()),
            .init("contactName", "o.contact_name", .nullable(.string)),
            .init("contactEmail", "o.contact_email", .nullable(.string)),
            .init("stageSince", "o.stage_since", .dateTime),
            .init(
                "history", OpportunityStore.history,
                .array(.object([.init("stage", .string), .init("at", .dateTime)]))),
        ])

    /// What no single field can say.
    func checked() throws -> OpportunityState {
        if amount != nil, currency == nil { throw Problem.field("currency", "is required with an amount") }
        if let amount, let currency { try FieldCheck.money(amount, in: currency, "amount") }
        return self
    }

    /// Refuses to change what is won or lost.
    func checkOpen() throws {
        guard isClosed else { return }
        throw Problem(status: .conflict, detail: "The opportunity is \(stage) and not changed any more.")
    }

    /// Whether it is won or lost, and so not changed any more.
    var isClosed: Bool { stage == "won" || stage == "lost" }
}
