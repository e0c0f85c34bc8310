import HTTP
import Phones
import ServiceKit
import Text
import Writing

extension MailAddress {
    /// The stored form; a 400 that names the field for what is no address.
    static func checked(_ text: String) throws -> String {
        guard let address = normal(text) else {
            throw Problem.field("email", "must be a mail address such as name@example.com")
        }
        return address
    }
}

extension PhoneNumber {
    /// What was written, which only the party's country makes a number of; a 400 that names the field for what can be none.
    static func checked(_ text: String, _ field: String = "phone") throws -> String {
        guard text.utf8.count <= 100, PhoneNumber.isOne(text) else {
            throw Problem.field(field, "must be a phone number such as +44 20 7946 0958")
        }
        return text.trimmed
    }
}

extension Country {
    /// The stored form: a code where the text is a country's, else as it was written, for the firm's own words are no mistake.
    static func stored(_ text: String) -> String { code(text) ?? text }
}

extension LanguageTag {
    /// The stored form; a 400 that names the field for what is no tag.
    static func checked(_ text: String) throws -> String {
        guard let tag = normal(text) else {
            throw Problem.field("language", "must be a language tag of BCP 47 such as zh-CN or en")
        }
        return tag
    }
}

extension TimeZoneName {
    /// The stored form; a 400 that names the field for what is no zone.
    static func checked(_ text: String) throws -> String {
        guard let name = normal(text) else {
            throw Problem.field("timeZone", "must be a time zone of the IANA database such as Asia/Shanghai")
        }
        return name
    }
}
