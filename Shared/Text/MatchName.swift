/// A name as it is compared: without case, accents, punctuation, legal forms and order of words; Chinese without spaces.
public struct MatchName {
    /// The words in order, one string.
    public let key: String
    /// Whether it is written in Chinese characters.
    public let isChinese: Bool
    /// How a Chinese name sounds, whichever way it is written; nil of other names.
    public let sound: String?

    /// Prepares a name; nil where nothing of it can be compared.
    public init?(_ name: String) {
        var words: [String] = []
        var word = ""
        var hasChinese = false
        for scalar in name.lowercased().unicodeScalars {
            if let letter = Self.folded(scalar) {
                word.unicodeScalars.append(letter)
                hasChinese = hasChinese || scalar.properties.isIdeographic
            } else if !Self.isMark(scalar) {
                words.append(word)
                word = ""
            }
        }
        words.append(word)
        let legal = Self.legalForms
        let told = words.filter { !$0.isEmpty && !legal.contains($0) }
        let text = hasChinese ? Self.withoutLegalForm(told.joined()) : told.sorted().joined(separator: " ")
        guard text.count >= 2 else { return nil }
        key = text
        isChinese = hasChinese
        sound = hasChinese ? Pinyin.name(text) : Pinyin.isName(text.split(separator: " ")) ? text : nil
    }

    /// How alike two names are, 0 to 1.
    public func likeness(to other: MatchName) -> Double { EditDistance.likeness(key, other.key) }

    /// Whether one who has this name is told from others by it: two words, or three Chinese characters.
    public var tellsApart: Bool { isChinese ? key.count >= 3 : key.contains(" ") }

    private static let legalForms: Set<String> = [
        "ltd", "limited", "inc", "llc", "gmbh", "ag", "kg", "sa", "sarl", "srl", "bv", "plc", "co", "corp", "company",
        "mr", "mrs", "ms", "dr",
    ]
    private static let chineseForms = ["股份有限公司", "有限责任公司", "有限公司", "先生", "女士", "小姐"]

    private static func withoutLegalForm(_ text: String) -> String {
        guard let form = chineseForms.first(where: { text.hasSuffix($0) && text.count > $0.count + 1 }) else {
            return text
        }
        return String(text.dropLast(form.count))
    }

    /// The letter without its accents, by its name in Unicode: LATIN SMALL LETTER A WITH DIAERESIS is an A.
    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        let properties = scalar.properties
        guard properties.isAlphabetic || properties.numericType != nil else { return nil }
        guard scalar.value > 127, let name = properties.name, name.hasPrefix("LATIN SMALL LETTER ") else {
            return scalar
        }
        let letter = name.dropFirst("LATIN SMALL LETTER ".count)
        guard let first = letter.unicodeScalars.first, letter.dropFirst().hasPrefix(" WITH ") else { return scalar }
        return first.properties.lowercaseMapping.unicodeScalars.first
    }

    /// An accent written on its own, or a sign within a word.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .nonspacingMark || scalar == "'" || scalar == "’"
    }
}
