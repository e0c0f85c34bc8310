import EventLoop
import HTTP
import Telemetry

/// Holds each caller to a share: requests a second, at a time, and milliseconds of the loop, each refilled as time goes by. A caller is a
/// principal, or an address where nobody is known. Programs of this machine and administrators are counted and not held back.
@Loop
final class Limiter {
    /// Why a caller is refused for a moment.
    enum Reason: String, CaseIterable {
        case rate, atOnce = "at-once", loop, guesses
    }

    /// What one caller has left.
    @Loop
    final class Account: LoopMeter {
        fileprivate let name: String
        fileprivate var requests: Double
        fileprivate var seconds: Double
        fileprivate var at: Duration
        fileprivate var running = 0
        fileprivate var toldAt: Duration?

        fileprivate init(_ name: String, requests: Double, seconds: Double, at: Duration) {
            self.name = name
            self.requests = requests
            self.seconds = seconds
            self.at = at
        }

        func spent(_ time: Duration) { seconds -= time.seconds }
    }

    private enum Caller: Hashable {
        case principal(String)
        case address(UInt64)
        /// Who tries tokens from an address: what it is refused others of the address are not.
        case guesser(UInt64)
    }

    private let limits: SurfaceLimits
    private let log: Log
    private var accounts: [Caller: Account] = [:]
    private var room = 4096
    private let refused: [Reason: Counter]
    /// What a wrong token costs, in requests.
    private static let guess = 20.0

    init(_ limits: SurfaceLimits, _ log: Log) {
        self.limits = limits
        self.log = log
        refused = Dictionary(
            uniqueKeysWithValues: Reason.allCases.map { reason in
                (
                    reason,
                    Metrics.shared.counter(
                        "http_limited_total", help: "Requests refused because their caller had its share",
                        labels: ["reason": reason.rawValue])
                )
            })
    }

    /// Lets a request begin, or refuses it with a 429; whoever begins must end. Whether a process lives is told to whoever asks: a refusal
    /// would cost as much, and who watches it may have the address of one who floods it.
    func begin(_ request: Request) throws -> Account {
        let principal = request.principal
        let isHealth = request.route?.path.utf8.starts(with: "/health/".utf8) == true
        let isHeld = principal.kind != .local && principal.kind != .administrator && !isHealth
        let account = account(of: request)
        if isHeld {
            if account.running >= limits.atOnce { throw refusal(.atOnce, account, after: 1) }
            if account.requests < 1 { throw refusal(.rate, account, after: 1 / Double(limits.rate)) }
            if account.seconds < 0 { throw refusal(.loop, account, after: -account.seconds / share) }
            account.requests -= 1
        }
        account.running += 1
        request.meter = account
        return account
    }

    func end(_ account: Account) { account.running -= 1 }

    /// Somebody has guessed at a token: told so until too many have come from there, and then to come later. A good token is never refused
    /// for what others of its address have guessed.
    func guessed(_ request: Request) throws {
        let account = account(.guesser(request.client), "\(request.peerAddress)")
        account.requests -= Self.guess
        if account.requests < 0 { throw refusal(.guesses, account, after: -account.requests / Double(limits.rate)) }
    }

    private var share: Double { Double(limits.loopMilliseconds) / 1000 }

    private func account(of request: Request) -> Account {
        switch request.principal.kind {
        case .anybody, .link: account(.address(request.client), request.peerAddress)
        default: account(.principal(request.principal.id), request.principal.name)
        }
    }

    private func account(_ caller: Caller, _ name: @autoclosure () -> String) -> Account {
        let now = Loop.now
        let most = Double(limits.rate) * 2
        guard let known = accounts[caller] else {
            if accounts.count >= room { forget(now) }
            let account = Account(name(), requests: most, seconds: share * 2, at: now)
            accounts[caller] = account
            return account
        }
        let passed = (now - known.at).seconds
        known.at = now
        known.requests = min(most, known.requests + passed * Double(limits.rate))
        known.seconds = min(share * 2, known.seconds + passed * share)
        return known
    }

    /// Forgets whoever has not asked for so long that it has its whole share again.
    private func forget(_ now: Duration) {
        accounts = accounts.filter { $0.value.running > 0 || now - $0.value.at < .seconds(10) }
        room = max(4096, accounts.count * 2)
    }

    private func refusal(_ reason: Reason, _ account: Account, after seconds: Double) -> Problem {
        refused[reason]?.increment()
        let now = Loop.now
        if account.toldAt.map({ now - $0 > .seconds(60) }) ?? true {
            account.toldAt = now
            log.warning("a caller is held back", ["caller": account.name, "reason": reason.rawValue])
        }
        return Problem(
            status: .tooManyRequests, detail: "These are more requests than one caller may make (\(reason.rawValue)).",
            headers: ["retry-after": "\(Int(max(1, min(60, seconds.rounded(.up)))))"])
    }
}
