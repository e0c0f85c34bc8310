import Crypto
import FoundationEssentials
import Testing

@Suite struct WebTokenTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let key = SigningKey(Ed25519.PrivateKey())
    private var keys: WebKeys { WebKeys(keys: [WebKey(key.key.publicKey)]) }
    private var verifier: TokenVerifier { TokenVerifier(keys, issuer: "https://crm", audience: "rapport") }

    private func claims(
        iss: String = "https://crm", aud: String = "rapport", from: Int = 0, lifetime: Int = 600
    ) -> TokenClaims {
        let start = 1_800_000_000 + from
        return TokenClaims(
            iss: iss, sub: "p1", aud: aud, iat: start, exp: start + lifetime, jti: "t1", sid: "s1", name: "王芳",
            rights: ["leads.read"])
    }

    private func token(_ header: String, _ body: String, signature: [UInt8]? = nil) -> String {
        let signed = [header, body].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
        return signed + "." + Base64URL.encode(signature ?? key.key.sign(Array(signed.utf8)))
    }

    /// RFC 8037, A.3: the thumbprint of a key.
    @Test func aKeyIsNamedByItsThumbprint() throws {
        let bytes = try #require(Base64URL.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
        let known = WebKey(try #require(Ed25519.PublicKey(bytes: bytes)))
        #expect(known.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        #expect(known.key?.bytes == bytes)
    }

    @Test func aTokenSaysWhatWasSigned() throws {
        let token = try WebToken.sign(claims(), by: key)
        #expect(try verifier.verify(token, at: now) == claims())
        #expect(try verifier.verify(token, at: now.addingTimeInterval(629)) == claims())
    }

    @Test func whatMayNotBeBelievedIsRefused() throws {
        func refusal(_ token: String, at seconds: Double = 0) -> WebToken.Refusal? {
            do throws(WebToken.Refusal) {
                _ = try verifier.verify(token, at: now.addingTimeInterval(seconds))
                return nil
            } catch {
                return error
            }
        }
        let good = try WebToken.sign(claims(), by: key)
        #expect(refusal(good) == nil)
        #expect(
            refusal(good, at: 631) == .expired && refusal(good, at: -31) == .notYet && refusal(good, at: -29) == nil)
        #expect(refusal(try WebToken.sign(claims(lifetime: 601), by: key)) == .tooLong)
        #expect(refusal(try WebToken.sign(claims(lifetime: 0), by: key)) == .tooLong)
        #expect(refusal(try WebToken.sign(claims(iss: "https://other"), by: key)) == .issuer)
        #expect(refusal(try WebToken.sign(claims(aud: "other"), by: key)) == .audience)
        #expect(refusal(try WebToken.sign(claims(), by: SigningKey(Ed25519.PrivateKey()))) == .unknownKey)
        #expect(refusal(try WebToken.sign(claims(), kind: "other+jwt", by: key)) == .algorithm)
        for text in [
            "", "..", "a.b.c", good + "=", good + ".", String(good.dropLast(4)), String(repeating: "a", count: 9000),
        ] {
            #expect(refusal(text) != nil, "\(text)")
        }
    }

    /// Who writes the header must not choose how the token is believed (RFC 8725).
    @Test func noOtherAlgorithmIsTaken() throws {
        let body = String(decoding: try JSONEncoder().encode(claims()), as: UTF8.self)
        let others = [
            #"{"alg":"none","typ":"at+jwt"}"#, #"{"alg":"none","typ":"at+jwt","kid":"\#(key.id)"}"#,
            #"{"alg":"HS256","typ":"at+jwt","kid":"\#(key.id)"}"#,
            #"{"alg":"eddsa","typ":"at+jwt","kid":"\#(key.id)"}"#,
            #"{"alg":"EdDSA","typ":"at+jwt","kid":"\#(key.id)","crit":["exp"]}"#,
            #"{"alg":"EdDSA","kid":"\#(key.id)"}"#,
        ]
        for header in others {
            #expect(throws: WebToken.Refusal.algorithm, "\(header)") {
                try verifier.verify(token(header, body), at: now)
            }
        }
        // The public key as the secret of a MAC, and no signature at all.
        let confused = HMAC.sha256(key: key.key.publicKey.bytes, message: Array(body.utf8))
        let header = #"{"alg":"EdDSA","typ":"at+jwt","kid":"\#(key.id)"}"#
        for signature in [confused, [], [UInt8](repeating: 0, count: 64)] {
            #expect(throws: WebToken.Refusal.notAuthentic) {
                try verifier.verify(token(header, body, signature: signature), at: now)
            }
        }
        #expect(throws: WebToken.Refusal.unknownKey) {
            try verifier.verify(token(#"{"alg":"EdDSA","typ":"at+jwt"}"#, body), at: now)
        }
        #expect(try verifier.verify(token(header, body), at: now) == claims())
    }

    @Test func aKeyUnderAnothersNameIsNotTakenForIt() throws {
        let other = Ed25519.PrivateKey()
        let json = """
            {"keys":[{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"\(key.id)",
            "x":"\(Base64URL.encode(other.publicKey.bytes))"}]}
            """
        let keys = try JSONDecoder().decode(WebKeys.self, from: Data(json.utf8))
        let verifier = TokenVerifier(keys, issuer: "https://crm", audience: "rapport")
        #expect(throws: WebToken.Refusal.unknownKey) {
            try verifier.verify(try WebToken.sign(claims(), by: key), at: now)
        }
        #expect(try verifier.verify(try WebToken.sign(claims(), by: SigningKey(other)), at: now) == claims())
    }
}
