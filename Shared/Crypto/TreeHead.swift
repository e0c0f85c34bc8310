/// What a tree was at a moment, signed: whoever keeps it can hold any later state of the tree against it.
///
/// Its text is a checkpoint as logs of other makers have it (C2SP: tlog-checkpoint, signed-note), so that their tools read it.
public struct TreeHead: Sendable, Equatable {
    /// Which tree.
    public let origin: String
    /// How many entries it had.
    public let size: Int
    /// Its digest.
    public let root: MerkleTree.Hash
    /// When it was signed, RFC 3339.
    public let time: String

    /// Describes a tree.
    public init(origin: String, size: Int, root: MerkleTree.Hash, time: String) {
        self.origin = origin
        self.size = size
        self.root = root
        self.time = time
    }

    /// What is signed.
    private var note: String { "\(origin)\n\(size)\n\(Base64.encode(root))\n\(time)\n" }

    /// The text with the signature, for whoever keeps it.
    public func signed(by key: Ed25519.PrivateKey) -> String {
        let signature = Self.mark(origin, key.publicKey) + key.sign(Array(note.utf8))
        return "\(note)\n— \(origin) \(Base64.encode(signature))\n"
    }

    /// Reads a signed head; nil for what this key has not signed.
    public init?(_ text: String, key: Ed25519.PublicKey) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 7, lines[4].isEmpty, lines[6].isEmpty, let size = Int(lines[1]), size >= 0,
            "\(size)" == lines[1], let root = Base64.decode(lines[2]), root.count == 32
        else { return nil }
        self.init(origin: lines[0], size: size, root: root, time: lines[3])
        let start = "— \(origin) "
        guard lines[5].hasPrefix(start), let signature = Base64.decode(String(lines[5].dropFirst(start.count))),
            signature.count == 68, Array(signature.prefix(4)) == Self.mark(origin, key),
            key.isValid(Array(signature.dropFirst(4)), of: Array(note.utf8)), signed(like: signature) == text
        else { return nil }
    }

    private func signed(like signature: [UInt8]) -> String { "\(note)\n— \(origin) \(Base64.encode(signature))\n" }

    /// Tells keys of one name apart: the first bytes of a digest of name, kind and key.
    private static func mark(_ name: String, _ key: Ed25519.PublicKey) -> [UInt8] {
        Array(SHA256.digest(Array(name.utf8) + [0x0A, 1] + key.bytes).prefix(4))
    }
}
