#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One entry of a log, before it becomes a line.
struct LogEntry {
    let level: Log.Level
    let service: String
    let text: String
    let fields: [(key: String, value: any CustomStringConvertible)]
    let time: LogTime
    let trace: Trace?

    /// A JSON object and a line feed.
    var json: String {
        var line = "{\"ts\":\"\(time.rfc3339)\",\"level\":\"\(level.rawValue)\",\"service\":"
        line.appendQuoted(service)
        line += ",\"msg\":"
        line.appendQuoted(text)
        for (key, value) in fields {
            line += ","
            line.appendQuoted(key)
            line += ":"
            line.appendJSON(value)
        }
        if let trace { line += ",\"trace_id\":\"\(trace.traceID)\",\"span_id\":\"\(trace.spanID)\"" }
        return line + "}\n"
    }

    /// `12:30:05.123 WARNING sales  text key=value`; no control character of a value reaches the terminal.
    var forTerminal: String {
        var line = "\u{1b}[2m\(time.clock)\u{1b}[0m \(colour)\(level.rawValue.uppercased())\u{1b}[0m \(service)  "
        line.appendEscaped(text)
        for (key, value) in fields {
            line += " \u{1b}[2m"
            line.appendEscaped(key)
            line += "=\u{1b}[0m"
            line.appendEscaped(value.description)
        }
        if let trace { line += " \u{1b}[2mtrace=\(trace.traceID)\u{1b}[0m" }
        return line + "\n"
    }

    private var colour: String {
        switch level {
        case .trace, .debug: "\u{1b}[2m"
        case .info: "\u{1b}[32m"
        case .notice: "\u{1b}[36m"
        case .warning: "\u{1b}[33m"
        case .error: "\u{1b}[31m"
        case .critical: "\u{1b}[1;31m"
        }
    }
}

/// A point in time, in UTC, to the millisecond.
struct LogTime {
    let seconds: Int
    let milliseconds: Int

    static var now: LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(seconds: Int(time.tv_sec), milliseconds: Int(time.tv_nsec) / 1_000_000)
    }

    /// `12:30:05.123`.
    var clock: String {
        let parts = broken
        let minutes = "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2))"
        return "\(minutes):\(padded(Int(parts.tm_sec), 2)).\(padded(milliseconds, 3))"
    }

    /// `2026-01-31T12:30:05.123Z`.
    var rfc3339: String {
        let parts = broken
        let month = "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(Int(parts.tm_mon) + 1, 2))"
        return "\(month)-\(padded(Int(parts.tm_mday), 2))T\(clock)Z"
    }

    private var broken: tm {
        var seconds = time_t(self.seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return parts
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension String {
    fileprivate mutating func appendJSON(_ value: any CustomStringConvertible) {
        switch value {
        case let value as Bool: self += value ? "true" : "false"
        case let value as any BinaryInteger: self += value.description
        case let value as Double where value.isFinite: self += value.description
        default: appendQuoted(value.description)
        }
    }

    fileprivate mutating func appendQuoted(_ text: String) {
        self += "\""
        appendEscaped(text, quotes: true)
        self += "\""
    }

    /// Appends a text with its control characters written out, so that it stays in its line.
    fileprivate mutating func appendEscaped(_ text: String, quotes: Bool = false) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": self += "\\n"
            case "\r": self += "\\r"
            case "\t": self += "\\t"
            case "\"" where quotes: self += "\\\""
            case "\\" where quotes: self += "\\\\"
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                self += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: unicodeScalars.append(scalar)
            }
        }
    }
}
