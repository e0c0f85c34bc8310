import EventLoop
import FoundationEssentials

/// `rapport audit`: takes the audit out, and checks what was taken out without asking anybody.
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
            try arguments.end()
            try await fetch(into: folder)
            return true
        case "verify":
            let kept = try arguments.value("--kept")
            try arguments.end()
            return try verify(folder, kept)
        default: throw UsageError("rapport audit knows fetch and verify, not \(order)")
        }
    }

    /// Writes the entries, the last signed head and the key that checks it into a folder.
    private func fetch(into folder: String) async throws {
        let probe = try ServiceProbe("console", try suite.folder.readState())
        struct Head: Decodable { let size: Int, head: String, key: String }
        let head = try JSONDecoder().decode(Head.self, from: Data(try await probe.get("/v1/audit/head")))
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

    private func verify(_ folder: String, _ kept: String?) throws -> Bool {
        func text(_ path: String) throws -> String {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw SuiteError("\(path) cannot be read")
            }
            return String(decoding: data, as: UTF8.self)
        }
        var heads = [("head.txt", try text(folder + "/head.txt"))]
        if let kept { heads.append((kept, try text(kept))) }
        let outcome = AuditVerifier(
            entries: try text(folder + "/entries.ndjson"), key: try text(folder + "/key.txt"), heads: heads)
        for fault in outcome.faults { terminal.warn(fault) }
        if outcome.faults.isEmpty {
            terminal.line("PASS: \(grouped(outcome.count)) entries are those that were signed, in their order")
        }
        return outcome.faults.isEmpty
    }
}
