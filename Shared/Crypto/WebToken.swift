import FoundationEssentials

/// What a token says of whoever carries it (RFC 7519).
public struct TokenClaims: Codable, Sendable, Equatable {
    /// Who has signed it.
    public let iss: String
    /// Whom it speaks of.
    public let sub: String
    /// For whom it is.
    public let aud: String
    /// When it was made, in seconds since 1970.
    public let iat: Int
    /// When it ends.
    public let exp: Int
    /// Its own id.
    public let jti: String
    /// The session that it belongs to.
    public let sid: String?
    /// How the person is called, for answers and logs.
    public let name: String?
    /// The rights that it carries.
    public let rights: [String]?

    /// Says what a token says.
    public init(
        iss: String, sub: String, aud: String, iat: Int, exp: Int, jti: String, sid: String? = nil, name: String? = nil,
        rights: [String]? = nil
    ) {
        self.iss = iss
        self.sub = sub
        self.aud = aud
        self.iat = iat
        self.exp = exp
        self.jti = jti
        self.sid = sid
        self.name = name
        self.rights = rights
    }
}

/// Tokens that everybody can check who knows our public keys: JWS in its compact form (RFC 7515), EdDSA on Ed25519 (RFC 8037) and nothing
/// else, so that no token says by itself how it is to be believed.
public enum WebToken {
    /// Why a token was refused.
    public enum Refusal: Error, Equatable {
        /// It is no token.
        case malformed
        /// It is signed otherwise than with EdDSA, or not at all.
        case algorithm
        /// The key that it names is not known, or not any more.
        case unknownKey
        /// The signature is not that key's.
        case notAuthentic
        /// Another has signed it.
        case issuer
        /// It is for others.
        case audience
        /// Its time is over.
        case expired
        /// Its time has not come.
        case notYet
        /// It is good for longer than a token may be.
        case tooLong
    }

    private struct Header: Codable {
        let alg: String
        let typ: String?
        let kid: String?
        let crit: [String]?
    }

    /// Signs claims; `kind` tells tokens of one use from others' (RFC 8725, 3.11).
    public static func sign(
        _ claims: TokenClaims, kind: String = "at+jwt", by key: SigningKey
    ) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let header = Header(alg: "EdDSA", typ: kind, kid: key.id, crit: nil)
        let signed = try [encoder.encode(header), encoder.encode(claims)].map { Base64URL.encode(Array($0)) }
            .joined(separator: ".")
        return signed + "." + Base64URL.encode(key.key.sign(Array(signed.utf8)))
    }

    /// What a token says, if it may be believed.
    static func claims(
        of token: String, kind: String, keys: [String: Ed25519.PublicKey]
    ) throws(Refusal) -> TokenClaims {
        // Nobody's is as long; what is longer is not even looked through.
        guard token.utf8.count <= 8192 else { throw .malformed }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let head = Base64URL.decode(parts[0]), let body = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]),
            let header = try? JSONDecoder().decode(Header.self, from: Data(head))
        else { throw .malformed }
        guard header.alg == "EdDSA", header.typ == kind, header.crit == nil else { throw .algorithm }
        guard let id = header.kid, let key = keys[id] else { throw .unknownKey }
        guard key.isValid(signature, of: Array("\(parts[0]).\(parts[1])".utf8)) else { throw .notAuthentic }
        guard let claims = try? JSONDecoder().decode(TokenClaims.self, from: Data(body)) else { throw .malformed }
        return claims
    }
}

/// A key that signs, with the name that its signatures carry.
public struct SigningKey: Sendable {
    /// The thumbprint of the public key (RFC 7638): the same key has the same name everywhere.
    public let id: String
    /// The key.
    public let key: Ed25519.PrivateKey

    /// Names a key.
    public init(_ key: Ed25519.PrivateKey) {
        self.key = key
        id = WebKey(key.publicKey).kid
    }
}

/// A public key as others read it: JWK of RFC 8037.
public struct WebKey: Codable, Sendable, Equatable {
    /// `OKP`.
    public let kty: String
    /// `Ed25519`.
    public let crv: String
    /// The key.
    public let x: String
    /// Its thumbprint.
    public let kid: String
    /// `sig`.
    public let use: String
    /// `EdDSA`.
    public let alg: String

    /// Describes a key.
    public init(_ key: Ed25519.PublicKey) {
        x = Base64URL.encode(key.bytes)
        (kty, crv, use, alg) = ("OKP", "Ed25519", "sig", "EdDSA")
        // RFC 7638: the members that make the key, in order, without blanks.
        kid = Base64URL.encode(SHA256.digest(Array(#"{"crv":"Ed25519","kty":"OKP","x":"\#(x)"}"#.utf8)))
    }

    /// The key; nil for one that is no key of ours.
    public var key: Ed25519.PublicKey? {
        guard kty == "OKP", crv == "Ed25519", let bytes = Base64URL.decode(x) else { return nil }
        return Ed25519.PublicKey(bytes: bytes)
    }
}

/// The keys that count now: JWKS of RFC 7517.
public struct WebKeys: Codable, Sendable, Equatable {
    /// Each of them.
    public let keys: [WebKey]
    /// Takes keys.
    public init(keys: [WebKey]) { self.keys = keys }
}

/// Checks tokens without asking anybody: all it needs are the keys.
public struct TokenVerifier: Sendable {
    private let keys: [String: Ed25519.PublicKey]
    private let issuer: String
    private let audience: String
    private let kind: String
    /// How far clocks may differ, in seconds.
    private let skew = 30
    /// The longest life of a token, in seconds.
    public static let lifetime = 600

    /// Takes the keys that count, who must have signed, and for whom tokens must be.
    public init(_ keys: WebKeys, issuer: String, audience: String, kind: String = "at+jwt") {
        var known: [String: Ed25519.PublicKey] = [:]
        // Named by what it is: a key that stands under another's name would be taken for it.
        for key in keys.keys { if let found = key.key { known[WebKey(found).kid] = found } }
        self.keys = known
        self.issuer = issuer
        self.audience = audience
        self.kind = kind
    }

    /// What a token says; throws why it is refused.
    public func verify(_ token: String, at now: Date) throws(WebToken.Refusal) -> TokenClaims {
        let claims = try WebToken.claims(of: token, kind: kind, keys: keys)
        guard claims.iss == issuer else { throw .issuer }
        guard claims.aud == audience else { throw .audience }
        let seconds = Int(now.timeIntervalSince1970.rounded(.down))
        guard claims.exp > claims.iat, claims.exp - claims.iat <= Self.lifetime else { throw .tooLong }
        guard seconds < claims.exp + skew else { throw .expired }
        guard claims.iat <= seconds + skew else { throw .notYet }
        return claims
    }
}
