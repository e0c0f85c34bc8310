import EventLoop
import FoundationEssentials
import HTTP
import Text

/// Brings files of people into contacts over its own HTTP surface, and shows what became of each row: one file, or all that another system
/// has exported.
@Loop
package struct ImportCommand {
    private let terminal: Terminal
    private let probe: ServiceProbe

    /// Brings them into a suite.
    package init(_ suite: Suite) throws {
        terminal = suite.terminal
        probe = try ServiceProbe("contacts", try suite.folder.readState())
    }

    /// Runs it; says whether every row found its place.
    func run(_ arguments: inout Arguments) async throws -> Bool {
        let isDryRun = arguments.flag("--dry-run")
        let duplicates = try arguments.value("--duplicates") ?? "skip"
        let report = try arguments.value("--report")
        let undone = try arguments.value("--undo")
        let paths = arguments.plainWords()
        try arguments.end()
        guard ["skip", "update", "create"].contains(duplicates) else {
            throw UsageError("--duplicates needs skip, update or create, not \(duplicates)")
        }
        if let undone {
            guard paths.isEmpty, !isDryRun else { throw UsageError("--undo takes an import back and nothing else") }
            let answer = try await probe.post(
                "/v1/imports/\(undone)/undo", [], within: .seconds(60), expecting: .accepted)
            show(try await watch(try Self.import(answer)))
            return true
        }
        guard !paths.isEmpty else { throw UsageError("expected a file or a folder of exports") }
        let (body, format) = try Self.body(paths)
        let path = "/v1/imports?format=\(format)&dryRun=\(isDryRun)&duplicates=\(duplicates)"
        let answer = try await probe.post(path, body, within: .seconds(600), expecting: .accepted, type: "text/csv")
        let done = try await watch(try Self.import(answer))
        show(done)
        try await showRows(done, report)
        return done.state == "done" && done.refused == 0
    }

    // MARK: Files

    /// What is sent: a file as it is, several in an archive.
    private static func body(_ paths: [String]) throws -> (bytes: [UInt8], format: String) {
        let files = try paths.flatMap(files)
        guard let first = files.first else { throw UsageError("there is no file in \(paths.joined(separator: ", "))") }
        if files.count == 1 { return (try content(first), first.lowercased().hasSuffix(".vcf") ? "vcard" : "csv") }
        var archive = ZipFile()
        var bytes: [UInt8] = []
        for file in files { bytes += try archive.file(name(file), try content(file)) }
        return (bytes + archive.end(), "csv")
    }

    private static func files(_ path: String) throws -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw UsageError("there is no file \(path)")
        }
        guard isFolder else { return [path] }
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted().filter { name in
            [".csv", ".xlsx", ".txt", ".vcf", ".zip"].contains { name.lowercased().hasSuffix($0) }
        }.map { "\(path)/\($0)" }
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func content(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw UsageError("\(path) cannot be read") }
        return Array(data)
    }

    // MARK: What becomes of it

    private struct Import: Decodable {
        struct File: Decodable {
            let name: String
            let system, holds: String?
            let rows: Int
            let ignored: [String]?
        }
        struct Options: Decodable {
            let isDryRun: Bool
            let system: String?
            let files: [File]?
            let ignored: [String]?
        }
        let id, state: String
        let options: Options
        let bytes, bytesDone: Int
        let rows, created, changed, skipped, refused, added, relations, consents, undone, kept: Int
        let error: String?
    }

    private static func `import`(_ bytes: [UInt8]) throws -> Import {
        try JSONDecoder().decode(Import.self, from: Data(bytes))
    }

    private func watch(_ begun: Import) async throws -> Import {
        var now = begun
        while !["done", "failed", "undone"].contains(now.state) {
            let share = now.bytes > 0 ? Double(now.bytesDone) / Double(now.bytes) : 0
            terminal.progress(now.state == "undoing" ? 0 : share, "\(grouped(now.rows)) rows")
            try await Loop.sleep(for: .milliseconds(200))
            now = try Self.import(try await probe.get("/v1/imports/\(now.id)"))
        }
        return now
    }

    private func show(_ done: Import) {
        if done.state == "undone" {
            terminal.line(
                "import \(done.id) is taken back: \(grouped(done.undone)) parties as before, \(grouped(done.kept)) kept"
            )
            return
        }
        if let error = done.error {
            terminal.line("import \(done.id) failed: \(error)")
            return
        }
        if let files = done.options.files {
            terminal.table(
                ["file", "holds", "rows", "columns left out"],
                files.map { file in
                    [
                        file.name, file.holds ?? "nothing that is known: left out", grouped(file.rows),
                        (file.ignored ?? []).joined(separator: ", "),
                    ]
                })
        }
        let would = done.options.isDryRun ? "would be " : ""
        terminal.line(
            "\(grouped(done.rows)) rows = \(grouped(done.created)) \(would)created + \(grouped(done.changed)) \(would)changed"
                + " + \(grouped(done.added)) \(would)added to a party + \(grouped(done.skipped)) skipped + \(grouped(done.refused)) refused"
        )
        if done.relations + done.consents > 0 {
            terminal.line("\(grouped(done.relations)) relations and \(grouped(done.consents)) decisions on consent")
        }
        let next = done.options.isDryRun ? "nothing was changed" : "rapport import --undo \(done.id) takes it back"
        terminal.line("import \(done.id): \(next)")
    }

    /// The first rows that were refused, skipped or odd in part; all of them in a file where one is named.
    private func showRows(_ done: Import, _ report: String?) async throws {
        let bytes = try await probe.get("/v1/imports/\(done.id)/errors", within: .seconds(600), maximumBytes: 1 << 30)
        if let report {
            guard FileManager.default.createFile(atPath: report, contents: Data(bytes)) else {
                throw SuiteError("\(report) cannot be written")
            }
            terminal.line("what became of each row: \(report)")
            return
        }
        var rows: [[String]] = []
        var stream = CSVStream()
        stream.read(bytes) { rows.append($0) }
        stream.finish { rows.append($0) }
        let told = rows.dropFirst().filter { $0.count > 4 }
        guard !told.isEmpty else { return }
        terminal.table(
            ["line", "outcome", "field", "why"], told.prefix(20).map { [$0[0], $0[4], $0[1], $0[2]] })
        if told.count > 20 { terminal.note("\(grouped(told.count - 20)) more; --report FILE writes all of them") }
    }
}
