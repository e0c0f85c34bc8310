import HTTP
import ServiceKit

/// Mail addresses as they are stored: trimmed, the host in lower case.
enum MailAddress {
    private static let dot = UInt8(ascii: ".")

    /// The stored form; nil for what is no address.
    static func normal(_ text: String) -> String? {
        let clean = text.trimmed
        guard clean.utf8.count <= 254, let at = clean.utf8.lastIndex(of: UInt8(ascii: "@")), at != clean.startIndex
        else { return nil }
        let host = clean[clean.index(after: at)...]
        let bytes = host.utf8
        guard bytes.contains(dot), bytes.first != dot, bytes.last != dot,
            !clean.unicodeScalars.contains(where: {
                $0.properties.isWhitespace || $0 == "," || $0 == "<" || $0 == ">" || $0 == "\0"
            })
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

/// Phone numbers as they are stored: E.164, or the digits as given where the country is not known or they are no whole number of it.
enum PhoneNumber {
    /// A stored form, of a national number that of E.164 where it is one of the country.
    static func normal(_ number: String, in country: String?) -> String {
        guard !number.hasPrefix("+"), let plan = country.flatMap(PhonePlan.of) else { return number }
        return plan.international(number) ?? number
    }

    /// The stored form of any writing; nil for what is no number.
    static func normal(_ text: String) -> String? {
        var digits = ""
        var isInternational = false
        for scalar in text.unicodeScalars {
            if let digit = digit(scalar) {
                digits.unicodeScalars.append(digit)
            } else if scalar == "+" || scalar == "＋", digits.isEmpty {
                isInternational = true
            } else if !marks.contains(scalar) {
                return nil
            }
        }
        if !isInternational, digits.hasPrefix("00") {
            digits.removeFirst(2)
            isInternational = true
        }
        guard (isInternational ? 7...15 : 3...15).contains(digits.utf8.count) else { return nil }
        return isInternational ? "+\(digits)" : digits
    }

    /// What people write between the digits.
    private static let marks: [Unicode.Scalar] = [" ", "-", "(", ")", ".", "·", "/", "　", "－", "（", "）", "\u{A0}"]

    /// The digit of any script.
    private static func digit(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if scalar.isASCII { return ("0"..."9").contains(scalar) ? scalar : nil }
        guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue else { return nil }
        return Unicode.Scalar(UInt8(ascii: "0") + UInt8(value))
    }

    static func checked(_ text: String) throws -> String {
        guard let number = normal(text) else {
            throw Problem.field("phone", "must be a phone number such as +44 20 7946 0958")
        }
        return number
    }
}
