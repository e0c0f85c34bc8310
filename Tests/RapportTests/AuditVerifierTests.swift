import Crypto
import TestKit
import Testing

@testable import Rapport

@Suite struct AuditVerifierTests {
    private let key = Ed25519.PrivateKey()

    private func head(_ lines: [String], at size: Int? = nil) -> String {
        let leaves = lines.prefix(size ?? lines.count).map { MerkleTree.leaf(Array($0.utf8)) }
        return TreeHead(
            origin: "rapport/console", size: leaves.count, root: MerkleTree.root(Array(leaves)),
            time: "2026-11-30T22:00:00Z"
        ).signed(by: key)
    }

    private func faults(_ lines: [String], _ heads: [(name: String, text: String)]) -> [String] {
        let text = lines.map { "\($0)\n" }.joined()
        return AuditVerifier(entries: text, key: Base64.encode(key.publicKey.bytes), heads: heads).faults
    }

    @Test func whatWasSignedPasses() {
        let lines = (0..<100).map { "{\"id\":\($0)}" }
        #expect(
            faults(lines, [("head", head(lines)), ("old", head(lines, at: 40)), ("empty", head(lines, at: 0))]) == [])
    }

    /// 10,000 times: an entry changed, taken out, put in, or put elsewhere.
    @Test func anyChangeIsFound() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let lines = (0..<20).map { "{\"id\":\($0),\"actor\":\"a\"}" }
        let heads = [("head", head(lines))]
        for round in 0..<10_000 {
            var changed = lines
            let place = Int.random(in: 0..<lines.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: changed[place] += " "
            case 1: changed.remove(at: place)
            case 2: changed.insert(changed[place], at: place)
            case 3: changed.swapAt(place, (place + 1 + Int.random(in: 0..<19, using: &random)) % 20)
            default:
                var bytes = Array(changed[place].utf8)
                let at = Int.random(in: 0..<bytes.count, using: &random)
                bytes[at] = bytes[at] == 0x61 ? 0x62 : 0x61
                changed[place] = String(decoding: bytes, as: UTF8.self)
            }
            #expect(!faults(changed, heads).isEmpty, "round \(round) of seed \(seed): \(changed)")
        }
    }

    /// What the rule has removed leaves its digest, from the first entry on; a digest elsewhere hides something.
    @Test func whatTheRuleHasRemovedStillCounts() {
        let lines = (0..<9).map { "{\"id\":\($0)}" }
        func without(_ places: Set<Int>) -> [String] {
            lines.enumerated().map { place, line in
                places.contains(place) ? "{\"removed\":\"\(Base64.encode(MerkleTree.leaf(Array(line.utf8))))\"}" : line
            }
        }
        let heads = [("head", head(lines)), ("old", head(lines, at: 3))]
        #expect(faults(without([0, 1, 2, 3]), heads) == [])
        #expect(faults(without([0, 1, 4]), heads) == ["entry 4 was taken out, and not by the rule"])
        var other = without([0, 1])
        other.swapAt(0, 1)
        #expect(!faults(other, heads).isEmpty)
    }

    @Test func aHeadThatSomebodyElseSignedIsNone() {
        let lines = ["a", "b"]
        let other = TreeHead(origin: "rapport/console", size: 2, root: MerkleTree.empty, time: "t").signed(by: .init())
        #expect(faults(lines, [("head", other)]) == ["head is not signed by this key, or was changed"])
        #expect(faults(lines, [("head", head(lines + ["c"]))]) == ["head was signed for 3 entries; there are 2"])
        #expect(AuditVerifier(entries: "", key: "x", heads: []).faults == ["the key is none"])
    }
}
