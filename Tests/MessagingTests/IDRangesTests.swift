import TestKit
import Testing

@testable import Messaging

@Suite struct IDRangesTests {
    @Test(arguments: [1, 2, 3, UInt64.random(in: 4 ... .max)])
    func gapsHoldAllIdsButThoseInserted(seed: UInt64) {
        print("seed \(seed)")
        var chance = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var (ranges, ids) = (IDRanges(), Set<Int>())
            for _ in 0..<Int.random(in: 0...60, using: &chance) {
                let id = Int.random(in: 1...80, using: &chance)
                ranges.insert(id)
                ids.insert(id)
                let gaps = Array(zip(ranges.gaps.after, ranges.gaps.before))
                let free = (0...81).filter { id in gaps.contains { $0.0 < id && id < $0.1 } }
                #expect(free == (0...81).filter { !ids.contains($0) })
                #expect(ranges.ranges == IDRanges(ids).ranges)
            }
            #expect(zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound })
        }
    }
}
