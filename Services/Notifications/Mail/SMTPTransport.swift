import EventLoop
import HTTP

/// Mails go to one mail server.
@Loop
final class SMTPTransport: MailTransport {
    private let client: MailClient

    init(_ client: MailClient) { self.client = client }

    func deliver(_ mail: Mail) async throws {
        do {
            try await client.send(from: mail.from, to: [mail.to], message: mail.bytes)
        } catch let error as MailError {
            throw DeliveryFailure(isPermanent: error.isPermanent, description: error.description)
        }
    }
}
