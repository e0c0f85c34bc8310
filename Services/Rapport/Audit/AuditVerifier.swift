import Crypto

/// Holds entries against signed heads of their tree.
package struct AuditVerifier {
    /// What is wrong, in words; nothing where all is well.
    package let faults: [String]
    /// How many entries there are.
    package let count: Int
    /// How many of them are digests only, as the firm's rule has removed what they said.
    package let removed: Int

    /// Checks entries, a line each in the order of the tree, against heads that a key has signed.
    package init(entries: String, key: String, heads: [(name: String, text: String)]) {
        let lines = entries.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        count = lines.count
        removed = lines.count { Self.digest($0) != nil }
        guard let bytes = Base64.decode(key.filter { !$0.isWhitespace }), let key = Ed25519.PublicKey(bytes: bytes)
        else {
            faults = ["the key is none"]
            return
        }
        var faults: [String] = []
        var open: [(name: String, head: TreeHead)] = []
        for (name, text) in heads {
            guard let head = TreeHead(text, key: key) else {
                faults.append("\(name) is not signed by this key, or was changed")
                continue
            }
            open.append((name, head))
        }
        let known = open
        var front = MerkleFront()
        func settle() {
            for (name, head) in open where head.size == front.size && head.root != front.root {
                faults.append("the first \(head.size) entries are not those that \(name) was signed for")
            }
            open.removeAll { $0.head.size == front.size }
        }
        settle()
        for (place, line) in lines.enumerated() {
            let digest = Self.digest(line)
            // The rule removes the oldest first: a digest behind an entry hides something.
            if digest != nil, place >= removed { faults.append("entry \(place) was taken out, and not by the rule") }
            front.append(digest ?? MerkleTree.leaf(Array(line)))
            settle()
        }
        faults += open.map { "\($0.name) was signed for \($0.head.size) entries; there are \(front.size)" }
        // What nobody has signed for may be anything.
        let signed = known.map(\.head.size).max() ?? 0
        if faults.isEmpty, front.size > signed {
            faults.append("\(front.size - signed) entries at the end are more than were signed for")
        }
        self.faults = faults
    }

    /// The digest that stands in place of an entry; nil for an entry.
    private static func digest(_ line: Substring.UTF8View) -> MerkleTree.Hash? {
        let (start, end) = (#"{"removed":""#, #""}"#)
        guard line.starts(with: start.utf8), line.count == start.utf8.count + 44 + end.utf8.count else { return nil }
        let text = line.dropFirst(start.utf8.count).dropLast(end.utf8.count)
        return Base64.decode(String(decoding: text, as: UTF8.self)).flatMap { $0.count == 32 ? $0 : nil }
    }
}
