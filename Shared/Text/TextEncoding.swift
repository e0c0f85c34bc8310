import Glibc

/// The encodings that imports are read in.
public enum TextEncoding: String, Sendable {
    /// Unicode, a byte for each character of ASCII.
    case utf8 = "utf-8"
    /// What Chinese spreadsheets are saved in; GB 2312 and GBK are part of it.
    case gb18030

    /// The bytes as UTF-8; nil where they are not of the encoding.
    public func utf8(_ bytes: [UInt8]) -> [UInt8]? {
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
