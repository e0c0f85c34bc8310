/// Writes CSV as RFC 4180 has it.
public enum CSVWriter {
    /// A record with its line end. What a spreadsheet would run as a formula gets an apostrophe before it.
    public static func line(_ fields: [String?]) -> String {
        fields.map { $0.map(field) ?? "" }.joined(separator: ",") + "\r\n"
    }

    private static func field(_ text: String) -> String {
        var safe = text
        if let first = text.utf8.first, [0x3D, 0x40, 0x2B, 0x2D, 0x09].contains(first), !isNumber(text) {
            safe = "'" + text
        }
        guard safe.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    /// Phone numbers and negative numbers run nothing.
    private static func isNumber(_ text: String) -> Bool {
        text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x20 }
    }
}
