import EventLoop
import HTTP
import Postgres
import Telemetry
import Testing

@testable import ServiceKit

@Suite struct SurfaceTests {
    @Loop private func status(
        _ method: HTTP.Method, _ target: String, token: String?, headers: Headers = [:]
    ) async throws -> Int {
        let routes = [
            Route(.get, "/v1/parties", "", tag: "parties", access: .read, gives: .json(.any)) { _ in Response(.ok) },
            Route(.post, "/v1/parties", "", tag: "parties", access: .change, gives: .json(.any)) { _ in
                Response(.created)
            },
            Route(.get, "/health/live", "", tag: "", access: .open, gives: .json(.any)) { _ in Response(.ok) },
        ]
        let log = Log(service: "test")
        let credentials = Credentials(token: token, keys: nil, isLoopback: true, log)
        let router = Router(routes, middleware: HTTPSurface(credentials, SurfaceLimits(), log).middleware(log))
        return await router.respond(to: try Request(method, target, headers: headers, body: [])).status.rawValue
    }

    @Test @Loop func theTokenIsAskedForHoweverThePathIsWritten() async throws {
        for path in ["/v1/parties", "/%761/parties", "/v%31/parties", "/v1/part%69es"] {
            #expect(try await status(.get, path, token: "sekret") == 401, "\(path)")
            #expect(try await status(.get, path, token: "sekret", headers: ["authorization": "Bearer wrong"]) == 401)
            #expect(try await status(.get, path, token: "sekret", headers: ["authorization": "Bearer sekret"]) == 200)
        }
        #expect(try await status(.get, "/health/live", token: "sekret") == 200)
    }

    @Test @Loop func withoutATokenPagesFromElsewhereMayNotAsk() async throws {
        for origin in ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://localhost.evil:80"] {
            #expect(try await status(.post, "/v1/parties", token: nil, headers: ["origin": origin]) == 403, "\(origin)")
        }
        for origin in [
            "http://localhost/x", "http://localhost:80:80", "file://localhost", "localhost", "http://[::1", "http://",
        ] {
            #expect(try await status(.post, "/v1/parties", token: nil, headers: ["origin": origin]) == 403, "\(origin)")
        }
        for origin in ["http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1", "https://LOCALHOST."] {
            #expect(try await status(.post, "/v1/parties", token: nil, headers: ["origin": origin]) == 201, "\(origin)")
        }
        #expect(try await status(.post, "/v1/parties", token: nil) == 201)
    }

    /// A page whose own name leads to this machine sends that name as the host.
    @Test @Loop func withoutATokenOnlyThisMachinesNamesAreAnswered() async throws {
        for path in ["/v1/parties", "http://evil.example/v1/parties", "http://evil.example"] {
            let asked = try await status(.get, path, token: nil)
            #expect(asked == (path.hasPrefix("/") ? 200 : path.hasSuffix("s") ? 403 : 404), "\(path)")
        }
        for host in ["LOCALHOST", "localhost.", "localhost:80", "127.0.0.1:1", "[::1]:1", "[::1]"] {
            #expect(try await status(.get, "http://\(host)/v1/parties", token: nil) == 200, "\(host)")
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil", "10.0.0.1", "[::2]"] {
            #expect(try await status(.get, "http://\(host)/v1/parties", token: nil) == 403, "\(host)")
            #expect(try await status(.get, "http://\(host)/health/live", token: nil) == 200, "\(host)")
        }
    }

    @Test @Loop func whatAnotherSitesPageSendsIsRefused() async throws {
        for (site, expected) in [("cross-site", 403), ("same-origin", 200), ("same-site", 200), ("none", 200)] {
            let headers: Headers = ["sec-fetch-site": site, "authorization": "Bearer sekret"]
            #expect(try await status(.get, "/v1/parties", token: nil, headers: headers) == expected, "\(site)")
            #expect(try await status(.get, "/v1/parties", token: "sekret", headers: headers) == expected, "\(site)")
        }
    }

    /// A path may have a signed link in it: log and figures tell the route.
    @Test @Loop func noPathIsLogged() async throws {
        @Loop final class Lines { var all: [String] = [] }
        let lines = Lines()
        let log = Log(service: "test", level: .debug, style: .json) { line in
            Loop.assumeIsolated { lines.all.append(line) }
        }
        let route = Route(
            .get, "/preferences/{token}", "", tag: "", access: .link("preferences"),
            parameters: [.path("token", .string)],
            gives: .text
        ) { _ in Response(.ok) }
        let surface = HTTPSurface(Credentials(token: nil, keys: nil, isLoopback: true, log), SurfaceLimits(), log)
        let router = Router([route], middleware: surface.middleware(log))
        for path in ["/preferences/the-secret", "/preferences/the-secret/x", "/preference/the-secret"] {
            _ = await router.respond(to: try Request(.get, path, headers: [:], body: []))
        }
        #expect(lines.all.count >= 3 && lines.all[0].contains("/preferences/{token}"), "\(lines.all)")
        #expect(!lines.all.contains { $0.contains("the-secret") }, "\(lines.all)")
        #expect(!Metrics.shared.rendered().contains("the-secret"))
    }

    @Test @Loop func whileEventsCannotBePublishedNothingIsChangedAndEverythingIsRead() async throws {
        let routes = [
            Route(.get, "/v1/parties", "", tag: "parties", access: .read, gives: .json(.any)) { _ in Response(.ok) },
            Route(.post, "/v1/parties", "", tag: "parties", access: .change, gives: .json(.any)) { _ in
                Response(.created)
            },
        ]
        let log = Log(service: "test")
        let surface = HTTPSurface(Credentials(token: nil, keys: nil, isLoopback: true, log), SurfaceLimits(), log)
        let router = Router(routes, middleware: surface.middleware(log))
        func answer(_ method: HTTP.Method) async throws -> Response {
            await router.respond(to: try Request(method, "/v1/parties", headers: [:], body: []))
        }
        // Who does not know yet what was told before, or is no longer asked, changes nothing either.
        surface.isOpen = false
        #expect(try await answer(.post).status == .unavailable)
        surface.isOpen = true
        #expect(try await answer(.post).status == .created)
        surface.isOverloaded = true
        let refused = try await answer(.post)
        #expect(refused.status == .unavailable && refused.headers["retry-after"] == "5")
        #expect(try await answer(.get).status == .ok)
        surface.isOverloaded = false
        #expect(try await answer(.post).status == .created)
    }

    @Test func whatTheDatabaseRefusesIsTheCallersFaultOrPasses() {
        func status(_ state: String) -> Int { PostgresError(sqlState: state, message: "x").problem.status.rawValue }
        #expect(status("23514") == 422 && status("22003") == 422)
        // A key longer than an index takes.
        #expect(status("54000") == 422)
        #expect(status("23505") == 409)
        #expect(status("53300") == 503 && status("0A000") == 503 && status("08006") == 503)
    }

    @Test @Loop func aWeakTagMatchesNothing() async throws {
        let request = { (tag: String) in try Request(.patch, "/", headers: ["if-match": tag], body: []) }
        #expect(try request("\"3\"").seenVersion() == 3)
        #expect(try request("W/\"3\"").seenVersion() == -1)
        #expect(throws: Problem.self) { try request("*").seenVersion() }
        #expect(throws: Problem.self) { try request("3").seenVersion() }
    }
}
