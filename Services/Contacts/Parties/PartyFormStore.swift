import CRMModel
import Messaging

/// The form in which parties are published, as SQL.
extension PartyStore {
    /// What systems call a party, as the statement that tells of it knows.
    enum Names {
        /// It is new, and nobody calls it anything.
        case none
        /// It is new, and the ERP told of it: SQL of the circle of numbers and of the number.
        case first(system: String, number: String)
        /// It was there, and the ERP told of it: the number may be new.
        case told(system: String, number: String)
        /// As its references say.
        case stored

        /// SQL of the ERP's number.
        fileprivate var number: String {
            switch self {
            case .none: "NULL"
            case .first(let system, let number): "CASE WHEN \(system) = '\(CustomerNumber.erp)' THEN \(number) END"
            case .told(let system, let number):
                "coalesce(\(Self.ownNumber), CASE WHEN \(system) = '\(CustomerNumber.erp)' AND \(Self.isFree(system, number)) THEN \(number) END)"
            case .stored: Self.ownNumber
            }
        }

        /// SQL of all references.
        fileprivate var all: String {
            switch self {
            case .none: "NULL"
            case .first(let system, let number):
                "json_build_array(json_build_object('system', \(system), 'reference', \(number)))"
            case .told(let system, let number):
                """
                (SELECT json_agg(json_build_object('system', r.system, 'reference', r.reference) ORDER BY r.system, r.reference)
                    FROM (SELECT r.system, r.reference FROM party_reference r WHERE \(Self.isOwn)
                        UNION ALL SELECT \(system), \(number) WHERE \(Self.isFree(system, number))) r)
                """
            case .stored:
                """
                (SELECT json_agg(json_build_object('system', r.system, 'reference', r.reference) ORDER BY r.system, r.reference)
                    FROM party_reference r WHERE \(Self.isOwn))
                """
            }
        }

        /// The ERP's number of a party: its reference, which points to the survivor while the party is merged.
        private static let ownNumber = """
            (SELECT r.reference FROM party_reference r WHERE \(isOwn) AND r.system = '\(CustomerNumber.erp)'
                ORDER BY r.reference LIMIT 1)
            """
        private static let isOwn = """
            r.party_id = coalesce(p.merged_into, p.id) AND coalesce(r.origin_id, r.party_id) = p.id
            """

        private static func isFree(_ system: String, _ number: String) -> String {
            "NOT EXISTS (SELECT FROM party_reference f WHERE f.system = \(system) AND f.reference = \(number))"
        }
    }

    /// `INSERT INTO outbox … SELECT …` that tells of parties as they are; complete it with `FROM`, where the row is `p`.
    ///
    /// The form that is published is made here and nowhere else, of the row that the same statement has written. Its names are those of the
    /// party itself, while it is merged too, and never those that came with a merge.
    static func tell<T: EventData>(_ type: T.Type, names: Names = .stored) -> String {
        var isNew = false
        if case .none = names { isNew = true }
        if case .first = names { isNew = true }
        let stage = isNew ? "NULL" : "(SELECT s.stage FROM party_stage s WHERE s.party_id = p.id)"
        let state = SQLEvent.object(
            PartyState.self,
            [
                "partyId": "p.id", "kind": "p.kind", "name": "p.name", "email": "p.email", "phone": "p.phone",
                "language": "p.language", "timeZone": "p.time_zone", "country": "p.country",
                "customerNo": names.number, "emails": "nullif(p.details->'emails', '[]')",
                "phones": "nullif(p.details->'phones', '[]')", "addresses": "nullif(p.details->'addresses', '[]')",
                "taxId": "p.details->'taxId'", "references": names.all,
                "tags": "CASE WHEN p.tags <> '{}' THEN p.tags END", "owner": "p.owner", "category": "p.category",
                "birthday": "p.birthday", "organisation": "p.details->'organisation'", "title": "p.details->'title'",
                "stage": stage,
            ])
        return SQLEvent.insert(
            type, key: "p.id::text", sequence: "p.version", payload: "json_strip_nulls(\(state))::text")
    }
}
