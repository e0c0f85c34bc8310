import CRMModel
import HTTP
import Text

/// Checks of what callers send; each refusal is a 400 that names its field.
public enum FieldCheck {
    /// Cleaned text of 1 to `limit` characters; nil stays nil. Fewer than a thousand characters are one line. A character may be a letter with
    /// any number of marks: bytes are limited too, for no index of the database takes them without end.
    public static func text(_ value: String?, _ field: String, atMost limit: Int = 300) throws -> String? {
        guard let value else { return nil }
        guard value.utf8.count <= 8 * limit + 1000, !value.utf8.contains(0),
            let clean = limit < 1000 ? CleanText.oneLine(value) : CleanText.lines(value), clean.utf8.count <= 8 * limit,
            clean.utf8.count <= limit || clean.count <= limit
        else {
            throw Problem.field(field, "must have 1 to \(limit) characters that can be seen")
        }
        return clean
    }

    /// Text that must be there.
    public static func needed(_ value: String?, _ field: String, atMost limit: Int = 300) throws -> String {
        guard let clean = try text(value, field, atMost: limit) else { throw Problem.field(field, "is required") }
        return clean
    }

    /// One of some words; nil stays nil.
    public static func word(_ value: String?, _ field: String, of words: [String]) throws -> String? {
        guard let value else { return nil }
        guard words.contains(value) else {
            throw Problem.field(field, "must be one of \(words.joined(separator: ", "))")
        }
        return value
    }

    /// A code of ISO 4217; nil stays nil.
    public static func currency(_ value: String?, _ field: String = "currency") throws -> String? {
        guard let value else { return nil }
        guard Currency.isKnown(value) else { throw Problem.field(field, "must be an ISO 4217 code such as EUR") }
        return value
    }

    /// A currency in which something can still be sold.
    public static func activeCurrency(_ value: String, _ field: String = "currency") throws -> String {
        guard Currency.isActive(value) else {
            let isOld = Currency.isKnown(value)
            throw Problem.field(
                field, isOld ? "was withdrawn from ISO 4217" : "must be an ISO 4217 code such as EUR")
        }
        return value
    }

    /// A sum of money, which has no more places than its currency has.
    @discardableResult
    public static func money(_ amount: Amount, in currency: String, _ field: String) throws -> Amount {
        let rounded = amount.rounded(in: currency)
        guard rounded == amount else {
            let places = Currency.places(currency) ?? 4
            throw Problem.field(
                field, "has more places than \(currency) has, which is \(places); the nearest is \(rounded)")
        }
        return amount
    }

    /// A mail address, trimmed; nil stays nil.
    public static func mail(_ value: String?, _ field: String = "email") throws -> String? {
        guard let clean = try text(value, field, atMost: 254) else { return nil }
        // By scalars: a sign with a mark behind it is one Character, and a sign all the same.
        let scalars = clean.unicodeScalars
        let parts = scalars.split(separator: "@", omittingEmptySubsequences: false)
        let hasSpace = scalars.contains { $0.properties.isWhitespace || $0 == "," || $0 == "<" || $0 == ">" }
        guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), !hasSpace else {
            throw Problem.field(field, "must be a mail address such as name@example.com")
        }
        return clean
    }
}
