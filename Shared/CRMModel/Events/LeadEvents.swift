import FoundationEssentials

/// A lead's state as sales publishes it.
public struct LeadState: Codable, Sendable {
    /// The lead.
    public var leadId: UUID
    /// `new`, `working`, `qualified`, `disqualified` or `converted`.
    public var status: String
    /// Who it is.
    public var name: String
    /// Where they work.
    public var company: String?
    /// A mail address.
    public var email: String?
    /// A phone number.
    public var phone: String?
    /// `web`, `campaign`, `event`, …
    public var source: String?
    /// The party, where known.
    public var partyId: UUID?
    /// The salesperson.
    public var owner: String?
    /// What was noted of them; sealed with the rest of the event.
    public var notes: String?

    /// Describes a lead.
    public init(
        leadId: UUID, status: String = "new", name: String = "", company: String? = nil, email: String? = nil,
        phone: String? = nil, source: String? = nil, partyId: UUID? = nil, owner: String? = nil, notes: String? = nil
    ) {
        self.leadId = leadId
        self.status = status
        self.name = name
        self.company = company
        self.email = email
        self.phone = phone
        self.source = source
        self.partyId = partyId
        self.owner = owner
        self.notes = notes
    }
}

/// A lead is new.
public struct LeadCreated: EventData, Codable {
    /// `sales.lead.created`.
    public static let type = "sales.lead.created"
    /// The lead.
    public let lead: LeadState
    /// Tells of a lead.
    public init(lead: LeadState) { self.lead = lead }
}

/// A lead has changed.
public struct LeadChanged: EventData, Codable {
    /// `sales.lead.changed`.
    public static let type = "sales.lead.changed"
    /// The lead as it is now.
    public let lead: LeadState
    /// Tells of a lead.
    public init(lead: LeadState) { self.lead = lead }
}

/// What a lead became.
public struct LeadConversion: Codable, Sendable, Equatable {
    /// The opportunity.
    public let opportunityId: UUID
    /// The account: the firm, or the person where the lead names no firm.
    public let accountId: UUID
    /// The person at the firm; nil where the account is the person.
    public let contactId: UUID?
    /// Whether the account is new: contacts makes it of the lead.
    public let isNewAccount: Bool
    /// Whether the person is.
    public let isNewContact: Bool
    /// Describes a conversion.
    public init(
        opportunityId: UUID, accountId: UUID, contactId: UUID?, isNewAccount: Bool, isNewContact: Bool
    ) {
        self.opportunityId = opportunityId
        self.accountId = accountId
        self.contactId = contactId
        self.isNewAccount = isNewAccount
        self.isNewContact = isNewContact
    }
}

extension LeadState {
    /// The parties that a conversion of it makes: the firm and the person at it, or the person alone.
    public func parties(of conversion: LeadConversion) -> [PartyState] {
        var made: [PartyState] = []
        let isFirm = conversion.contactId != nil
        if conversion.isNewAccount {
            var account = PartyState(
                partyId: conversion.accountId, kind: isFirm ? "enterprise" : "consumer",
                name: isFirm ? company ?? name : name)
            if !isFirm { (account.email, account.phone) = (email, phone) }
            account.owner = owner
            made.append(account)
        }
        if conversion.isNewContact, let id = conversion.contactId {
            var contact = PartyState(partyId: id, kind: "consumer", name: name, email: email, phone: phone)
            contact.owner = owner
            contact.organisation = company
            made.append(contact)
        }
        return made
    }
}

/// A lead became a customer's account, a person to talk to and an opportunity.
public struct LeadConverted: EventData, Codable {
    /// `sales.lead.converted`.
    public static let type = "sales.lead.converted"
    /// The lead.
    public let lead: LeadState
    /// The opportunity that it became.
    public let opportunityId: UUID
    /// All that it became; absent in what was told before leads became accounts.
    public let conversion: LeadConversion?
    /// Tells of a conversion.
    public init(lead: LeadState, conversion: LeadConversion) {
        self.lead = lead
        opportunityId = conversion.opportunityId
        self.conversion = conversion
    }
}

/// A conversion was taken back: the lead is open again, and what it made is gone.
public struct LeadReverted: EventData, Codable {
    /// `sales.lead.reverted`.
    public static let type = "sales.lead.reverted"
    /// The lead as it is now.
    public let lead: LeadState
    /// What it had become.
    public let conversion: LeadConversion
    /// Tells of an undone conversion.
    public init(lead: LeadState, conversion: LeadConversion) {
        self.lead = lead
        self.conversion = conversion
    }
}
