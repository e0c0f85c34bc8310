/// A hash of text that is the same in every process, unlike Swift's own: FNV-1a.
package struct StableHash {
    /// The hash.
    package let value: UInt64

    /// Hashes a text.
    package init(_ text: String) {
        value = text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// Sixteen digits.
    package var hexadecimal: String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
