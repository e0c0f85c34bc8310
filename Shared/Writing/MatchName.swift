import Text

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
        let words = Fold.name(name).split(separator: " ").map(String.init)
        let hasChinese = words.contains { $0.unicodeScalars.contains(where: \.properties.isIdeographic) }
        let legal = Self.legalForms
        let told = words.filter { !legal.contains($0) }
        let text = hasChinese ? Self.withoutLegalForm(told.joined()) : told.sorted().joined(separator: " ")
        guard text.count >= 2 else { return nil }
        key = text
        isChinese = hasChinese
        sound = hasChinese ? Pinyin.name(text) : Pinyin.isName(text.split(separator: " ")) ? text : nil
    }

    /// How alike two names are, 0 to 1.
    public func likeness(to other: MatchName) -> Double { EditDistance.likeness(key, other.key) }

    /// Whether the two can be one person's or firm's, as people write it at different times: alike, of one sound, or one a part of the other
    /// (Bob and Bobby, Ann and Ann Lee).
    public func mayBe(_ other: MatchName) -> Bool {
        if key == other.key || sound != nil && sound == other.sound { return true }
        let (short, long) = key.utf8.count <= other.key.utf8.count ? (key, other.key) : (other.key, key)
        if isChinese || other.isChinese { return long.contains(short) }
        let words = long.split(separator: " ")
        let parts = short.split(separator: " ")
        // A letter stands for a name beside another that is whole: Anna S.
        let isPart = parts.allSatisfy { part in
            words.contains {
                $0 == part || (part.utf8.count >= 3 || parts.count > 1 && part.utf8.count == 1) && $0.hasPrefix(part)
            }
        }
        return isPart || likeness(to: other) >= 0.75
    }

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
}
