/// The decoded parameters of a query.
struct Query {
    private(set) var items: [(name: String, value: String)] = []
    /// The name, as sent, of the first part that cannot be decoded.
    private(set) var malformed: String?
    var isMalformed: Bool { malformed != nil }

    init(_ head: RequestHead) {
        self.init(form: head.query.map { head.bytes[$0] } ?? [])
    }

    /// Reads `application/x-www-form-urlencoded` (URL Standard, section 5.1).
    init(form bytes: ArraySlice<UInt8>) {
        for part in bytes.split(separator: 0x26) {
            let equals = part.firstIndex(of: 0x3D) ?? part.endIndex
            let value = equals == part.endIndex ? part[equals...] : part[(equals + 1)...]
            guard let name = PercentCoding.decode(part[..<equals], plusIsSpace: true),
                let text = PercentCoding.decode(value, plusIsSpace: true)
            else {
                malformed = malformed ?? String(decoding: part[..<equals], as: UTF8.self)
                continue
            }
            items.append((name, text))
        }
    }
}
