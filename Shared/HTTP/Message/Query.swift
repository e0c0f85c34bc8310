/// The decoded parameters of a query.
struct Query {
    private(set) var items: [(name: String, value: String)] = []
    /// A part that cannot be decoded.
    private(set) var isMalformed = false

    init(_ head: RequestHead) {
        guard let range = head.query, !range.isEmpty else { return }
        for part in head.bytes[range].split(separator: 0x26) {
            let equals = part.firstIndex(of: 0x3D) ?? part.endIndex
            let value = equals == part.endIndex ? part[equals...] : part[(equals + 1)...]
            guard let name = PercentCoding.decode(part[..<equals], plusIsSpace: true),
                let text = PercentCoding.decode(value, plusIsSpace: true)
            else {
                isMalformed = true
                continue
            }
            items.append((name, text))
        }
    }
}
