import Testing

@testable import ServiceKit

@Suite struct SettingsTests {
    @Test func aFileOfSettingsIsRead() {
        let text = "# INSTANCE=no\r\nINSTANCE=\u{301}x\r\n\nMAIL_FROM=a=b\nEMPTY=\nnothing\n"
        #expect(Settings.lines(of: text) == ["INSTANCE": "\u{301}x", "MAIL_FROM": "a=b", "EMPTY": ""])
    }

    @Test func whoeverCanBeReachedNeedsAToken() throws {
        func options(_ token: String?) throws -> ServiceOptions {
            var given = ["DATABASE_URL": "postgresql:///x", "KAFKA_BROKERS": "b:1"]
            given["API_TOKEN"] = token
            return try ServiceOptions(service: "sales", Settings(given))
        }
        for address in ["0.0.0.0", "10.0.0.1", "::", "::ffff:10.0.0.1", ""] {
            #expect(throws: SettingError.self) { try options(nil).checkToken(for: address, "the socket") }
            try options("secret").checkToken(for: address, "the socket")
        }
        for address in ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"] {
            try options(nil).checkToken(for: address, "the socket")
        }
    }
}
