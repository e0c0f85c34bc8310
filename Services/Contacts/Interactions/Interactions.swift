import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Phones
import Postgres
import Text

/// Touches that channels tell of: calls, messages, forms, reviews (C6).
@Loop
enum Interactions {
    /// A touch with its kind and the key of the message that tells it.
    struct Touch {
        let kind: String
        let told: ChannelInteraction
        let sender: String
        /// `ce_source` of who tells it: two channels may use one number.
        let source: String
    }

    /// The source of what channels tell over HTTP, and of what is told on for them.
    nonisolated static let ownSource = "/contacts"

    /// Hears the channels, all kinds of touches of a batch at once.
    static func subscribe(_ subscriptions: inout Subscriptions) {
        subscriptions.on(
            [
                heard(InteractionKinds.Call.self), heard(InteractionKinds.Message.self),
                heard(InteractionKinds.Form.self), heard(InteractionKinds.Review.self),
            ]
        ) { touches, transaction in _ = try await record(touches, transaction) }
        subscriptions.onEnd(InteractionStore.senderForgotten) { ends, transaction in
            forget(ends.map(\.key), transaction)
        }
    }

    /// An erasure has ended what senders told until here. Most of it went with the person; what came behind the erasure, or is read anew from
    /// the topic, goes now. What another party told from the same address stays.
    private static func forget(_ senders: [String], _ transaction: Transaction) {
        transaction.enqueue(InteractionStore.forget, Array(Set(senders)).sorted())
    }

    private static func heard<Kind: InteractionKind>(_ kind: Kind.Type) -> Heard<Touch> {
        Heard(ChannelTold<Kind>.self) {
            Touch(kind: Kind.name, told: $0.data.interaction, sender: $0.event.key, source: $0.event.source)
        }
    }

    /// Writes touches, each once, and answers the places of those that are new.
    @discardableResult
    static func record(_ touches: [Touch], _ transaction: Transaction) async throws -> [Int] {
        let told = touches.map(\.told)
        let mails = told.map { $0.email.flatMap(MailAddress.normal)?.lowercased() }
        let phones = told.map { $0.phone.flatMap { PhoneNumber.normal($0) } }
        OddFacts.note(
            touches.lazy.map {
                OddFacts.Fact(
                    kind: $0.kind, reference: $0.told.interactionId, source: $0.source, party: $0.told.partyID,
                    at: $0.told.at)
            }, transaction)
        return try await transaction.rows(
            InteractionStore.put, touches.map(\.kind), told.map(\.interactionId),
            told.map(\.partyID), told.map(\.at),
            touches.map(\.title), try told.map { SQLJSON(Array(try ModelJSON.encoder.encode($0))) }, mails, phones,
            mails.map { $0.map(MailAddress.alike) }, phones.map { $0.flatMap(PhoneNumber.alike) },
            touches.map(\.sender), touches.map(\.source)
        ).map { $0 - 1 }
    }
}

extension Interactions.Touch {
    /// What the timeline shows, for people.
    var title: String {
        let about = [told.subject, told.text].compactMap { $0 }.joined(separator: ": ")
        let what: String =
            switch kind {
            case InteractionKinds.Call.name:
                "call" + (told.outcome.map { ", \($0)" } ?? "") + (told.seconds.map { ", \($0) s" } ?? "")
            case InteractionKinds.Review.name:
                "review" + (told.rating.map { ", \($0) of 5" } ?? "") + (told.place.map { " on \($0)" } ?? "")
            case InteractionKinds.Form.name: "form" + (told.place.map { " \($0)" } ?? "")
            default: told.channel ?? "message"
            }
        let direction = told.direction == "outbound" ? "to the customer, " : ""
        return String((direction + what + (about.isEmpty ? "" : ": \(about)")).prefix(500))
    }
}
