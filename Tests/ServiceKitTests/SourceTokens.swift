/// A Swift file as words and signs, without comments and strings, and which type at the margin each stands in.
struct SourceTokens {
    /// In order; a sign is a token of its own, but for `->`.
    let list: [String]
    /// For each the name of the type or the extension around it; empty at the top level.
    let owners: [String]

    private static let kinds: Set<String> = ["struct", "enum", "class", "actor", "protocol", "extension"]

    init(_ source: String) {
        var list: [String] = []
        var word: [UInt8] = []
        for byte in PlainText.of(source) + [UInt8(ascii: "\n")] {
            if PlainText.isWord(byte) {
                word.append(byte)
                continue
            }
            if !word.isEmpty { list.append(String(decoding: word, as: UTF8.self)) }
            word = []
            if byte == UInt8(ascii: ">"), list.last == "-" {
                list[list.count - 1] = "->"
            } else if byte > UInt8(ascii: " ") {
                list.append(String(decoding: [byte], as: UTF8.self))
            }
        }
        var owners: [String] = []
        var owner = ""
        var depth = 0
        for (index, token) in list.enumerated() {
            if depth == 0, index > 0, Self.kinds.contains(list[index - 1]) { owner = token }
            owners.append(owner)
            if token == "{" { depth += 1 }
            if token == "}" { depth -= 1 }
            if token == "}", depth == 0 { owner = "" }
        }
        self.list = list
        self.owners = owners
    }

    /// The token at a place; empty outside.
    subscript(_ index: Int) -> String { list.indices.contains(index) ? list[index] : "" }

    /// The first place of a token from one on, before any of some others.
    func place(of token: String, from start: Int, before ends: Set<String>) -> Int? {
        guard let found = list[start...].firstIndex(where: { $0 == token || ends.contains($0) }), list[found] == token
        else { return nil }
        return found
    }
}
