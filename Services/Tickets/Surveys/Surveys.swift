import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import Telemetry

/// Satisfaction surveys: asked for by mail when a ticket is resolved, answered with the token in that mail.
@Loop
final class Surveys {
    private let tokens: SignedToken
    private let address: String
    private static let lifetime = 30.0 * 86_400

    init(_ context: ServiceContext) throws {
        let secret = try context.settings.optional(
            Setting<String>(
                "SURVEY_SECRET", isSecret: true, help: "signs the links to surveys; the same in all processes"))
        if secret == nil {
            context.log.warning("SURVEY_SECRET is not set: links to surveys stop working when this process ends")
        }
        tokens = SignedToken(key: secret.map { Array($0.utf8) } ?? SecureRandom.bytes(32), purpose: "survey.csat")
        address = try context.settings.value(
            Setting<String>(
                "SURVEY_URL", default: "http://127.0.0.1:8080/surveys/",
                help: "the address under which customers reach this service's /surveys/, which the token is appended to"
            ))
    }

    /// Asks the customer of a ticket that was just resolved, where there is a mail address; once for each resolution.
    func request(about ticket: Ticket, at now: Date, in transaction: Transaction) async throws {
        guard let party = ticket.partyID,
            let (name, address, language) = try await transaction.rows(CustomerStore.contact, party).first
        else { return }
        let id = ticket.id.text
        let expires = now.addingTimeInterval(Self.lifetime)
        let message = MessageRequested(
            messageId: UUID.v7(), recipientId: party, channel: "mail", address: address,
            template: "survey.csat", language: language,
            data: [
                "name": name, "subject": ticket.subject, "link": self.address + token(for: ticket, expires: expires),
            ],
            deduplicationKey: "survey:\(id):\(ticket.version)", purpose: "transactional", expiresAt: expires)
        try Outbox.append(
            message, topic: .notificationRequests, key: party.text, sequence: nil, in: transaction)
    }

    /// A token for the answer to one resolution of a ticket.
    func token(for ticket: Ticket, expires: Date) -> String {
        tokens.make("\(ticket.id.text):\(ticket.version)", expires: expires)
    }

    /// Takes an answer in and publishes it as the ticket's next version.
    func answer(_ token: String, _ input: SurveyInput, in transaction: Transaction) async throws {
        let (id, resolution) = try read(token)
        let (ticket, _) = try await TicketCommands.load(id, transaction)
        let added = try await transaction.query(SurveyStore.answer, id, resolution, input.score, input.comment)
        guard !added.isEmpty else { throw Problem(status: .conflict, detail: "This survey has been answered already.") }
        transaction.enqueue(SurveyStore.raise, id)
        try Outbox.append(
            SurveyAnswered(
                ticketId: id, partyId: ticket.partyID, survey: "csat", score: input.score, comment: input.comment,
                assignee: ticket.assignee),
            topic: .tickets, key: id.text, sequence: ticket.version + 1, in: transaction)
    }

    /// Whether a link is one of ours and can still be answered; throws a 404 or 410 problem where not.
    func check(_ token: String) throws { _ = try read(token) }

    private func read(_ token: String) throws -> (UUID, Int) {
        let payload: String
        do {
            payload = try tokens.verify(token)
        } catch {
            throw switch error {
            case .expired: Problem(status: 410, detail: "The time for answering this survey is over.")
            case .notOurs: Problem(status: .notFound, detail: "There is no such survey.")
            }
        }
        let parts = payload.split(separator: ":")
        guard parts.count == 2, let id = UUID(text: String(parts[0])), let version = Int(parts[1]) else {
            throw Problem(status: .notFound, detail: "There is no such survey.")
        }
        return (id, version)
    }
}
