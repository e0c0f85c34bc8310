import Crypto
import FoundationEssentials
import Testing

@Suite struct SealTests {
    let key = [UInt8](repeating: 7, count: 32)

    /// Test case 16 of the mode's specification: key, nonce, context and text give this text and tag.
    @Test func opensTheKnownAnswer() throws {
        let key = try #require(Hex.decode("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"))
        let context = try #require(Hex.decode("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
        let sealed = try #require(
            Hex.decode(
                "cafebabefacedbaddecaf888"
                    + "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                    + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                    + "76fc6ece0f4e1768cddf8853bb2d551b"))
        let text = try AESGCM.open(sealed, key: key, context: context)
        #expect(
            Hex.encode(text)
                == "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
    }

    @Test(arguments: [0, 1, 16, 1000]) func opensWhatItSealed(length: Int) throws {
        let text = SecureRandom.bytes(length)
        let sealed = try AESGCM.seal(text, key: key, context: [1])
        #expect(sealed.count == length + 28)
        #expect(try AESGCM.open(sealed, key: key, context: [1]) == text)
        #expect(try AESGCM.seal(text, key: key, context: [1]) != sealed)
    }

    @Test func refusesWhatWasChanged() throws {
        let sealed = try AESGCM.seal([1, 2, 3], key: key, context: [1])
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: AESGCM.Failure.notAuthentic) { try AESGCM.open(changed, key: key, context: [1]) }
        }
        #expect(throws: AESGCM.Failure.notAuthentic) { try AESGCM.open(sealed, key: key, context: [2]) }
        #expect(throws: AESGCM.Failure.notAuthentic) { try AESGCM.open(sealed, key: key) }
        #expect(throws: AESGCM.Failure.notAuthentic) { try AESGCM.open([1, 2], key: key) }
        #expect(throws: AESGCM.Failure.keyLength) { try AESGCM.seal([1], key: [1]) }
    }

    @Test func tokens() throws {
        let tokens = SignedToken(key: key, purpose: "unsubscribe")
        let expiry = Date(timeIntervalSince1970: 1_000)
        let before = Date(timeIntervalSince1970: 999)
        let token = tokens.make("party=7&list=Grüße", expires: expiry)
        #expect(try tokens.verify(token, at: before) == "party=7&list=Grüße")
        #expect(throws: SignedToken.Refusal.expired) { try tokens.verify(token, at: expiry) }
        for index in token.indices {
            var changed = token
            changed.replaceSubrange(index...index, with: changed[index] == "A" ? "B" : "A")
            #expect(throws: SignedToken.Refusal.notOurs) { try tokens.verify(changed, at: before) }
        }
        let other = SignedToken(key: key, purpose: "download")
        for wrong in [other.make("party=7", expires: expiry), "", "..", "a.b.c", token + ".", token + "A"] {
            #expect(throws: SignedToken.Refusal.notOurs) { try tokens.verify(wrong, at: before) }
        }
        #expect(try tokens.verify(tokens.make("x", expires: .distantFuture)) == "x")
    }
}
