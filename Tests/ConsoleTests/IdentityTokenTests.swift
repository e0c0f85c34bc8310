import Crypto
import FoundationEssentials
import Testing

@testable import Console

/// What a provider says is believed only where all of it fits.
@Suite struct IdentityTokenTests {
    private let key = Ed25519.PrivateKey()
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private var keys: [IdentityToken.Key] {
        let text = #"[{"kty":"OKP","crv":"Ed25519","kid":"k","x":"\#(Base64URL.encode(key.publicKey.bytes))"}]"#
        return (try? JSONDecoder().decode([IdentityToken.Key].self, from: Data(text.utf8))) ?? []
    }

    private func token(_ header: String, _ claims: String, by other: Ed25519.PrivateKey? = nil) -> String {
        let signed = [header, claims].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
        return "\(signed).\(Base64URL.encode((other ?? key).sign(Array(signed.utf8))))"
    }

    private func read(_ text: String) throws(IdentityToken.Refusal) -> IdentityToken {
        try IdentityToken(text, keys: keys, issuer: "https://login.example", client: "rapport", nonce: "n", at: now)
    }

    private static let header = #"{"alg":"EdDSA","kid":"k"}"#
    private static func claims(_ change: [String: String] = [:]) -> String {
        let usual = [
            "iss": #""https://login.example""#, "sub": #""17""#, "aud": #""rapport""#, "exp": "1800000300",
            "iat": "1799999990", "nonce": #""n""#, "email": #""li@x.example""#,
        ]
        return "{"
            + usual.merging(change) { $1 }.filter { $0.value != "" }.map { "\"\($0.key)\":\($0.value)" }.joined(
                separator: ",") + "}"
    }

    @Test func whatFitsIsTaken() throws {
        #expect(try read(token(Self.header, Self.claims())).subject == "17")
        #expect(try read(token(Self.header, Self.claims(["aud": #"["rapport"]"#]))).email == "li@x.example")
        #expect(
            try read(token(Self.header, Self.claims(["aud": #"["rapport","other"]"#, "azp": #""rapport""#]))).subject
                == "17")
        #expect(try read(token(#"{"alg":"EdDSA"}"#, Self.claims())).subject == "17")
        #expect(try read(token(Self.header, Self.claims(["email_verified": "false"]))).email == nil)
        #expect(try read(token(Self.header, Self.claims(["email_verified": #""false""#]))).email == nil)
    }

    @Test(arguments: [
        (["iss": #""https://evil.example""#], IdentityToken.Refusal.issuer), (["aud": #""other""#], .audience),
        (["aud": #"["rapport","other"]"#], .audience), (["exp": "1799999900"], .expired),
        (["iat": "1800000100"], .notYet),
        (["nbf": "1800000100"], .notYet), (["nonce": #""m""#], .nonce), (["nonce": ""], .nonce),
        (["sub": #""""#], .malformed),
        (["sub": ""], .malformed), (["exp": ""], .malformed),
    ])
    func whatDoesNotFitIsRefused(_ change: [String: String], _ refusal: IdentityToken.Refusal) {
        #expect(throws: refusal) { try read(token(Self.header, Self.claims(change))) }
    }

    @Test func noTokenSaysHowItIsBelieved() {
        for header in [#"{"alg":"none"}"#, #"{"alg":"HS256","kid":"k"}"#, #"{"alg":"EdDSA","kid":"k","crit":["x"]}"#] {
            #expect(throws: IdentityToken.Refusal.algorithm) { try read(token(header, Self.claims())) }
        }
        // A key of another kind than the algorithm, and one that is not known.
        #expect(throws: IdentityToken.Refusal.unknownKey) {
            try read(token(#"{"alg":"RS256","kid":"k"}"#, Self.claims()))
        }
        #expect(throws: IdentityToken.Refusal.unknownKey) {
            try read(token(#"{"alg":"EdDSA","kid":"j"}"#, Self.claims()))
        }
        #expect(throws: IdentityToken.Refusal.notAuthentic) {
            try read(token(Self.header, Self.claims(), by: Ed25519.PrivateKey()))
        }
        for text in ["", "a.b", "a.b.c", "..", String(repeating: "a", count: 40_000)] {
            #expect(throws: IdentityToken.Refusal.malformed) { try read(text) }
        }
    }
}
