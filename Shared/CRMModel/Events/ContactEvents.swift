import FoundationEssentials

/// A party as contacts publishes it, whole each time.
public struct PartyState: Codable, Sendable, Equatable {
    /// The party.
    public var partyId: UUID
    /// `consumer`, `enterprise`, `partner` or `internal`.
    public var kind: String
    /// The name shown.
    public var name: String
    /// The first mail address.
    public var email: String?
    /// The first phone number, E.164.
    public var phone: String?
    /// BCP 47.
    public var language: String?
    /// IANA.
    public var timeZone: String?
    /// ISO 3166 code or name.
    public var country: String?
    /// The ERP's number, where it has one.
    public var customerNo: String?
    /// All mail addresses, the first one first; absent where there is no other than `email`.
    public var emails: [PartyMail]?
    /// All telephone numbers, the first one first; absent where there is no other than `phone`.
    public var phones: [PartyPhone]?
    /// Where they live or sit, the first one to send to.
    public var addresses: [PartyAddress]?
    /// The number by which tax offices know them.
    public var taxId: String?
    /// What other systems call the party, each with its system.
    public var references: [PartyReference]?
    /// What the firm groups parties by.
    public var tags: [String]?
    /// Who of the firm looks after the party.
    public var owner: String?
    /// The business category of logistics firms.
    public var category: String?
    /// The day of birth.
    public var birthday: CalendarDay?
    /// The firm that a person is known to work for, where it is no party of its own.
    public var organisation: String?
    /// What a person does there.
    public var title: String?
    /// Where the customer is in the relationship, as `StageChanged` tells too.
    public var stage: String?

    /// Describes a party.
    public init(
        partyId: UUID, kind: String, name: String, email: String? = nil, phone: String? = nil, language: String? = nil,
        timeZone: String? = nil, country: String? = nil, customerNo: String? = nil
    ) {
        self.partyId = partyId
        self.kind = kind
        self.name = name
        self.email = email
        self.phone = phone
        self.language = language
        self.timeZone = timeZone
        self.country = country
        self.customerNo = customerNo
    }
}

/// A mail address of a party.
public struct PartyMail: Codable, Sendable, Equatable {
    /// The address.
    public var address: String
    /// `work`, `home`, …
    public var label: String?
    /// Describes an address.
    public init(address: String, label: String? = nil) {
        self.address = address
        self.label = label
    }
}

/// A telephone number of a party.
public struct PartyPhone: Codable, Sendable, Equatable {
    /// The number, E.164 where the country is known.
    public var number: String
    /// `work`, `mobile`, …
    public var label: String?
    /// What is dialled behind it to reach a desk.
    public var `extension`: String?
    /// Describes a number.
    public init(number: String, label: String? = nil) {
        self.number = number
        self.label = label
    }
}

/// A postal address.
public struct PartyAddress: Codable, Sendable, Equatable {
    /// `billing`, `delivery`, …
    public var label: String?
    /// Street and house, in one line or several.
    public var street: String?
    /// The city.
    public var city: String?
    /// The province or state.
    public var region: String?
    /// The postal code.
    public var postalCode: String?
    /// ISO 3166 code or name.
    public var country: String?
    /// Describes an address; what it has is set.
    public init() {}

    /// What was expected of its parts; nil where all is well.
    func judge() -> String? {
        [label, street, city, region, postalCode, country].lazy.compactMap { Judgement.line($0) }.first
    }
}

/// What a system calls a party.
public struct PartyReference: Codable, Sendable, Equatable {
    /// `erp`, `import`, `shop`, …
    public var system: String
    /// The number or name.
    public var reference: String
    /// Describes a reference.
    public init(system: String, reference: String) {
        self.system = system
        self.reference = reference
    }
}

/// A party is new.
public struct PartyCreated: EventData, Codable {
    /// `contacts.party.created`.
    public static let type = "contacts.party.created"
    /// The party.
    public let party: PartyState
    /// Tells of a party.
    public init(party: PartyState) { self.party = party }
    /// Reads the party's fields themselves.
    public init(from decoder: any Decoder) throws { party = try PartyState(from: decoder) }
    /// Writes the party's fields themselves.
    public func encode(to encoder: any Encoder) throws { try party.encode(to: encoder) }
}

/// A party has changed.
public struct PartyChanged: EventData, Codable {
    /// `contacts.party.changed`.
    public static let type = "contacts.party.changed"
    /// The party as it is now.
    public let party: PartyState
    /// Tells of a party.
    public init(party: PartyState) { self.party = party }
    /// Reads the party's fields themselves.
    public init(from decoder: any Decoder) throws { party = try PartyState(from: decoder) }
    /// Writes the party's fields themselves.
    public func encode(to encoder: any Encoder) throws { try party.encode(to: encoder) }
}

/// A party is gone that was made by mistake: of a lead whose conversion was taken back, by an import that was undone. Nobody asked to be
/// forgotten.
public struct PartyRemoved: EventData, Codable {
    /// `contacts.party.removed`.
    public static let type = "contacts.party.removed"
    /// The party.
    public let partyId: UUID
    /// Tells of a party's end.
    public init(partyId: UUID) { self.partyId = partyId }
}

/// All facts of a party count for another one from now on. Told again with another survivor where that one is merged in turn.
public struct PartyMerged: EventData, Codable {
    /// `contacts.party.merged`.
    public static let type = "contacts.party.merged"
    /// The party that is merged.
    public let partyId: UUID
    /// The party that all its facts count for, never a merged one.
    public let survivorId: UUID
    /// Tells of a merge.
    public init(partyId: UUID, survivorId: UUID) {
        self.partyId = partyId
        self.survivorId = survivorId
    }
}

/// A merge was undone: the facts of a party count for itself again, those that came since too.
public struct PartyUnmerged: EventData, Codable {
    /// `contacts.party.unmerged`.
    public static let type = "contacts.party.unmerged"
    /// The party that stands for itself again.
    public let partyId: UUID
    /// Tells of an undone merge.
    public init(partyId: UUID) { self.partyId = partyId }
}

/// A person allowed or forbade a channel for a purpose.
public struct ConsentChanged: EventData, Codable {
    /// `contacts.consent.changed`.
    public static let type = "contacts.consent.changed"
    /// The party.
    public let partyId: UUID
    /// `mail`, `sms`, `phone`, …
    public let channel: String
    /// `marketing`, `service`, …
    public let purpose: String
    /// Whether it is allowed now.
    public let granted: Bool
    /// Where it was said.
    public let source: String
    /// When it was decided; `ConsentWord.timeUnknown` where nobody knows. What was told before this member was says it by its `ce_time`.
    public let decidedAt: Date?
    /// Of a refusal, where the party is reached on the channel, in lower case: what one of its owners withdrew counts for an address.
    public let addresses: [String]?
    /// Tells of a decision.
    public init(
        partyId: UUID, channel: String, purpose: String, granted: Bool, source: String, decidedAt: Date? = nil,
        addresses: [String]? = nil
    ) {
        self.partyId = partyId
        self.channel = channel
        self.purpose = purpose
        self.granted = granted
        self.source = source
        self.decidedAt = decidedAt
        self.addresses = addresses
    }

    /// What it says, by the time of the decision; `time` is the event's own.
    public func word(at time: Date?) -> ConsentWord {
        ConsentWord(granted: granted, decidedAt: decidedAt ?? time ?? ConsentWord.timeUnknown)
    }
}

/// What a customer is worth has changed.
public struct ValueChanged: EventData, Codable {
    /// `contacts.value.changed`.
    public static let type = "contacts.value.changed"
    /// The party.
    public let partyId: UUID
    /// Orders that were not cancelled.
    public let orders: Int
    /// Their sum less credits.
    public let revenue: Amount
    /// ISO 4217.
    public let currency: String
    /// The first order.
    public let firstOrderAt: Date?
    /// The latest order.
    public let lastOrderAt: Date?
}

/// A customer is in other classes now, all of them as they are. What changes again before it is told is told once.
public struct ClassesChanged: EventData, Codable {
    /// `contacts.classes.changed`.
    public static let type = "contacts.classes.changed"
    /// The party.
    public let partyId: UUID
    /// The currency in which the customer bought most, ISO 4217: classes are of its base.
    public let currency: String
    /// The fifth of the base by recency, 5 the most recent.
    public let recency: Int
    /// By the number of orders.
    public let frequency: Int
    /// By net revenue.
    public let monetary: Int
    /// The name of the three together: `champions`, `at_risk`, …
    public let segment: String
    /// `A`, `B` or `C`, by the share of net revenue.
    public let abc: String
    /// `loyalist`, `mercenary`, `hostage` or `defector`; absent where nobody knows whether the customer is satisfied.
    public let quadrant: String?
    /// `low`, `medium` or `high`; absent where no model can tell.
    public let risk: String?
    /// `basic`, `reactive`, `accountable`, `proactive` or `partnership`, by Kotler's grid of countries; absent where it is not reckoned yet.
    public let level: String?
}

/// A customer has come to another stage of the relationship.
public struct StageChanged: EventData, Codable {
    /// `contacts.stage.changed`.
    public static let type = "contacts.stage.changed"
    /// The party.
    public let partyId: UUID
    /// `prospect`, `lead`, `customer`, `loyal`, `lapsing`, `lapsed`, `lost` or `won_back`.
    public let stage: String
    /// The stage before.
    public let previous: String
    /// What brought it there, for people: `order 536365`, `no order for 180 days`.
    public let cause: String
    /// Tells of a change.
    public init(partyId: UUID, stage: String, previous: String, cause: String) {
        self.partyId = partyId
        self.stage = stage
        self.previous = previous
        self.cause = cause
    }
}

/// What a customer values most is another now.
public struct BenefitChanged: EventData, Codable {
    /// `contacts.benefit.changed`.
    public static let type = "contacts.benefit.changed"
    /// The party.
    public let partyId: UUID
    /// `functional`, `process` or `relationship`; nil where it is not known any more.
    public let benefit: String?
    /// Whether the customer says so; otherwise it is learnt.
    public let isDeclared: Bool
    /// Tells of a change.
    public init(partyId: UUID, benefit: String?, isDeclared: Bool) {
        self.partyId = partyId
        self.benefit = benefit
        self.isDeclared = isDeclared
    }
}
