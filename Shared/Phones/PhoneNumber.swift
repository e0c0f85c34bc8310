import Text

/// Telephone numbers as they are stored: E.164 by the numbering plan of their country, or as they were written where that has no such
/// number, as of services and short ones.
public struct PhoneNumber: Hashable, Sendable {
    /// E.164, or the digits and signs as given.
    public let number: String
    /// What is dialled behind it to reach a desk.
    public let `extension`: String?

    /// The stored form of any writing; nil for what is no number.
    ///
    /// - Parameter region: the country that it was written in, ISO 3166; without it a number is taken for one of the world only where it
    ///   says so itself.
    public init?(_ text: String, in region: String? = nil) {
        let written = WrittenNumber(text)
        guard let read = PhoneReader.read(written, region ?? PhoneReader.nowhere) ?? written.asWritten else {
            return nil
        }
        number = read.number
        self.extension = read.extension ?? written.extension
    }

    /// Whether a text is a number in any country, found without the plans where it is digits and what stands between them.
    public static func isOne(_ text: String) -> Bool {
        WrittenNumber(text).asWritten != nil || PhoneNumber(text) != nil
    }

    /// The number alone, without its extension.
    public static func normal(_ text: String, in region: String? = nil) -> String? {
        PhoneNumber(text, in: region)?.number
    }

    /// Whether the numbering plans know the number: others are kept as they were written.
    public var isOfAPlan: Bool { number.hasPrefix("+") }

    /// A number as it is compared, at most nine of its last digits: with or without country and zero it is the same. Nil of short ones.
    public static func alike(_ number: String) -> String? {
        let digits = number.utf8.filter { (0x30...0x39).contains($0) }
        guard digits.count >= 7 else { return nil }
        let national = number.hasPrefix("+") ? PhoneReader.national(digits) : digits[...].drop { $0 == 0x30 }
        return national.count >= 6 ? String(decoding: national.suffix(9), as: UTF8.self) : nil
    }
}

/// A number's text without what the plans do not know of: marks that are not seen, words and signs before an extension.
struct WrittenNumber {
    /// What is left to be read, in one kind of digits, plus and hyphen.
    private(set) var text: String
    private(set) var `extension`: String?

    init(_ written: String) {
        // Most are digits and what stands between them: in those nothing is looked for.
        let trimmed = written.trimmed
        if trimmed.utf8.allSatisfy(Self.isPlain) {
            text = trimmed
            return
        }
        var clean = String.UnicodeScalarView()
        for scalar in trimmed.unicodeScalars {
            if let digit = DecimalDigit.of(scalar) {
                clean.append(digit)
            } else if scalar.properties.generalCategory == .dashPunctuation {
                clean.append("-")
            } else if scalar == "＋" {
                clean.append("+")
            } else if scalar.properties.generalCategory != .format {
                clean.append(scalar)
            }
        }
        text = String(clean)
        // Two numbers in one are the first.
        if let end = text.firstRange(of: " / ") { text = String(text[..<end.lowerBound]) }
        for mark in ["转", "轉", "分机", "分機", "內線", "内线", ",", "#"] {
            guard let place = text.firstRange(of: mark), place.lowerBound > text.startIndex else { continue }
            let behind = text[place.upperBound...].filter { ("0"..."9").contains($0) }
            // A star or hash before the digits belongs to a code that is dialled as it is.
            guard !text.hasPrefix("*"), !text.hasPrefix("#") else { break }
            text = String(text[..<place.lowerBound]).trimmed
            // Behind a comma may stand another number.
            let isDesk = mark == "," ? (1...6).contains(behind.utf8.count) : (1...15).contains(behind.utf8.count)
            self.extension = isDesk ? behind : nil
            break
        }
    }

    init(_ text: String, extension: String?) {
        self.text = text
        self.extension = `extension`
    }

    /// Written with its country: by a plus, or the zeros that most countries dial for it.
    var isInternational: Bool { text.hasPrefix("+") || text.hasPrefix("tel:+") || hasZeros }

    private var hasZeros: Bool { digits.hasPrefix("00") && digits.dropFirst(2).first != "0" }

    /// With a plus in place of the zeros.
    var withPlus: String { hasZeros ? "+" + digits.dropFirst(2) : text }

    var digits: String { String(decoding: text.utf8.filter { (0x30...0x39).contains($0) }, as: UTF8.self) }

    /// A digit, a blank, one of `+-().`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x20, 0x2B, 0x2D, 0x28, 0x29, 0x2E: true
        default: false
        }
    }

    /// Without its last part, which may be an extension: `010-62790000-8012`.
    var parted: (rest: WrittenNumber, last: String)? {
        let parts = text.split(separator: "-")
        guard parts.count >= 2, let last = parts.last, (1...6).contains(last.utf8.count),
            last.allSatisfy({ ("0"..."9").contains($0) })
        else { return nil }
        return (WrittenNumber(parts.dropLast().joined(separator: "-"), extension: nil), String(last))
    }

    /// The digits as they stand, and what is dialled with them; nil for what is no number.
    var asWritten: (number: String, extension: String?)? {
        let dialled = String(
            decoding: text.utf8.filter { (0x30...0x39).contains($0) || $0 == 0x2A || $0 == 0x23 || $0 == 0x2B },
            as: UTF8.self)
        let isNumber =
            text.utf8.allSatisfy(Self.isPlain)
            || text.unicodeScalars.allSatisfy { scalar in
                DecimalDigit.of(scalar) != nil || scalar.properties.isWhitespace
                    || ["+", "-", "(", ")", ".", "·", "/", "*", "#", "（", "）"].contains(scalar)
            }
        guard isNumber, !dialled.utf8.dropFirst().contains(0x2B) else { return nil }
        let isInternational = dialled.hasPrefix("+") || hasZeros
        guard (isInternational ? 7...17 : 3...17).contains(digits.utf8.count) else { return nil }
        return (dialled.hasPrefix("+") ? dialled : hasZeros ? withPlus : dialled, nil)
    }
}
