import CPhone

/// Reads numbers by the numbering plans of all countries, as libphonenumber has them.
///
/// Its plans are some years old, so a number that it takes for none is refused nowhere; and four rules stand around it, for what it reads
/// otherwise than people mean.
enum PhoneReader {
    /// The region of who is in none.
    static let nowhere = "ZZ"

    typealias Read = (number: String, extension: String?)

    /// The number in E.164; nil where the plans have none, or it is one of few digits that is dialled within the country only.
    static func read(_ written: WrittenNumber, _ region: String) -> Read? {
        if let known = plain(written.text) { return (known, nil) }
        // 0011 is a prefix of Australia, 00 that of most: the number counts that there is.
        if written.isInternational {
            let world = judged(written.withPlus, nowhere)
            if let world, world.isValid { return read(world) }
            if let national = judged(written.text, region), national.isValid { return read(national) }
            if let (rest, last) = written.parted, let shorter = judged(rest.withPlus, nowhere), shorter.isValid {
                return (completed(shorter.number), last)
            }
            return world.flatMap { $0.isPossible ? read($0) : nil }
        }
        guard region != nowhere, let national = judged(written.text, region), !national.isShort else { return nil }
        if national.isValid { return read(national) }
        // A last part that makes a number of what is none is an extension.
        guard let (rest, last) = written.parted, let shorter = judged(rest.text, region), shorter.isValid else {
            return nil
        }
        return (completed(shorter.number), last)
    }

    /// The digits behind the country's code.
    static func national(_ digits: [UInt8]) -> ArraySlice<UInt8> {
        digits.dropFirst(codeLength(digits))
    }

    private struct Judged {
        let number: String
        let `extension`: String?
        let isPossible, isValid, isShort: Bool
    }

    private static func read(_ judged: Judged) -> Read { (completed(judged.number), judged.extension) }

    private static func judged(_ text: String, _ region: String) -> Judged? {
        var text = text
        var out = cphone_number()
        let isRead = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cphone_parse($0.baseAddress, $0.count, region, &out) }
        }
        guard isRead else { return nil }
        let ending = Self.text(out.extension)
        return Judged(
            number: Self.text(out.e164), extension: ending.isEmpty ? nil : ending, isPossible: out.is_possible,
            isValid: out.is_valid, isShort: out.is_short)
    }

    private static func text<Bytes>(_ bytes: Bytes) -> String {
        withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// Benin put 01 before its numbers of eight digits in 2024, which the plans do not know yet.
    private static func completed(_ number: String) -> String {
        number.utf8.count == 12 && number.hasPrefix("+229") ? "+22901" + number.dropFirst(4) : number
    }

    /// Numbers that need no library: mobile ones of China and those of North America, as they are written when nothing is between their
    /// digits. They are most of what imports bring, and a test holds them against the library.
    private static func plain(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.first == UInt8(ascii: "+"), bytes.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        let isChina = bytes.count == 14 && bytes[1] == 0x38 && bytes[2] == 0x36 && bytes[3] == 0x31 && bytes[4] >= 0x33
        return isChina ? text : nil
    }

    /// How many digits a country's code has (ITU-T E.164): one for North America and Russia, two for those listed, three else.
    private static func codeLength(_ digits: [UInt8]) -> Int {
        guard digits.count >= 2 else { return 0 }
        let (first, second) = (digits[0] - 0x30, digits[1] - 0x30)
        let two: [UInt8: Set<UInt8>] = [
            2: [0, 7], 3: [0, 1, 2, 3, 4, 6, 9], 4: [0, 1, 3, 4, 5, 6, 7, 8, 9], 5: [1, 2, 3, 4, 5, 6, 7, 8],
            6: [0, 1, 2, 3, 4, 5, 6], 8: [1, 2, 4, 6], 9: [0, 1, 2, 3, 4, 5, 8],
        ]
        if first == 1 || first == 7 { return 1 }
        return two[first]?.contains(second) == true ? 2 : 3
    }
}
