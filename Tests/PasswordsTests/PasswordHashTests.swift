import Testing

@testable import Passwords

@Suite struct PasswordHashTests {
    private let cheap = PasswordCost(memoryKiB: 64, passes: 1)

    /// The library's own known answers of Argon2id, version 19.
    @Test(arguments: [
        (
            UInt32(65_536), UInt32(2), "password", "somesalt",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        ),
        (
            256, 2, "password", "somesalt",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
        ),
    ])
    func givesTheKnownAnswer(
        _ memory: UInt32, _ passes: UInt32, _ password: String, _ salt: String, _ answer: String
    ) throws {
        let cost = PasswordCost(memoryKiB: memory, passes: passes)
        #expect(try PasswordHash.make(password, salt: Array(salt.utf8), length: 32, cost).text == answer)
        #expect(PasswordHash(text: answer).matches(password))
    }

    @Test func aPasswordMatchesItsHashAndNoOther() throws {
        let hash = try PasswordHash.make("老王 says 42", cost: cheap)
        #expect(hash.matches("老王 says 42"))
        #expect(!hash.matches("老王 says 43") && !hash.matches("") && !hash.matches("老王 says 42\0"))
        #expect(try PasswordHash.make("老王 says 42", cost: cheap) != hash)
    }

    @Test func theStandardIsWhatOWASPRecommends() throws {
        let hash = try PasswordHash.make("correct horse")
        #expect(hash.text.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(hash.matches("correct horse") && !hash.isCheaper(than: .standard))
        #expect(try PasswordHash.make("x", cost: cheap).isCheaper(than: .standard))
    }

    @Test(arguments: [
        "", "$argon2id$", "plain", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA",
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=64,t=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    ])
    func whatIsNoHashMatchesNothing(_ text: String) {
        #expect(!PasswordHash(text: text).matches("") && !PasswordHash(text: text).matches("password"))
        #expect(text.contains("4194304") || PasswordHash(text: text).isCheaper(than: .standard))
    }
}
