import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The language of tickets that open themselves: the clocks run from the first word on, so a ticket whose customer is not known yet opens in
/// English, and says in Chinese what it is about once contacts has told of a customer who reads that.
enum TicketLanguage {
    static let name = "ticket-language"
    /// Seconds; contacts tells of a customer about when the ERP does.
    static let bound = 86_400

    /// Those who wait for their customer; the payload is the Chinese subject.
    static let waiting = IntentKind(name, within: .seconds(bound), for: IntentFact.party) { intents, transaction in
        let list = intents.compactMap { intent in
            UUID(text: intent.subject).map { (id: $0, subject: intent.payload ?? "") }
        }
        let known: [UUID] = try await transaction.rows(TicketStore.translate, list.map(\.id), list.map(\.subject))
        let subjects = Set(known.map(\.text))
        return intents.filter { !subjects.contains($0.subject) }
    } expire: { _, _ in
        // The ticket stays as it is: its subject is understood, and nobody waits for another.
        []
    }
}
