import HTML

/// Plain text as simple HTML, byte by byte: what it costs grows with the text and with nothing else.
struct HTMLText {
    private let bytes: [UInt8]
    private let foreign: [Range<Int>]
    private var next = 0
    private var out: [UInt8] = []

    /// A page: paragraphs where a line is empty, lines where one ends. Web addresses become links where they are ours.
    static func page(_ text: FilledText, _ language: String) -> String {
        var writer = HTMLText(bytes: text.bytes, foreign: text.foreign)
        writer.write()
        return """
            <!DOCTYPE html>
            <html lang="\(language)"><meta charset="utf-8"><body>
            \(String(decoding: writer.out, as: UTF8.self))
            </body></html>

            """
    }

    private init(bytes: [UInt8], foreign: [Range<Int>]) {
        self.bytes = bytes
        self.foreign = foreign
    }

    private mutating func write() {
        var isOpen = false
        var place = 0
        while place <= bytes.count {
            var end = place
            while end < bytes.count, !isLineEnd(bytes[end]) { end += 1 }
            if end > place {
                add(isOpen ? "<br>\n" : out.isEmpty ? "<p>" : "\n<p>")
                isOpen = true
                line(place..<end)
            } else if isOpen {
                add("</p>")
                isOpen = false
            }
            // CR LF is one end.
            if end + 1 < bytes.count, bytes[end] == 0x0D, bytes[end + 1] == 0x0A { end += 1 }
            place = end + 1
        }
        if isOpen { add("</p>") }
    }

    private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private mutating func line(_ line: Range<Int>) {
        var plain = line.lowerBound
        var place = plain
        while place < line.upperBound {
            let end = addressEnd(place, line.upperBound)
            guard end > place else {
                place += 1
                continue
            }
            escape(plain..<place)
            add("<a href=\"")
            escape(place..<end)
            add("\">")
            escape(place..<end)
            add("</a>")
            place = end
            plain = end
        }
        escape(plain..<line.upperBound)
    }

    /// Where an address ends that begins at a place and is ours; the place itself where none does.
    private mutating func addressEnd(_ place: Int, _ lineEnd: Int) -> Int {
        guard bytes[place] == UInt8(ascii: "h") else { return place }
        while next < foreign.count, foreign[next].upperBound <= place { next += 1 }
        if next < foreign.count, foreign[next].contains(place) { return place }
        let limit = next < foreign.count ? min(lineEnd, foreign[next].lowerBound) : lineEnd
        let rest = bytes[place..<limit]
        guard rest.starts(with: "https://".utf8) || rest.starts(with: "http://".utf8) else { return place }
        return rest.firstIndex { $0 == UInt8(ascii: " ") || $0 == 0x09 } ?? limit
    }

    private mutating func add(_ text: StaticString) { text.withUTF8Buffer { out.append(contentsOf: $0) } }

    private mutating func escape(_ part: Range<Int>) {
        out.append(contentsOf: HTML.escaped(String(decoding: bytes[part], as: UTF8.self)).utf8)
    }
}
