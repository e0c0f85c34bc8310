/// A text as a key, compared byte by byte, as the database compares it.
///
/// Two strings of Swift are equal where they look alike: "é" in one code point and in two. As numbers of an ERP they are two, and one must not
/// pass for the other where messages of a batch are folded.
public struct ExactText: Hashable, Comparable, Sendable {
    /// The text.
    public let text: String

    /// Makes a key of a text.
    public init(_ text: String) { self.text = text }

    /// Whether two have the same bytes.
    public static func == (a: ExactText, b: ExactText) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    /// By their bytes.
    public static func < (a: ExactText, b: ExactText) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }

    /// By its bytes.
    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0 as UInt8)
    }
}
