import CRMModel
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// What a caller may say of a lead.
struct LeadInput: Decodable {
    var name: String?
    var company: String?
    var email: String?
    var phone: String?
    var source: String?
    var partyId: UUID?
    var owner: String?
    var notes: String?
    var status: String?

    /// What a person may set; `converted` is reached by converting.
    static let statuses = ["new", "working", "qualified", "disqualified"]

    func checked() throws -> LeadInput {
        var input = self
        input.name = try FieldCheck.text(name, "name")
        input.company = try FieldCheck.text(company, "company")
        input.email = try FieldCheck.mail(email)
        input.phone = try FieldCheck.text(phone, "phone", atMost: 50)
        input.source = try FieldCheck.text(source, "source", atMost: 100)
        input.owner = try FieldCheck.text(owner, "owner", atMost: 200)
        input.notes = try FieldCheck.text(notes, "notes", atMost: 10_000)
        input.status = try FieldCheck.word(status, "status", of: Self.statuses)
        return input
    }
}

extension LeadState {
    /// Reads a row of `LeadStore.lock`, from the second column on.
    init(_ id: UUID, _ row: Row) throws {
        self.init(
            leadId: id, status: try row.value(1), name: try row.value(2), company: try row.value(3),
            email: try row.value(4), phone: try row.value(5), source: try row.value(6), partyId: try row.value(7),
            owner: try row.value(8))
    }

    /// The state with what a caller gave.
    func with(_ input: LeadInput) -> LeadState {
        LeadState(
            leadId: leadId, status: input.status ?? status, name: input.name ?? name,
            company: input.company ?? company, email: input.email ?? email, phone: input.phone ?? phone,
            source: input.source ?? source, partyId: input.partyId ?? partyId, owner: input.owner ?? owner)
    }
}
