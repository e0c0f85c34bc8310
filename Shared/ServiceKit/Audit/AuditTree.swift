import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Postgres

/// The tree over all entries (RFC 6962), kept behind the writing of them, and its signed heads.
@Loop
public final class AuditTree {
    /// Which tree it is, in its heads.
    public let origin: String
    private let context: ServiceContext
    private var known: Ed25519.PrivateKey?
    private static let batch = 1000

    /// Keeps the tree of a service; `key` signs its heads. Without one the database has one: such heads show that no entry behind a kept head
    /// was changed, and not who signed them.
    public init(_ context: ServiceContext, origin: String, key: Ed25519.PrivateKey?) {
        self.context = context
        self.origin = origin
        known = key
    }

    /// The key that signs its heads.
    public func key() async throws -> Ed25519.PrivateKey {
        if let known { return known }
        let drawn = SQLBytes(Ed25519.PrivateKey().seed)
        var seed = try await context.rows(AuditStore.key).first ?? nil
        if seed == nil {
            seed = try await context.pool.transaction { try await $0.rows(AuditStore.drawKey, drawn).first ?? nil }
        }
        guard let seed, let key = Ed25519.PrivateKey(seed: seed.bytes) else {
            throw PostgresError(sqlState: "XX001", message: "the key of the audit's heads is none")
        }
        known = key
        return key
    }

    /// Gives a batch of entries their places and signs what the tree is then; says whether there may be more.
    public func grow() async throws -> Bool {
        let key = try await key()
        return try await context.pool.transaction { transaction in
            guard try await transaction.rows(AuditStore.lock).first == true else { return false }
            let waiting = try await transaction.rows(AuditStore.waiting, Self.batch)
            guard !waiting.isEmpty else { return false }
            guard let (size, edge) = try await transaction.rows(AuditStore.front).first,
                var front = MerkleFront(size: size, hashes: Self.parted(edge.bytes))
            else { throw PostgresError(sqlState: "XX001", message: "the edge of the audit's tree is not whole") }
            var full: [(MerkleTree.Subtree, MerkleTree.Hash)] = []
            for (_, entry) in waiting { full += front.append(MerkleTree.leaf(Array(entry.utf8))) }
            transaction.enqueue(AuditStore.append, size, waiting.map(\.0))
            transaction.enqueue(
                AuditStore.nodes, full.map(\.0.level), full.map(\.0.index), full.map { SQLBytes($0.1) })
            let head = TreeHead(origin: origin, size: front.size, root: front.root, time: RFC3339.string(Date()))
            transaction.enqueue(AuditStore.sign, front.size, head.signed(by: key))
            return waiting.count == Self.batch
        }
    }

    /// Removes entries that are older than the firm's rule says, the oldest first, a batch at a time; their digests stay, so that all heads can
    /// be checked as before. Says whether there may be more.
    public func thin(years: Int) async throws -> Bool {
        try await context.pool.transaction { transaction in
            guard let removed = try await transaction.rows(AuditStore.removed).first else { return false }
            let next = try await transaction.rows(AuditStore.old, removed, years, Self.batch)
            let old = next.prefix { $0.1 }
            guard !old.isEmpty else { return false }
            transaction.enqueue(AuditStore.remove, old.map(\.0))
            transaction.enqueue(AuditStore.noteRemoved, old.count)
            Audit.write(
                AuditEntry("audit.thinned", "audit:\(removed)-\(removed + old.count - 1)"), in: transaction)
            return old.count == Self.batch
        }
    }

    /// Digests that stand one behind the other.
    private static func parted(_ bytes: [UInt8]) -> [MerkleTree.Hash] {
        stride(from: 0, to: bytes.count, by: 32).map { Array(bytes[$0..<min($0 + 32, bytes.count)]) }
    }

    /// The last signed head; nil before the first entry.
    public func head() async throws -> (size: Int, text: String)? {
        try await context.rows(AuditStore.head, nil).first.map { ($0, $1) }
    }

    /// What shows that the entry at a place stands in the tree of a size.
    func inclusion(of place: Int, in size: Int) async throws -> [MerkleTree.Hash] {
        try await hashes(of: MerkleTree.inclusion(of: place, in: size))
    }

    /// What shows that the tree of a size begins with that of another.
    func consistency(from old: Int, to size: Int) async throws -> [MerkleTree.Hash] {
        try await hashes(of: MerkleTree.consistency(from: old, to: size))
    }

    private func hashes(of spans: [Range<Int>]) async throws -> [MerkleTree.Hash] {
        let parts = spans.map { MerkleTree.subtrees(of: $0) }
        let all = parts.flatMap(\.self)
        var kept: [MerkleTree.Subtree: MerkleTree.Hash] = [:]
        for (level, place, hash) in try await context.rows(AuditStore.placed, all.map(\.level), all.map(\.index)) {
            kept[MerkleTree.Subtree(level: level, index: place)] = hash.bytes
        }
        return try parts.map { part in
            MerkleTree.joined(
                try part.map { subtree in
                    guard let hash = kept[subtree] else {
                        throw PostgresError(sqlState: "XX001", message: "the audit's tree is not whole")
                    }
                    return hash
                })
        }
    }
}
