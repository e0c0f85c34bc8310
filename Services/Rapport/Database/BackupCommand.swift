import EventLoop
import FoundationEssentials
import Postgres

/// Keeps the data of services in a folder, each as it stood at one moment, while they go on.
@Loop
package struct BackupCommand {
    private let suite: Suite
    private var terminal: Terminal { suite.terminal }

    /// Backs services of a suite up.
    package init(_ suite: Suite) { self.suite = suite }

    func run(_ arguments: inout Arguments) async throws {
        let folder = try arguments.word("a folder for the backup")
        let named = arguments.plainWords()
        try arguments.end()
        for name in named where !Services.names.contains(name) { throw UsageError("there is no service \(name)") }
        try await keep(named.isEmpty ? Services.built : named, in: Self.absolute(folder))
    }

    /// Keeps services in a folder that is new or empty.
    package func keep(_ names: [String], in folder: String) async throws {
        if let found = try? FileManager.default.contentsOfDirectory(atPath: folder), !found.isEmpty {
            throw SuiteError("\(folder) is not empty: name a new folder, so that no backup is overwritten")
        }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let roles = try suite.roleURLs(try suite.folder.readState())
        var manifest: BackupManifest?
        for name in names {
            guard let url = roles[name] else { throw SuiteError("the database of \(name) is not known") }
            let part = try await self.part(name, url, folder)
            var kept = manifest ?? BackupManifest(madeAt: part.at)
            kept.services[name] = part
            manifest = kept
            terminal.line("\(name): \(grouped(part.bytes)) bytes as of \(part.at)")
        }
        // Last: without it what lies there is no backup.
        try manifest?.write(folder)
    }

    /// Holds a moment open until it is written down.
    private func part(_ name: String, _ url: String, _ folder: String) async throws -> BackupManifest.Part {
        let tool = try DatabaseTool(url, log: suite.folder.log(of: "backup"))
        let connection = try await PostgresConnection.open(
            PostgresSettings(url: url, applicationName: "rapport backup", schema: name, statementTimeout: 0))
        defer { connection.close() }
        let place = try await decidedPlace(connection)
        return try await connection.transaction { transaction in
            let hasLife = try await transaction.rows(BackupStore.hasLife).first ?? false
            guard
                let (snapshot, at, server, migrations, positions) =
                    try await transaction.rows(BackupStore.moment).first
            else { throw SuiteError("\(name) says nothing of itself") }
            let life = hasLife ? try await transaction.rows(BackupStore.life).first : nil
            let file = "\(name).dump"
            try await tool.dump(name, snapshot: snapshot, to: "\(folder)/\(file)")
            chmod("\(folder)/\(file)", 0o600)
            var info = stat()
            stat("\(folder)/\(file)", &info)
            return BackupManifest.Part(
                at: at, file: file, bytes: Int(info.st_size), server: server,
                migrations: try Self.decoded([String].self, migrations),
                life: life.map { .init(epoch: $0.0, incarnation: $0.1, cause: $0.2, place: place) },
                positions: try Self.decoded([BackupManifest.Position].self, positions))
        }
    }

    /// A place of the outbox up to which nothing is under way any more: a snapshot that is taken now has all that was told up to it.
    private func decidedPlace(_ connection: PostgresConnection) async throws -> Int {
        guard let (place, next) = try await connection.transaction({ try await $0.rows(BackupStore.place) }).first
        else {
            return 0
        }
        let deadline = Loop.now + .seconds(120)
        while let oldest = try await connection.transaction({ try await $0.rows(BackupStore.oldest) }).first,
            oldest < next
        {
            guard Loop.now < deadline else {
                throw SuiteError("a transaction has gone on for two minutes; try again when it has ended")
            }
            try await Loop.sleep(for: .milliseconds(50))
        }
        return place
    }

    private static func decoded<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// The path of a folder, from the current one on.
    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
