import EventLoop
import FoundationEssentials

/// The settings that the services of a run were given, kept with it: an `up` from a shell that does not know them goes on with them, and
/// whatever changes is said aloud. Mails that wait must not be written to a folder because a shell has no SMTP_URL.
struct RunSettings {
    /// What is kept, by name.
    private(set) var kept: [String: String]
    /// What became of them, in words.
    private(set) var words: [String] = []
    private let environment: [String: String]
    private let isFirst: Bool

    /// Holds an environment against what is kept; nil for a run that keeps nothing yet. An empty text takes a setting away.
    init(_ environment: [String: String], kept: [String: String]?) {
        self.environment = environment
        self.kept = kept ?? [:]
        isFirst = kept == nil
        for name in Set(environment.keys).union(self.kept.keys).sorted() where Self.isKept(name) {
            settle(name, environment[name], self.kept[name])
        }
    }

    private mutating func settle(_ name: String, _ given: String?, _ known: String?) {
        switch (given, known) {
        case (nil, let known?):
            words.append("\(name) is \(Self.shown(name, known)) as before; \(name)= takes it away")
        case ("", let known?):
            kept[name] = nil
            words.append("\(name) is taken away; it was \(Self.shown(name, known))")
        case (let given?, let known?) where given != known:
            kept[name] = given
            words.append("\(name) changes from \(Self.shown(name, known)) to \(Self.shown(name, given))")
        case (let given?, nil) where !given.isEmpty:
            kept[name] = given
            if !isFirst { words.append("\(name) is \(Self.shown(name, given)) from now on; it was not set before") }
        default: break
        }
    }

    /// The environment with what is kept.
    var merged: [String: String] { environment.merging(kept) { _, kept in kept } }

    /// Where the broker and the databases are is not among them: these are the run's own, or said anew each time.
    private static func isKept(_ name: String) -> Bool {
        guard !name.hasPrefix("KAFKA_") else { return false }
        return Services.settings.contains { $0.last == "_" ? name.hasPrefix($0) : name == $0 }
    }

    private static func shown(_ name: String, _ value: String) -> String {
        if ["SECRET", "TOKEN", "PASSWORD", "KEY"].contains(where: { name.contains($0) }) { return "(a secret)" }
        guard let scheme = value.firstRange(of: "://"), let at = value.lastIndex(of: "@"), scheme.upperBound <= at
        else {
            return value
        }
        return value[..<scheme.upperBound] + "…" + value[at...]
    }
}

extension SuiteFolder {
    /// Holds an environment against the settings of this run, keeps them, and says what changes.
    @Loop
    func settle(_ environment: [String: String], _ terminal: Terminal) throws -> [String: String] {
        let file = path + "/settings.json"
        let data = FileManager.default.contents(atPath: file)
        let kept = try data.map { try JSONDecoder().decode([String: String].self, from: $0) }
        let settings = RunSettings(environment, kept: kept)
        for words in settings.words { terminal.warn(words) }
        if settings.kept != kept { try writePrivate([UInt8](try JSONEncoder().encode(settings.kept)), to: file) }
        return settings.merged
    }
}
