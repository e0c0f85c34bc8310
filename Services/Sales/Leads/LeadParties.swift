import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// Who a lead is: the account and the person at it, known or new.
struct LeadParties {
    let account: UUID
    let isNewAccount: Bool
    /// Nil where the account is the person.
    let contact: UUID?
    let isNewContact: Bool

    /// Decides by what the caller says; where he leaves it open and somebody is known by the lead's address or number, a 409 shows whom he
    /// may choose.
    ///
    /// - Parameter given: the party that the caller names for the opportunity.
    @Loop
    init(
        _ lead: LeadState, _ said: LeadConversionInput, given: UUID?, in transaction: Transaction
    ) async throws {
        let named = said.account ?? given ?? lead.partyId
        for (field, id) in [("accountId", said.account), ("contactId", said.contact)] {
            guard let id, try await transaction.rows(AccountStore.kind, id).isEmpty else { continue }
            throw Problem(
                status: .unprocessable, detail: "No such account is known here.",
                errors: [FieldError(field: field, message: "is no account")])
        }
        let isFirm = lead.company.map { $0 != lead.name } ?? false
        var hasContact = isFirm
        if let named, said.contact == nil, isFirm {
            // A person who is known already needs no other.
            let kind = try await transaction.rows(AccountStore.kind, named).first
            hasContact = kind.map { $0 != "consumer" } ?? false
        }
        if !said.isSure, named == nil || hasContact && said.contact == nil {
            let choices = try await LeadChoices(lead, in: transaction)
            if let problem = choices.problem(
                needsAccount: named == nil, needsContact: hasContact && said.contact == nil)
            {
                throw problem
            }
        }
        account = named ?? .v7()
        isNewAccount = named == nil
        contact = said.contact ?? (hasContact ? .v7() : nil)
        isNewContact = said.contact == nil && hasContact
    }
}

/// Who a lead may be already.
struct LeadChoices: Sendable {
    /// Somebody whom the lead's address or number is of.
    struct Choice: Encodable, Sendable {
        let partyId: UUID
        let name: String
        let kind: String
        let email: String?
        let phone: String?
        let customerNo: String?
        /// `mail`, `phone`, `mail,phone`.
        let by: String
    }

    /// The firm, or the person where the lead names no firm.
    let accounts: [Choice]
    /// The person at the firm.
    let contacts: [Choice]

    @Loop
    init(_ lead: LeadState, in transaction: Transaction) async throws {
        let keys = [AccountKey.mail(lead.email), AccountKey.phone(lead.phone)].compactMap { $0 }
        let found = try await transaction.rows(AccountStore.found, keys.map(\.kind.rawValue), keys.map(\.key)).map {
            Choice(partyId: $0, name: $1, kind: $2, email: $3, phone: $4, customerNo: $5, by: $6)
        }
        guard lead.company.map({ $0 != lead.name }) ?? false else {
            (accounts, contacts) = (found, [])
            return
        }
        accounts = found.filter { ["enterprise", "partner"].contains($0.kind) }
        contacts = found.filter { !["enterprise", "partner"].contains($0.kind) }
    }

    /// What a caller is told who has left open what he could choose; nil where nobody is known.
    func problem(needsAccount: Bool, needsContact: Bool) -> Problem? {
        var errors: [FieldError] = []
        if needsAccount, !accounts.isEmpty {
            errors.append(FieldError(field: "accountId", message: "may be one of those in `accounts`"))
        }
        if needsContact, !contacts.isEmpty {
            errors.append(FieldError(field: "contactId", message: "may be one of those in `contacts`"))
        }
        guard !errors.isEmpty else { return nil }
        var problem = Problem(
            status: .conflict,
            detail:
                "The lead may be somebody who is known: name whom, or say \"duplicates\": \"create\" for a new one.",
            errors: errors)
        problem.members = ["accounts": json(accounts), "contacts": json(contacts)]
        return problem
    }

    /// As JSON.
    var json: String { "{\"accounts\":\(json(accounts)),\"contacts\":\(json(contacts))}" }

    private func json(_ choices: [Choice]) -> String { (try? ModelJSON.text(choices)) ?? "[]" }

    static let schema = Schema.object([
        .init("accounts", .array(choice), "The firm, or the person where the lead names no firm"),
        .init("contacts", .array(choice), "The person at the firm"),
    ])

    private static let choice = Schema.object([
        .init("partyId", .uuid), .init("name", .string), .init("kind", .string),
        .init("email", .string, required: false), .init("phone", .string, required: false),
        .init("customerNo", .string, required: false), .init("by", .string, "`mail`, `phone` or both"),
    ])
}
