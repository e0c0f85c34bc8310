/// Writes CSV as RFC 4180 has it, so that `plain` gives back what was written.
public enum CSVWriter {
    /// A record with its line end. What a spreadsheet would run as a formula gets an apostrophe before it.
    public static func line(_ fields: [String?]) -> String {
        fields.map { $0.map(field) ?? "" }.joined(separator: ",") + "\r\n"
    }

    /// A cell as it was before an apostrophe was put before it, here or by another program that does.
    public static func plain(_ cell: String) -> String {
        guard cell.utf8.first == 0x27, isRun(cell.utf8.drop { $0 == 0x27 }) else { return cell }
        return String(cell.dropFirst())
    }

    private static func field(_ text: String) -> String {
        // What begins with apostrophes before such a sign gets one more, for the reader takes one away.
        let safe = isRun(text.utf8.drop { $0 == 0x27 }) && !isNumber(text) ? "'" + text : text
        // Semicolons and tabs part cells where a spreadsheet's language has it so.
        guard safe.utf8.contains(where: { [0x22, 0x2C, 0x3B, 0x09, 0x0A, 0x0D].contains($0) }) else { return safe }
        return "\"" + safe.replacing(["\"": "\"\""]) + "\""
    }

    /// Whether a spreadsheet takes a cell that begins so for a formula: also by the wide forms of the signs, which those of East Asia read so.
    private static func isRun(_ text: Substring.UTF8View) -> Bool {
        guard let first = text.first else { return false }
        guard first == 0xEF else { return [0x3D, 0x40, 0x2B, 0x2D, 0x09, 0x0D].contains(first) }
        return wide.contains { text.starts(with: $0) }
    }

    /// ＝ ＠ ＋ －
    private static let wide: [[UInt8]] = ["\u{FF1D}", "\u{FF20}", "\u{FF0B}", "\u{FF0D}"].map { Array($0.utf8) }

    /// Phone numbers and negative numbers run nothing.
    private static func isNumber(_ text: String) -> Bool {
        text.utf8.first != 0x27
            && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x20 }
    }
}
