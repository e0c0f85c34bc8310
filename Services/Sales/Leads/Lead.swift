import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit

extension LeadState {
    /// What a person may set; `converted` is reached by converting.
    private static let given = ["new", "working", "qualified", "disqualified"]
    /// What a lead can be.
    static let statuses = given + ["converted"]

    /// Its fields: what callers may say, how it is checked, stored, shown and described.
    static let record = Record<LeadState>(
        "lead", id: \.leadId, blank: { LeadState(leadId: $0) },
        [
            .needed("status", \.status, .word(given), required: false, shown: .enumeration(statuses)),
            .needed("name", \.name, .text()), .optional("company", \.company, .text()),
            .optional("email", \.email, .mail), .optional("phone", \.phone, .text(50)),
            .optional("source", \.source, .text(100)), .optional("partyId", \.partyId),
            .optional("owner", \.owner, .text(200)), .optional("notes", \.notes, .text(10_000)),
        ],
        shown: [
            ShownMember("opportunityId", "o.opportunity_id", .nullable(.uuid)),
            .init("accountId", "o.account_id", .nullable(.uuid)),
            .init("contactId", "o.contact_id", .nullable(.uuid)),
            .init(
                "history", LeadStore.history,
                .array(.object([.init("status", .string), .init("at", .dateTime)]))),
        ])

    /// Refuses to change what has become an opportunity.
    func checkOpen() throws {
        guard status == "converted" else { return }
        throw Problem(status: .conflict, detail: "The lead was converted; change its opportunity.")
    }
}
