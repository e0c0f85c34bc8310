import CRMModel
import FoundationEssentials
import Sheets
import Text

/// What became of a file of an export set, as its import shows it.
struct MovedFile: Codable, Sendable {
    let name: String
    /// The system and what its records are; nil for what is not known and was left out.
    var system: String?
    var holds: String?
    var rows = 0
    /// The headings that mean nothing here.
    var ignored: [String]?
}

/// The exports of another system as one table of ours: firms, then people, then what relates them, notes and decisions. References are
/// kept, so that each row finds its party, and a set that is brought again finds all of them.
struct MovingSet {
    /// Bytes of a set when unpacked.
    static let most = 4 << 30
    static let mostFiles = 200

    private let files: [(file: MovingFile, object: MovingObject)]
    private(set) var told: [MovedFile] = []
    let system: String
    private let customKeys: [String: String]
    private var owners: [String: String] = [:]

    /// Looks at the files of an archive.
    ///
    /// - Parameter customKeys: custom fields' keys by their folded keys and labels: columns of that heading come in too.
    init(_ archive: ZipArchive, customKeys: [String: String]) throws {
        guard archive.entries.count <= Self.mostFiles else {
            throw ImportFailure(description: "The archive has more than \(Self.mostFiles) files.")
        }
        var found: [(file: MovingFile, object: MovingObject)] = []
        var rest = Self.most
        for entry in archive.entries {
            let lower = entry.name.lowercased()
            guard lower.hasSuffix(".csv") || lower.hasSuffix(".xlsx") || lower.hasSuffix(".txt") else {
                told.append(MovedFile(name: entry.name))
                continue
            }
            let file = try MovingFile(archive, entry, most: rest)
            rest -= file.size
            var headings: [String] = []
            try file.rows { _, cells in
                headings = cells
                return false
            }
            if let object = MovingObject.of(headings) {
                found.append((file, object))
            } else {
                told.append(MovedFile(name: file.name))
            }
        }
        let systems = Set(found.map(\.object.system)).sorted()
        guard let system = systems.first else {
            throw ImportFailure(
                description: "None of the files is an export of Salesforce, HubSpot, EspoCRM or Odoo by its headings.")
        }
        guard systems.count == 1 else {
            throw ImportFailure(
                description: "The files are of \(systems.joined(separator: " and ")): bring one system at a time.")
        }
        self.system = system
        self.customKeys = customKeys
        files = found.sorted { $0.object.kind.rawValue < $1.object.kind.rawValue }
    }

    /// Writes the table.
    mutating func write(_ body: @escaping ([UInt8]) throws -> Void) throws {
        let keys = Set(customKeys.values).sorted()
        try body(Array(CSVWriter.line(MovingRow.headings + keys.map { "custom.\($0)" }).utf8))
        // What relates parties and is added to them stands behind all of them.
        let behind = try ScratchFile()
        let (main, later) = (TableText(body), TableText { try behind.append($0) })
        for (file, object) in files {
            var reader = MovingReader(object, file.name, customKeys, owners)
            try file.rows { line, cells in
                for row in reader.read(line, cells) {
                    try (row.isBehind ? later : main).write(row.line(customKeys: keys))
                }
                return true
            }
            owners = reader.owners
            told.append(
                MovedFile(
                    name: file.name, system: system, holds: "\(object.kind)", rows: reader.count,
                    ignored: reader.ignored))
        }
        try main.end()
        try later.end()
        var place = 0
        while true {
            let piece = try behind.read(from: place, most: 1 << 18)
            guard !piece.isEmpty else { return }
            try body(piece)
            place += piece.count
        }
    }
}

/// Lines gathered into pieces.
private final class TableText {
    private var text: [UInt8] = []
    private let write: ([UInt8]) throws -> Void

    init(_ write: @escaping ([UInt8]) throws -> Void) { self.write = write }

    func write(_ line: String) throws {
        text += Array(line.utf8)
        if text.count >= 1 << 18 { try end() }
    }

    func end() throws {
        guard !text.isEmpty else { return }
        try write(text)
        text = []
    }
}
