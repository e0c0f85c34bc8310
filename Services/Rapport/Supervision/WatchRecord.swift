import EventLoop
import FoundationEssentials
import Telemetry

/// What the supervisor lets others know, in `watch.json`: who it is, and what has died under its eyes.
struct WatchRecord: Codable {
    /// Its process.
    var mark: ProcessMark
    /// Where it takes orders.
    var port: Int
    /// Which build of it runs.
    var build: String
    /// The ports that it keeps for programs.
    var ports: [Int] = []
    /// By program.
    var deaths: [String: Deaths] = [:]

    /// What is known of a program's deaths.
    struct Deaths: Codable, Equatable {
        /// How often it was started again.
        var restarts = 0
        /// When it died last, in seconds since 1970.
        var last = 0.0
        /// How: `killed by SIGKILL`.
        var cause = ""
        /// The last that it said.
        var lastWords = ""
        /// When it is started again; nil once it is.
        var next: Double?
    }

    /// Reads what is told in a suite's folder; nil where no supervisor was ever started.
    static func read(_ folder: SuiteFolder) -> WatchRecord? {
        FileManager.default.contents(atPath: folder.watchFile).flatMap {
            try? JSONDecoder().decode(WatchRecord.self, from: $0)
        }
    }

    /// Tells it.
    func write(_ folder: SuiteFolder) throws {
        try folder.writePrivate([UInt8](try JSONEncoder().encode(self)), to: folder.watchFile)
    }
}

extension WatchRecord.Deaths {
    /// For people: `restarted 3 times, last 14:02, killed by SIGKILL`, or what is to come.
    func text(now: Double) -> String {
        if let next {
            let wait = Int(max(0, next - now).rounded(.up))
            let words = lastWords.isEmpty ? "" : ": \(lastWords)"
            return "restarting \(wait > 0 ? "in \(wait) s" : "now"), \(cause)\(words)"
        }
        let times = restarts == 1 ? "once" : "\(restarts) times"
        return "restarted \(times), last \(Self.clock(last)), \(cause)"
    }

    /// The time of day here, as a person's watch has it.
    private static func clock(_ seconds: Double) -> String {
        var moment = time_t(seconds)
        var parts = tm()
        localtime_r(&moment, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(parts.tm_hour)):\(two(parts.tm_min))"
    }
}

extension SuiteFolder {
    var watchFile: String { path + "/watch.json" }

    /// The last that a program said, without what only programs read of it.
    func lastWords(of program: String) -> String {
        struct Entry: Decodable { let msg: String }
        guard let line = ProcessFile.contents(log(of: program), last: 1 << 16).split(separator: "\n").last else {
            return ""
        }
        let entry = try? JSONDecoder().decode(Entry.self, from: Data(line.utf8))
        return String((entry?.msg ?? String(line)).prefix(200)).printable
    }
}
