import Crypto
import EventLoop
import FoundationEssentials
import TestKit
import Testing

@testable import Console

/// What is taken for a passkey, held against the package `webauthn` from PyPI, which nobody here has written.
@Suite struct PasskeyCheckTests {
    /// What an authenticator sent, and what the package says of it.
    private struct Case: Decodable {
        let kind: String
        let sent: String
        let verdict: Bool
        let change: String
        let spki: String
        let algorithm: Int?
        let stored: Int?
        let count: Int?
    }

    private static let person = UUID(uuidString: "01938b6e-0000-7000-8000-000000000001")
    private static let challenge = "who 0190"

    @Test(.timeLimit(.minutes(4))) @Loop func whatIsTakenIsWhatOthersTake() async throws {
        guard let python = try await PythonEnvironment.find("webauthn", packages: ["webauthn==3.0.1"]) else {
            try Test.cancel("there is no package webauthn")
        }
        let seed = Int.random(in: 0..<1 << 40)
        let script = "\(TestPaths.package)/Tests/ConsoleTests/Python/authenticator.py"
        let run = try await python.run(
            "\(python.programs)/python",
            [script, "https://crm.example", "crm.example", Self.challenge, "\(seed)", "1500"], within: .seconds(150))
        try #require(run.isSuccess, "\(run.output.suffix(600))")
        let check = try #require(PasskeyCheck(address: "https://crm.example/"))
        let person = try #require(Self.person)
        var seen: [String: Int] = [:]
        for line in run.output.split(separator: "\n") {
            let one = try JSONDecoder().decode(Case.self, from: Data(line.utf8))
            let key = try #require(Base64.decode(one.spki))
            let isTaken: Bool
            if one.kind == "made" {
                let made = try? check.made(PasskeyCheck.Sent(one.sent), challenge: Self.challenge)
                isTaken = made != nil
                if let made { #expect(made.key.bytes == key, "\(one.change) of seed \(seed)") }
            } else {
                let algorithm = try #require(ForeignKey.Algorithm(rawValue: one.algorithm ?? 0))
                let known = try #require(ForeignKey(algorithm, x509: key))
                let shown = try? check.shown(
                    PasskeyCheck.Sent(one.sent), challenge: Self.challenge, key: known, count: one.stored ?? 0,
                    person: person)
                isTaken = shown != nil
                if let shown { #expect(shown.count == one.count) }
            }
            // Of an id that is not the credential's the package says nothing; here it is none.
            #expect(
                isTaken == (one.change == "id" ? false : one.verdict),
                "\(one.kind), \(one.change), seed \(seed): \(one.sent)")
            seen["\(one.kind) \(one.change) \(isTaken)", default: 0] += 1
        }
        #expect(seen.count >= 24 && seen.values.reduce(0, +) == 3000, "\(seen)")
    }

    @Test(arguments: [
        ("https://crm.example", "crm.example"), ("https://crm.example:8443/", "crm.example"),
        ("http://localhost:8060", "localhost"), ("http://crm.example", nil), ("https://10.0.0.7", nil),
        ("http://127.0.0.1:8060", nil), ("https://[::1]", nil), ("crm.example", nil),
    ])
    func onlyAnAddressWithANameHasPasskeys(_ address: String, _ host: String?) {
        let check = PasskeyCheck(address: address)
        #expect(check?.host == host)
        if let check { #expect(address.hasPrefix(check.origin) && !check.origin.hasSuffix("/")) }
    }

    /// Whatever bytes come: they are refused and nothing falls.
    @Test func whatIsNoneIsRefused() throws {
        var random = SeededGenerator(seed: .random(in: 0 ... .max))
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            var place = 0
            if let value = CBOR.read(bytes, at: &place) {
                #expect(place <= bytes.count && value == value)
            }
            _ = ForeignKey(.es256, x509: bytes)
            #expect(ForeignKey(x: Array(bytes.prefix(32)), y: Array(bytes.suffix(32))) == nil)
        }
        // Deep, long and doubled.
        var place = 0
        #expect(CBOR.read([UInt8](repeating: 0x81, count: 100), at: &place) == nil)
        place = 0
        #expect(CBOR.read([0x5B, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0], at: &place) == nil)
        place = 0
        #expect(CBOR.read([0xA2, 0x01, 0x01, 0x01, 0x02], at: &place) == nil)
    }
}
