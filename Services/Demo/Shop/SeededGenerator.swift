import Rapport

/// Randomness that repeats: SplitMix64 (Steele, Lea, Flood 2014).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// Seeded by a number.
    package init(_ seed: UInt64) { state = seed }

    /// Seeded by a text, such as a customer's number.
    package init(_ text: String) { state = StableHash(text).value }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A fraction from 0 up to but not 1.
    package mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// One of a list that is not empty.
    package mutating func pick<T>(_ list: [T]) -> T { list[Int(next() % UInt64(list.count))] }
}
