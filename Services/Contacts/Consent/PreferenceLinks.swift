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

    /// A link for a party and until when it is good.
    func make(for party: UUID, at now: Date = Date()) -> (link: String, expires: Date) {
        let expires = now.addingTimeInterval(Self.lifetime)
        return (address + tokens.make(party.text, expires: expires), expires)
    }

    /// The party that a link is for; a 404 or 410 problem where it is none of ours or its time is over.
    func party(_ token: String) throws -> UUID {
        do {
            if let id = UUID(text: try tokens.verify(token)) { return id }
        } catch {
            guard case SignedToken.Refusal.notOurs = error else {
                throw Problem(status: 410, detail: "The time of this link is over.")
            }
        }
        throw Problem(status: .notFound, detail: "There is no such link.")
    }
}
