import EventLoop

/// The encodings that imports are read in.
enum TextEncoding: String {
    case utf8 = "utf-8"
    case gb18030

    /// The bytes as UTF-8; nil where they are not of the encoding.
    func utf8(_ bytes: [UInt8]) -> [UInt8]? {
        switch self {
        case .utf8:
            var check = UTF8Check()
            check.feed(bytes)
            return check.isValid && check.isComplete ? bytes : nil
        case .gb18030: return Self.convert(bytes, from: "GB18030")
        }
    }

    /// By the C library's converter.
    private static func convert(_ bytes: [UInt8], from name: String) -> [UInt8]? {
        let converter = iconv_open("UTF-8", name)
        // iconv_open answers (iconv_t)-1 where it knows no such encoding.
        guard converter != UnsafeMutableRawPointer(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        // Two bytes of GB18030 are at most three of UTF-8, four at most four.
        var output = [CChar](repeating: 0, count: bytes.count * 2 + 16)
        var left = input.count
        var room = output.count
        let failed = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var from = source.baseAddress
                var to = target.baseAddress
                return iconv(converter, &from, &left, &to, &room) == -1
            }
        }
        guard !failed, left == 0 else { return nil }
        return output[..<(output.count - room)].map { UInt8(bitPattern: $0) }
    }
}

/// Whether bytes that come in pieces are UTF-8 (RFC 3629).
struct UTF8Check {
    /// False once something cannot be.
    private(set) var isValid = true
    private var needed = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Whether no character is cut off at the end.
    var isComplete: Bool { needed == 0 }

    mutating func feed(_ bytes: [UInt8]) {
        guard isValid else { return }
        for byte in bytes {
            if needed == 0 {
                guard byte >= 0x80 else { continue }
                begin(byte)
            } else {
                guard (lowest...highest).contains(byte) else { return isValid = false }
                (lowest, highest) = (0x80, 0xBF)
                needed -= 1
            }
            if !isValid { return }
        }
    }

    private mutating func begin(_ byte: UInt8) {
        switch byte {
        case 0xC2...0xDF: needed = 1
        case 0xE0: (needed, lowest) = (2, 0xA0)
        case 0xED: (needed, highest) = (2, 0x9F)
        case 0xE1...0xEF: needed = 2
        case 0xF0: (needed, lowest) = (3, 0x90)
        case 0xF4: (needed, highest) = (3, 0x8F)
        case 0xF1...0xF3: needed = 3
        default: isValid = false
        }
    }
}
