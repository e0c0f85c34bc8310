import EventLoop
import HTTP
import ServiceKit
import Text

/// A way out for mails.
@Loop
protocol MailTransport: AnyObject, Sendable {
    /// Hands a mail over; when it returns, the mail is in other hands for good.
    func deliver(_ mail: Mail) async throws
}

/// Why a mail was not sent.
struct DeliveryFailure: Error, CustomStringConvertible {
    /// Whether it will never be.
    let isPermanent: Bool
    let description: String
}

/// The settings of mail.
struct MailSettings: Sendable {
    let from: String
    /// For messages that say no language, or one that a template does not have.
    let language: String
    var retries = RetrySchedule()
    private let smtpURL: String?
    private let smtpUser: String?
    private let smtpPassword: String?
    private let maildir: String

    init(_ settings: Settings) throws {
        from = try settings.value(
            Setting<String>("MAIL_FROM", default: "rapport@localhost", help: "the sender's address of all mails") {
                MailAddress.isPlain($0) ? $0 : nil
            })
        language = try settings.value(Template.mainLanguage)
        retries.attempts = try settings.value(
            Setting<Int>("MAIL_ATTEMPTS", default: 12, help: "how often a message is tried") {
                Int($0).flatMap { (1...50).contains($0) ? $0 : nil }
            })
        smtpURL = try settings.optional(
            Setting<String>("SMTP_URL", help: "the mail server, smtp://host:port or smtps://host:port; else a Maildir"))
        smtpUser = try settings.optional(Setting<String>("SMTP_USER", help: "the name at the mail server"))
        smtpPassword = try settings.optional(
            Setting<String>("SMTP_PASSWORD", isSecret: true, help: "the password at the mail server"))
        maildir = try settings.value(
            Setting<String>("MAILDIR", default: "./maildir", help: "the folder for mails where there is no mail server")
        )
    }

    /// The way out that is set.
    @Loop
    func transport() throws -> any MailTransport {
        guard let smtpURL else { return Maildir(maildir) }
        return SMTPTransport(try MailClient(url: smtpURL, user: smtpUser, password: smtpPassword))
    }
}
