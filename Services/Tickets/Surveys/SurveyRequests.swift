import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// Asking for an opinion: at once where the customer's mail address is known, else when contacts tells it.
extension Surveys {
    /// One time that a ticket was resolved; the version is the ticket's then.
    struct Resolution: Hashable {
        let ticket: UUID
        let version: Int

        /// What an intent is about.
        var subject: String { "\(ticket.text):\(version)" }

        init(ticket: UUID, version: Int) {
            self.ticket = ticket
            self.version = version
        }

        init?(subject: String) {
            let parts = subject.split(separator: ":")
            guard parts.count == 2, let ticket = UUID(text: String(parts[0])), let version = Int(parts[1]) else {
                return nil
            }
            self.init(ticket: ticket, version: version)
        }
    }

    /// Asks the customer of a ticket that was just resolved; once for each resolution.
    func request(about ticket: Ticket, in transaction: Transaction) async throws {
        let resolution = Resolution(ticket: ticket.id, version: ticket.version)
        transaction.enqueue(SurveyStore.request, ticket.id, ticket.version)
        guard let party = ticket.partyID else { return }
        try await ask([resolution], in: transaction)
        if try await left(of: [resolution], in: transaction).isEmpty { return }
        Intents.park(unasked, Intent(key: party.text, subject: resolution.subject), in: transaction)
    }

    /// The kind of intents of those who cannot be asked yet.
    func kind(within bound: Duration) -> IntentKind {
        IntentKind("survey", within: bound, for: IntentFact.party) { [unowned self] intents, transaction in
            let list = resolutions(intents)
            try await ask(list, in: transaction)
            return waiting(intents, of: try await left(of: list, in: transaction))
        } expire: { [unowned self] intents, transaction in
            let list = resolutions(intents)
            transaction.enqueue(SurveyStore.giveUp, list.map(\.ticket), list.map(\.version))
            return waiting(intents, of: try await left(of: list, in: transaction))
        }
    }

    private func resolutions(_ intents: [Intent]) -> [Resolution] {
        intents.compactMap { Resolution(subject: $0.subject) }
    }

    private func waiting(_ intents: [Intent], of left: [Resolution]) -> [Intent] {
        let subjects = Set(left.map(\.subject))
        return intents.filter { subjects.contains($0.subject) }
    }

    /// Those that wait still.
    private func left(of list: [Resolution], in transaction: Transaction) async throws -> [Resolution] {
        try await transaction.rows(SurveyStore.waiting, list.map(\.ticket), list.map(\.version)).map {
            Resolution(ticket: $0, version: $1)
        }
    }

    /// Asks about those whose customer has an address.
    private func ask(_ list: [Resolution], in transaction: Transaction) async throws {
        for (ticket, version, epoch, party, subject, name, address, language, now) in try await transaction.rows(
            SurveyStore.ask, list.map(\.ticket), list.map(\.version))
        {
            guard let party else { continue }
            let resolution = Resolution(ticket: ticket, version: version)
            let expires = now.addingTimeInterval(Self.lifetime)
            let key = "survey:\(resolution.subject)" + (epoch.map { ":\($0)" } ?? "")
            let message = MessageRequested(
                messageId: ExternalID.message(deduplicationKey: key), recipientId: party, channel: "mail",
                address: address, template: "survey.csat",
                language: language,
                data: ["name": name, "subject": subject, "link": link(to: resolution, expires: expires)],
                deduplicationKey: key, purpose: "transactional", expiresAt: expires)
            try Outbox.append(
                message, topic: .notificationRequests, key: party.text, sequence: nil, in: transaction)
        }
    }
}
