import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP

/// The keys of programs, partners and scripts: made, listed and ended in the suite's folder, where every service reads them.
@Loop
struct KeysCommand {
    private let folder: SuiteFolder
    private let terminal: Terminal

    init(_ suite: Suite) {
        folder = suite.folder
        terminal = suite.terminal
    }

    /// Runs `add`, `end`, `rights` or `list`.
    func run(_ arguments: inout Arguments) async throws {
        switch arguments.next(of: ["add", "end", "list", "rights"]) {
        case "add": try await add(&arguments)
        case "end": try await end(&arguments)
        case "rights":
            try arguments.end()
            rights()
        default:
            try arguments.end()
            try list()
        }
    }

    private func add(_ arguments: inout Arguments) async throws {
        let rights = try arguments.values("--right")
        let (days, day) = (try arguments.number("--days"), try arguments.value("--until"))
        let name = try arguments.word("a name, such as webshop")
        try arguments.end()
        guard !name.isEmpty, name.utf8.count <= 60, name.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw UsageError("a name has 1 to 60 letters, digits and signs of ASCII, without blanks")
        }
        guard !rights.isEmpty else {
            throw UsageError("name what it may do: --right parties.read; rapport keys rights lists them")
        }
        do {
            _ = try RightSet(named: rights)
        } catch {
            throw UsageError(error.description)
        }
        let ends = try Self.end(days: days, day: day)
        let (id, secret) = (Hex.encode(SecureRandom.bytes(4)), Base64URL.encode(SecureRandom.bytes(32)))
        try await folder.locked { _ in
            var file = try folder.readKeys()
            guard !file.keys.contains(where: { $0.name == name && $0.fault(at: Date()) == nil }) else {
                throw SuiteError("\(name) has a key that is good; end it first, or choose another name")
            }
            try folder.addSuiteKey(to: &file)
            file.keys.append(.made(id: id, secret: secret, name: name, rights: rights, endsAt: ends))
            try folder.write(file)
        }
        terminal.line("\(name) has the key \(id), good until \(RFC3339.string(ends)); it is shown this once:")
        terminal.line(ServiceKey.text(id: id, secret: secret))
        terminal.note("services know it within a second; from now on nobody is let in without a key or the API_TOKEN")
    }

    private func end(_ arguments: inout Arguments) async throws {
        let word = try arguments.word("the id or the name of a key")
        try arguments.end()
        let ended = try await folder.locked { _ in
            var file = try folder.readKeys()
            var ended: [String] = []
            for index in file.keys.indices where file.keys[index].endedAt == nil {
                let key = file.keys[index]
                guard key.id == word || key.name == word, key.id != SuiteFolder.suiteKey else { continue }
                file.keys[index].endedAt = Date()
                file.keys[index].endedBy = Arguments.person
                ended.append("\(key.id) of \(key.name)")
            }
            if !ended.isEmpty { try folder.write(file) }
            return ended
        }
        guard !ended.isEmpty else {
            throw SuiteError("there is no key \(word) that could be ended; rapport keys lists them")
        }
        terminal.line("ended: \(ended.joined(separator: ", ")); services refuse it within a second")
    }

    private func list() throws {
        let now = Date()
        let rows = try folder.readKeys().keys.map { key in
            [
                key.id, key.name, key.rights.joined(separator: " "), "\(RFC3339.string(key.madeAt)) \(key.madeBy)",
                key.endsAt.map { RFC3339.string($0) } ?? "never", key.fault(at: now) ?? "good",
            ]
        }
        guard !rows.isEmpty else { return terminal.line("no keys were made; rapport keys add makes one") }
        terminal.table(["key", "name", "rights", "made", "ends", "state"], rows)
    }

    private func rights() {
        terminal.table(
            ["service", "areas"], Areas.byService.map { [$0.service, $0.areas.joined(separator: " ")] })
        terminal.table(["action", "who may"], Action.allCases.map { [$0.rawValue, $0.meaning] })
        terminal.line("A right is AREA.ACTION; AREA.* is all of an area, *.ACTION an action everywhere, * everything.")
    }

    /// The end that is asked for, a year from now unless said.
    private static func end(days: Int?, day: String?) throws -> Date {
        guard days == nil || day == nil else { throw UsageError("say --days or --until") }
        guard let day else { return Date(timeIntervalSinceNow: Double(min(days ?? 365, 36_500)) * 86_400) }
        guard let end = RFC3339.date("\(day)T00:00:00Z"), end > Date() else {
            throw UsageError("--until is a day to come, such as 2027-01-31")
        }
        return end
    }
}

extension ServiceKey {
    /// A key of a secret.
    fileprivate static func made(
        id: String, secret: String, name: String, rights: [String], endsAt: Date?
    ) -> ServiceKey {
        let text = ServiceKey.text(id: id, secret: secret)
        return ServiceKey(
            id: id, name: name, rights: rights, digest: Hex.encode(SHA256.digest(Array(text.utf8))), madeAt: Date(),
            madeBy: Arguments.person, endsAt: endsAt)
    }
}

extension SuiteFolder {
    /// The id of the key by which the suite's own commands ask.
    static let suiteKey = "suite"

    /// Where keys are kept.
    var keyFile: String { path + "/keys.json" }

    fileprivate func readKeys() throws -> KeyFile {
        guard let data = FileManager.default.contents(atPath: keyFile) else {
            guard access(keyFile, F_OK) != 0 else {
                throw SuiteError("\(keyFile) cannot be read; it is for whoever has started the suite")
            }
            return KeyFile()
        }
        do {
            return try KeyFile(data)
        } catch {
            throw SuiteError("\(keyFile) cannot be understood: \(error)")
        }
    }

    fileprivate func write(_ file: KeyFile) throws { try writePrivate([UInt8](try file.bytes()), to: keyFile) }

    /// Lets the suite's own commands in, where nobody is let in without a key.
    fileprivate func addSuiteKey(to file: inout KeyFile) throws {
        guard !file.keys.contains(where: { $0.id == Self.suiteKey }) else { return }
        file.keys.append(
            .made(id: Self.suiteKey, secret: try secret("api"), name: "rapport", rights: ["*"], endsAt: nil))
    }

    /// The token that a suite was started with, else the text of its own key; nil where it has neither.
    static func token(in folder: String) -> String? {
        let kept = FileManager.default.contents(atPath: folder + "/settings.json").flatMap {
            try? JSONDecoder().decode([String: String].self, from: $0)
        }
        return kept?["API_TOKEN"] ?? suiteToken(beside: folder + "/keys.json")
    }

    /// The text by which the suite's own commands ask a service that was started with a file of keys; nil where there is none.
    static func suiteToken(beside keys: String) -> String? {
        guard let slash = keys.lastIndex(of: "/"),
            let data = FileManager.default.contents(atPath: keys[..<slash] + "/secrets.json"),
            let secret = (try? JSONDecoder().decode([String: String].self, from: data))?["api"]
        else { return nil }
        return ServiceKey.text(id: suiteKey, secret: secret)
    }
}
