import Crypto
import EventLoop
import FoundationEssentials
import HTTP

/// Checks the tokens of persons without asking anybody: by the keys that the console has told, and by who has left since.
@Loop
public final class PersonTokens {
    private let context: ServiceContext
    private var verifier: TokenVerifier?
    private var gone: Set<String> = []

    /// Knows nobody yet; `look` tells.
    public init(_ context: ServiceContext) { self.context = context }

    /// Whom the console's tokens say they are from, and for whom they are.
    public static let issuer = "rapport-console"
    /// For whom they are.
    public static let audience = "rapport"

    /// Takes up what was told since.
    public func look() async throws {
        if let text = try await context.rows(DirectoryStore.keys).first {
            take(try JSONDecoder().decode(WebKeys.self, from: Data(text.utf8)))
        }
        // Who left longer ago has no token that is good.
        gone = Set(try await context.rows(DirectoryStore.gone).map(\.text))
    }

    /// Takes the keys that count.
    public func take(_ keys: WebKeys) {
        verifier = TokenVerifier(keys, issuer: Self.issuer, audience: Self.audience)
    }

    /// Who carries a token; nil for what is no token of a person at all. A right that reaches only a part of things gives nothing here as long
    /// as the service cannot hold that part: nobody sees more than his role says.
    public func principal(of bearer: String, at now: Date = Date()) throws -> Principal? {
        guard let claims = try claims(of: bearer, at: now) else { return nil }
        var rights = RightSet()
        for name in claims.rights ?? [] {
            if let known = try? RightSet(named: [name]) { rights.formUnion(known) }
        }
        return Principal(.person, id: "person:\(claims.sub)", name: claims.name ?? claims.sub, rights: rights)
    }

    /// What a token says; nil for what is no token of a person at all.
    func claims(of bearer: String, at now: Date = Date()) throws -> TokenClaims? {
        guard bearer.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2 else { return nil }
        guard let verifier else { throw Self.refusal("no keys were told yet") }
        do throws(WebToken.Refusal) {
            let claims = try verifier.verify(bearer, at: now)
            guard !gone.contains(claims.sub) else { throw WebToken.Refusal.expired }
            return claims
        } catch {
            throw Self.refusal(error == .expired ? "its time is over" : "it is not good here")
        }
    }

    private static func refusal(_ why: String) -> Problem {
        Problem(
            status: .unauthorized, detail: "This token is not taken: \(why).",
            headers: ["www-authenticate": "Bearer error=\"invalid_token\""])
    }
}
