import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Telemetry
import TestKit
import Testing

@testable import ServiceKit

@Suite struct AccessTests {
    private static let secret = Base64URL.encode([UInt8](repeating: 7, count: 32))

    private static func key(
        _ id: String, _ rights: [String], endsAt: Date? = Date(timeIntervalSinceNow: 3600)
    ) -> ServiceKey {
        let text = ServiceKey.text(id: id, secret: secret)
        return ServiceKey(
            id: id, name: "shop", rights: rights, digest: Hex.encode(SHA256.digest(Array(text.utf8))), madeAt: Date(),
            madeBy: "test", endsAt: endsAt)
    }

    /// A file of keys that is there for a test.
    private final class Keys {
        let path = "/tmp/rapport-keys-\(UInt64.random(in: 0 ... .max)).json"
        var file = KeyFile()
        func write() throws {
            // Another file in its place, as the command writes it.
            try file.bytes().write(to: URL(filePath: path + ".new"))
            rename(path + ".new", path)
        }
        deinit { unlink(path) }
    }

    @Loop private func router(_ keys: Keys, token: String? = nil) -> (Router, Credentials) {
        let log = Log(service: "test", level: .error, style: .json) { _ in }
        let credentials = Credentials(token: token, keys: keys.path, isLoopback: true, log)
        func route(_ method: HTTP.Method, _ path: String, _ tag: String, _ access: Route.Access) -> Route {
            Route(method, path, "", tag: tag, access: access, gives: .text) {
                Response(.ok, text: $0.actor(for: "Ann"))
            }
        }
        let routes = [
            route(.get, "/parties", "parties", .read), route(.post, "/parties", "parties", .change),
            route(.get, "/leads", "leads", .read), route(.get, "/new", "an area of tomorrow", .read),
            route(.get, "/link", "surveys", .link("survey")), route(.get, "/live", "operations", .open),
        ]
        return (Router(routes, middleware: HTTPSurface(credentials, SurfaceLimits(), log).middleware(log)), credentials)
    }

    @Loop private func ask(
        _ router: Router, _ method: HTTP.Method, _ path: String, _ bearer: String? = nil
    ) async throws -> String {
        let headers: Headers = bearer.map { ["authorization": "Bearer \($0)"] } ?? [:]
        let answer = await router.respond(to: try Request(method, path, headers: headers))
        return answer.status == .ok ? String(decoding: answer.bytes ?? [], as: UTF8.self) : "\(answer.status.rawValue)"
    }

    @Test @Loop func aKeyMayDoWhatItsRightsSayAndNothingElse() async throws {
        let keys = Keys()
        keys.file.keys = [Self.key("aaaaaaaa", ["parties.read"]), Self.key("bbbbbbbb", ["*.read", "of tomorrow"])]
        try keys.write()
        let (router, _) = router(keys, token: "sekret")
        let one = ServiceKey.text(id: "aaaaaaaa", secret: Self.secret)
        let all = ServiceKey.text(id: "bbbbbbbb", secret: Self.secret)
        #expect(try await ask(router, .get, "/parties", one) == "key shop (Ann)")
        #expect(try await ask(router, .post, "/parties", one) == "403")
        #expect(try await ask(router, .get, "/leads", one) == "403")
        #expect(try await ask(router, .get, "/leads", all) == "key shop (Ann)")
        #expect(try await ask(router, .post, "/parties", all) == "403")
        // An area that is not in the list is for nobody but those who may do all.
        #expect(try await ask(router, .get, "/new", all) == "403")
        #expect(try await ask(router, .get, "/new", "sekret") == "administrator (Ann)")
        #expect(try await ask(router, .post, "/parties", "sekret") == "administrator (Ann)")
        #expect(try await ask(router, .get, "/link") == "link survey (Ann)")
        #expect(try await ask(router, .get, "/live") == "anybody (Ann)")
        for wrong in [
            nil, "", "sekre", "sekrets", one + "x", String(one.dropLast()), "rk_aaaaaaaa_", "rk__\(Self.secret)",
            ServiceKey.text(id: "bbbbbbbb", secret: Self.secret + "A"),
            ServiceKey.text(id: "cccccccc", secret: Self.secret),
        ] {
            #expect(try await ask(router, .get, "/parties", wrong) == "401", "\(wrong ?? "nothing")")
        }
    }

    @Test @Loop func aKeyEndsAtItsTimeOrWhenSomebodyEndsIt() async throws {
        let keys = Keys()
        keys.file.keys = [
            Self.key("aaaaaaaa", ["*"]), Self.key("bbbbbbbb", ["*"], endsAt: Date(timeIntervalSinceNow: -1)),
        ]
        try keys.write()
        let (router, credentials) = router(keys)
        let living = ServiceKey.text(id: "aaaaaaaa", secret: Self.secret)
        #expect(try await ask(router, .get, "/parties", living) == "key shop (Ann)")
        #expect(try await ask(router, .get, "/parties", ServiceKey.text(id: "bbbbbbbb", secret: Self.secret)) == "401")
        // What cannot be read changes nothing.
        try Data("{".utf8).write(to: URL(filePath: keys.path))
        credentials.keys?.refresh()
        #expect(try await ask(router, .get, "/parties", living) == "key shop (Ann)")
        unlink(keys.path)
        credentials.keys?.refresh()
        #expect(try await ask(router, .get, "/parties", living) == "key shop (Ann)")
        #expect(try await ask(router, .get, "/parties") == "401")
        keys.file.keys[0].endedAt = Date()
        try keys.write()
        credentials.keys?.refresh()
        #expect(try await ask(router, .get, "/parties", living) == "401")
    }

    @Test @Loop func programsOfThisMachineAreTrustedUntilTheFirstKeyIsMade() async throws {
        let keys = Keys()
        let (router, credentials) = router(keys)
        #expect(try await ask(router, .get, "/parties") == "local (Ann)")
        keys.file.keys = [Self.key("aaaaaaaa", ["leads.read"])]
        try keys.write()
        credentials.keys?.refresh()
        #expect(try await ask(router, .get, "/parties") == "401")
        let log = Log(service: "test", level: .error, style: .json) { _ in }
        #expect(!Credentials(token: nil, keys: nil, isLoopback: false, log).trustsThisMachine)
    }

    @Test func namesOfRightsAreReadOrRefusedWithTheNearest() throws {
        let rights = try RightSet(named: ["parties.*", "*.watch", "leads.change"])
        func has(_ area: String, _ action: HTTP.Action) throws -> Bool {
            rights.contains(try #require(Right(area, action)))
        }
        #expect(try has("parties", .erase) && has("operations", .watch) && has("leads", .change))
        #expect(try !has("leads", .read) && !has("operations", .operate))
        #expect(try RightSet(named: ["*"]) == .all)
        for wrong in ["", "parties", "parties.", ".read", "parties.raed", "partys.read", "*.*", "parties.read.x"] {
            #expect(throws: UnknownRight.self, "\(wrong)") { try RightSet(named: [wrong]) }
        }
        do {
            _ = try RightSet(named: ["parties.raed"])
        } catch {
            #expect(error.description.contains("parties.read is"))
        }
        for area in Areas.all {
            for action in HTTP.Action.allCases {
                #expect(Right("\(area).\(action.rawValue)")?.description == "\(area).\(action.rawValue)")
            }
        }
    }
}
