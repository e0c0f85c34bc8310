import FoundationEssentials

/// A ticket and the pure rules of its life: status, and the two clocks that run against what was promised.
struct Ticket: Equatable {
    static let types = ["question", "complaint", "repair", "return", "warranty"]

    enum Status: String, CaseIterable {
        /// Somebody has to do something.
        case open
        /// The customer got an answer.
        case replied
        /// Nothing can be done until the customer answers.
        case waiting
        case resolved

        /// Whether the resolution clock runs.
        var isOurs: Bool { self == .open || self == .replied }
    }

    var id: UUID
    var version = 1
    var partyID: UUID?
    var type = "question"
    var priority = "normal"
    var status = Status.open
    var subject = ""
    /// Only of one that is opened; no rule asks for it later.
    var description: String?
    var orderID: String?
    var assignee: String?

    // A new one's clocks are started by the database.
    var createdAt = Date.distantPast
    var resolvedAt: Date?
    var firstResponseDueAt = Date.distantPast
    var firstRespondedAt: Date?
    var firstResponseBreachedAt: Date?
    /// Seconds promised.
    var resolutionTarget = 0.0
    /// Nil while the clock stands; then `resolutionLeft` holds its seconds.
    var resolutionDueAt: Date?
    var resolutionLeft: Double?
    var resolutionBreachedAt: Date?

    /// When the first-response clock fires; nil when it does not run.
    var firstResponseTimer: Date? {
        firstRespondedAt == nil && firstResponseBreachedAt == nil ? firstResponseDueAt : nil
    }

    /// When the resolution clock fires; nil when it does not run.
    var resolutionTimer: Date? { resolutionBreachedAt == nil ? resolutionDueAt : nil }

    /// Sets the status; the resolution clock stands while the ticket is not ours and goes on with what was left.
    mutating func move(to new: Status, at now: Date) {
        if status.isOurs, !new.isOurs, let dueAt = resolutionDueAt {
            resolutionLeft = dueAt.timeIntervalSince(now)
            resolutionDueAt = nil
        } else if !status.isOurs, new.isOurs {
            resolutionDueAt = now.addingTimeInterval(resolutionLeft ?? resolutionTarget)
            resolutionLeft = nil
        }
        status = new
        resolvedAt = new == .resolved ? now : nil
        // Whoever resolves has answered.
        if new == .resolved, firstRespondedAt == nil { firstRespondedAt = now }
    }

    /// An agent answered the customer.
    mutating func answer(at now: Date) {
        if firstRespondedAt == nil { firstRespondedAt = now }
        if status == .open { move(to: .replied, at: now) }
    }

    /// Promises what another priority promises, counted from the beginning; the time waited for the customer stays uncounted.
    mutating func change(priority new: String, _ policy: Policy) {
        let difference = policy.resolution - resolutionTarget
        priority = new
        firstResponseDueAt = createdAt.addingTimeInterval(policy.firstResponse)
        resolutionTarget = policy.resolution
        resolutionDueAt = resolutionDueAt?.addingTimeInterval(difference)
        resolutionLeft = resolutionLeft.map { $0 + difference }
    }
}
