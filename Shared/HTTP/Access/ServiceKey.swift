import FoundationEssentials

/// The key of a program, a partner or a script, as it is kept: what it may do and until when, and of the secret only a digest.
public struct ServiceKey: Codable, Sendable {
    /// Eight hexadecimal digits, which the secret text has too.
    public let id: String
    /// Whose it is, for people and records.
    public let name: String
    /// The names of its rights.
    public let rights: [String]
    /// The SHA-256 of the whole secret text, hexadecimal. The secret is 256 bits drawn at random: nothing slower is needed.
    public let digest: String
    /// When it was made, and by whom.
    public let madeAt: Date
    /// Who made it.
    public let madeBy: String
    /// From when on it is good no more; nil where nobody has said.
    public let endsAt: Date?
    /// When somebody has ended it.
    public var endedAt: Date?
    /// Who has ended it.
    public var endedBy: String?

    /// Describes a key.
    public init(
        id: String, name: String, rights: [String], digest: String, madeAt: Date, madeBy: String, endsAt: Date?
    ) {
        self.id = id
        self.name = name
        self.rights = rights
        self.digest = digest
        self.madeAt = madeAt
        self.madeBy = madeBy
        self.endsAt = endsAt
    }

    /// Why it is not good at a moment, in words; nil where it is.
    public func fault(at now: Date) -> String? {
        if endedAt != nil { return "was ended" }
        if let endsAt, endsAt <= now { return "is over its time" }
        return nil
    }

    // MARK: The secret text

    private static let start = "rk_"

    /// The text that a caller sends, of an id and a secret: `rk_4f1c9a02_…`.
    public static func text(id: String, secret: String) -> String { "\(start)\(id)_\(secret)" }

    /// The id in a text that looks like that of a key; nil where it does not.
    public static func id(in text: String) -> String? {
        let bytes = text.utf8
        guard bytes.count > 20, bytes.starts(with: start.utf8) else { return nil }
        let rest = bytes.dropFirst(start.utf8.count)
        guard let end = rest.firstIndex(of: UInt8(ascii: "_")) else { return nil }
        return String(rest[rest.startIndex..<end])
    }
}

/// The keys of a suite, as its file has them.
public struct KeyFile: Codable, Sendable {
    /// All that were made, ended ones too.
    public var keys: [ServiceKey]

    /// No keys yet.
    public init() { keys = [] }

    /// Reads a file's bytes.
    public init(_ bytes: Data) throws {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        self = try decoder.decode(KeyFile.self, from: bytes)
    }

    /// The file's bytes.
    public func bytes() throws -> Data {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
