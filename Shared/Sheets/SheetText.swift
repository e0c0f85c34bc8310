/// Texts and numbers of cells.
enum SheetText {
    /// Characters that XML has not are written as `_x000D_`, and such a text itself as `_x005F_x000D_`.
    static func plain(_ text: String) -> String {
        guard let first = text.firstRange(of: "_x") else { return text }
        var plain = String(text[..<first.lowerBound])
        var rest = text[first.lowerBound...]
        while let next = rest.firstRange(of: "_x") {
            plain += rest[..<next.lowerBound]
            let hex = rest[next.upperBound...].prefix(4)
            let behind = rest[next.upperBound...].dropFirst(4)
            if hex.count == 4, behind.first == "_", let value = UInt32(hex, radix: 16),
                let scalar = Unicode.Scalar(value)
            {
                plain.unicodeScalars.append(scalar)
                rest = behind.dropFirst()
            } else {
                plain += "_x"
                rest = rest[next.upperBound...]
            }
        }
        return plain + rest
    }

    /// A number as people write it: 1.3800138E10 is 13800138000.
    static func number(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 | 0x20 == 0x65 || $0 == 0x2E }), let number = Double(text) else {
            return text
        }
        if number == number.rounded(), abs(number) < 1e15 { return String(Int(number)) }
        return "\(number)"
    }
}

/// Days and times, which are numbers of days.
enum SheetDay {
    /// `1990-05-01`, `1990-05-01T08:30:00`, `08:30:00`.
    static func text(_ number: Double, is1904: Bool) -> String {
        guard number.isFinite, number >= 0, number < 3_000_000 else { return SheetText.number("\(number)") }
        var seconds = (number * 86_400).rounded()
        var days = Int(seconds / 86_400)
        seconds -= Double(days) * 86_400
        let time = clock(Int(seconds))
        // A time alone belongs to no day, in neither system.
        if number < 1 { return time }
        if is1904 { days += 1462 }
        // The first system takes 1900 for a leap year: its day 60 never was.
        let day = civil(days - 25_569 + (!is1904 && days < 60 ? 1 : 0))
        return seconds == 0 ? day : "\(day)T\(time)"
    }

    private static func clock(_ seconds: Int) -> String {
        [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    /// The day so many days from 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms").
    private static func civil(_ days: Int) -> String {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * ofYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(ofYear - (153 * part + 2) / 5 + 1, 2))"
    }
}
