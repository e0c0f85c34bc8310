import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import ServiceKit
import ServiceTestKit
import Testing

@testable import Console

@Suite struct SignInTests {
    @Test @Loop func thereIsAFirstLinkAsLongAsNobodyHasUsedOne() async throws {
        let service = try await TestService(ConsoleService.self, settings: Desk.settings)
        defer { service.close() }
        let first = try await service.send(.post, "/v1/first-link").json(Desk.Link.self)
        let second = try await service.send(.post, "/v1/first-link").json(Desk.Link.self)
        #expect(first.personId == second.personId, "nobody is made twice")
        #expect(try await service.send(.get, first.path).status == 410, "the one before is void")
        #expect(try await service.send(.get, second.path).status == 200)
        let weak = try await service.form(second.path, ["name": "Ada", "email": "ada@x.example", "password": "short"])
        #expect(weak.status == 422 && weak.text.contains("at least 12") && weak.text.contains("value=\"Ada\""))
        let named = try await service.form(
            second.path, ["name": "Ada Lovelace", "email": "ada@x.example", "password": "ada lovelace 1 ada lovelace"])
        #expect(named.status == 422, "\(named.text)")
        let fields = ["name": "Ada", "email": "ada@x.example", "password": Desk.password]
        let done = try await service.form(second.path, fields)
        #expect(done.status == 303 && done.cookies.contains("__Host-rapport-session="))
        #expect(try await service.form(second.path, fields).status == 410, "good once")
        #expect(try await service.send(.post, "/v1/first-link").status == 409)
        let page = try await service.send(.get, "/people", headers: ["cookie": done.cookies])
        #expect(page.status == 200 && page.text.contains("Ada"))
    }

    @Test @Loop func aPasswordGivesASessionAndThatATokenThatAnybodyCanCheck() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let service = desk.service
        #expect(try await desk.signIn("ada@x.example", "wrong horse battery").status == 401)
        #expect(try await desk.signIn("nobody@x.example").status == 401)
        let begun = try await desk.signIn("ADA@x.example").json(Desk.Begun.self)
        let keys = try await service.send(.get, "/.well-known/jwks.json").json(WebKeys.self)
        let claims = try TokenVerifier(keys, issuer: PersonTokens.issuer, audience: PersonTokens.audience)
            .verify(begun.token, at: Date())
        #expect(claims.sub == desk.administrator.text && claims.rights == ["*"] && claims.name == "Ada")
        #expect(claims.sid == begun.session.text && claims.exp - claims.iat == 600)
        // What is told on the topic are the same keys.
        let told = try await service.column("SELECT payload FROM outbox WHERE type LIKE 'people.signing-keys%'")
        #expect(try ModelJSON.decoder.decode(SigningKeysChanged.self, from: Data(told[0].utf8)).keys == keys.keys)
        func token(_ secret: String) async throws -> Int {
            try await service.send(.post, "/v1/tokens", headers: ["authorization": "Bearer \(secret)"]).status
        }
        #expect(try await token(begun.secret) == 200)
        #expect(try await token(String(begun.secret.dropLast()) + "-") == 401)
        #expect(try await service.send(.post, "/v1/tokens").status == 401)
        #expect(try await service.send(.post, "/v1/sessions/\(begun.session)/end").status == 204)
        #expect(try await token(begun.secret) == 401)
        #expect(try await service.send(.post, "/v1/sessions/\(begun.session)/end").status == 404)
        #expect(try await service.tables(with: begun.secret) == [], "only digests are kept")
        #expect(try await service.tables(with: Desk.password) == [])
    }

    @Test @Loop func whoHasLeftIsOutAtOnceAndComesBackWithoutHisSessions() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let service = desk.service
        let person = try await desk.person("Bo", "bo@x.example", roles: ["agent"])
        let begun = try await desk.signIn("bo@x.example").json(Desk.Begun.self)
        func token() async throws -> Int {
            try await service.send(.post, "/v1/tokens", headers: ["authorization": "Bearer \(begun.secret)"]).status
        }
        #expect(try await token() == 200)
        #expect(try await service.send(.post, "/v1/people/\(person)/end").status == 200)
        #expect(try await token() == 401)
        #expect(try await desk.signIn("bo@x.example").status == 401)
        #expect(try await service.send(.post, "/v1/people/\(person)/sign-in-link").status == 404)
        #expect(try await service.send(.post, "/v1/people/\(person)/take-back").status == 200)
        #expect(try await token() == 401)
        #expect(try await desk.signIn("bo@x.example").status == 200)
    }

    @Test @Loop func aCodeOfTheTelephoneIsAskedForOnceItIsSetUp() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let service = desk.service
        let cookie = try await desk.browser()
        #expect(try await service.form("/me/code/offer", [:], cookie: cookie).status == 303)
        let page = try await service.send(.get, "/me", headers: ["cookie": cookie])
        let start = try #require(page.text.firstRange(of: "secret="))
        let secret = try #require(Base32.decode(String(page.text[start.upperBound...].prefix { $0 != "&" })))
        let codes = OneTimeCodes(secret: secret)
        // Not asked for before it is confirmed.
        #expect(try await desk.signIn("ada@x.example").status == 200)
        #expect(try await service.form("/me/code", ["code": "no"], cookie: cookie).status == 401)
        let step = Int(Date().timeIntervalSince1970 / 30)
        let shown = try await service.form("/me/code", ["code": codes.code(at: step)], cookie: cookie)
        let recovery = shown.text.replacing("<li>", with: "\n").split(separator: "\n").map { String($0.prefix(17)) }
            .filter { $0.utf8.filter { $0 == UInt8(ascii: "-") }.count == 2 && !$0.contains("<") }
        #expect(shown.status == 200 && recovery.count == 10, "\(shown.text)")
        let asked = try await desk.signIn("ada@x.example")
        #expect(asked.status == 401 && asked.text.contains("second factor"))
        func with(_ code: String) async throws -> Int {
            try await desk.signIn("ada@x.example", Desk.password, #","code":"\#(code)""#).status
        }
        #expect(try await with(codes.code(at: step)) == 401, "the one that has confirmed it is spent")
        #expect(try await with(codes.code(at: step + 1)) == 200)
        #expect(try await with(codes.code(at: step + 1)) == 401, "each is good once")
        #expect(try await with(recovery[0].lowercased()) == 200)
        #expect(try await with(recovery[0]) == 401)
        // In pages the password leads to the code.
        let first = try await service.form("/sign-in", ["email": "ada@x.example", "password": Desk.password])
        #expect(first.status == 303 && first.headers["location"] == "/sign-in/code")
        #expect(!first.cookies.contains("rapport-session"))
        let second = try await service.form("/sign-in/code", ["code": recovery[1]], cookie: first.cookies)
        #expect(second.status == 303 && second.cookies.contains("rapport-session="))
        #expect(try await service.tables(with: recovery[2]) == [])
        #expect(try await service.form("/sign-in/code", ["code": recovery[2]]).headers["location"] == "/sign-in")
    }

    @Test @Loop func whoGuessesIsSlowedDownAndTheOwnerIsNot() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        let service = desk.service
        let device = try await desk.browser().split(separator: "; ").filter { $0.contains("device") }.joined()
        var outcomes: [Int: Int] = [:]
        // Nearly all are refused before anything is hashed, however many there are.
        for number in 0..<10_000 {
            outcomes[try await desk.signIn("ada@x.example", "guess number \(number)").status, default: 0] += 1
        }
        #expect(outcomes[401, default: 0] <= 20 && outcomes[429, default: 0] >= 9_980, "\(outcomes)")
        let refused = try await desk.signIn("ada@x.example")
        #expect(refused.status == 429 && Int(refused.headers["retry-after"] ?? "") ?? 0 > 0, "\(refused)")
        // The device that was here before is not asked to wait, from the same address.
        let own = try await service.form(
            "/sign-in", ["email": "ada@x.example", "password": Desk.password], cookie: device)
        #expect(own.status == 303, "\(own.text)")
        // Another person from the same address neither.
        _ = try await desk.person("Bo", "bo@x.example")
        #expect(try await desk.signIn("bo@x.example").status == 200)
        // The proof of one person's device is none for another person.
        var spent: [Int] = []
        for _ in 0..<7 {
            let fields = ["email": "bo@x.example", "password": "guess guess guess"]
            spent.append(try await service.form("/sign-in", fields, cookie: device).status)
        }
        #expect(spent.last == 429, "\(spent)")
    }

    /// All addresses together make somebody wait half a minute at most.
    @Test @Loop func manyAddressesCannotLockAnybodyOut() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        var outcomes: [Int: Int] = [:]
        for number in 0..<60 {
            let answer = try await desk.service.send(
                .post, "/v1/sign-in", #"{"email":"ada@x.example","password":"guess \#(number)"}"#,
                headers: ["x-forwarded-for": "203.0.113.\(number)"])
            outcomes[answer.status, default: 0] += 1
        }
        #expect(outcomes[401, default: 0] >= 50, "\(outcomes)")
        _ = try await desk.service.column(
            "UPDATE sign_in_delay SET failures = 100000, until = now() - interval '1 second' RETURNING key")
        #expect(try await desk.signIn("ada@x.example", "guess").status == 401)
        let waits = try await desk.service.column(
            "SELECT ceil(extract(epoch FROM until - now()))::text FROM sign_in_delay WHERE key LIKE 'person:%'")
        #expect(waits.count == 1 && waits.compactMap { Int($0) }.allSatisfy { $0 <= 30 }, "\(waits)")
    }

    @Test @Loop func aRoleGivesTheRightsOfItsHolder() async throws {
        let desk = try await Desk()
        defer { desk.close() }
        _ = try await desk.service.make("/v1/roles", #"{"name":"key-accounts","rights":["leads.read"],"scope":"team"}"#)
        _ = try await desk.person("Bo", "bo@x.example", roles: ["key-accounts", "operator"])
        let begun = try await desk.signIn("bo@x.example").json(Desk.Begun.self)
        let keys = try await desk.service.send(.get, "/.well-known/jwks.json").json(WebKeys.self)
        let claims = try TokenVerifier(keys, issuer: PersonTokens.issuer, audience: PersonTokens.audience)
            .verify(begun.token, at: Date())
        #expect(claims.rights == ["*.operate", "*.watch", "leads.read:team", "operations.*", "supervisor.*"])
    }

    @Test @Loop func keysAreToldBeforeTheySignAndCountAfterwards() async throws {
        let service = try await TestService(ConsoleService.self, settings: Desk.settings)
        defer { service.close() }
        let keys = try SigningKeys(service.context)
        let first = try await keys.current()
        _ = try await service.column("UPDATE signing_key SET made_at = now() - interval '31 days' RETURNING id")
        try await keys.look()
        #expect(keys.known.keys.count == 2)
        #expect(try await keys.current().id == first.id, "the new one does not sign yet")
        _ = try await service.column("UPDATE signing_key SET signs_at = signs_at - interval '2 days' RETURNING id")
        try await keys.look()
        #expect(try await keys.current().id != first.id)
        #expect(keys.known.keys.contains { $0.kid == first.id }, "what it has signed is good still")
        try await keys.look()
        #expect(try await service.outboxTypes().count == 2, "told once for each change")
        // Another secret cannot open what is there: it draws a key of its own, and what was signed is good still.
        let other = ServiceContext(
            pool: service.context.pool, log: service.context.log,
            settings: Settings(["CONSOLE_SECRET": "another secret of sixteen"]))
        let others = try SigningKeys(other)
        #expect(try await others.current().id != first.id && others.known.keys.count == 3)
    }
}
