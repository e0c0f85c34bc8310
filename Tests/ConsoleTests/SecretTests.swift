import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit
import ServiceTestKit
import Testing

@testable import Console

/// Another secret takes the place of one, and nobody notices.
@Suite struct SecretTests {
    private struct Begun: Decodable { let token: String }

    @Test @Loop func anotherSecretTakesThePlaceOfOne() async throws {
        let desk = try await Desk()
        let signIn = try desk.service.context.shared(SignIn.init)
        let sessions = try desk.service.context.shared(Sessions.init)
        let device = try await desk.service.form("/sign-in", ["email": "ada@x.example", "password": Desk.password])
        let secret = try #require(device.cookies.firstRange(of: "rapport-session=")).upperBound
        let text = String(device.cookies[secret...].prefix { $0 != ";" })
        let caller = Caller(try Request(.get, "/"))
        let session = try #require(try await sessions.find(text, from: caller))
        let codes = try await signIn.offerCode(to: session)
        let step = Int(Date().timeIntervalSince1970) / 30
        _ = try await signIn.confirmCode(codes.code(at: step - 1), of: session)
        _ = try await sessions.token(of: session)
        let sealed = try await desk.service.column("SELECT encode(seed, 'hex') FROM signing_key ORDER BY id")
        let keys = try await desk.service.column("SELECT id FROM signing_key ORDER BY id")
        let address = desk.service.options.url
        desk.close()

        // Without the one of before, second factors are lost, and new keys sign.
        let other = ["CONSOLE_SECRET": "quite another secret", "CONSOLE_URL": "https://crm.example"]
        let changing = other.merging(["CONSOLE_SECRET_BEFORE": "a secret of sixteen"]) { $1 }
        let service = try await TestService(ConsoleService.self, settings: changing, on: address)
        let moved = try service.context.shared(SignIn.init)
        // The browser that was here is known still, and the code of the phone counts.
        let ticket = try await moved.password(Desk.password, of: "ada@x.example", device: nil, from: caller)
        guard case .code(let given) = ticket else { return #expect(Bool(false), "a code is asked for") }
        _ = try await moved.code(codes.code(at: step), ticket: given, device: nil, from: caller)
        #expect(try await moved.sealAnew() == 1)
        #expect(try await moved.sealAnew() == 0)
        _ = try await service.context.shared(Sessions.init).token(of: session)
        #expect(try await service.column("SELECT id FROM signing_key ORDER BY id") == keys)
        #expect(try await service.column("SELECT encode(seed, 'hex') FROM signing_key ORDER BY id") != sealed)
        service.close()

        // The one of before can go.
        let later = try await TestService(ConsoleService.self, settings: other, on: address)
        defer { later.close() }
        let factor = try await later.context.shared(SignIn.init).factor(of: session.person)
        #expect(factor.isConfirmed)
        _ = try await later.context.shared(Sessions.init).token(of: session)
        #expect(try await later.column("SELECT id FROM signing_key ORDER BY id") == keys)
    }
}
