import HTTP
import ServiceKit
import Text

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
    /// The stored form; a 400 that names the field for what is no number.
    static func checked(_ text: String) throws -> String {
        guard let number = normal(text) else {
            throw Problem.field("phone", "must be a phone number such as +44 20 7946 0958")
        }
        return number
    }
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
