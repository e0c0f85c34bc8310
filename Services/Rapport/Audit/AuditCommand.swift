import EventLoop
import FoundationEssentials

/// `rapport audit`: takes the audits of the services out, and checks what was taken out without asking anybody.
@Loop
struct AuditCommand {
    private let suite: Suite
    private var terminal: Terminal { suite.terminal }

    init(_ suite: Suite) { self.suite = suite }

    /// Runs `fetch FOLDER` or `verify FOLDER [--kept FILE]`; says whether all is well.
    func run(_ arguments: inout Arguments) async throws -> Bool {
        let order = try arguments.word("fetch or verify")
        let folder = try arguments.word("a folder")
        switch order {
        case "fetch":
            let only = try arguments.value("--service")
            try arguments.end()
            for service in only.map({ [$0] }) ?? Services.built {
                try await fetch(service, into: "\(folder)/\(service)")
            }
            return true
        case "verify":
            let kept = try arguments.value("--kept")
            try arguments.end()
            return try verify(folder, kept)
        default: throw UsageError("rapport audit knows fetch and verify, not \(order)")
        }
    }

    /// Writes the entries, the last signed head and the key that checks it into a folder.
    private func fetch(_ service: String, into folder: String) async throws {
        let probe = try ServiceProbe(service, try suite.folder.readState())
        struct Head: Decodable { let size: Int, head: String, key: String }
        let answer: [UInt8]
        do {
            answer = try await probe.get("/v1/audit/head")
        } catch let error as SuiteError where "\(error)".contains("answered 404") {
            return terminal.line("\(service) has written nothing down yet")
        }
        let head = try JSONDecoder().decode(Head.self, from: Data(answer))
        let entries = try await probe.get("/v1/audit/entries", within: .seconds(600), maximumBytes: 1 << 30)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Others may have been written since the head was signed; they are the next one's.
        let lines = entries.split(separator: 0x0A).prefix(head.size)
        try Data(Array(lines.joined(separator: [0x0A])) + [0x0A]).write(to: URL(filePath: folder + "/entries.ndjson"))
        try Data(head.head.utf8).write(to: URL(filePath: folder + "/head.txt"))
        try Data(head.key.utf8).write(to: URL(filePath: folder + "/key.txt"))
        terminal.line(
            "\(grouped(head.size)) entries are in \(folder); keep head.txt where nobody of the firm can change it")
    }

    /// Checks what was taken out of one service, or of each that lies in the folder. A head that was kept is of one of them, and says which.
    private func verify(_ folder: String, _ kept: String?) throws -> Bool {
        let files = FileManager.default
        let isOne = files.fileExists(atPath: folder + "/entries.ndjson")
        let within = try isOne ? [folder] : files.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }
        let folders = within.filter { files.fileExists(atPath: $0 + "/entries.ndjson") }
        guard !folders.isEmpty else { throw SuiteError("\(folder) has nothing that rapport audit fetch has written") }
        let old = try kept.map { (name: $0, text: try text($0)) }
        var isGood = true
        var isHeld = old == nil
        for folder in folders {
            var heads = [(name: "head.txt", text: try text(folder + "/head.txt"))]
            if let old, Self.origin(old.text) == Self.origin(heads[0].text) {
                heads.append(old)
                isHeld = true
            }
            isGood = try check(folder, heads) && isGood
        }
        if !isHeld, let kept { terminal.warn("\(kept) is a head of none of these services") }
        return isGood && isHeld
    }

    private func check(_ folder: String, _ heads: [(name: String, text: String)]) throws -> Bool {
        let outcome = AuditVerifier(
            entries: try text(folder + "/entries.ndjson"), key: try text(folder + "/key.txt"), heads: heads)
        for fault in outcome.faults { terminal.warn("\(folder): \(fault)") }
        if outcome.faults.isEmpty {
            let removed =
                outcome.removed == 0 ? "" : ", of which the rule has removed the first \(grouped(outcome.removed))"
            terminal.line(
                "PASS: \(folder): \(grouped(outcome.count)) entries are those that were signed, in their order\(removed)"
            )
        }
        return outcome.faults.isEmpty
    }

    private static func origin(_ head: String) -> Substring { head.prefix { $0 != "\n" } }

    private func text(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw SuiteError("\(path) cannot be read") }
        return String(decoding: data, as: UTF8.self)
    }
}
