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
        /// How often the links of the party had been revoked.
        var generation = 0
    }

    /// A link and until when it is good. Of the first generation it has no number, as all had before there were more.
    func make(for target: Target, at now: Date = Date()) -> (link: String, expires: Date) {
        let expires = now.addingTimeInterval(Self.lifetime)
        var payload = "\(target.party.text)/\(target.sentFor.channel)/\(target.sentFor.purpose)"
        if target.generation > 0 { payload += "/\(target.generation)" }
        return (address + tokens.make(payload, expires: expires), expires)
    }

    /// What a link is for; a 404 or 410 problem where it is none of ours, its time is over or it was revoked.
    func target(_ token: String, _ context: ServiceContext) async throws -> Target {
        let target = try read(token)
        let generation = try await context.rows(ConsentStore.generation, target.party).first
        guard target.generation == generation else { throw Self.over }
        return target
    }

    private func read(_ token: String) throws -> Target {
        do {
            let parts = try tokens.verify(token).utf8.split(separator: UInt8(ascii: "/")).map {
                String(decoding: $0, as: UTF8.self)
            }
            // Links of before said nothing of what they were sent for: they were for offers by mail.
            if let party = parts.first.flatMap({ UUID(text: $0) }) {
                guard parts.count >= 3 else { return Target(party: party) }
                return Target(
                    party: party, sentFor: Preference(channel: parts[1], purpose: parts[2]),
                    generation: parts.count > 3 ? Int(parts[3]) ?? -1 : 0)
            }
        } catch {
            guard case SignedToken.Refusal.notOurs = error else { throw Self.over }
        }
        throw Problem(status: .notFound, detail: "There is no such link.")
    }

    private static let over = Problem(status: 410, detail: "The time of this link is over.")
}
