import HTTP
import ServiceKit

/// Which value of each field survives a merge.
struct Survivorship {
    /// A field that a merge changed on the survivor's record; lists, maps and custom values as JSON.
    struct Change: Codable, Equatable {
        var before: String?
        let after: String?
    }

    /// The fields as callers name them, besides `custom.` and a key for each custom field; tags of both are kept.
    static let fields = [
        "kind", "name", "email", "phone", "language", "timeZone", "country", "notes", "owner", "category", "birthday",
        "organisation", "title", "taxId", "emails", "phones", "addresses", "handles", "likes", "preferences",
    ]

    /// Whether callers may choose whose value of a field stays.
    static func isField(_ field: String) -> Bool {
        fields.contains(field) || field.hasPrefix("custom.") && field.utf8.count > 7
    }

    /// The survivor as it is after a merge. A field that nothing is said of keeps the survivor's value, or takes the merged party's where
    /// the survivor has none. Of lists and preferences both are kept, the survivor's first, and notes one below the other.
    static func merged(_ mine: Party, _ theirs: Party, taking choices: [String: String]) throws -> Party {
        var result = mine
        let (own, other) = (try mine.fields, try theirs.fields)
        for field in Set(own.keys).union(other.keys) {
            switch choices[field] {
            case "survivor": break
            // A party needs a kind and a name.
            case "merged": try result.set(field, to: other[field])
            default: if own[field] == nil { try result.set(field, to: other[field]) }
            }
        }
        join(&result, mine, theirs) { choices[$0] == nil }
        try takeLists(&result, theirs, choices)
        result.alignFirst()
        return result
    }

    private static func join(_ result: inout Party, _ mine: Party, _ theirs: Party, _ isOpen: (String) -> Bool) {
        if isOpen("notes"), let one = mine.notes, let other = theirs.notes, one != other {
            result.notes = "\(one)\n\n\(other)"
        }
        if isOpen("emails") {
            let all = union(mine.allEmails, theirs.allEmails, by: \.address)
            result.details.emails = all.count > 1 ? all : mine.details.emails ?? theirs.details.emails
        }
        if isOpen("phones") {
            let all = union(mine.allPhones, theirs.allPhones, by: \.number)
            result.details.phones = all.count > 1 ? all : mine.details.phones ?? theirs.details.phones
        }
        if isOpen("addresses"), let one = mine.details.addresses, let other = theirs.details.addresses {
            result.details.addresses = one + other.filter { !one.contains($0) }
        }
        if isOpen("handles"), let one = mine.details.handles, let other = theirs.details.handles {
            result.details.handles = one + other.filter { !one.contains($0) }
        }
        if isOpen("likes"), let one = mine.details.likes, let other = theirs.details.likes {
            result.details.likes = union(one, other, by: \.self)
        }
        if isOpen("preferences"), let one = mine.details.preferences, let other = theirs.details.preferences {
            result.details.preferences = one.merging(other) { mine, _ in mine }
        }
    }

    /// Whoever takes the merged party's list takes its first as the one to write to or to call, unless he says otherwise.
    private static func takeLists(_ result: inout Party, _ theirs: Party, _ choices: [String: String]) throws {
        if choices["emails"] == "merged", !theirs.allEmails.isEmpty {
            result.details.emails = theirs.allEmails
            if choices["email"] == nil { result.email = theirs.allEmails.first?.address }
        }
        if choices["phones"] == "merged", !theirs.allPhones.isEmpty {
            result.details.phones = theirs.allPhones
            if choices["phone"] == nil { result.phone = theirs.allPhones.first?.number }
        }
    }

    private static func union<T, Key: Hashable>(_ one: [T], _ other: [T], by key: (T) -> Key) -> [T] {
        let known = Set(one.map(key))
        return one + other.filter { !known.contains(key($0)) }
    }

    /// What differs between two forms of a record.
    static func changes(from before: Party, to after: Party) throws -> [String: Change] {
        let (old, new) = (try before.fields, try after.fields)
        var changes: [String: Change] = [:]
        for field in Set(old.keys).union(new.keys) where old[field] != new[field] {
            changes[field] = Change(before: old[field], after: new[field])
        }
        return changes
    }

    /// A field that was changed again after the merge, and so is left alone when the merge is undone.
    struct Kept: Encodable, Equatable {
        let field: String
        let atMerge: String?
        let now: String?
    }

    /// What undoing does to the survivor's record: fields that still are as the merge left them go back, others are told apart.
    static func undo(_ changes: [String: Change], on party: inout Party) throws -> (restored: [String], kept: [Kept]) {
        let now = try party.fields
        var restored: [String] = []
        var kept: [Kept] = []
        for (field, change) in changes.sorted(by: { $0.key < $1.key }) {
            if now[field] == change.after {
                try party.set(field, to: change.before)
                restored.append(field)
            } else {
                kept.append(Kept(field: field, atMerge: change.after, now: now[field]))
            }
        }
        party.alignFirst()
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
            guard Survivorship.isField(field) else {
                let known = Survivorship.fields.joined(separator: ", ")
                throw Problem.field("fields.\(field)", "is not one of \(known), custom.KEY")
            }
            _ = try FieldCheck.word(choice, "fields.\(field)", of: ["survivor", "merged"])
        }
        _ = try FieldCheck.text(by, "by", atMost: 200)
        return self
    }
}
