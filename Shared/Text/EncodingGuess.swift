/// Finds the encoding of a file that does not say it, by what people write: a file is of that encoding in which all of it can be read and
/// whose commonest characters it has most of. Where none is far enough, or two are, it is nobody's: no name is stored as garbage.
///
/// Libraries that guess by statistics of bytes take one Chinese name among English rows for Latin letters; this rule does not.
public struct EncodingGuess: Sendable {
    /// Bytes of lines with others than ASCII that are looked at.
    private static let most = 1 << 18

    private var head: [UInt8] = []
    private var sample: [UInt8] = []
    private var line: [UInt8] = []
    private var check = UTF8Check()

    /// Before the first piece.
    public init() {}

    /// Takes the next piece of the file.
    public mutating func feed(_ bytes: [UInt8]) {
        check.feed(bytes)
        if head.count < 4096 { head.append(contentsOf: bytes.prefix(4096 - head.count)) }
        guard sample.count < Self.most else { return }
        var start = 0
        for index in bytes.indices where bytes[index] == 0x0A || bytes[index] == 0x0D {
            take(bytes[start...index])
            start = index + 1
        }
        line.append(contentsOf: bytes[start...].prefix(max(0, Self.most - line.count)))
    }

    private mutating func take(_ end: ArraySlice<UInt8>) {
        if line.contains(where: { $0 >= 0x80 }) || end.contains(where: { $0 >= 0x80 }) { sample += line + end }
        line = []
    }

    /// Whether it is an archive, as a workbook is, and no text.
    public var isArchive: Bool { head.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    /// Whether all of it is UTF-8.
    public var isUTF8: Bool { check.isValid && check.isComplete }

    /// UTF-16 where a mark says so, or NUL stands beside what else would be ASCII.
    public var wide: TextEncoding? {
        if head.starts(with: [0xFF, 0xFE]) { return .utf16LE }
        if head.starts(with: [0xFE, 0xFF]) { return .utf16BE }
        let even = stride(from: 0, to: head.count, by: 2).count { head[$0] == 0 }
        let odd = stride(from: 1, to: head.count, by: 2).count { head[$0] == 0 }
        guard (even + odd) * 10 >= head.count, even + odd > 1 else { return nil }
        if odd * 20 >= (even + odd) * 19 { return .utf16LE }
        return even * 20 >= (even + odd) * 19 ? .utf16BE : nil
    }

    /// Whether some lines with others than ASCII are UTF-8, though not all are: then the others are damaged.
    public var isPartlyUTF8: Bool {
        (sample + line).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).contains { part in
            part.contains { $0 >= 0x80 } && TextEncoding.utf8.utf8(Array(part)) != nil
        }
    }

    /// The encodings that it may be in, the likeliest first; none where nothing is likely.
    public var candidates: [TextEncoding] {
        let text = sample + line
        var scores: [(TextEncoding, Double)] = []
        for encoding in [TextEncoding.gb18030, .big5, .shiftJIS, .windows1252, .windows1251] {
            guard let decoder = TextDecoder(encoding), let bytes = decoder.feed(text) else { continue }
            let score = Likelihood.score(String(decoding: bytes, as: UTF8.self), encoding)
            if score >= 0.3 { scores.append((encoding, score)) }
        }
        scores.sort { $0.1 > $1.1 }
        guard scores.count > 1, scores[0].1 - scores[1].1 < 0.02 else { return scores.map(\.0) }
        // Few names may be common ones in several encodings of Chinese and Japanese: the commonest of these is taken.
        let tied = scores.filter { scores[0].1 - $0.1 < 0.02 }.map(\.0)
        return tied.contains(.gb18030) && !tied.contains(.windows1252) && !tied.contains(.windows1251)
            ? [.gb18030] + scores.map(\.0).filter { $0 != .gb18030 } : []
    }

    /// All that are tried, for people.
    public static let tried = "UTF-8, UTF-16, GB18030, Big5, Shift_JIS, Windows-1252 and Windows-1251"
}

/// How much of a text is what people write in an encoding, up to 1.
private enum Likelihood {
    static func score(_ text: String, _ encoding: TextEncoding) -> Double {
        let scalars = Array(text.unicodeScalars)
        var sum = 0.0
        var count = 0
        for index in scalars.indices where !scalars[index].isASCII {
            let before = index > 0 ? scalars[index - 1] : " "
            let after = index + 1 < scalars.count ? scalars[index + 1] : " "
            sum += worth(scalars[index], before, after, encoding)
            count += 1
        }
        return count == 0 ? 0 : sum / Double(count)
    }

    private static func worth(
        _ scalar: Unicode.Scalar, _ before: Unicode.Scalar, _ after: Unicode.Scalar, _ encoding: TextEncoding
    ) -> Double {
        let value = scalar.value
        let isHan = (0x3400...0x9FFF).contains(value) || (0x20000...0x2FFFF).contains(value)
        let isSign = (0x3000...0x303F).contains(value) || (0xFF01...0xFF60).contains(value)
        switch encoding {
        case .gb18030: return common.simplified.contains(value) ? 1 : isHan ? 0.4 : isSign ? 0.5 : -1
        case .big5: return common.traditional.contains(value) ? 1 : isHan ? 0.4 : isSign ? 0.5 : -1
        case .shiftJIS:
            if (0x3041...0x30FF).contains(value) { return 1 }
            return isHan ? 0.5 : isSign ? 0.4 : (0xFF61...0xFF9F).contains(value) ? 0.2 : -1
        case .windows1252:
            if scalar.properties.isAlphabetic { return isASCIILetter(before) || isASCIILetter(after) ? 1 : -1 }
            return (0x2010...0x20AC).contains(value) || value == 0xB0 || value == 0xA7 ? 0.3 : -1
        case .windows1251:
            // Words: a capital stands at their beginning, or all are.
            guard isCyrillic(scalar) else { return -1 }
            let isCapital = scalar.properties.isUppercase
            if isCyrillic(before), isCapital, !before.properties.isUppercase { return -1 }
            return isCyrillic(before) || isCyrillic(after) ? 0.9 : -1
        default: return 0
        }
    }

    private static func isASCIILetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (0x61...0x7A).contains(scalar.value | 0x20)
    }

    /// Letters of Russian, Ukrainian and Belarusian.
    private static func isCyrillic(_ scalar: Unicode.Scalar) -> Bool {
        (0x410...0x44F).contains(scalar.value)
            || [0x401, 0x404, 0x406, 0x407, 0x40E, 0x451, 0x454, 0x456, 0x457, 0x45E, 0x490, 0x491].contains(
                scalar.value)
    }

    private static let common = CommonCharacters()
}

/// The commonest characters: the first levels of GB 2312 and of Big5, which these standards keep apart from the rarer.
private struct CommonCharacters {
    let simplified: Set<UInt32>
    let traditional: Set<UInt32>

    init() {
        var level: [UInt8] = []
        for row in UInt8(0xB0)...0xD7 {
            for cell in UInt8(0xA1)...(row == 0xD7 ? 0xF9 : 0xFE) { level += [row, cell] }
        }
        simplified = Self.scalars(level, .gb18030)
        level = []
        for row in UInt8(0xA4)...0xC6 {
            for cell in Array(UInt8(0x40)...0x7E) + (row == 0xC6 ? [] : Array(UInt8(0xA1)...0xFE)) {
                level += [row, cell]
            }
        }
        traditional = Self.scalars(level, .big5)
    }

    private static func scalars(_ bytes: [UInt8], _ encoding: TextEncoding) -> Set<UInt32> {
        Set(String(decoding: encoding.utf8(bytes) ?? [], as: UTF8.self).unicodeScalars.map(\.value))
    }
}
