import CICU
import Text

/// One writing of a text for all who compare: what reads the same is the same, whatever keyboard it came from.
///
/// By Unicode's NFKC_Casefold (case, width, ligatures, compatibility forms), and beyond it without the marks of Latin and Greek letters,
/// with one apostrophe and one hyphen, and in simplified characters. Other scripts keep their marks, which there make another letter.
public enum Fold {
    /// The folded text, punctuation kept.
    public static func text(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            let lower = text.lowercased()
            return lower.utf8.contains(UInt8(ascii: "`")) ? lower.replacing(["`": "'"]) : lower
        }
        let plain = text.utf16.map(signs)
        guard let casefold = Normaliser.casefold else { return text.lowercased() }
        var units = casefold.normalised(plain)
        if units.contains(where: hasMarks), let apart = Normaliser.apart, let composed = Normaliser.composed {
            units = composed.normalised(withoutMarks(apart.normalised(units)))
        }
        // Of some signs the normalisation makes such again: a double prime is two.
        return String(decoding: units.map { SimplifiedCharacters.shared.simplified(signs($0)) }, as: UTF16.self)
    }

    /// A folded name: without apostrophes, other punctuation as a blank, nothing between Chinese, Japanese and Korean characters.
    public static func name(_ text: String) -> String { name(folded: self.text(text), hyphen: " ") }

    /// The same with words at hyphens and points in one, and with the vowels that German writes with two letters; without what is as `name`
    /// has it.
    static func variants(_ text: String, folded: String, of name: String) -> [String] {
        var variants: Set<String> = []
        if folded.utf8.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }) {
            variants.insert(self.name(folded: folded, hyphen: nil))
        }
        if let spelled = spelled(text) { variants.insert(self.name(spelled)) }
        variants.remove(name)
        return variants.sorted()
    }

    /// The text with ae for ä and so on; nil where it has none.
    static func spelled(_ text: String) -> String? {
        // The first bytes of these letters, and of marks that stand alone.
        guard text.utf8.contains(where: { $0 == 0xC3 || $0 == 0xCC }) else { return nil }
        let letters: [Character: String] = ["ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"]
        let spelled = text.lowercased().map { letters[$0] ?? String($0) }.joined()
        return spelled == text.lowercased() ? nil : spelled
    }

    static func name(folded: String, hyphen: Unicode.Scalar? = " ") -> String {
        var name = String.UnicodeScalarView()
        var isParted = false
        for scalar in folded.unicodeScalars {
            if scalar == "'" || hyphen == nil && (scalar == "-" || scalar == ".") { continue }
            guard SearchText.isWord(scalar) || !scalar.isASCII && isMark(scalar) else {
                isParted = true
                continue
            }
            let last = name.last
            if isParted, let last, !(SearchText.isIdeograph(last) && SearchText.isIdeograph(scalar)) {
                name.append(" ")
            }
            isParted = false
            name.append(scalar)
        }
        return String(name)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark: true
        default: false
        }
    }

    // MARK: Letters

    /// Signs that people type for an apostrophe or a hyphen; before the normalisation, which makes a blank and a mark of some.
    private static func signs(_ unit: UInt16) -> UInt16 {
        switch unit {
        case 0x60, 0xB4, 0x2B9...0x2BC, 0x1FEF, 0x1FFD, 0x2018...0x201B, 0x2032, 0xFF07: 0x27
        case 0xAD: unit
        case 0x2010...0x2015, 0x2212, 0xFF0D: 0x2D
        default: unit
        }
    }

    /// Whether letters here can carry marks that are taken off.
    private static func hasMarks(_ unit: UInt16) -> Bool {
        switch unit {
        case 0xC0...0x24F, 0x300...0x3FF, 0x450...0x451, 0x1E00...0x1FFF: true
        default: false
        }
    }

    private static func withoutMarks(_ units: [UInt16]) -> [UInt16] {
        var plain: [UInt16] = []
        plain.reserveCapacity(units.count)
        var base: UInt16 = 0
        for unit in units {
            if (0x300...0x36F).contains(unit) {
                if !isBare(base, unit) { plain.append(unit) }
                continue
            }
            base = unit
            if let letters = letters[unit] { plain.append(contentsOf: letters) } else { plain.append(unit) }
        }
        return plain
    }

    /// Whether a letter is compared without a mark: Latin and Greek ones are, Russian ones without the points of ё and the stress.
    private static func isBare(_ base: UInt16, _ mark: UInt16) -> Bool {
        switch base {
        case 0x61...0x7A, 0xDF...0x24F, 0x370...0x3FF, 0x1E00...0x1FFF: true
        case 0x435: mark == 0x308 || mark == 0x301
        case 0x430...0x44F: mark == 0x301
        default: false
        }
    }

    /// Letters whose stroke or tie is no mark of its own.
    private static let letters: [UInt16: [UInt16]] = [
        0xE6: Array("ae".utf16), 0xF0: Array("d".utf16), 0xF8: Array("o".utf16), 0xFE: Array("th".utf16),
        0x111: Array("d".utf16), 0x127: Array("h".utf16), 0x131: Array("i".utf16), 0x142: Array("l".utf16),
        0x153: Array("oe".utf16), 0x167: Array("t".utf16),
    ]
}

/// A normalisation of ICU. It is never changed once opened, and may be used by all threads.
private struct Normaliser: @unchecked Sendable {
    static let casefold = Normaliser { unorm2_getNFKCCasefoldInstance(&$0) }
    static let apart = Normaliser { unorm2_getNFDInstance(&$0) }
    static let composed = Normaliser { unorm2_getNFCInstance(&$0) }

    private let instance: OpaquePointer

    private init?(_ open: (inout UErrorCode) -> OpaquePointer?) {
        var code = U_ZERO_ERROR
        guard let opened = open(&code), code.rawValue <= 0 else { return nil }
        instance = opened
    }

    func normalised(_ units: [UInt16]) -> [UInt16] {
        var room = units.count + units.count / 2 + 16
        while true {
            var code = U_ZERO_ERROR
            var length: Int32 = 0
            let output = [UInt16](unsafeUninitializedCapacity: room) { buffer, count in
                length = unorm2_normalize(
                    instance, units, Int32(units.count), buffer.baseAddress, Int32(room), &code)
                count = code.rawValue <= 0 ? Int(length) : 0
            }
            guard code == U_BUFFER_OVERFLOW_ERROR else { return code.rawValue > 0 ? units : output }
            room = Int(length)
        }
    }
}

/// The simplified forms of traditional characters: a search finds both by either.
private struct SimplifiedCharacters {
    static let shared = SimplifiedCharacters()
    private static let first: UInt16 = 0x3400

    /// 0 stands for a character that has none.
    private let forms: [UInt16]

    private init() {
        var forms = [UInt16](repeating: 0, count: 0x9FFF - Int(Self.first) + 1)
        var traditional: UInt16?
        for unit in SimplifiedTable.pairs.utf16 where unit >= Self.first {
            if let character = traditional {
                forms[Int(character - Self.first)] = unit
                traditional = nil
            } else {
                traditional = unit
            }
        }
        self.forms = forms
    }

    func simplified(_ unit: UInt16) -> UInt16 {
        guard unit >= Self.first, unit <= 0x9FFF else { return unit }
        let form = forms[Int(unit - Self.first)]
        return form == 0 ? unit : form
    }
}
