import FoundationEssentials

/// What somebody of sales did with a customer, as sales publishes it.
public struct ActivityState: Codable, Sendable {
    /// The activity.
    public let activityId: UUID
    /// `call`, `visit`, `meeting` or `mail`.
    public let kind: String
    /// What it was about.
    public let subject: String
    /// When it was.
    public let at: Date
    /// The customer.
    public let partyId: UUID
    /// The opportunity that it was for.
    public let opportunityId: UUID?
    /// Who did it.
    public let owner: String?
    /// How long it took.
    public let minutes: Int?
    /// What came of it, in the firm's own words: `met`, `absent`, …
    public let outcome: String?
    /// Where it was.
    public let place: String?

    /// Describes an activity.
    public init(
        activityId: UUID, kind: String, subject: String, at: Date, partyId: UUID, opportunityId: UUID? = nil,
        owner: String? = nil, minutes: Int? = nil, outcome: String? = nil, place: String? = nil
    ) {
        self.activityId = activityId
        self.kind = kind
        self.subject = subject
        self.at = at
        self.partyId = partyId
        self.opportunityId = opportunityId
        self.owner = owner
        self.minutes = minutes
        self.outcome = outcome
        self.place = place
    }
}

/// A call, a visit, a meeting or a mail was made.
public struct ActivityLogged: EventData, Codable {
    /// `sales.activity.logged`.
    public static let type = "sales.activity.logged"
    /// The activity.
    public let activity: ActivityState
    /// Tells of an activity.
    public init(activity: ActivityState) { self.activity = activity }
}
