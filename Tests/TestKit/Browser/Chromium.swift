import EventLoop
import FoundationEssentials
import HTTP

/// A Chromium without a window, driven as a person would by Debian's chromedriver (W3C WebDriver). What it needs is Debian's
/// `chromium` and `chromium-driver`.
@Loop
public final class Chromium {
    private let watch: ChildProcess
    private let client: HTTPClient
    private let driver: String
    private var session = ""
    /// Whether the scripts of pages run.
    public internal(set) var runsScripts = true

    /// Starts one; nil, with the reason printed, where the programs are not there.
    public static func open() async throws -> Chromium? {
        guard let program = find("chromedriver") else {
            print("skipped: no chromedriver; apt-get install chromium chromium-driver")
            return nil
        }
        let folder = try TestPaths.temporaryFolder()
        let watch = try EndWatch.start(script, [program, folder], in: folder, as: nil)
        do {
            try await eventually("chromedriver's port", within: .seconds(20)) { port(folder) != nil }
            guard let port = port(folder) else { throw TestSetupError("chromedriver says no port") }
            let chromium = Chromium(watch, try HTTPClient(connectionsPerHost: 2), "http://127.0.0.1:\(port)")
            try await chromium.begin()
            return chromium
        } catch {
            print("chromedriver said: \(TestPaths.contents(folder + "/log").suffix(600))")
            watch.kill(SIGTERM)
            throw error
        }
    }

    private init(_ watch: ChildProcess, _ client: HTTPClient, _ driver: String) {
        self.watch = watch
        self.client = client
        self.driver = driver
    }

    /// Ends it, and removes what it has stored.
    public func close() async {
        _ = try? await send(.delete, "", nil, as: Nothing.self)
        watch.kill(SIGTERM)
        _ = try? await watch.exit()
    }

    /// Runs chromedriver until it is asked to end, or the tests have ended in whatever way; Chromium ends with it.
    private static let script = """
        trap asked=1 TERM
        parent=$1 driver=$2 folder=$3
        export HOME="$folder" TMPDIR="$folder"
        "$driver" --port=0 &
        server=$!
        while [ -z "$asked" ] && kill -0 $server && { [ -d /proc/$parent ] || kill -0 $parent; }; do
            sleep 0.5 & wait $!
        done
        kill $server
        wait $server
        rm -rf "$folder"
        """

    private static func find(_ program: String) -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        return path.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    private static func port(_ folder: String) -> Int? {
        let log = TestPaths.contents(folder + "/log")
        guard let start = log.firstRange(of: "started successfully on port ") else { return nil }
        let digits = log[start.upperBound...].prefix { $0.isNumber }
        // Its line may be half written.
        return log[digits.endIndex...].isEmpty ? nil : Int(digits)
    }

    private func begin() async throws {
        let arguments = [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--remote-debugging-pipe",
            "--window-size=1440,900", "--lang=en-US", "--hide-scrollbars",
        ]
        let options = ["args": arguments.filter { geteuid() == 0 || $0 != "--no-sandbox" }]
        let capabilities = ["capabilities": ["alwaysMatch": ["goog:chromeOptions": options]]]
        struct Begun: Decodable { let sessionId: String }
        session = try await send(.post, "", capabilities, as: Begun.self).sessionId
    }

    // MARK: Commands

    /// What a command answers that answers nothing.
    public struct Nothing: Decodable {
        /// There is nothing in it.
        public init(from decoder: any Decoder) throws {}
    }

    /// What a command answered, in whatever shape.
    private struct Said<T: Decodable>: Decodable { let value: T }
    private struct Refused: Decodable {
        let error: String
        let message: String
    }

    /// Sends a command of WebDriver; the path is behind the session's.
    @discardableResult
    public func send<T: Decodable>(
        _ method: Method, _ path: String, _ body: (any Encodable & Sendable)?, as type: T.Type
    ) async throws -> T {
        let url = "\(driver)/session" + (session.isEmpty ? "" : "/\(session)") + path
        var request = ClientRequest(method, url, timeout: .seconds(60), maximumBytes: 64 << 20)
        if method == .post {
            request.headers["content-type"] = "application/json"
            request.body = try body.map { Array(try JSONEncoder().encode($0)) } ?? Array("{}".utf8)
        }
        let answer = try await client.send(request)
        let data = Data(answer.body)
        guard answer.status == .ok else {
            let refused = try? JSONDecoder().decode(Said<Refused>.self, from: data).value
            throw ChromiumRefusal(description: "\(path): \(refused?.error ?? ""): \(refused?.message ?? "")")
        }
        return try JSONDecoder().decode(Said<T>.self, from: data).value
    }

    /// Sends a command of Chromium's own protocol.
    @discardableResult
    public func send<T: Decodable>(
        protocol command: String, _ parameters: some Encodable & Sendable, as type: T.Type = Nothing.self
    ) async throws -> T {
        try await send(.post, "/goog/cdp/execute", ProtocolCommand(cmd: command, params: parameters), as: type)
    }

    private struct ProtocolCommand<P: Encodable & Sendable>: Encodable, Sendable {
        let cmd: String
        let params: P
    }
}

/// What the browser would not do.
public struct ChromiumRefusal: Error, CustomStringConvertible {
    /// For people.
    public let description: String
}
