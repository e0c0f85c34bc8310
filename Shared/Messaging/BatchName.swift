extension BatchApplication {
    /// Names an event of an outside source, or the key of one of our own.
    ///
    /// Compared byte by byte, as the database does: "é" in one code point and in two are two names, and one must not pass for the other.
    struct Name: Hashable {
        let source: String
        let id: String

        static func == (a: Name, b: Name) -> Bool {
            a.id.utf8.elementsEqual(b.id.utf8) && a.source.utf8.elementsEqual(b.source.utf8)
        }

        func hash(into hasher: inout Hasher) {
            var (id, source) = (id, source)
            id.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(0 as UInt8)
            source.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }
}
