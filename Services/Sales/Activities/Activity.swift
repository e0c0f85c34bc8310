import CRMModel
import Crypto
import FoundationEssentials
import HTTP
import ServiceKit

/// A call, a visit, a meeting or a mail that was made: what is told of it, and notes, which stay here.
struct Activity: Sendable {
    let told: ActivityState
    let notes: String?

    /// What is logged.
    static let kinds = ["call", "visit", "meeting", "mail"]

    /// What a caller says of one.
    static let input = Input.command(
        ActivityInput.self, ["kind": .enumeration(kinds), "minutes": .integer(ActivityInput.minutes)],
        told: [
            "at": "When it was; now unless given", "opportunityId": "What it was for", "owner": "Who did it",
            "minutes": "How long it took", "outcome": "What came of it: `met`, `absent`, …",
        ]
    ) { try $0.checked() }.taking(.text)
}

/// What a caller says of what was made.
struct ActivityInput: Decodable {
    let kind: String
    let subject: String
    let at: Date?
    let partyId: UUID
    let opportunityId: UUID?
    let owner: String?
    let minutes: Int?
    let outcome: String?
    let place: String?
    let notes: String?

    /// How long something may take.
    static let minutes = 0...10_000
    /// How far the clocks of those who log may be ahead.
    private static let leeway: TimeInterval = 300

    /// Cleans and checks what was given; each refusal names its field.
    func checked() throws -> Activity {
        if let at, at.timeIntervalSinceNow > Self.leeway {
            throw Problem.field("at", "must not be to come: what is planned is a task")
        }
        if let at, at.timeIntervalSince1970 < 0 { throw Problem.field("at", "must be 1970 or later") }
        if let minutes, !Self.minutes.contains(minutes) { throw Problem.field("minutes", "must be from 0 to 10000") }
        let told = ActivityState(
            activityId: .v7(), kind: try FieldCheck.word(kind, "kind", of: Activity.kinds) ?? kind,
            subject: try FieldCheck.needed(subject, "subject"), at: at ?? Date(), partyId: partyId,
            opportunityId: opportunityId, owner: try FieldCheck.text(owner, "owner", atMost: 200), minutes: minutes,
            outcome: try FieldCheck.text(outcome, "outcome", atMost: 100), place: try FieldCheck.text(place, "place"))
        return Activity(told: told, notes: try FieldCheck.text(notes, "notes", atMost: 10_000))
    }
}
