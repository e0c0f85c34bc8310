import EventLoop
import HTTP
import Telemetry
import Testing

@testable import ServiceKit

@Suite struct LimiterTests {
    @Loop private func request(_ principal: Principal) throws -> Request {
        let request = try Request(.get, "/")
        request.principal = principal
        return request
    }

    private static func key(_ id: String) -> Principal {
        Principal(.key, id: "key:\(id)", name: id, rights: RightSet())
    }

    @Loop private func limiter(_ change: (inout SurfaceLimits) -> Void, _ lines: Lines = Lines()) -> Limiter {
        var limits = SurfaceLimits()
        change(&limits)
        return Limiter(
            limits,
            Log(service: "test", level: .info, style: .json) { line in Loop.assumeIsolated { lines.all.append(line) } })
    }

    @Loop private final class Lines { var all: [String] = [] }

    @Test @Loop func eachCallerHasItsOwnRate() async throws {
        let lines = Lines()
        let limiter = limiter({ $0.rate = 10 }, lines)
        var refused = 0
        for _ in 0..<40 {
            do {
                limiter.end(try limiter.begin(try request(Self.key("a"))))
            } catch let problem as Problem {
                refused += 1
                #expect(problem.status == .tooManyRequests && problem.headers["retry-after"] == "1")
            }
        }
        // Twice the rate at a go, and what comes back meanwhile.
        #expect((15...20).contains(refused), "\(refused)")
        limiter.end(try limiter.begin(try request(Self.key("b"))))
        for _ in 0..<40 { limiter.end(try limiter.begin(try request(.local))) }
        for _ in 0..<40 { limiter.end(try limiter.begin(try request(.administrator))) }
        #expect(lines.all.count == 1 && lines.all[0].contains("rate"), "told once: \(lines.all)")
        try await Loop.sleep(for: .milliseconds(300))
        limiter.end(try limiter.begin(try request(Self.key("a"))))
    }

    @Test @Loop func requestsAtATimeAndTimeOfTheLoopAreShares() async throws {
        let limiter = limiter {
            $0.atOnce = 3
            $0.loopMilliseconds = 100
        }
        let accounts = try (0..<3).map { _ in try limiter.begin(try request(Self.key("a"))) }
        #expect(throws: Problem.self) { try limiter.begin(try request(Self.key("a"))) }
        for account in accounts { limiter.end(account) }
        let next = try limiter.begin(try request(Self.key("a")))
        next.spent(.milliseconds(350))
        limiter.end(next)
        do {
            _ = try limiter.begin(try request(Self.key("a")))
            Issue.record("the loop's time is not counted")
        } catch let problem as Problem {
            #expect(problem.headers["retry-after"] == "2")
        }
        limiter.end(try limiter.begin(try request(Self.key("b"))))
    }

    @Test @Loop func refusedConnectionsAreToldOnce() async throws {
        let lines = Lines()
        let log = ConnectionLog(
            Log(service: "test", level: .info, style: .json) { line in
                Loop.assumeIsolated { lines.all.append(line) }
            })
        for count in 0..<100 { log.look(refused: count, cut: 0) }
        #expect(lines.all.count == 1 && lines.all[0].contains(#""refused":1"#), "\(lines.all)")
    }

    /// Guesses from an address are slowed, and a good token from there is taken.
    @Test @Loop func whoeverGuessesLocksNobodyOut() async throws {
        let log = Log(service: "test", level: .error, style: .json) { _ in }
        let credentials = Credentials(token: "sekret", keys: nil, isLoopback: true, log)
        func route(_ path: String, _ access: Route.Access) -> Route {
            Route(.get, path, "", tag: "parties", access: access, gives: .text) { _ in Response(.ok) }
        }
        let routes = [route("/parties", .read), route("/health/live", .open), route("/link", .link("survey"))]
        let router = Router(routes, middleware: HTTPSurface(credentials, SurfaceLimits(), log).middleware(log))
        @Loop func ask(_ token: String, _ path: String = "/parties") async throws -> Int {
            await router.respond(to: try Request(.get, path, headers: ["authorization": "Bearer \(token)"])).status
                .rawValue
        }
        var answers: [Int: Int] = [:]
        for number in 0..<300 { answers[try await ask("guess\(number)"), default: 0] += 1 }
        #expect(answers[401, default: 0] >= 90 && answers[429, default: 0] >= 150, "\(answers)")
        #expect(try await ask("sekret") == 200)
        // Nor those who have no token: whoever opens a link or asks whether the process lives.
        #expect(try await ask("", "/link") == 200)
        for _ in 0..<3000 { #expect(try await ask("", "/health/live") == 200) }
    }
}
