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
}
