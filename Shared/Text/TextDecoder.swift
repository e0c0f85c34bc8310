import Glibc

/// Makes UTF-8 of a text that comes in pieces, strictly: a byte that cannot be ends it. By the C library's converter.
public final class TextDecoder {
    private let converter: iconv_t
    /// Bytes of a character that the last piece cut off.
    private var rest: [UInt8] = []

    /// Before the first piece; nil where the system does not know the encoding.
    public init?(_ encoding: TextEncoding) {
        // iconv_open answers (iconv_t)-1 where it knows no such encoding.
        guard let opened = iconv_open("UTF-8", encoding.converterName),
            opened != UnsafeMutableRawPointer(bitPattern: -1)
        else { return nil }
        converter = opened
    }

    deinit { iconv_close(converter) }

    /// Whether no character is cut off at the end.
    public var isComplete: Bool { rest.isEmpty }

    /// The text of the next piece; nil where its bytes are not of the encoding.
    public func feed(_ bytes: [UInt8]) -> [UInt8]? {
        var input = (rest + bytes).map { CChar(bitPattern: $0) }
        var text: [UInt8] = []
        text.reserveCapacity(input.count + input.count / 2)
        var left = input.count
        var isCut = false
        var isWrong = false
        input.withUnsafeMutableBufferPointer { source in
            var from = source.baseAddress
            while left > 0, !isCut, !isWrong {
                var room = max(1024, left * 2)
                let size = room
                text += [UInt8](unsafeUninitializedCapacity: size) { output, count in
                    output.withMemoryRebound(to: CChar.self) { target in
                        var to = target.baseAddress
                        if iconv(converter, &from, &left, &to, &room) == -1 {
                            isCut = errno == EINVAL
                            isWrong = errno == EILSEQ
                        }
                    }
                    count = size - room
                }
            }
        }
        // No character has more than eight bytes in any of them: what is longer and unfinished is none.
        guard !isWrong, left <= 8 else { return nil }
        rest = input.suffix(left).map { UInt8(bitPattern: $0) }
        return text
    }
}
