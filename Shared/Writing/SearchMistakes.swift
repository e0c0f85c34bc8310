/// What is found though a letter is wrong: the symmetric delete algorithm for names, and for mail addresses, references and telephone
/// numbers the half that is right.
extension SearchText {
    /// For each word of a query the terms of what is at most one letter away; nil where a word is too short to be mistaken.
    public static func near(_ query: String) -> [(word: [Unicode.Scalar], terms: String)]? {
        let runs = runs(Fold.name(query))
        guard !runs.isEmpty, runs.allSatisfy(isFuzzy) else { return nil }
        return runs.map { run in
            var hashes: [Int32] = []
            addVariants(of: run, to: &hashes)
            return (run, literal(hashes))
        }
    }

    /// Whether each of the words of a query is at most one letter off a word of the text.
    public static func isNear(_ text: String, _ words: [[Unicode.Scalar]]) -> Bool {
        let present = runs(text.prefix { $0 != "\n" })
        return words.allSatisfy { word in present.contains { isOneOff($0[...], word[...]) } }
    }

    /// A mail address or a reference in which one character may be wrong, in parts of which all but one are right then.
    public struct NearWhole {
        /// All its letters and digits.
        public let letters: [Unicode.Scalar]
        /// What stands before the host, whole and in halves.
        let local: String
        let halves: (String, String)
        /// The host, where there is one.
        let host: String?
    }

    /// Reads a query without blanks; nil where no part is long enough for the index.
    public static func nearWhole(_ query: String) -> NearWhole? {
        let folded = Fold.text(query)
        let local = String(folded.prefix { $0 != "@" })
        guard !folded.contains(where: \.isWhitespace), local.unicodeScalars.count <= 64 else { return nil }
        let host = folded.dropFirst(local.count + 1)
        let middle = local.count / 2
        let near = NearWhole(
            letters: letters(folded), local: local,
            halves: (String(local.prefix(middle)), String(local.dropFirst(middle))),
            host: host.isEmpty ? nil : String(host))
        return near.alternatives.isEmpty ? nil : near
    }

    /// Whether a line of the text behind the name is at most one letter or digit off a query's; without a host a mail address is meant
    /// without its own.
    public static func isNearWhole(_ text: String, _ query: [Unicode.Scalar], hasHost: Bool) -> Bool {
        text.split(separator: "\n").dropFirst().contains { line in
            let part = hasHost ? line : line.prefix { $0 != "@" }
            return isOneOff(letters(part)[...], query[...])
        }
    }

    /// The digits of a query that is a telephone number, in two halves: where one digit is wrong, the other half is right.
    public static func halves(_ query: String) -> (digits: String, first: String, second: String)? {
        guard let digits = digits(query), digits.utf8.count >= 7 else { return nil }
        let middle = digits.utf8.count / 2
        return (digits, String(digits.prefix(middle)), String(digits.dropFirst(middle)))
    }

    /// Whether a number of the text ends like these digits but for one of them.
    public static func isNearNumber(_ text: String, _ digits: String) -> Bool {
        let wanted = Array(digits.unicodeScalars)
        return text.split(separator: "\n").dropFirst().contains { line in
            guard line.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
            let number = Array(line.unicodeScalars)
            return (wanted.count - 1...wanted.count + 1).contains { length in
                length <= number.count && isOneOff(number.suffix(length), wanted[...])
            }
        }
    }

    // MARK: Variants

    private static func letters(_ text: some StringProtocol) -> [Unicode.Scalar] {
        text.unicodeScalars.filter(isWord)
    }

    /// Names of four letters or three ideographs and more can be mistaken; numbers are right or wrong.
    static func isFuzzy(_ run: [Unicode.Scalar]) -> Bool {
        guard !run.contains(where: { (0x30...0x39).contains($0.value) }) else { return false }
        return isIdeograph(run[0]) ? (3...6).contains(run.count) : (4...16).contains(run.count)
    }

    /// The word and what is left of it without any one letter: two words at most one letter apart share one of these
    /// (the symmetric delete algorithm of W. Garbe's SymSpell).
    static func addVariants(of run: [Unicode.Scalar], to hashes: inout [Int32]) {
        hashes.append(hash(2, run))
        for index in run.indices {
            hashes.append(hash(2, run[..<index], run[(index + 1)...]))
        }
    }

    /// Equal but for one letter more, less or other, or two neighbours changed about.
    private static func isOneOff(_ a: ArraySlice<Unicode.Scalar>, _ b: ArraySlice<Unicode.Scalar>) -> Bool {
        let prefix = zip(a, b).prefix { $0 == $1 }.count
        let restA = a.dropFirst(prefix)
        let restB = b.dropFirst(prefix)
        if restA.isEmpty || restB.isEmpty { return max(restA.count, restB.count) <= 1 }
        if restA.dropFirst() == restB.dropFirst() || restA.dropFirst() == restB || restA == restB.dropFirst() {
            return true
        }
        return restA.dropFirst(2) == restB.dropFirst(2) && restA.first == restB.dropFirst().first
            && restB.first == restA.dropFirst().first
    }
}

extension SearchText.NearWhole {
    /// What can be looked for: parts that are in the index, and a pattern. The mistake is in one half of what stands before the host, or
    /// in one of the host.
    public var alternatives: [(parts: [String], pattern: String)] {
        func others(_ half: String) -> String {
            "[^\n@]{\(half.unicodeScalars.count - 1),\(half.unicodeScalars.count + 1)}"
        }
        func isIndexed(_ part: String) -> Bool { SearchText.required(parts: [part]) != nil }
        var found: [(parts: [String], pattern: String)] = []
        let end = host.map { "@\(Self.verbatim($0))(\n|$)" } ?? "(@|\n|$)"
        if isIndexed(halves.0), isIndexed(halves.1) {
            let hosts = host.map { [$0] } ?? []
            found.append(([halves.0] + hosts, "\n\(Self.verbatim(halves.0))\(others(halves.1))\(end)"))
            found.append(([halves.1] + hosts, "\n\(others(halves.0))\(Self.verbatim(halves.1))\(end)"))
        }
        if let host, isIndexed(local) {
            let middle = host.count / 2
            for part in [host.prefix(middle), host.dropFirst(middle)] {
                found.append(([local, String(part)], "\n\(Self.verbatim(local))@"))
            }
        }
        return found
    }

    /// A regular expression for just this text (PostgreSQL's manual, 9.7.3.3: a backslash takes a character that is no letter for itself).
    private static func verbatim(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { pattern, scalar in
            if scalar.isASCII, !SearchText.isWord(scalar) { pattern += "\\" }
            pattern.unicodeScalars.append(scalar)
        }
    }
}
