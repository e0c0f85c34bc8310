import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

extension AbsenceState {
    /// An absence of nobody yet.
    private static func blank(_ id: UUID) -> AbsenceState {
        AbsenceState(absenceId: id, personId: id, from: .first, until: .first)
    }

    /// Its fields.
    static let record = Record<AbsenceState>(
        "absence", id: \.absenceId, blank: blank,
        [
            .needed("personId", \.personId), .needed("from", \.from, column: "from_day"),
            .needed("until", \.until, column: "until_day"), .optional("substituteId", \.substituteId),
            .needed("status", \.status, .word(Directory.statuses), required: false),
        ])

    /// How they are kept.
    static let kept = Kept<AbsenceState, AbsenceChanged>(
        record: record, resource: .absences, blank: blank, id: { $0.absenceId },
        tell: { AbsenceChanged(absence: $0) }, told: { $0.absence },
        check: { new, _, transaction in
            guard new.from <= new.until else { throw Problem.field("until", "must not be before from") }
            guard new.substituteId != new.personId else {
                throw Problem.field("substituteId", "must be somebody else")
            }
            let named = [new.personId] + (new.substituteId.map { [$0] } ?? [])
            let found: [UUID] = try await transaction.rows(AbsenceStore.persons, named)
            let known = Set(found)
            guard known.contains(new.personId) else { throw Directory.unknown("personId", "a person") }
            guard known.count == named.count else { throw Directory.unknown("substituteId", "a person") }
        }, page: Kept<AbsenceState, AbsenceChanged>.page(record))
}

extension Resource {
    /// Absences over HTTP.
    static let absences = Resource(AbsenceState.record, at: "/v1/absences")
}
