/// Strings of JSON (RFC 8259, section 7) for what is written by hand or too often for the general encoder.
public enum JSONString {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// The string with its quotes.
    public static func text(_ text: String) -> String {
        guard text.utf8.contains(where: isEscaped) else { return "\"\(text)\"" }
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes the string with its quotes behind what is there.
    public static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(quote)
        for byte in text.utf8 {
            switch byte {
            case quote, backslash: bytes.append(contentsOf: [backslash, byte])
            case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(contentsOf: [digit(byte >> 4), digit(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(quote)
    }

    private static func isEscaped(_ byte: UInt8) -> Bool { byte < 0x20 || byte == quote || byte == backslash }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
