import HTTP
import ServiceKit

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
