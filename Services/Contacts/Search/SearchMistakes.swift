/// What is found though a letter is wrong: the symmetric delete algorithm for names, mail addresses and references, and the half that is
/// right for telephone numbers.
extension SearchText {
    /// For each word of a query the terms of what is at most one letter away; nil where a word is too short to be mistaken.
    static func near(_ query: String) -> [(word: [Unicode.Scalar], terms: String)]? {
        let runs = runs(fold(query))
        guard !runs.isEmpty, runs.allSatisfy(isFuzzy) else { return nil }
        return runs.map { run in
            var hashes: [Int32] = []
            addVariants(of: run, to: &hashes)
            return (run, literal(hashes))
        }
    }

    /// Whether each of the words of a query is at most one letter off a word of the text.
    static func isNear(_ text: String, _ words: [[Unicode.Scalar]]) -> Bool {
        let present = runs(text.prefix { $0 != "\n" })
        return words.allSatisfy { word in present.contains { isOneOff($0[...], word[...]) } }
    }

    /// The terms of mail addresses and references at most one character away from a query without blanks; nil where it is too short.
    static func nearWhole(_ query: String) -> (squeezed: [Unicode.Scalar], terms: String)? {
        let folded = fold(query)
        guard !folded.contains(where: \.isWhitespace), let squeezed = squeezed(folded) else { return nil }
        var hashes: [Int32] = []
        addVariants(of: squeezed, to: &hashes)
        return (letters(folded), literal(hashes))
    }

    /// Whether a line of the text behind the name is at most one letter or digit off a query's; without a host a mail address is meant
    /// without its own.
    static func isNearWhole(_ text: String, _ query: [Unicode.Scalar], hasHost: Bool) -> Bool {
        text.split(separator: "\n").dropFirst().contains { line in
            let part = hasHost ? line : line.prefix { $0 != "@" }
            return isOneOff(letters(part)[...], query[...])
        }
    }

    /// The digits of a query that is a telephone number, in two halves: where one digit is wrong, the other half is right.
    static func halves(_ query: String) -> (digits: String, first: String, second: String)? {
        guard let digits = digits(query), digits.utf8.count >= 7 else { return nil }
        let middle = digits.utf8.count / 2
        return (digits, String(digits.prefix(middle)), String(digits.dropFirst(middle)))
    }

    /// Whether a number of the text ends like these digits but for one of them.
    static func isNearNumber(_ text: String, _ digits: String) -> Bool {
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

    /// What of a mail address before its host, or of a reference, can be mistaken: its letters and digits, 4 to 24.
    static func squeezed(_ line: String) -> [Unicode.Scalar]? {
        let found = letters(line.prefix { $0 != "@" })
        return (4...24).contains(found.count) ? found : nil
    }

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
