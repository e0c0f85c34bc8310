#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes what happens to standard error, one line an entry: coloured text on a terminal, else JSON.
///
/// Secrets, passwords, tokens and the content of messages to people are never passed to a log, nor are whole
/// requests that may hold them. The text is constant; what varies goes into the fields.
public struct Log: Sendable {
    /// What an entry is about besides its text: whole and fractional numbers and truth values stay such in JSON.
    public typealias Fields = KeyValuePairs<String, any CustomStringConvertible>

    /// How grave an entry is; the levels of swift-log.
    public enum Level: String, CaseIterable, Comparable, Sendable {
        case trace, debug, info, notice, warning, error, critical

        /// Less grave first.
        public static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// How a line looks.
    public enum Style: Sendable {
        /// For people at a terminal, with colours.
        case terminal
        /// For programs: one JSON object a line.
        case json
    }

    /// The program that writes.
    public let service: String
    /// The least grave level that is written.
    public let level: Level
    private let style: Style
    private let sink: @Sendable (String) -> Void

    /// A log on standard error, at the level that `LOG_LEVEL` names, or `info`.
    public init(service: String) {
        self.init(
            service: service, level: Self.levelOfEnvironment, style: isatty(2) == 1 ? .terminal : .json,
            write: Self.writeToStandardError)
    }

    /// A log that writes where it is told: `write` is given whole lines, from any thread.
    public init(service: String, level: Level, style: Style, write: @escaping @Sendable (String) -> Void) {
        self.service = service
        self.level = level
        self.style = style
        sink = write
    }

    /// Writes an entry; text and fields are not computed when the level is not written.
    public func log(_ level: Level, _ text: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        guard level >= self.level else { return }
        put(level, text(), fields().map { $0 })
    }

    /// Writes an entry whose fields are not the same each time.
    public func log(_ level: Level, _ text: String, listed fields: [(key: String, value: any CustomStringConvertible)])
    {
        if level >= self.level { put(level, text, fields) }
    }

    private func put(_ level: Level, _ text: String, _ fields: [(key: String, value: any CustomStringConvertible)]) {
        let entry = LogEntry(
            level: level, service: service, text: text, fields: fields, time: .now, trace: Trace.current)
        sink(style == .json ? entry.json : entry.forTerminal)
    }

    private static let levelOfEnvironment: Level = {
        guard let name = getenv("LOG_LEVEL") else { return .info }
        return Level(rawValue: String(cString: name).lowercased()) ?? .info
    }()

    /// One call of the system for a whole line, so that lines of several processes do not mix.
    private static let writeToStandardError: @Sendable (String) -> Void = { line in
        var rest = Array(line.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            // Nobody is left to be told of a log that cannot be written.
            if written <= 0 { return }
            rest = rest.dropFirst(written)
        }
    }
}

extension Log {
    /// What a programmer follows step by step.
    public func trace(_ text: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        log(.trace, text(), fields())
    }
    /// What helps to find a fault.
    public func debug(_ text: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        log(.debug, text(), fields())
    }
    /// What happens in the normal course.
    public func info(_ text: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        log(.info, text(), fields())
    }
    /// What is normal and deserves to be seen.
    public func notice(_ text: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        log(.notice, text(), fields())
    }
    /// What is not an error yet.
    public func warning(_ text: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        log(.warning, text(), fields())
    }
    /// What failed.
    public func error(_ text: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        log(.error, text(), fields())
    }
    /// What somebody must look at now.
    public func critical(_ text: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        log(.critical, text(), fields())
    }
}
