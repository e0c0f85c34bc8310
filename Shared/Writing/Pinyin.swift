/// How Chinese characters sound, without tones: 小 and 晓 are both xiao. A character of several readings has them all.
enum Pinyin {
    // MARK: Search

    /// What of a folded name is found by its sounds: each run of characters in full and by initials, in all its readings; of long names, as
    /// firms have them, the initials.
    static func lines(_ name: String) -> [String] {
        guard name.unicodeScalars.contains(where: PinyinCharacters.isCharacter) else { return [] }
        var lines: [String] = []
        for run in name.unicodeScalars.split(whereSeparator: { !PinyinCharacters.isCharacter($0) }) {
            guard run.count <= 24 else { continue }
            let sounds = run.enumerated().map { readings($1, isFirst: $0 == 0) }
            guard !sounds.contains(where: \.isEmpty) else { continue }
            if run.count <= 12 {
                // In one, as it is typed, and apart: bu is the beginning of a word there.
                lines += combined(sounds)
                if run.count >= 2 { lines += combined(sounds, between: " ").prefix(run.count <= 4 ? 8 : 1) }
            }
            if run.count >= 2 { lines += combined(sounds.map { Array(Set($0.map { String($0.prefix(1)) })).sorted() }) }
        }
        return Array(Set(lines)).sorted()
    }

    /// All ways to read a run, eight at most: behind that a character has its usual reading only.
    private static func combined(_ sounds: [[String]], between separator: String = "") -> [String] {
        var whole = [""]
        for readings in sounds {
            let chosen = whole.count * readings.count <= 8 ? readings[...] : readings.prefix(1)
            whole = whole.flatMap { start in chosen.map { start.isEmpty ? $0 : start + separator + $0 } }
        }
        return whole
    }

    /// All readings, the usual first, where a name begins that of the family name; 吕 is written lv and lu.
    private static func readings(_ scalar: Unicode.Scalar, isFirst: Bool) -> [String] {
        var sounds = PinyinCharacters.shared.sounds(scalar)
        if isFirst, let family = families[scalar] { sounds = [family] + sounds.filter { $0 != family } }
        return sounds + sounds.filter { $0.contains("v") }.map { $0.replacing("v", with: "u") }
    }

    // MARK: Order

    /// What a folded name is sorted by: each character behind its sound, so that 王 stands under W and its namesakes together.
    static func order(_ name: String) -> String {
        guard name.unicodeScalars.contains(where: PinyinCharacters.isCharacter) else { return name }
        var key = ""
        for (index, scalar) in name.unicodeScalars.enumerated() {
            let family = index == 0 ? families[scalar] : nil
            if let sound = family ?? PinyinCharacters.shared.sounds(scalar).first { key += sound + " " }
            key.unicodeScalars.append(scalar)
        }
        return key
    }

    // MARK: Names of persons

    /// The sound of a person's name written in Chinese, as it is in Latin letters: family and given name, in the order of letters. Nil
    /// where it is too long for a person's, or where a sound is not known.
    static func name(_ text: String) -> String? {
        guard (2...4).contains(text.unicodeScalars.count) else { return nil }
        let pair = String(text.prefix(2))
        let isCompound = compound[pair] != nil && text.unicodeScalars.count >= 3
        var known: [String] = []
        for (index, scalar) in text.unicodeScalars.enumerated() {
            let sound = PinyinCharacters.shared.sounds(scalar).first
            guard let sound = index == 0 && !isCompound ? families[scalar] ?? sound : sound else { return nil }
            known.append(sound)
        }
        if isCompound, let sounds = compound[pair] { known.replaceSubrange(..<2, with: [sounds]) }
        let family = !isCompound && known.count == 4 ? 2 : 1
        return [known[..<family].joined(), known[family...].joined()].sorted().joined(separator: " ")
    }

    /// Whether two words in Latin letters can be a Chinese name: made of syllables alone.
    static func isName(_ words: [Substring]) -> Bool {
        words.count == 2 && words.allSatisfy { (2...12).contains($0.utf8.count) && isSyllables($0) }
    }

    private static func isSyllables(_ word: Substring) -> Bool {
        let letters = Array(word.utf8)
        var ends: Set<Int> = [0]
        for start in letters.indices where ends.contains(start) {
            for length in 1...6 where start + length <= letters.count {
                let piece = String(decoding: letters[start..<(start + length)], as: UTF8.self)
                if PinyinCharacters.shared.syllables.contains(piece) { ends.insert(start + length) }
            }
        }
        return ends.contains(letters.count)
    }

    /// Family names of two characters.
    private static let compound = [
        "欧阳": "ouyang", "司马": "sima", "上官": "shangguan", "诸葛": "zhuge", "皇甫": "huangfu", "司徒": "situ",
        "东方": "dongfang", "尉迟": "yuchi", "公孙": "gongsun", "慕容": "murong", "万俟": "moqi", "单于": "chanyu",
        "夏侯": "xiahou", "令狐": "linghu", "长孙": "zhangsun", "宇文": "yuwen", "澹台": "tantai", "端木": "duanmu",
    ]

    /// Family names that sound otherwise than the character does elsewhere.
    private static let families: [Unicode.Scalar: String] = [
        "单": "shan", "曾": "zeng", "仇": "qiu", "区": "ou", "查": "zha", "盖": "ge", "解": "xie", "翟": "zhai", "覃": "qin",
        "缪": "miao", "朴": "piao", "洗": "xian", "乐": "yue", "黑": "he", "员": "yun", "折": "she", "秘": "bi", "繁": "po",
        "种": "chong", "召": "shao", "华": "hua", "任": "ren", "尉": "yu", "长": "zhang", "重": "chong", "欧": "ou",
    ]
}

/// The sounds of characters, from the table as it stands in the text of the program; made at the first use.
struct PinyinCharacters: Sendable {
    static let shared = PinyinCharacters()
    private static let first: UInt16 = 0x4E00
    private static let last: UInt16 = 0x9FA5

    /// The sounds, in the order of letters.
    private let names: [String]
    /// The usual one of each character, counted from one; 0 where none is known.
    private let usual: [UInt16]
    private let others: [UInt16: [UInt16]]

    /// All sounds that there are.
    let syllables: Set<String>

    static func isCharacter(_ scalar: Unicode.Scalar) -> Bool { (UInt32(first)...UInt32(last)).contains(scalar.value) }

    private init() {
        var names: [String] = []
        var usual = [UInt16](repeating: 0, count: Int(Self.last - Self.first) + 1)
        var others: [UInt16: [UInt16]] = [:]
        var isUsual = true
        var isName = false
        for unit in PinyinTable.sounds.utf16 {
            switch unit {
            case 0x61...0x7A:
                if !isName { names.append("") }
                names[names.count - 1].unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
                (isName, isUsual) = (true, true)
            case 0x2D: (isName, isUsual) = (false, false)
            case Self.first...Self.last:
                isName = false
                if isUsual {
                    usual[Int(unit - Self.first)] = UInt16(names.count)
                } else {
                    others[unit, default: []].append(UInt16(names.count))
                }
            case 0x2C: isName = false
            // Lines end anywhere.
            default: break
            }
        }
        (self.names, self.usual, self.others) = (names, usual, others)
        syllables = Set(names + names.filter { $0.contains("v") }.map { $0.replacing("v", with: "u") })
    }

    /// All sounds of a character, the usual first.
    func sounds(_ scalar: Unicode.Scalar) -> [String] {
        guard Self.isCharacter(scalar) else { return [] }
        let unit = UInt16(scalar.value)
        let first = usual[Int(unit - Self.first)]
        return ((first == 0 ? [] : [first]) + (others[unit] ?? [])).map { names[Int($0) - 1] }
    }
}
