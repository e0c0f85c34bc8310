/// A template's words with data in them, and which of it others have written: what looks like an address there is none of ours.
struct FilledText {
    private(set) var bytes: [UInt8] = []
    /// Where the words of others stand, in order.
    private(set) var foreign: [Range<Int>] = []

    /// The data whose addresses are ours: those that we make, and what the firm itself writes.
    private static let ours: Set<String> = ["link", "body"]
    private static let brace = UInt8(ascii: "{")

    /// Replaces each `{{name}}`, once: what data brings in is not looked at again. Names without data become nothing.
    init(_ words: String, _ data: [String: String]) {
        let words = Array(words.utf8)
        var place = 0
        while place < words.count {
            guard words[place] == Self.brace, let (name, end) = Self.name(words, at: place) else {
                bytes.append(words[place])
                place += 1
                continue
            }
            let start = bytes.count
            bytes.append(contentsOf: (data[name] ?? "").utf8)
            if !Self.ours.contains(name), bytes.count > start { foreign.append(start..<bytes.count) }
            place = end
        }
    }

    /// Adds words of ours.
    mutating func append(_ words: String) { bytes.append(contentsOf: words.utf8) }

    /// As text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The name in braces that begin at a place, and where they end.
    private static func name(_ words: [UInt8], at place: Int) -> (String, Int)? {
        guard place + 1 < words.count, words[place + 1] == brace else { return nil }
        var end = place + 2
        while end + 1 < words.count {
            if words[end] == UInt8(ascii: "}"), words[end + 1] == UInt8(ascii: "}") {
                let name = words[(place + 2)..<end].filter { $0 != UInt8(ascii: " ") }
                return (String(decoding: name, as: UTF8.self), end + 2)
            }
            end += 1
        }
        return nil
    }
}
