import EventLoop
import TestKit

/// All chance of a schedule but the order of its jobs, from its seed.
@Loop
final class Chance {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed &* 0x2545_f491_4f6c_dd1d &+ 1) }

    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    /// True so often of a thousand times.
    func happens(_ often: Int) -> Bool { often > 0 && number(0...999) < often }

    func milliseconds(_ range: ClosedRange<Int>) -> Duration { .milliseconds(number(range)) }

    func one<Element>(of elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[number(0...(elements.count - 1))]
    }

    func shuffled<Element>(_ elements: [Element]) -> [Element] { elements.shuffled(using: &generator) }
}
