import Text

/// What of a party is searched: text in one folded writing, and the hashes of its pieces that the index holds.
///
/// Written here and not by an extension of the database: `pg_trgm` needs rights a service's role has not, knows no pair of Chinese
/// characters, and leaves out what is no letter in the database's locale.
public struct SearchText: Sendable {
    /// The folded name with the sounds of its characters, at most 100 characters: what lists are sorted by.
    public let sortName: String
    /// Name, its other writings and sounds, mail addresses, references and phone digits, a line each, folded; at the end `form`.
    public let text: String
    /// The terms as an array literal of PostgreSQL.
    public let terms: String
    /// What the text of this program's form ends with, which folding makes of nothing: what ends otherwise is written anew.
    public static let form = "²"

    /// What is searched of a party with this name.
    ///
    /// - Parameter facets: `field=value` for each field that filters compare with.
    public init(name: String, emails: [String], phones: [String], references: [String] = [], facets: [String]) {
        let written = Fold.text(name)
        let folded = Fold.name(folded: written)
        sortName = SearchText.sortName(folded: folded)
        let digits = phones.map { String(decoding: $0.utf8.filter { (0x30...0x39).contains($0) }, as: UTF8.self) }
        let others = Fold.variants(name, folded: written, of: folded) + Pinyin.lines(folded)
        let whole = (emails + references).map(Fold.text)
        let lines = ([folded] + others + whole + digits).joined(separator: "\n")
        var hashes: [Int32] = []
        hashes.reserveCapacity(96)
        for run in SearchText.runs(lines) { SearchText.addPieces(of: run, isQuery: false, to: &hashes) }
        for run in SearchText.runs(folded) where SearchText.isFuzzy(run) {
            SearchText.addVariants(of: run, to: &hashes)
        }
        for facet in facets { hashes.append(SearchText.facet(facet)) }
        text = lines + "\n" + SearchText.form
        terms = SearchText.literal(hashes)
    }

    /// What a list sorts a name by, or what the names sort by that begin so.
    public static func sortName(_ name: String) -> String { sortName(folded: Fold.name(name)) }

    private static func sortName(folded: String) -> String { String(Pinyin.order(folded).prefix(100)) }

    // MARK: Queries

    /// What a query may mean: words, each of which must be in the text. What may be a number is read as one too, without what people
    /// write between its digits; a name as names are folded, and an address or reference as it stands. What programs wrote before these
    /// folded is found by the last reading until it is written anew.
    public static func readings(_ query: String) -> [[String]] {
        let text = Fold.text(query)
        let names = [query, Fold.spelled(query)].compactMap { $0 }.map { words($0).flatMap(nameWords) }
        var readings = digits(query).map { [[$0]] } ?? []
        for reading in names + [words(text), words(query.lowercased())]
        where !reading.isEmpty && !readings.contains(reading) { readings.append(reading) }
        return readings
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// A word as names have it. An address is none, nor is a number of several parts: each of them alone is in too many texts.
    private static func nameWords(_ word: String) -> [String] {
        let parts = words(Fold.name(word))
        let isNumber = parts.count > 1 && word.utf8.contains { (0x30...0x39).contains($0) }
        return isNumber || word.contains("@") ? [Fold.text(word)] : parts
    }

    /// The digits of a query that may be a telephone number, without the country's mark and zero, which whoever writes a national number
    /// leaves out.
    static func digits(_ query: String) -> String? {
        let written = query.unicodeScalars.compactMap(DecimalDigit.of)
        let digits = written.drop { $0 == "0" }
        guard (3...18).contains(digits.count), query.unicodeScalars.allSatisfy(isOfNumber) else { return nil }
        return String(String.UnicodeScalarView(digits))
    }

    /// A digit, or what people write between them.
    private static func isOfNumber(_ scalar: Unicode.Scalar) -> Bool {
        DecimalDigit.of(scalar) != nil || scalar.properties.isWhitespace
            || ["+", "＋", "-", "(", ")", ".", "·", "/", "－", "（", "）"].contains(scalar)
            || scalar.properties.generalCategory == .format || scalar.properties.generalCategory == .dashPunctuation
    }

    /// Terms that every text with these words has; nil where no piece is long enough to be in the index.
    public static func required(_ words: [String], shares: TermShares = [:]) -> String? {
        var hashes: [Int32] = []
        for run in words.flatMap(runs) { addPieces(of: run, isQuery: true, to: &hashes) }
        return rarest(hashes, shares)
    }

    /// The same of parts of a text, which may begin and end within a word.
    public static func required(parts: [String], shares: TermShares = [:]) -> String? {
        rarest(terms(parts), shares)
    }

    /// Of the terms of a text those that many texts have, and about how many these are; the others are not among them.
    public typealias TermShares = [Int32: Double]

    /// How many texts have the rarest term of some parts; 0 where few have.
    public static func fewest(_ parts: [String], _ shares: TermShares) -> Double {
        terms(parts).map { shares[$0] ?? 0 }.min() ?? 0
    }

    /// The terms of parts of a text; a part of a word has some where it is long enough.
    private static func terms(_ parts: [String]) -> [Int32] {
        var hashes: [Int32] = []
        for run in parts.flatMap(runs) where isIdeograph(run[0]) || run.count >= 3 {
            addPieces(of: run, isQuery: true, to: &hashes)
        }
        return hashes
    }

    /// All terms that few texts have, and of the others the rarest up to three in all: to read the list of one that every second text
    /// has takes the index longer than it takes to hold the texts that the rare ones leave against the words.
    private static func rarest(_ hashes: [Int32], _ shares: TermShares) -> String? {
        guard !hashes.isEmpty else { return nil }
        let rare = hashes.filter { shares[$0] == nil }
        let common = Set(hashes).filter { shares[$0] != nil }.sorted { (shares[$0] ?? 0, $0) < (shares[$1] ?? 0, $1) }
        return literal(rare + common.prefix(max(0, 3 - Set(rare).count)))
    }

    /// The terms of all pieces of a query, as words and as a number.
    public static func pieces(of query: String) -> String {
        var hashes: [Int32] = []
        for run in readings(query).joined().flatMap(runs) { addPieces(of: run, isQuery: false, to: &hashes) }
        return literal(hashes)
    }

    // MARK: Pieces

    /// The term of `field=value`.
    public static func facet(_ text: String) -> Int32 { hash(3, text.unicodeScalars) }

    /// Runs of letters and digits; Chinese, Japanese and Korean characters run apart from others.
    static func runs(_ text: some StringProtocol) -> [[Unicode.Scalar]] {
        var runs: [[Unicode.Scalar]] = []
        var current: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            let isWord = isWord(scalar)
            let changes = current.last.map { isIdeograph($0) != isIdeograph(scalar) } ?? false
            if !current.isEmpty, !isWord || changes {
                runs.append(current)
                current = []
            }
            if isWord { current.append(scalar) }
        }
        if !current.isEmpty { runs.append(current) }
        return runs
    }

    /// A letter or a digit of any script.
    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? isPlain(scalar) : scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        (0x61...0x7A).contains(scalar.value) || (0x30...0x39).contains(scalar.value)
            || (0x41...0x5A).contains(scalar.value)
    }

    /// A Chinese, Japanese or Korean character.
    static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2E80...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
        default: false
        }
    }

    /// Letters in threes and the first two of each word; ideographs in twos and alone.
    private static func addPieces(of run: [Unicode.Scalar], isQuery: Bool, to hashes: inout [Int32]) {
        let width = isIdeograph(run[0]) ? 2 : 3
        if width == 3, run.count >= 2, !isQuery || run.count == 2 { hashes.append(hash(1, run[..<2])) }
        if width == 2, !isQuery || run.count == 1 { for scalar in run { hashes.append(hash(0, [scalar])) } }
        guard run.count >= width else { return }
        for start in 0...(run.count - width) { hashes.append(hash(0, run[start..<(start + width)])) }
    }

    /// FNV-1a over the kind of piece and its scalars; what collides is told apart by the text.
    static func hash(
        _ kind: UInt32, _ first: some Sequence<Unicode.Scalar>, _ second: ArraySlice<Unicode.Scalar> = []
    ) -> Int32 {
        var value = (2_166_136_261 as UInt32 ^ kind) &* 16_777_619
        for scalar in first { value = (value ^ scalar.value) &* 16_777_619 }
        for scalar in second { value = (value ^ scalar.value) &* 16_777_619 }
        return Int32(bitPattern: value)
    }

    /// Each term once, as an array literal: made for every row of an import, so without a string for each.
    static func literal(_ hashes: [Int32]) -> String {
        let sorted = hashes.sorted()
        return String(unsafeUninitializedCapacity: sorted.count * 12 + 2) { output in
            output[0] = UInt8(ascii: "{")
            var end = 1
            for (index, hash) in sorted.enumerated() where index == 0 || hash != sorted[index - 1] {
                if end > 1 {
                    output[end] = UInt8(ascii: ",")
                    end += 1
                }
                end = write(hash, to: output, at: end)
            }
            output[end] = UInt8(ascii: "}")
            return end + 1
        }
    }

    /// Writes a number's digits, at most eleven bytes, and gives the place behind them.
    private static func write(_ number: Int32, to output: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
        var place = start
        if number < 0 {
            output[place] = UInt8(ascii: "-")
            place += 1
        }
        var rest = number.magnitude
        let first = place
        repeat {
            output[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
            place += 1
        } while rest > 0
        output[first..<place].reverse()
        return place
    }
}
