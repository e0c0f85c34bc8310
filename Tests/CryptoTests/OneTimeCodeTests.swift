import Crypto
import FoundationEssentials
import Testing

@Suite struct OneTimeCodeTests {
    /// RFC 6238, appendix B, with SHA-1.
    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ])
    func givesTheKnownAnswers(_ seconds: Int, _ code: String) {
        let codes = OneTimeCodes(secret: Array("12345678901234567890".utf8))
        #expect(codes.code(at: seconds / 30, digits: 8) == code)
        #expect(codes.code(at: seconds / 30) == code.suffix(6))
    }

    @Test func aCodeIsGoodOnceAndNearItsTime() {
        let codes = OneTimeCodes(secret: Array("12345678901234567890".utf8))
        let now = Date(timeIntervalSince1970: 1_111_111_111)
        let step = 1_111_111_111 / 30
        #expect(codes.step(of: "050471", at: now) == step && codes.step(of: "050 471", at: now) == step)
        #expect(codes.step(of: "081804", at: now) == step - 1)
        #expect(codes.step(of: codes.code(at: step + 1), at: now) == step + 1)
        #expect(codes.step(of: codes.code(at: step - 2), at: now) == nil)
        #expect(codes.step(of: "050471", at: now, after: step) == nil)
        #expect(codes.step(of: "081804", at: now, after: step) == nil, "an older one than was used is spent too")
        for wrong in ["", "05047", "0504711", "abcdef", "０５０４７１"] { #expect(codes.step(of: wrong, at: now) == nil) }
    }

    @Test func thePictureSaysWhoseCodesTheyAre() {
        let address = OneTimeCodes(secret: Array("12345678901234567890".utf8)).address(
            issuer: "Wang & Co", account: "li@x.cn")
        #expect(
            address
                == "otpauth://totp/Wang%20%26%20Co:li%40x.cn?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Wang%20%26%20Co&algorithm=SHA1&digits=6&period=30"
        )
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ])
    func base32(_ plain: String, _ text: String) {
        #expect(Base32.encode(Array(plain.utf8)) == text)
        #expect(Base32.decode(text) == Array(plain.utf8) && Base32.decode(text.lowercased()) == Array(plain.utf8))
    }

    @Test(arguments: ["M", "MZ1", "MY======", "MZ", "A"]) func whatIsNoBase32IsNone(_ text: String) {
        #expect(Base32.decode(text) == nil)
    }

    @Test func aRecoveryCodeIsKnownHoweverItIsTyped() {
        let code = RecoveryCode()
        #expect(code.text.utf8.count == 17 && code.text != RecoveryCode().text)
        #expect(RecoveryCode.digest(of: code.text.lowercased()) == code.digest)
        #expect(RecoveryCode.digest(of: " " + code.text.filter { $0 != "-" }) == code.digest)
        #expect(RecoveryCode.digest(of: code.text + "A") != code.digest)
    }
}
