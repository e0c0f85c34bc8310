import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// The keys that tokens are signed with.
    static let keys = Capability(
        "keys", "the keys that tokens are signed with", migrations: [KeyStore.migration],
        statements: KeyStore.statements, standings: [.own("signing_key"), .own("signing_keys_told")]
    ) { context in
        let keys = try context.shared(SigningKeys.init)
        let tokens = context.shared(PersonTokens.init)
        let looking = SteadyWork(context.log, every: .seconds(30), failing: "signing keys are not looked after")
        return CapabilityParts(
            routes: [
                Route(
                    .get, "/.well-known/jwks.json", "The keys that tokens are checked with", tag: "keys", access: .open,
                    gives: .json(shownKeys)
                ) { _ in
                    if keys.known.keys.isEmpty { try await keys.look() }
                    return try Response(.ok, json: keys.known).with("cache-control", "max-age=300")
                }
            ],
            background: [
                {
                    await looking.run {
                        try await keys.look()
                        tokens.take(keys.known)
                        return false
                    }
                }
            ])
    }
}

private let shownKeys = Schema.object([
    .init(
        "keys",
        .array(
            .object(["kty", "crv", "x", "kid", "use", "alg"].map { .init($0, .string) })))
])
