/// What a Swift file declares at its top level and which names it uses: read from its text, without comments and strings.
struct SourceWords {
    /// The names that other files can use.
    private(set) var declared: Set<String> = []
    /// Whole words that are no member of something, but for those that the file declares itself, at any depth.
    private(set) var used: Set<String> = []

    private static let modifiers: Set<String> = [
        "public", "package", "internal", "final", "indirect", "nonisolated", "async", "static",
    ]
    private static let kinds: Set<String> = [
        "struct", "enum", "class", "actor", "protocol", "typealias", "func", "let", "var",
    ]
    private static let introducers = kinds.union(["case", "for", "associatedtype"])

    init(_ source: String) {
        var own: Set<String> = []
        // The formatter's check holds the code at the margin to be the top level.
        for line in PlainText.of(source).split(separator: UInt8(ascii: "\n")) {
            let tokens = Self.tokens(line)
            if line.first != UInt8(ascii: " "), let name = Self.declaration(tokens) { declared.insert(name) }
            for (index, token) in tokens.enumerated() {
                let before = index > 0 ? tokens[index - 1].word : ""
                let isLabel = token.next == UInt8(ascii: ":") && token.word.first?.isLowercase == true
                if Self.introducers.contains(before) || isLabel { own.insert(token.word) }
                if !token.isMember { used.insert(token.word) }
            }
        }
        used.subtract(own)
    }

    private struct Token {
        let word: String
        let isMember: Bool
        /// The byte behind it.
        let next: UInt8?
    }

    /// The words of a line; `@Loop` is none.
    private static func tokens(_ line: ArraySlice<UInt8>) -> [Token] {
        var tokens: [Token] = []
        var index = line.startIndex
        while index < line.endIndex {
            guard PlainText.isWord(line[index]) else {
                index += 1
                continue
            }
            let start = index
            while index < line.endIndex, PlainText.isWord(line[index]) { index += 1 }
            let before = start > line.startIndex ? line[start - 1] : nil
            if before == UInt8(ascii: "@") || before == UInt8(ascii: "#") { continue }
            // `..<a` and `...a` are no members.
            let isMember =
                before == UInt8(ascii: ".") && !(start - 2 >= line.startIndex && line[start - 2] == UInt8(ascii: "."))
            tokens.append(
                Token(
                    word: String(decoding: line[start..<index], as: UTF8.self), isMember: isMember,
                    next: index < line.endIndex ? line[index] : nil))
        }
        return tokens
    }

    /// The name that a line at the margin declares for other files.
    private static func declaration(_ tokens: [Token]) -> String? {
        var rest = tokens[...]
        while let first = rest.first, modifiers.contains(first.word) { rest.removeFirst() }
        guard let kind = rest.popFirst(), kinds.contains(kind.word) else { return nil }
        return rest.first?.word
    }
}

/// A source without its comments and its strings; what is put into a string stays.
struct PlainText {
    private let source: [UInt8]
    private var index = 0
    private var plain: [UInt8] = []

    private init(_ source: String) { self.source = Array(source.utf8) }

    /// The bytes of a source that are code.
    static func of(_ source: String) -> [UInt8] {
        var text = PlainText(source)
        text.skipCode()
        return text.plain
    }

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...0xFF:
            true
        default: false
        }
    }

    private func isAt(_ text: String) -> Bool { source[index...].starts(with: text.utf8) }

    /// Takes code to the end, or to the parenthesis that ends what is put into a string.
    private mutating func skipCode(isInString: Bool = false) {
        var depth = 0
        while index < source.count {
            if isAt("//") {
                while index < source.count, source[index] != UInt8(ascii: "\n") { index += 1 }
            } else if isAt("/*") {
                while index < source.count, !isAt("*/") { index += 1 }
                index += 2
            } else if let marks = marks() {
                skipString(marks)
            } else {
                let byte = source[index]
                index += 1
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") { depth -= 1 }
                if isInString, depth < 0 { return }
                plain.append(byte)
            }
        }
    }

    /// The number signs before a string that begins here.
    private func marks() -> Int? {
        let count = source[index...].prefix { $0 == UInt8(ascii: "#") }.count
        let place = index + count
        return place < source.count && source[place] == UInt8(ascii: "\"") ? count : nil
    }

    private mutating func skipString(_ marks: Int) {
        index += marks
        let quotes = isAt("\"\"\"") ? "\"\"\"" : "\""
        index += quotes.utf8.count
        let signs = String(repeating: "#", count: marks)
        plain.append(UInt8(ascii: " "))
        while index < source.count, !isAt(quotes + signs) {
            guard isAt("\\" + signs) else {
                index += 1
                continue
            }
            index += 1 + marks
            let isCode = isAt("(")
            index += 1
            if isCode {
                plain.append(UInt8(ascii: " "))
                skipCode(isInString: true)
                plain.append(UInt8(ascii: " "))
            }
        }
        index += quotes.utf8.count + marks
    }
}
