/// The tree of RFC 6962 (and RFC 9162): one digest for a list of entries that only grows, with short proofs that an entry stands in it, and
/// that a longer list begins with a shorter one.
public enum MerkleTree {
    /// 32 bytes.
    public typealias Hash = [UInt8]

    /// The digest of an entry. It begins otherwise than that of a node, so that no node can be taken for an entry.
    public static func leaf(_ entry: [UInt8]) -> Hash { SHA256.digest([0] + entry) }

    /// The digest of two subtrees.
    public static func node(_ left: Hash, _ right: Hash) -> Hash { SHA256.digest([1] + left + right) }

    /// The digest of nothing.
    public static let empty: Hash = SHA256.digest([])

    /// The digest of a list of entries' digests.
    public static func root(_ leaves: [Hash]) -> Hash {
        var front = MerkleFront()
        for leaf in leaves { front.append(leaf) }
        return front.root
    }

    // MARK: What proofs are made of

    /// A subtree that is full: the entries from `index << level` on, `1 << level` of them. It never changes any more, so it is kept.
    public struct Subtree: Hashable, Sendable {
        /// How high it is.
        public let level: Int
        /// Its place among those of its height.
        public let index: Int
        /// Names a subtree.
        public init(level: Int, index: Int) {
            self.level = level
            self.index = index
        }
    }

    /// The spans of entries whose digests prove that entry number `place` stands in a tree of `size` entries, from the entry upwards.
    public static func inclusion(of place: Int, in size: Int) -> [Range<Int>] {
        guard place >= 0, place < size else { return [] }
        var spans: [Range<Int>] = []
        var whole = 0..<size
        while whole.count > 1 {
            let middle = whole.lowerBound + half(whole.count)
            if place < middle {
                spans.append(middle..<whole.upperBound)
                whole = whole.lowerBound..<middle
            } else {
                spans.append(whole.lowerBound..<middle)
                whole = middle..<whole.upperBound
            }
        }
        return spans.reversed()
    }

    /// The spans whose digests prove that a tree of `size` entries begins with the tree of its first `old` entries.
    public static func consistency(from old: Int, to size: Int) -> [Range<Int>] {
        guard old > 0, old < size else { return [] }
        var spans: [Range<Int>] = []
        var (whole, isWhole) = (0..<size, true)
        while old != whole.upperBound {
            let middle = whole.lowerBound + half(whole.count)
            if old <= middle {
                spans.append(middle..<whole.upperBound)
                whole = whole.lowerBound..<middle
            } else {
                spans.append(whole.lowerBound..<middle)
                whole = middle..<whole.upperBound
                isWhole = false
            }
        }
        // Who asks knows the old tree's own digest.
        if !isWhole { spans.append(whole) }
        return spans.reversed()
    }

    /// The full subtrees that make up a span of a proof, from left to right.
    public static func subtrees(of span: Range<Int>) -> [Subtree] {
        var found: [Subtree] = []
        var start = span.lowerBound
        while start < span.upperBound {
            var level = start == 0 ? Int.bitWidth - 2 : start.trailingZeroBitCount
            while start + 1 << level > span.upperBound { level -= 1 }
            found.append(Subtree(level: level, index: start >> level))
            start += 1 << level
        }
        return found
    }

    /// The digest of a span from those of its full subtrees.
    public static func joined(_ hashes: [Hash]) -> Hash {
        guard var hash = hashes.last else { return empty }
        for left in hashes.dropLast().reversed() { hash = node(left, hash) }
        return hash
    }

    /// The largest power of two below a number above one.
    private static func half(_ count: Int) -> Int { 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount) }

    // MARK: Proofs

    /// Whether a proof shows that a digest is that of entry number `place` of a tree (RFC 9162, 2.1.3.2).
    public static func isIncluded(_ leaf: Hash, at place: Int, in size: Int, root: Hash, by proof: [Hash]) -> Bool {
        guard place >= 0, place < size else { return false }
        var (number, last, hash) = (place, size - 1, leaf)
        for other in proof {
            guard last > 0 else { return false }
            if number & 1 == 1 || number == last {
                hash = node(other, hash)
                while number & 1 == 0, number > 0 {
                    number >>= 1
                    last >>= 1
                }
            } else {
                hash = node(hash, other)
            }
            number >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether a proof shows that a tree begins with an older one (RFC 9162, 2.1.4.2).
    public static func isConsistent(
        _ old: (size: Int, root: Hash), _ new: (size: Int, root: Hash), by proof: [Hash]
    ) -> Bool {
        if old.size == new.size { return proof.isEmpty && old.root == new.root }
        if old.size == 0 { return proof.isEmpty && new.size > 0 }
        guard old.size > 0, old.size < new.size else { return false }
        var hashes = proof
        if old.size & (old.size - 1) == 0 { hashes.insert(old.root, at: 0) }
        guard let first = hashes.first else { return false }
        var (number, last) = (old.size - 1, new.size - 1)
        while number & 1 == 1 {
            number >>= 1
            last >>= 1
        }
        var (oldHash, newHash) = (first, first)
        for other in hashes.dropFirst() {
            guard last > 0 else { return false }
            if number & 1 == 1 || number == last {
                oldHash = node(other, oldHash)
                newHash = node(other, newHash)
                while number & 1 == 0, number > 0 {
                    number >>= 1
                    last >>= 1
                }
            } else {
                newHash = node(newHash, other)
            }
            number >>= 1
            last >>= 1
        }
        return last == 0 && oldHash == old.root && newHash == new.root
    }
}

/// The right edge of a tree that grows: the full subtrees that no larger one holds yet. All that is needed to add to it.
public struct MerkleFront: Sendable {
    /// How many entries the tree has.
    public private(set) var size = 0
    /// The full subtrees from left to right, each smaller than the one before.
    public private(set) var hashes: [MerkleTree.Hash] = []

    /// A tree of nothing.
    public init() {}

    /// The edge of a tree of a size; nil where that has not as many full subtrees.
    public init?(size: Int, hashes: [MerkleTree.Hash]) {
        guard size >= 0, hashes.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.hashes = hashes
    }

    /// Adds an entry; gives the subtrees that are full now, with their digests.
    @discardableResult
    public mutating func append(_ leaf: MerkleTree.Hash) -> [(MerkleTree.Subtree, MerkleTree.Hash)] {
        var full = [(MerkleTree.Subtree(level: 0, index: size), leaf)]
        var hash = leaf
        for level in 0..<size.trailingOneBitCount {
            guard let left = hashes.popLast() else { break }
            hash = MerkleTree.node(left, hash)
            full.append((MerkleTree.Subtree(level: level + 1, index: size >> (level + 1)), hash))
        }
        hashes.append(hash)
        size += 1
        return full
    }

    /// The digest of all.
    public var root: MerkleTree.Hash { MerkleTree.joined(hashes) }
}

extension Int {
    fileprivate var trailingOneBitCount: Int { (~self).trailingZeroBitCount }
}
