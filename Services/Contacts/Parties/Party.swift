import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit

/// What a caller may say of a party.
struct PartyInput: Decodable {
    var kind: String?
    var name: String?
    var email: String?
    var phone: String?
    var language: String?
    var timeZone: String?
    var country: String?
    var notes: String?
    var tags: [String]?

    /// The kinds of customers (C2).
    static let kinds = ["consumer", "enterprise", "partner", "internal"]

    /// Cleans and checks what was given; each refusal names its field.
    func checked() throws -> PartyInput {
        var input = self
        input.name = try Self.text(name, "name", atMost: 300)
        if let kind, !Self.kinds.contains(kind) {
            throw Problem.field("kind", "must be one of \(Self.kinds.joined(separator: ", "))")
        }
        input.email = try email.map { try MailAddress.checked($0) }
        input.phone = try phone.map { try PhoneNumber.checked($0) }
        input.notes = try Self.text(notes, "notes", atMost: 10_000)
        for (field, value) in [("language", language), ("timeZone", timeZone), ("country", country)] {
            _ = try Self.text(value, field, atMost: 100)
        }
        if let tags, tags.count > 50 || tags.contains(where: { $0.isEmpty || $0.count > 50 }) {
            throw Problem.field("tags", "takes at most 50 tags of 1 to 50 characters")
        }
        return input
    }

    private static func text(_ value: String?, _ field: String, atMost limit: Int) throws -> String? {
        guard let value else { return nil }
        let clean = value.trimmed
        guard !clean.isEmpty, clean.count <= limit, !clean.unicodeScalars.contains("\0") else {
            throw Problem.field(field, "must have 1 to \(limit) characters")
        }
        return clean
    }
}

extension String {
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}

/// Mail addresses as they are stored: trimmed, the host in lower case.
enum MailAddress {
    /// The stored form; nil for what is no address.
    static func normal(_ text: String) -> String? {
        let clean = text.trimmed
        guard clean.utf8.count <= 254, let at = clean.lastIndex(of: "@"), at != clean.startIndex else { return nil }
        let host = clean[clean.index(after: at)...]
        guard host.contains("."), !host.hasPrefix("."), !host.hasSuffix("."),
            !clean.contains(where: { $0.isWhitespace || $0 == "," || $0 == "<" || $0 == ">" || $0 == "\0" })
        else { return nil }
        return clean[..<at] + "@" + host.lowercased()
    }

    static func checked(_ text: String) throws -> String {
        guard let address = normal(text) else {
            throw Problem.field("email", "must be a mail address such as name@example.com")
        }
        return address
    }
}

/// Phone numbers as they are stored: E.164, or the digits as given where the country is not known.
enum PhoneNumber {
    /// The stored form of any writing; nil for what is no number.
    static func normal(_ text: String) -> String? {
        var digits = ""
        var isInternational = false
        for character in text {
            if let value = character.wholeNumberValue, value >= 0, value <= 9 {
                digits.append(String(value))
            } else if character == "+" || character == "＋", digits.isEmpty {
                isInternational = true
            } else if !" -().·/　－（）".contains(character) {
                return nil
            }
        }
        if !isInternational, digits.hasPrefix("00") {
            digits.removeFirst(2)
            isInternational = true
        }
        guard (isInternational ? 7...15 : 3...15).contains(digits.count) else { return nil }
        return isInternational ? "+\(digits)" : digits
    }

    static func checked(_ text: String) throws -> String {
        guard let number = normal(text) else {
            throw Problem.field("phone", "must be a phone number such as +44 20 7946 0958")
        }
        return number
    }
}
