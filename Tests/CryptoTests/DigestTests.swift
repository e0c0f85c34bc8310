import Crypto
import Testing

/// Known answers of FIPS 180-4, RFC 4231 and RFC 4648.
@Suite struct DigestTests {
    @Test func sha256() {
        #expect(
            Hex.encode(SHA256.digest(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Hex.encode(SHA256.digest([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func sha1() {
        #expect(Hex.encode(SHA1.digest(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
    }

    @Test func hmac() {
        let code = HMAC.sha256(key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8))
        #expect(Hex.encode(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = HMAC.sha256(
            key: [UInt8](repeating: 0xaa, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(Hex.encode(long) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        let empty = HMAC.sha256(key: [], message: [])
        #expect(Hex.encode(empty) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func equality() {
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(constantTimeEqual([], []))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
    }

    @Test func randomBytesDiffer() {
        #expect(SecureRandom.bytes(0).isEmpty)
        #expect(SecureRandom.bytes(32).count == 32)
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
    }

    @Test func hexadecimal() {
        #expect(Hex.encode([0, 0x0f, 0xa0, 0xff]) == "000fa0ff")
        #expect(Hex.decode("000Fa0fF") == [0, 0x0f, 0xa0, 0xff])
        #expect(Hex.decode("") == [])
        for wrong in ["0", "0g", "-1", "é0"] { #expect(Hex.decode(wrong) == nil) }
    }

    @Test func percentText() {
        #expect(PercentText.encode("Wang & Co+1") == "Wang%20%26%20Co%2B1")
        #expect(PercentText.encode("a-b.c_d~e") == "a-b.c_d~e")
        // By bytes: a mark upon a sign changes nothing about the sign.
        #expect(PercentText.encode("&\u{301}=北") == "%26%CC%81%3D%E5%8C%97")
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func base64(plain: String, coded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == coded)
        #expect(Base64.decode(coded) == Array(plain.utf8))
        let short = coded.filter { $0 != "=" }
        #expect(Base64URL.encode(Array(plain.utf8)) == short)
        #expect(Base64URL.decode(short) == Array(plain.utf8))
    }

    @Test func base64URLHasOneTextForEachValue() {
        #expect(Base64URL.encode([0xfb, 0xff]) == "-_8")
        #expect(Base64URL.decode("-_8") == [0xfb, 0xff])
        // Other last bits, padding, the other alphabet, a length that cannot be, foreign characters.
        for wrong in ["-_9", "-_8=", "+/8", "A", "a b", "aé"] { #expect(Base64URL.decode(wrong) == nil) }
    }
}
