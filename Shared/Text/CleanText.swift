/// What people write, without what nobody sees and what makes a text look like another: the one place where texts are cleaned.
public enum CleanText {
    /// A text of one line, trimmed: what parts lines and cells becomes a blank, other controls and what turns the direction of text around
    /// are left out; nil where nothing is left that can be seen.
    public static func oneLine(_ text: String) -> String? {
        guard mayHide(text, hasLines: false) else { return nonEmpty(text.trimmed) }
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if partsLines(scalar) {
                clean.append(" ")
            } else if !isHarmful(scalar) {
                clean.append(scalar)
            }
        }
        return visible(String(clean).trimmed)
    }

    /// A text of several lines, trimmed: line ends and tabs stay.
    public static func lines(_ text: String) -> String? {
        guard mayHide(text, hasLines: true) else { return nonEmpty(text.trimmed) }
        let clean = text.unicodeScalars.filter { partsLines($0) || !isHarmful($0) }
        return visible(String(String.UnicodeScalarView(clean)).trimmed)
    }

    /// Whether each scalar has to be looked at: controls, and bytes with which begins what may be invisible.
    private static func mayHide(_ text: String, hasLines: Bool) -> Bool {
        text.utf8.contains { byte in
            switch byte {
            case 0x09...0x0D: !hasLines
            case 0..<0x20, 0x7F, 0xC2, 0xCD, 0xE1, 0xE2, 0xE3, 0xEF, 0xF3: true
            default: false
            }
        }
    }

    private static func partsLines(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// Controls, and marks that turn the direction of what stands behind them.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069, 0xFFF9...0xFFFB, 0xE0001: true
        default: false
        }
    }

    private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    private static func visible(_ text: String) -> String? {
        let isSeen = text.unicodeScalars.contains { scalar in
            if scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isWhitespace { return false }
            // The blank of Braille is drawn as nothing.
            return scalar.value != 0x2800 && scalar.properties.generalCategory != .control
        }
        return isSeen ? text : nil
    }
}
