extension String {
    /// The text without the space around it.
    public var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { return self }
        // The common case costs nothing: imports come here with every field.
        if !first.properties.isWhitespace, !last.properties.isWhitespace { return self }
        guard let begin = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let end = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[begin...end])
    }
}
