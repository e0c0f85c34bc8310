extension StringProtocol {
    /// What stands before the first such sign and what behind it; nil where there is none.
    ///
    /// By scalars: a sign with a combining mark behind it is one Character, and parts the text all the same.
    public func parted(by sign: Unicode.Scalar) -> (before: String, after: String)? {
        guard let place = unicodeScalars.firstIndex(of: sign) else { return nil }
        var (before, after) = ("", "")
        before.unicodeScalars.append(contentsOf: unicodeScalars[..<place])
        after.unicodeScalars.append(contentsOf: unicodeScalars[unicodeScalars.index(after: place)...])
        return (before, after)
    }

    /// This with other text for some signs, in one pass and by scalars, so that a combining mark behind a sign hides it from nothing.
    public func replacing(_ signs: [Unicode.Scalar: String]) -> String {
        guard unicodeScalars.contains(where: { signs[$0] != nil }) else { return String(self) }
        var text = ""
        for scalar in unicodeScalars {
            if let other = signs[scalar] { text += other } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}
