import CRMModel
import FoundationEssentials

/// A party field by field, each value as text, so that merges compare, keep and put back all of them alike. Lists, maps and custom
/// values are JSON with sorted keys: equal values are equal texts.
extension Party {
    /// Fields of one value that may be absent.
    private static var texts: [String: WritableKeyPath<Party, String?>] {
        [
            "email": \.email, "phone": \.phone, "language": \.language, "timeZone": \.timeZone, "country": \.country,
            "notes": \.notes, "owner": \.owner, "category": \.category, "birthday": \.birthday,
            "organisation": \.details.organisation, "title": \.details.title, "taxId": \.details.taxId,
        ]
    }

    /// What every field holds; those that hold nothing are left out. A custom field is `custom.` and its key.
    var fields: [String: String] {
        get throws {
            var fields = ["kind": kind, "name": name]
            for (field, path) in Self.texts { fields[field] = self[keyPath: path] }
            fields["emails"] = try Self.text(details.emails)
            fields["phones"] = try Self.text(details.phones)
            fields["addresses"] = try Self.text(details.addresses)
            fields["handles"] = try Self.text(details.handles)
            fields["likes"] = try Self.text(details.likes)
            fields["preferences"] = try Self.text(details.preferences)
            for (key, value) in custom { fields["custom.\(key)"] = try ModelJSON.text(value) }
            return fields
        }
    }

    private static func text(_ value: (some Collection & Encodable)?) throws -> String? {
        guard let value, !value.isEmpty else { return nil }
        return try ModelJSON.text(value)
    }

    /// Sets a field to what `fields` had of it, or takes it away.
    mutating func set(_ field: String, to text: String?) throws {
        func decoded<T: Decodable>(_ type: T.Type = T.self) throws -> T? {
            try text.map { try ModelJSON.decoder.decode(T.self, from: Data($0.utf8)) }
        }
        if let path = Self.texts[field] {
            self[keyPath: path] = text
            return
        }
        switch field {
        case "kind": kind = text ?? kind
        case "name": name = text ?? name
        case "emails": details.emails = try decoded()
        case "phones": details.phones = try decoded()
        case "addresses": details.addresses = try decoded()
        case "handles": details.handles = try decoded()
        case "likes": details.likes = try decoded()
        case "preferences": details.preferences = try decoded()
        default: if field.hasPrefix("custom.") { custom[String(field.dropFirst(7))] = try decoded() }
        }
    }

    /// Puts the single members `email` and `phone` first in their lists, for they are the same thing.
    mutating func alignFirst() {
        if let email, let list = details.emails {
            let own = list.first { $0.address == email } ?? PartyDetails.Email(address: email)
            details.emails = [own] + list.filter { $0.address != email }
        } else {
            email = email ?? details.emails?.first?.address
        }
        if let phone, let list = details.phones {
            let own = list.first { $0.number == phone } ?? PartyDetails.Phone(number: phone)
            details.phones = [own] + list.filter { $0.number != phone }
        } else {
            phone = phone ?? details.phones?.first?.number
        }
    }
}
