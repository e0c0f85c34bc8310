import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import Telemetry

/// The signed links by which customers open their preference centre: whoever has one speaks for that party, for as long as it is good.
@Loop
final class PreferenceLinks {
    private let tokens: SignedToken
    private let address: String
    private static let lifetime = 90.0 * 86_400

    init(_ context: ServiceContext) throws {
        let secret = try context.settings.optional(
            Setting<String>(
                "PREFERENCES_SECRET", isSecret: true,
                help: "signs the links to the preference centre; the same in all processes"))
        if secret == nil {
            context.log.warning(
                "PREFERENCES_SECRET is not set: links to preferences stop working when this process ends")
        }
        tokens = SignedToken(
            key: secret.map { Array($0.utf8) } ?? SecureRandom.bytes(32), purpose: "consent.preferences")
        address = try context.settings.value(
            Setting<String>(
                "PREFERENCES_URL", default: "http://127.0.0.1:8080/preferences/",
                help:
                    "the address under which customers reach this service's /preferences/, the token is appended to it")
        )
    }

    /// Whose preferences a link opens, and what it was sent for, which is all that one click takes back.
    struct Target: Equatable {
        let party: UUID
        var sentFor = Preference(channel: "mail", purpose: "marketing")
    }

    /// A link and until when it is good.
    func make(for target: Target, at now: Date = Date()) -> (link: String, expires: Date) {
        let expires = now.addingTimeInterval(Self.lifetime)
        let payload = "\(target.party.text)/\(target.sentFor.channel)/\(target.sentFor.purpose)"
        return (address + tokens.make(payload, expires: expires), expires)
    }

    /// What a link is for; a 404 or 410 problem where it is none of ours or its time is over.
    func target(_ token: String) throws -> Target {
        do {
            let parts = try tokens.verify(token).split(separator: "/").map(String.init)
            // Links of before said nothing of what they were sent for: they were for offers by mail.
            if let party = parts.first.flatMap({ UUID(text: $0) }) {
                guard parts.count == 3 else { return Target(party: party) }
                return Target(party: party, sentFor: Preference(channel: parts[1], purpose: parts[2]))
            }
        } catch {
            guard case SignedToken.Refusal.notOurs = error else {
                throw Problem(status: 410, detail: "The time of this link is over.")
            }
        }
        throw Problem(status: .notFound, detail: "There is no such link.")
    }
}
