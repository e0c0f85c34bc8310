/// Percent-encoded text of paths and queries.
package enum PercentCoding {
    /// Decodes; nil where an escape is malformed, the bytes are not UTF-8 or a NUL is among them.
    package static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool = false) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            if byte == Byte.percent {
                guard let high = rest.next().flatMap(Byte.hex), let low = rest.next().flatMap(Byte.hex),
                    high << 4 | low != 0
                else { return nil }
                decoded.append(high << 4 | low)
            } else {
                decoded.append(plusIsSpace && byte == 0x2B ? Byte.space : byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }
}
