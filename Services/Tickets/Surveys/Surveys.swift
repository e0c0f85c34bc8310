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
    /// Those who wait for their customer's mail address.
    private(set) lazy var unasked = kind(within: patience)
    private let patience: Duration
    static let lifetime = 30.0 * 86_400

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
        let hours = Setting<Int>(
            "SURVEY_WAIT_HOURS", default: 168,
            help: "how long after a ticket was resolved a survey waits for the customer's mail address"
        ) { Int($0).flatMap { (1...8760).contains($0) ? $0 : nil } }
        patience = .seconds(try context.settings.value(hours) * 3600)
    }

    /// The address under which a customer answers about one resolution of a ticket.
    func link(to resolution: Resolution, expires: Date) -> String {
        address + tokens.make(resolution.subject, expires: expires)
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
        guard let resolution = Resolution(subject: payload) else {
            throw Problem(status: .notFound, detail: "There is no such survey.")
        }
        return (resolution.ticket, resolution.version)
    }
}
