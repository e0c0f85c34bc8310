import FoundationEssentials
import Text

/// Reads vCards of versions 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), many in a file, as telephones and address books write them. It works on
/// bytes: a line may be folded within a character, and each card may be in an encoding of its own.
enum VCardReader {
    /// One card: its properties, and where it was.
    struct Card {
        var properties: [Property] = []
        /// Lines of the text before it.
        var line = 0
        var source = ""
        /// Why it cannot be taken; nil where it can.
        var complaint: String?
    }

    /// `item1.EMAIL;TYPE=work;PREF=1:ann@example.com`.
    struct Property {
        /// What belongs together bears the same: `item1`.
        var group = ""
        var name = ""
        /// By their names in capitals; those of version 2.1 without a name are types.
        var parameters: [String: [String]] = [:]
        var value = ""

        /// The types in lower case.
        var types: [String] { (parameters["TYPE"] ?? []).map { $0.lowercased() } }

        /// The value's escapes resolved.
        var text: String { VCardReader.split(value, nil)[0] }

        /// The parts of a structured value, unescaped.
        var parts: [String] { VCardReader.split(value, ";") }

        /// How much it is preferred: 1 most, 101 not at all.
        var preference: Int {
            parameters["PREF"]?.first.flatMap { Int($0) } ?? (types.contains("pref") ? 1 : 101)
        }
    }

    /// The cards of a text, and the first line that stands in none.
    struct Reading {
        var cards: [Card] = []
        var strayLine: Int?
        var stray: [UInt8] = []
        var lines = 0
    }

    private static let begin = Array("BEGIN:VCARD".utf8)
    private static let end = Array("END:VCARD".utf8)

    /// The end of the last whole card; 0 where there is none. Cards within cards end none.
    static func lastCardEnd(_ bytes: [UInt8]) -> Int {
        var last = 0
        var depth = 0
        var start = 0
        while start < bytes.count {
            guard let lineEnd = bytes[start...].firstIndex(of: 0x0A) else { break }
            let line = bytes[start..<lineEnd]
            if isMark(line, begin) {
                depth += 1
            } else if isMark(line, end) {
                depth = max(0, depth - 1)
                if depth == 0 { last = lineEnd + 1 }
            }
            start = lineEnd + 1
        }
        return last
    }

    /// Whether a line is a mark, whatever blanks stand behind it and in whatever case.
    private static func isMark(_ line: ArraySlice<UInt8>, _ mark: [UInt8]) -> Bool {
        guard line.count >= mark.count else { return false }
        return zip(line, mark).allSatisfy { $0 == $1 || $0 & 0xDF == $1 && $0 >= 0x61 }
            && line.dropFirst(mark.count).allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }

    /// The cards of a text. What is not said to be in another encoding is UTF-8, or all of the file's.
    static func cards(_ text: [UInt8], _ encoding: TextEncoding) -> Reading {
        var reading = Reading()
        var card: [ArraySlice<UInt8>]?
        var first = 0
        var depth = 0
        // Old programs for the Mac end lines with CR alone.
        let newline: UInt8 = text.contains(0x0A) ? 0x0A : 0x0D
        var number = 0
        func finish(isWhole: Bool) {
            guard let lines = card else { return }
            var read = VCardLines(lines, encoding).card
            read.line = first
            if !isWhole { read.complaint = "END:VCARD is missing" }
            reading.cards.append(read)
            card = nil
        }
        for slice in text.split(separator: newline, omittingEmptySubsequences: false) {
            let line = slice.last == 0x0D ? slice.dropLast() : slice
            if isMark(line, begin) {
                // A card that begins within another is that of its agent, where the line before says so; else the other never ended.
                if card != nil, depth > 1 || isAgent(card?.last) {
                    depth += 1
                    card?.append(line)
                } else {
                    finish(isWhole: false)
                    (card, first, depth) = ([], number, 1)
                }
            } else if isMark(line, end), card != nil {
                depth -= 1
                if depth == 0 { finish(isWhole: true) } else { card?.append(line) }
            } else if card != nil {
                card?.append(line)
            } else if reading.strayLine == nil, line.contains(where: { $0 != 0x20 && $0 != 0x09 }) {
                (reading.strayLine, reading.stray) = (number, Array(line))
            }
            number += 1
        }
        finish(isWhole: false)
        reading.lines = text.count(where: { $0 == newline })
        return reading
    }

    private static func isAgent(_ line: ArraySlice<UInt8>?) -> Bool {
        guard let line else { return false }
        let text = String(decoding: line, as: UTF8.self).uppercased().trimmed
        return text == "AGENT:" || text.hasSuffix(".AGENT:") || text.hasPrefix("AGENT;") && text.hasSuffix(":")
    }

    /// Splits at a character that no backslash stands before, or nowhere, and unescapes the parts.
    static func split(_ text: String, _ separator: Unicode.Scalar?) -> [String] {
        var parts = [String.UnicodeScalarView()]
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                parts[parts.count - 1].append(scalar == "n" || scalar == "N" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == separator {
                parts.append(String.UnicodeScalarView())
            } else {
                parts[parts.count - 1].append(scalar)
            }
        }
        return parts.map { String($0) }
    }
}

/// The lines of one card, put together and decoded.
private struct VCardLines {
    private(set) var card = VCardReader.Card()
    private let encoding: TextEncoding

    init(_ lines: [ArraySlice<UInt8>], _ encoding: TextEncoding) {
        self.encoding = encoding
        var source: [UInt8] = []
        var depth = 0
        for line in Self.unfolded(lines) {
            if source.count < 4000 { source += line + [0x0A] }
            let head = String(decoding: line.prefix(12), as: UTF8.self).uppercased()
            if head.hasPrefix("BEGIN:VCARD") { depth += 1 }
            // The card of somebody's agent is another person's.
            if depth == 0 { take(line) }
            if head.hasPrefix("END:VCARD") { depth -= 1 }
        }
        card.source = String(decoding: source.prefix(4000), as: UTF8.self)
    }

    /// Lines that go on with a blank are one (RFC 6350, 3.2), as are those of quoted-printable that end with an equals sign.
    private static func unfolded(_ lines: [ArraySlice<UInt8>]) -> [[UInt8]] {
        var whole: [[UInt8]] = []
        var isSoft = false
        for line in lines {
            if isSoft, let last = whole.indices.last {
                whole[last].removeLast()
                whole[last] += line
            } else if let first = line.first, first == 0x20 || first == 0x09, let last = whole.indices.last {
                whole[last] += line.dropFirst()
            } else {
                whole.append(Array(line))
            }
            isSoft = whole.last.map { $0.last == 0x3D && isQuotedPrintable($0) } ?? false
        }
        return whole
    }

    private static func isQuotedPrintable(_ line: [UInt8]) -> Bool {
        String(decoding: line.prefix { $0 != 0x3A }, as: UTF8.self).uppercased().contains("QUOTED-PRINTABLE")
    }

    private mutating func take(_ line: [UInt8]) {
        var isQuoted = false
        let colon = line.firstIndex { byte in
            if byte == 0x22 { isQuoted.toggle() }
            return byte == 0x3A && !isQuoted
        }
        guard let colon, var property = Self.head(String(decoding: line[..<colon], as: UTF8.self)) else { return }
        var bytes = Array(line[(colon + 1)...])
        let transfer = (property.parameters["ENCODING"]?.first ?? "").uppercased()
        // Pictures and sounds.
        if ["B", "BASE64"].contains(transfer) || ["PHOTO", "LOGO", "SOUND", "KEY"].contains(property.name) { return }
        if transfer == "QUOTED-PRINTABLE" { bytes = Self.quotedPrintable(bytes) }
        guard let text = decoded(bytes, property.parameters["CHARSET"]?.first) else {
            card.complaint = card.complaint ?? "\(property.name) is in no encoding that can be read"
            return
        }
        property.value = transfer == "QUOTED-PRINTABLE" ? text.replacing("\r\n", with: "\n") : text
        card.properties.append(property)
    }

    private func decoded(_ bytes: [UInt8], _ charset: String?) -> String? {
        let said = charset.map { TextEncoding(name: $0) }
        if case .some(.none) = said { return nil }
        let tries = [said ?? nil, .utf8, encoding].compactMap { $0 }
        return tries.lazy.compactMap { $0.utf8(bytes) }.first.map { String(decoding: $0, as: UTF8.self) }
    }

    /// `item1.TEL;TYPE="voice,work";PREF=1`, and version 2.1's `TEL;CELL;PREF`.
    private static func head(_ text: String) -> VCardReader.Property? {
        var parts: [String] = [""]
        var isQuoted = false
        for scalar in text.unicodeScalars {
            if scalar == "\"" { isQuoted.toggle() }
            if scalar == ";", !isQuoted {
                parts.append("")
            } else {
                parts[parts.count - 1].unicodeScalars.append(scalar)
            }
        }
        func parted(_ text: String, by sign: Unicode.Scalar) -> [String] {
            text.parted(by: sign).map { [$0.before, $0.after].filter { !$0.isEmpty } } ?? [text]
        }
        var property = VCardReader.Property()
        let names = parted(parts[0], by: ".").map { $0[...].trimmingCharacters() }
        guard let name = names.last else { return nil }
        property.name = name.uppercased()
        property.group = names.count > 1 ? names[0].lowercased() : ""
        for part in parts.dropFirst() {
            let pair = parted(part, by: "=")
            guard let key = pair.first?.trimmed.uppercased() else { continue }
            if pair.count == 2 {
                property.parameters[key, default: []] += values(pair[1], of: key)
            } else if ["QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT"].contains(key) {
                property.parameters["ENCODING"] = [key]
            } else {
                property.parameters["TYPE", default: []].append(key)
            }
        }
        return property
    }

    /// Types may stand several in one pair of quotes; else what is in quotes is one value, its own signs written as RFC 6868 has them.
    private static func values(_ text: String, of key: String) -> [String] {
        guard text.unicodeScalars.contains("\""), key != "TYPE" else {
            return text.unicodeScalars.split(separator: ",").map { part in
                var plain = ""
                plain.unicodeScalars.append(contentsOf: part.lazy.filter { $0 != "\"" })
                return plain.trimmed
            }
        }
        let signs: [Unicode.Scalar: Unicode.Scalar] = ["n": "\n", "'": "\"", "^": "^"]
        var plain = ""
        var isEscaped = false
        for scalar in text.unicodeScalars where scalar != "\"" {
            if isEscaped {
                plain.unicodeScalars.append(signs[scalar] ?? scalar)
                isEscaped = false
            } else if scalar == "^" {
                isEscaped = true
            } else {
                plain.unicodeScalars.append(scalar)
            }
        }
        return [plain]
    }

    private static func quotedPrintable(_ bytes: [UInt8]) -> [UInt8] {
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x3D, index + 2 < bytes.count,
                let value = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                plain.append(value)
                index += 3
            } else {
                plain.append(bytes[index])
                index += 1
            }
        }
        return plain
    }
}

extension Substring {
    fileprivate func trimmingCharacters() -> String { String(self).trimmed }
}
