import CRMModel
import HTTP
import Text

/// Checks of what callers send; each refusal is a 400 that names its field.
public enum FieldCheck {
    /// Trimmed text of 1 to `limit` characters; nil stays nil. A character may be a letter with any number of marks: bytes are limited
    /// too, for no index of the database takes them without end.
    public static func text(_ value: String?, _ field: String, atMost limit: Int = 300) throws -> String? {
        guard let value else { return nil }
        let clean = value.trimmed
        guard !clean.isEmpty, clean.count <= limit, clean.utf8.count <= 8 * limit, !clean.unicodeScalars.contains("\0")
        else {
            throw Problem.field(field, "must have 1 to \(limit) characters")
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
        let parts = clean.split(separator: "@", omittingEmptySubsequences: false)
        let hasSpace = clean.contains { $0.isWhitespace || $0 == "," || $0 == "<" || $0 == ">" }
        guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), !hasSpace else {
            throw Problem.field(field, "must be a mail address such as name@example.com")
        }
        return clean
    }
}
