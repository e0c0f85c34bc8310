import HTTP
import ServiceKit

/// Which value of each field survives a merge.
struct Survivorship {
    /// A field that a merge changed on the survivor's record.
    struct Change: Codable, Equatable {
        var before: String?
        let after: String?
    }

    /// The fields that have one value each, as callers name them; tags of both are kept.
    static let fields = ["kind", "name", "email", "phone", "language", "timeZone", "country", "notes"]

    /// What changes on the survivor's record. A field that nothing is said of keeps the survivor's value, or takes the merged party's
    /// where the survivor has none; notes of both are kept one below the other.
    static func changes(
        survivor: [String: String], merged: [String: String], taking choices: [String: String]
    ) -> [String: Change] {
        var changes: [String: Change] = [:]
        for field in fields {
            let mine = survivor[field], theirs = merged[field]
            let after: String? =
                switch choices[field] {
                case "merged": theirs
                case "survivor": mine
                default: field == "notes" ? joined(mine, theirs) : mine ?? theirs
                }
            // A party needs a kind and a name.
            guard after != mine, after != nil || !["kind", "name"].contains(field) else { continue }
            changes[field] = Change(before: mine, after: after)
        }
        return changes
    }

    private static func joined(_ mine: String?, _ theirs: String?) -> String? {
        guard let mine, let theirs, mine != theirs else { return mine ?? theirs }
        return "\(mine)\n\n\(theirs)"
    }

    /// A field that was changed again after the merge, and so is left alone when the merge is undone.
    struct Kept: Encodable, Equatable {
        let field: String
        let atMerge: String?
        let now: String?
    }

    /// What undoing does to the survivor's record: fields that still are as the merge left them go back, others are told apart.
    static func undo(
        _ changes: [String: Change], now: [String: String]
    ) -> (restored: [String: Change], kept: [Kept]) {
        var restored: [String: Change] = [:]
        var kept: [Kept] = []
        for (field, change) in changes.sorted(by: { $0.key < $1.key }) {
            if now[field] == change.after {
                restored[field] = Change(before: change.after, after: change.before)
            } else {
                kept.append(Kept(field: field, atMerge: change.after, now: now[field]))
            }
        }
        return (restored, kept)
    }
}

/// What a caller says of a merge.
struct MergeInput: Decodable {
    let mergedId: String?
    let fields: [String: String]?
    let by: String?

    func checked() throws -> MergeInput {
        for (field, choice) in fields ?? [:] {
            guard Survivorship.fields.contains(field) else {
                throw Problem.field("fields.\(field)", "is not one of \(Survivorship.fields.joined(separator: ", "))")
            }
            _ = try FieldCheck.word(choice, "fields.\(field)", of: ["survivor", "merged"])
        }
        _ = try FieldCheck.text(by, "by", atMost: 200)
        return self
    }
}
