import EventLoop

/// The `Date` line, made once a second.
@Loop
enum HTTPDate {
    private static var second: time_t = -1
    private static var line: [UInt8] = []

    /// `date: Sun, 06 Nov 1994 08:49:37 GMT` with its line end.
    static var currentLine: [UInt8] {
        let now = time(nil)
        if now != second {
            second = now
            line = Array("date: \(text(now))\r\n".utf8)
        }
        return line
    }

    /// A moment in the fixed form of RFC 9110.
    nonisolated static func text(_ moment: time_t) -> String {
        var moment = moment
        var parts = tm()
        gmtime_r(&moment, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(twoDigits).joined(separator: ":")
        let day = "\(days[Int(parts.tm_wday)]), \(twoDigits(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
        return "\(day) \(1900 + parts.tm_year) \(clock) GMT"
    }

    private nonisolated static func twoDigits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
