/// Languages as they are stored: tags of BCP 47 (RFC 5646) in their usual writing, `zh-Hans-CN`.
public enum LanguageTag {
    /// What people write in files instead.
    private static let words = [
        "chinese": "zh", "中文": "zh", "汉语": "zh", "简体中文": "zh-Hans", "繁體中文": "zh-Hant", "繁体中文": "zh-Hant",
        "english": "en", "英文": "en", "英语": "en",
    ]

    /// The stored form; nil for what is no well-formed tag. POSIX writes `zh_CN` for the same.
    public static func normal(_ text: String) -> String? {
        let clean = text.trimmed
        if let tag = words[clean.lowercased()] { return tag }
        guard clean.utf8.count <= 100 else { return nil }
        let parts = clean.lowercased().split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "_" }.map(
            String.init)
        guard isWellFormed(parts) else { return nil }
        return parts.enumerated().map { index, part in
            guard index > 0, !parts[..<index].contains(where: { $0.utf8.count == 1 }) else { return part }
            if part.utf8.count == 2 { return part.uppercased() }
            return part.utf8.count == 4 && isAlphabetic(part) ? part.prefix(1).uppercased() + part.dropFirst() : part
        }.joined(separator: "-")
    }

    /// The grammar of RFC 5646, section 2.1, without the 26 tags of before that do not follow it.
    private static func isWellFormed(_ parts: [String]) -> Bool {
        guard parts.allSatisfy({ (1...8).contains($0.utf8.count) && $0.utf8.allSatisfy(isAlphanumeric) }),
            let language = parts.first
        else { return false }
        if language == "x" { return parts.count > 1 }
        guard language.utf8.count >= 2, isAlphabetic(language) else { return false }
        var rest = parts.dropFirst()
        func take(atMost count: Int = 1, _ isOne: (String) -> Bool) {
            for _ in 0..<count {
                guard let next = rest.first, isOne(next) else { return }
                rest.removeFirst()
            }
        }
        if language.utf8.count <= 3 { take(atMost: 3) { $0.utf8.count == 3 && isAlphabetic($0) } }
        take { $0.utf8.count == 4 && isAlphabetic($0) }
        take { isRegion($0) }
        take(atMost: parts.count) { isVariant($0) }
        // Extensions: a letter or digit and what belongs to it; behind `x` anything goes.
        while let single = rest.first, single.utf8.count == 1 {
            rest.removeFirst()
            let end = rest.firstIndex { $0.utf8.count == 1 && single != "x" } ?? rest.endIndex
            guard end > rest.startIndex else { return false }
            rest = rest[end...]
        }
        return rest.isEmpty
    }

    private static func isRegion(_ part: String) -> Bool {
        part.utf8.count == 2 && isAlphabetic(part) || part.utf8.count == 3 && part.utf8.allSatisfy(isDigit)
    }

    private static func isVariant(_ part: String) -> Bool {
        part.utf8.count >= 5 || part.utf8.count == 4 && part.utf8.first.map(isDigit) == true
    }

    private static func isAlphabetic(_ part: String) -> Bool { part.utf8.allSatisfy { (0x61...0x7A).contains($0) } }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || isDigit(byte) }
}
