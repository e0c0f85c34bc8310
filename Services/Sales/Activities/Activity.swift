import FoundationEssentials
import HTTP
import ServiceKit

/// What a caller says of a call, a visit, a meeting or a mail that was made.
struct ActivityInput: Decodable {
    var kind: String?
    var subject: String?
    var at: Date?
    var partyId: UUID?
    var opportunityId: UUID?
    var owner: String?
    var minutes: Int?
    var outcome: String?
    var place: String?
    var notes: String?

    /// What is logged.
    static let kinds = ["call", "visit", "meeting", "mail"]
    /// How far the clocks of those who log may be ahead.
    private static let leeway: TimeInterval = 300

    /// Cleans and checks what was given; each refusal names its field.
    func checked() throws -> ActivityInput {
        var input = self
        guard let kind = try FieldCheck.word(kind, "kind", of: Self.kinds) else {
            throw Problem.field("kind", "is required")
        }
        input.kind = kind
        input.subject = try FieldCheck.needed(subject, "subject")
        guard partyId != nil else { throw Problem.field("partyId", "is required") }
        if let at, at.timeIntervalSinceNow > Self.leeway {
            throw Problem.field("at", "must not be to come: what is planned is a task")
        }
        if let at, at.timeIntervalSince1970 < 0 { throw Problem.field("at", "must be 1970 or later") }
        if let minutes, !(0...10_000).contains(minutes) { throw Problem.field("minutes", "must be from 0 to 10000") }
        input.owner = try FieldCheck.text(owner, "owner", atMost: 200)
        input.outcome = try FieldCheck.text(outcome, "outcome", atMost: 100)
        input.place = try FieldCheck.text(place, "place")
        input.notes = try FieldCheck.text(notes, "notes", atMost: 10_000)
        return input
    }
}
