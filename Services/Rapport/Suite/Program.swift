import Crypto
import EventLoop
import FoundationEssentials
import Telemetry

/// A program of the suite: how it is started and stopped.
package struct Program {
    /// `contacts`: its name in commands, state and logs.
    package let name: String
    /// Where the program is.
    package let path: String
    package var arguments: [String]
    /// Added to the environment that it inherits.
    package var environment: [String: String]
    /// What it reads of the environment that it inherits: names, or with an underscore at the end how names begin.
    var reads: [String] = []
    /// Whom it becomes, where the superuser starts it.
    var user: SystemUser?
    /// Whether it does so by itself; of the others it is the system that makes them start as somebody.
    var becomesUser = false
    /// Where it works.
    package var directory: String?
    /// The signal that asks it to end in order.
    var stopSignal = SIGTERM
    /// The port of loopback whose socket it is handed, where somebody keeps it; nil for what listens by itself alone.
    var port: Int?
    /// The environment that it inherits: this process's.
    var inherited = ProcessInfo.processInfo.environment

    /// Describes a program.
    package init(
        name: String, path: String, arguments: [String] = [], environment: [String: String] = [:],
        directory: String? = nil
    ) {
        self.name = name
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }

    /// All that it is started with, and which build of it, as a fingerprint without secrets' text.
    package var settings: String { settings(inheriting: inherited) }

    /// The same in another environment.
    func settings(inheriting inherited: [String: String]) -> String {
        var info = stat()
        stat(path, &info)
        let read = inherited.filter { name, _ in
            isRead(name)
        }
        let pairs = read.merging(environment) { _, new in new }
            .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let file = read["RAPPORT_SETTINGS"].map { ProcessFile.contents($0) } ?? ""
        // Whoever computes this, the superuser or who the programs run as, gets the same.
        let runner = "\(user?.user ?? getuid())"
        let text = ([path, runner, "\(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec)"] + arguments + pairs + [file])
            .joined(separator: "\n")
        return Hex.encode(SHA256.digest(Array(text.utf8)))
    }

    /// Starts it in a session of its own; it goes on when this process ends.
    @Loop
    package func start(log: String) throws -> ProcessMark {
        let child = try launch(log: log).start()
        guard let mark = ProcessMark(child.id) else { throw SuiteError("\(name) ended at once; see \(log)") }
        return mark
    }

    /// What programs may know of the shell that started the suite; its secrets are nobody's.
    private static let inheritable: Set<String> = [
        "GLIBC_TUNABLES", "HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "NO_PROXY", "PATH",
        "RAPPORT_PLANTED_BUG", "SSL_CERT_DIR", "SSL_CERT_FILE",
        "SWIFT_BACKTRACE", "TMPDIR", "TZ", "TZDIR", "UV_THREADPOOL_SIZE", "all_proxy", "http_proxy", "https_proxy",
        "no_proxy",
    ]

    /// All that it finds in its environment: what it is given, what it reads, and what every program may know.
    var wholeEnvironment: [String: String] {
        var whole = inherited.filter { name, _ in
            Self.inheritable.contains(name) || name.hasPrefix("LC_") || isRead(name)
        }
        whole.merge(environment) { _, new in new }
        if let user, becomesUser { whole[Hardening.userSetting] = user.setting }
        return whole
    }

    private func isRead(_ name: String) -> Bool {
        reads.contains { $0.last == "_" ? name.hasPrefix($0) : name == $0 }
    }

    /// How it is started.
    func launch(log: String) -> Launch {
        Launch(
            name: name, path: path, arguments: arguments, environment: wholeEnvironment, directory: directory,
            user: becomesUser ? nil : user?.user, group: becomesUser ? nil : user?.group, log: log, port: port)
    }

    /// Runs it with other words to its end; says whether that was a good one.
    @Loop
    func run(_ words: [String], log: String) async throws -> Bool {
        var program = self
        (program.arguments, program.port) = (words, nil)
        return try await program.launch(log: log).start(isDetached: false).exit().isSuccess
    }
}
