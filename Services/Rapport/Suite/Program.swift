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
    var user: SystemUser?
    /// Where it works.
    package var directory: String?
    /// The signal that asks it to end in order.
    var stopSignal = SIGTERM
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
            reads.contains { $0.last == "_" ? name.hasPrefix($0) : name == $0 }
        }
        let pairs = read.merging(environment) { _, new in new }
            .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let file = read["RAPPORT_SETTINGS"].map { ProcessFile.contents($0) } ?? ""
        let text = ([path, "\(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec)"] + arguments + pairs + [file])
            .joined(separator: "\n")
        return Hex.encode(SHA256.digest(Array(text.utf8)))
    }

    /// Starts it in a session of its own; it goes on when this process ends.
    @Loop
    package func start(log: String) throws -> ProcessMark {
        let merged = inherited.merging(environment) { _, new in new }
        let child = try ChildProcess(
            path, arguments, environment: merged.map { "\($0.key)=\($0.value)" }, directory: directory, output: log,
            isDetached: true, userID: user?.user, groupID: user?.group)
        guard let mark = ProcessMark(child.id) else { throw SuiteError("\(name) ended at once; see \(log)") }
        return mark
    }
}

/// The five services, and which of them were built.
package enum Services {
    /// Their names.
    package static let names = ["contacts", "sales", "campaigns", "tickets", "notifications"]
    /// Those that keep the ledger of ERP documents.
    package static let withLedger = ["contacts", "sales", "campaigns"]
    /// The settings that services read, less those that the suite gives each of them; a test compares them with the code.
    static let settings = [
        "API_TOKEN", "CAMPAIGNS_CLOCK", "HTTP_TLS_", "KAFKA_", "LOG_LEVEL", "MAILDIR", "MAIL_", "MODEL_REFRESH_HOURS",
        "ORDER_ANSWER_SECONDS", "POOL_SIZE", "PREFERENCES_", "RAPPORT_SETTINGS", "SEGMENT_CLOCK_SECONDS", "SMTP_",
        "SURVEY_",
    ]

    static func path(_ name: String) -> String { "\(SuiteFolder.programs)/rapport-\(name)" }
    /// Those that were built.
    package static var built: [String] { names.filter { access(path($0), X_OK) == 0 } }
    /// Those that were not.
    package static var missing: [String] { names.filter { access(path($0), X_OK) != 0 } }
}

/// A user of the operating system.
struct SystemUser: Sendable, Equatable {
    let user: UInt32
    let group: UInt32

    /// Looks a user up by name; nil when there is none.
    init?(named name: String) {
        guard let entry = getpwnam(name) else { return nil }
        user = entry.pointee.pw_uid
        group = entry.pointee.pw_gid
    }

    /// Whether the user can search every folder above a path.
    func canReach(_ path: String) -> Bool {
        var folder = path
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            var info = stat()
            guard stat(folder.isEmpty ? "/" : folder, &info) == 0 else { continue }
            let bit: UInt32 = info.st_uid == user ? 0o100 : info.st_gid == group ? 0o010 : 0o001
            if info.st_mode & bit == 0 { return false }
        }
        return true
    }
}
