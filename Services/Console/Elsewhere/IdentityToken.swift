import Crypto
import FoundationEssentials

/// What a provider says of whoever has signed in there (OpenID Connect Core, section 2), believed only as far as its signature goes.
struct IdentityToken: Sendable, Equatable {
    /// Why one was refused.
    enum Refusal: Error, Equatable {
        case malformed, algorithm, unknownKey, notAuthentic, issuer, audience, expired, notYet, nonce
    }

    /// Who it is, for the provider, for ever.
    let subject: String
    /// The mail address, unless the provider says that nobody has looked whether it is his.
    let email: String?

    /// A public key of a provider (RFC 7517).
    struct Key: Decodable, Sendable {
        let kty: String
        var kid: String?
        var use: String?
        var alg: String?
        var crv: String?
        var x: String?
        var y: String?
        var n: String?
        var e: String?

        /// As it checks signatures; nil for one of a kind that is not taken, or that is for something else.
        var key: ForeignKey? {
            guard use == nil || use == "sig" else { return nil }
            func part(_ text: String?) -> [UInt8]? { text.flatMap { Base64URL.decode($0) } }
            switch (kty, crv) {
            case ("RSA", _): return part(n).flatMap { n in part(e).flatMap { ForeignKey(modulus: n, exponent: $0) } }
            case ("EC", "P-256"): return part(x).flatMap { x in part(y).flatMap { ForeignKey(x: x, y: $0) } }
            case ("OKP", "Ed25519"): return part(x).flatMap { ForeignKey(ed25519: $0) }
            default: return nil
            }
        }
    }

    private struct Header: Decodable {
        let alg: String
        var kid: String?
        var crit: [String]?
    }

    private struct Claims: Decodable {
        let iss: String
        let sub: String
        let aud: Audience
        let exp: Double
        var iat: Double?
        var nbf: Double?
        var nonce: String?
        var azp: String?
        var email: String?
        var emailVerified: Said?
    }

    /// One, or several.
    private struct Audience: Decodable {
        let all: [String]
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            all = try (try? [container.decode(String.self)]) ?? container.decode([String].self)
        }
    }

    /// Yes or no; some write it as a text.
    private struct Said: Decodable {
        let isYes: Bool
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            isYes = try (try? container.decode(Bool.self)) ?? (container.decode(String.self) == "true")
        }
    }

    /// Which algorithms are taken, each by a key of its own kind: no token says by itself how it is believed.
    private static let algorithms: [String: ForeignKey.Algorithm] = ["RS256": .rs256, "ES256": .es256, "EdDSA": .edDSA]
    /// Reads names as providers write them, `jwks_uri`.
    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    /// How far clocks may differ, in seconds.
    private static let skew = 60.0

    /// Reads a token that was got for a client and a nonce.
    init(
        _ text: String, keys: [Key], issuer: String, client: String, nonce: String, at now: Date
    ) throws(Refusal) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard text.utf8.count <= 32 << 10, parts.count == 3, let head = Base64URL.decode(parts[0]),
            let body = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2]),
            let header = try? Self.decoder.decode(Header.self, from: Data(head))
        else { throw .malformed }
        guard let algorithm = Self.algorithms[header.alg], header.crit == nil else { throw .algorithm }
        let named = keys.filter { header.kid == nil || $0.kid == header.kid }.compactMap(\.key)
        let fitting = named.filter { $0.algorithm == algorithm }
        guard !fitting.isEmpty else { throw .unknownKey }
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        guard fitting.contains(where: { $0.isValid(joined: signature, of: signed) }) else { throw .notAuthentic }
        guard let claims = try? Self.decoder.decode(Claims.self, from: Data(body)), !claims.sub.isEmpty else {
            throw .malformed
        }
        guard claims.iss == issuer else { throw .issuer }
        guard claims.aud.all.contains(client), claims.aud.all.count == 1 || claims.azp == client else {
            throw .audience
        }
        let seconds = now.timeIntervalSince1970
        guard seconds < claims.exp + Self.skew else { throw .expired }
        guard max(claims.iat ?? 0, claims.nbf ?? 0) <= seconds + Self.skew else { throw .notYet }
        guard let given = claims.nonce, constantTimeEqual(Array(given.utf8), Array(nonce.utf8)) else { throw .nonce }
        subject = claims.sub
        email = claims.emailVerified?.isYes == false ? nil : claims.email
    }
}
