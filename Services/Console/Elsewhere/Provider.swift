import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit

/// A provider of sign-on elsewhere, as its own description says (OpenID Connect Discovery).
@Loop
final class Provider {
    /// It does not answer, or says what cannot be.
    struct Failure: Error, CustomStringConvertible { let description: String }

    private struct Description: Decodable, Sendable {
        let issuer: String
        let authorizationEndpoint: String
        let tokenEndpoint: String
        let jwksUri: String
        var tokenEndpointAuthMethodsSupported: [String]?
    }

    /// Who it is; what it says begins with this and nothing else.
    let issuer: String
    private let client: String
    private let secret: String?
    private let back: String
    private let http: HTTPClient
    private var known: (description: Description, at: ContinuousClock.Instant)?
    private var keys: (all: [IdentityToken.Key], at: ContinuousClock.Instant)?

    /// Finds the one of the settings; nil where none is set up.
    init?(_ context: ServiceContext, back: String) throws {
        let issuer = try context.settings.optional(
            Setting<String>(
                "OIDC_ISSUER", help: "the provider by which people of the firm sign in: https://login.example"
            ) { address in
                let starts = ["https://", "http://localhost:", "http://127.0.0.1:"]
                return starts.contains { address.utf8.starts(with: $0.utf8) } ? address : nil
            })
        let client = try context.settings.optional(
            Setting<String>("OIDC_CLIENT_ID", help: "what this console is called at the provider"))
        secret = try context.settings.optional(
            Setting<String>(
                "OIDC_CLIENT_SECRET", isSecret: true,
                help: "what this console shows to the provider, where it asks for that"))
        guard let issuer, let client else { return nil }
        (self.issuer, self.client, self.back) = (issuer, client, back)
        http = try HTTPClient(connectionsPerHost: 4)
    }

    // MARK: The way there

    /// Where a browser is led to sign in.
    func address(state: String, nonce: String, verifier: String) async throws -> String {
        let challenge = Base64URL.encode(SHA256.digest(Array(verifier.utf8)))
        let query = Self.form([
            ("response_type", "code"), ("client_id", client), ("redirect_uri", back), ("scope", "openid email profile"),
            ("state", state), ("nonce", nonce), ("code_challenge", challenge), ("code_challenge_method", "S256"),
        ])
        let start = try await description().authorizationEndpoint
        return start + (start.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + query
    }

    // MARK: The way back

    /// Who has come back with a code.
    func identity(code: String, nonce: String, verifier: String) async throws -> IdentityToken {
        struct Given: Decodable { let idToken: String }
        let description = try await description()
        var fields = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", back), ("code_verifier", verifier),
            ("client_id", client),
        ]
        var headers: Headers = ["content-type": "application/x-www-form-urlencoded", "accept": "application/json"]
        if let secret {
            // RFC 6749, 2.3.1: each half is encoded as a form before they are joined.
            if description.tokenEndpointAuthMethodsSupported?.contains("client_secret_basic") ?? true {
                let both = "\(PercentText.encode(client)):\(PercentText.encode(secret))"
                headers["authorization"] = "Basic \(Base64.encode(Array(both.utf8)))"
            } else {
                fields.append(("client_secret", secret))
            }
        }
        let answer = try await http.send(
            ClientRequest(
                .post, description.tokenEndpoint, headers: headers, body: Array(Self.form(fields).utf8),
                timeout: .seconds(10), maximumBytes: 256 << 10))
        guard answer.status == .ok, let given = try? IdentityToken.decoder.decode(Given.self, from: Data(answer.body))
        else {
            throw Failure(description: "the code was not taken: \(answer.status.rawValue)")
        }
        func read(_ keys: [IdentityToken.Key]) throws(IdentityToken.Refusal) -> IdentityToken {
            try IdentityToken(given.idToken, keys: keys, issuer: issuer, client: client, nonce: nonce, at: Date())
        }
        do {
            return try read(try await keys(fresh: false))
        } catch IdentityToken.Refusal.unknownKey {
            // It has new ones.
            return try read(try await keys(fresh: true))
        }
    }

    // MARK: What it says of itself

    private func description() async throws -> Description {
        if let known, known.at.duration(to: .now) < .seconds(3600) { return known.description }
        let start = issuer.utf8.last == UInt8(ascii: "/") ? String(issuer.dropLast()) : issuer
        let found = try await read(start + "/.well-known/openid-configuration", as: Description.self)
        guard found.issuer == issuer else { throw Failure(description: "it calls itself \(found.issuer)") }
        known = (found, .now)
        return found
    }

    private func keys(fresh: Bool) async throws -> [IdentityToken.Key] {
        struct Set: Decodable { let keys: [IdentityToken.Key] }
        // Not more than once in ten seconds: whoever makes up names of keys makes nobody ask for them all the time.
        if let keys, keys.at.duration(to: .now) < (fresh ? .seconds(10) : .seconds(3600)) { return keys.all }
        let found = try await read(try await description().jwksUri, as: Set.self).keys
        keys = (found, .now)
        return found
    }

    private func read<T: Decodable>(_ address: String, as type: T.Type) async throws -> T {
        let answer = try await http.send(
            ClientRequest(
                .get, address, headers: ["accept": "application/json"], timeout: .seconds(10), maximumBytes: 1 << 20))
        guard answer.status == .ok else { throw Failure(description: "\(address) answers \(answer.status.rawValue)") }
        return try IdentityToken.decoder.decode(type, from: Data(answer.body))
    }

    private static func form(_ fields: [(String, String)]) -> String {
        fields.map { "\($0)=\(PercentText.encode($1))" }.joined(separator: "&")
    }
}
