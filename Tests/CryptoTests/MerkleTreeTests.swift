import Crypto
import Testing

@Suite struct MerkleTreeTests {
    /// The entries and roots with which the reference implementation of RFC 6962 is tested.
    private static let entries = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]
    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test func theKnownRoots() throws {
        let leaves = try Self.entries.map { MerkleTree.leaf(try #require(Hex.decode($0))) }
        for (size, root) in Self.roots.enumerated() {
            #expect(Hex.encode(MerkleTree.root(Array(leaves.prefix(size)))) == root, "of \(size)")
            #expect(Hex.encode(Self.span(leaves, 0..<size)) == root, "of \(size), by the definition")
        }
    }

    /// MTH of RFC 6962, as it is defined.
    private static func span(_ leaves: [MerkleTree.Hash], _ range: Range<Int>) -> MerkleTree.Hash {
        guard range.count > 1 else { return range.isEmpty ? MerkleTree.empty : leaves[range.lowerBound] }
        var half = 1
        while half * 2 < range.count { half *= 2 }
        let middle = range.lowerBound + half
        return MerkleTree.node(span(leaves, range.lowerBound..<middle), span(leaves, middle..<range.upperBound))
    }

    private static let leaves = (0..<70).map { MerkleTree.leaf([UInt8($0)]) }

    /// A proof from the full subtrees alone, as they are kept.
    private static func proof(_ spans: [Range<Int>], _ kept: [MerkleTree.Subtree: MerkleTree.Hash]) throws
        -> [MerkleTree.Hash]
    {
        try spans.map { span in
            MerkleTree.joined(try MerkleTree.subtrees(of: span).map { try #require(kept[$0], "\(span) \($0)") })
        }
    }

    private static func kept(_ size: Int) -> [MerkleTree.Subtree: MerkleTree.Hash] {
        var (front, kept) = (MerkleFront(), [MerkleTree.Subtree: MerkleTree.Hash]())
        for leaf in leaves.prefix(size) { kept.merge(front.append(leaf)) { first, _ in first } }
        return kept
    }

    @Test func everyEntryOfEverySizeIsProved() throws {
        for size in 1...70 {
            let (kept, root) = (Self.kept(size), Self.span(Self.leaves, 0..<size))
            for place in 0..<size {
                let spans = MerkleTree.inclusion(of: place, in: size)
                let proof = try Self.proof(spans, kept)
                #expect(proof == spans.map { Self.span(Self.leaves, $0) })
                func holds(
                    _ leaf: MerkleTree.Hash, _ at: Int, _ size: Int, _ root: MerkleTree.Hash, _ proof: [MerkleTree.Hash]
                ) -> Bool {
                    MerkleTree.isIncluded(leaf, at: at, in: size, root: root, by: proof)
                }
                #expect(holds(Self.leaves[place], place, size, root, proof))
                #expect(!holds(MerkleTree.leaf([200]), place, size, root, proof))
                #expect(!holds(Self.leaves[place], place, size, MerkleTree.leaf([1]), proof))
                #expect(!holds(Self.leaves[place], (place + 1) % size, size, root, proof) || size == 1)
                #expect(!holds(Self.leaves[place], place, size, root, proof + [root]))
                if !proof.isEmpty { #expect(!holds(Self.leaves[place], place, size, root, Array(proof.dropLast()))) }
            }
        }
        #expect(MerkleTree.inclusion(of: 3, in: 3).isEmpty && MerkleTree.inclusion(of: -1, in: 3).isEmpty)
    }

    @Test func everySizeBeginsWithEverySmallerOne() throws {
        for size in 1...70 {
            let (kept, root) = (Self.kept(size), Self.span(Self.leaves, 0..<size))
            for old in 1...size {
                let spans = MerkleTree.consistency(from: old, to: size)
                let proof = try Self.proof(spans, kept)
                let oldRoot = Self.span(Self.leaves, 0..<old)
                #expect(MerkleTree.isConsistent((old, oldRoot), (size, root), by: proof), "\(old) of \(size)")
                #expect(!MerkleTree.isConsistent((old, MerkleTree.leaf([9])), (size, root), by: proof))
                #expect(!MerkleTree.isConsistent((old, oldRoot), (size, MerkleTree.leaf([9])), by: proof))
                if old < size {
                    #expect(!MerkleTree.isConsistent((old, oldRoot), (size, root), by: []))
                    #expect(!MerkleTree.isConsistent((old, oldRoot), (size, root), by: proof + [root]))
                }
            }
        }
    }

    @Test func anEdgeIsTakenUpAgain() throws {
        var whole = MerkleFront()
        for (number, leaf) in Self.leaves.enumerated() {
            var again = try #require(MerkleFront(size: whole.size, hashes: whole.hashes))
            whole.append(leaf)
            again.append(leaf)
            #expect(again.root == whole.root && whole.size == number + 1)
        }
        #expect(MerkleFront(size: 3, hashes: [[1]]) == nil && MerkleFront(size: -1, hashes: []) == nil)
    }

    @Test func aHeadIsReadByWhoHasTheKeyAndAsItWasSigned() throws {
        let key = Ed25519.PrivateKey()
        let head = TreeHead(
            origin: "crm.example/audit", size: 12, root: MerkleTree.leaf([1]), time: "2026-11-30T22:00:00Z")
        let text = head.signed(by: key)
        #expect(TreeHead(text, key: key.publicKey) == head)
        #expect(TreeHead(text, key: Ed25519.PrivateKey().publicKey) == nil)
        for changed in [
            text.replacing("\n12\n", with: "\n13\n"), text.replacing("22:00", with: "23:00"), text + "\n",
            String(text.dropLast()),
            text.replacing("\n12\n", with: "\n012\n"), "",
        ] {
            #expect(TreeHead(changed, key: key.publicKey) == nil)
        }
    }
}
