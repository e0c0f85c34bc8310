/// How many letters tell two texts apart (Levenshtein).
public enum EditDistance {
    /// The letters to add, take away or change that make one text of the other.
    public static func between(_ one: String, _ other: String) -> Int {
        between(Array(one.unicodeScalars), Array(other.unicodeScalars))
    }

    /// How alike two texts are, 0 to 1: one less the share of letters to change. Long ones are alike or not.
    public static func likeness(_ one: String, _ other: String) -> Double {
        let a = Array(one.unicodeScalars), b = Array(other.unicodeScalars)
        let longest = max(a.count, b.count)
        guard longest <= 200 else { return one == other ? 1 : 0 }
        return 1 - Double(between(a, b)) / Double(longest)
    }

    private static func between(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var row = Array(0...b.count)
        for i in a.indices {
            var corner = row[0]
            row[0] = i + 1
            for j in b.indices {
                let change = corner + (a[i] == b[j] ? 0 : 1)
                corner = row[j + 1]
                row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
