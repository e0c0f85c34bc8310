import FoundationEssentials

/// A moment in UTC as RFC 3339 text: `2010-12-01T08:26:00Z`, with up to six places of the second.
public enum RFC3339 {
    /// Reads a moment; nil for anything that is not RFC 3339 or not a day of the calendar.
    public static func date(ascii bytes: UnsafeRawBufferPointer) -> Date? {
        guard bytes.count >= 20, let year = number(bytes, 0, 4), year > 0, bytes[4] == 45,
            let month = number(bytes, 5, 2),
            bytes[7] == 45, let day = number(bytes, 8, 2), bytes[10] | 32 == 116 || bytes[10] == 32,
            let hour = number(bytes, 11, 2), bytes[13] == 58, let minute = number(bytes, 14, 2), bytes[16] == 58,
            let second = number(bytes, 17, 2), (1...12).contains(month), day >= 1, day <= days(in: month, of: year),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var index = 19
        var microseconds = 0
        if bytes[index] == UInt8(ascii: ".") {
            index += 1
            var weight = 100_000
            let start = index
            while index < bytes.count, let digit = number(bytes, index, 1) {
                microseconds += digit * weight
                weight /= 10
                index += 1
            }
            if index == start { return nil }
        }
        guard let offset = zone(bytes, index) else { return nil }
        let seconds = daysSince1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        // By an offset it may lie outside of what can be written again. Of the last second no parts are kept: the nearest number is the
        // next year.
        guard moments.contains(Double(seconds)) else { return nil }
        return Date(timeIntervalSince1970: min(Double(seconds) + Double(microseconds) / 1e6, moments.upperBound))
    }

    /// Reads a moment from text.
    public static func date(_ text: String) -> Date? {
        var copy = text
        return copy.withUTF8 { date(ascii: UnsafeRawBufferPointer($0)) }
    }

    /// Writes a moment in UTC, with six places where there is a fraction.
    public static func string(_ date: Date) -> String {
        String(unsafeUninitializedCapacity: longest) { write(date, into: $0) }
    }

    /// The same as ASCII.
    public static func bytes(_ date: Date) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: longest) { buffer, count in count = write(date, into: buffer) }
    }

    private static let longest = 27
    /// Years have four digits (RFC 3339, 5.6): what lies outside is written as the nearest moment that can be.
    private static let moments = -62_135_596_800.0...253_402_300_799.0

    /// Answers how many bytes it wrote.
    private static func write(_ date: Date, into output: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let seconds = min(max(date.timeIntervalSince1970, moments.lowerBound), moments.upperBound)
        let total = Int((seconds * 1e6).rounded())
        let (days, inDay) = floorDivide(total, 86_400_000_000)
        let (year, month, day) = civil(days)
        let (second, fraction) = (inDay / 1_000_000, inDay % 1_000_000)
        var place = 0
        func put(_ number: Int, _ width: Int, then end: UInt8) {
            var rest = number
            for index in stride(from: place + width - 1, through: place, by: -1) {
                output[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            output[place + width] = end
            place += width + 1
        }
        put(year, 4, then: UInt8(ascii: "-"))
        put(month, 2, then: UInt8(ascii: "-"))
        put(day, 2, then: UInt8(ascii: "T"))
        put(second / 3600, 2, then: UInt8(ascii: ":"))
        put(second / 60 % 60, 2, then: UInt8(ascii: ":"))
        put(second % 60, 2, then: fraction == 0 ? UInt8(ascii: "Z") : UInt8(ascii: "."))
        if fraction != 0 { put(fraction, 6, then: UInt8(ascii: "Z")) }
        return place
    }

    private static func zone(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Int? {
        guard index < bytes.count else { return nil }
        if bytes[index] | 32 == 122 { return index + 1 == bytes.count ? 0 : nil }
        guard bytes[index] == 43 || bytes[index] == 45, bytes.count == index + 6, bytes[index + 3] == 58,
            let hours = number(bytes, index + 1, 2), let minutes = number(bytes, index + 4, 2), hours < 24, minutes < 60
        else { return nil }
        return (bytes[index] == 45 ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int? {
        guard start + count <= bytes.count else { return nil }
        var value = 0
        for index in start..<(start + count) {
            guard bytes[index] >= 48, bytes[index] <= 57 else { return nil }
            value = value * 10 + Int(bytes[index] - 48)
        }
        return value
    }

    private static func floorDivide(_ a: Int, _ b: Int) -> (Int, Int) {
        let remainder = a % b
        return remainder < 0 ? (a / b - 1, remainder + b) : (a / b, remainder)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
    /// algorithms").
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = floorDivide(year, 400).0
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int) -> (Int, Int, Int) {
        let shifted = days + 719_468
        let (era, dayOfEra) = floorDivide(shifted, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }
}
