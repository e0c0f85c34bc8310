import FoundationEssentials

/// What a folder of backups says of itself: for those who restore it, programs and people.
struct BackupManifest: Codable {
    /// How this file is written.
    var format = 1
    /// When the first of its parts was made.
    let madeAt: String
    /// The services, by name.
    var services: [String: Part] = [:]

    /// One service.
    struct Part: Codable {
        /// When its data stood as they are kept.
        let at: String
        /// The file of `pg_dump` beside this one, and its length.
        let file: String
        let bytes: Int
        /// The version of the server, as `150018`.
        let server: Int
        /// The steps of its schema.
        let migrations: [String]
        /// Its life, and a place of its outbox up to which all is kept; nil for a schema from before there were lives.
        let life: Life?
        /// How far it had read.
        let positions: [Position]
    }

    /// The life that a schema was in.
    struct Life: Codable {
        let epoch: Int
        let incarnation: String
        let cause: String
        let place: Int
    }

    /// Where a service stood in a partition.
    struct Position: Codable {
        let topic: String
        let partition: Int
        let next: Int
    }

    /// Its name in the folder.
    static let name = "manifest.json"

    /// Reads the one of a folder.
    static func read(_ folder: String) throws -> BackupManifest {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
            throw SuiteError("\(folder) holds no backup: there is no \(name)")
        }
        guard let manifest = try? JSONDecoder().decode(BackupManifest.self, from: data), manifest.format == 1 else {
            throw SuiteError("\(folder)/\(name) cannot be read by this version of rapport")
        }
        return manifest
    }

    /// Writes it; whoever ends before has made no backup.
    func write(_ folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(filePath: "\(folder)/\(Self.name)"), options: .atomic)
    }
}
