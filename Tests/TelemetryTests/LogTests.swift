import FoundationEssentials
import Synchronization
import Testing

@testable import Telemetry

/// Takes the lines of a log.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }

    func log(_ level: Log.Level = .info, style: Log.Style = .json) -> Log {
        Log(service: "sales", level: level, style: style) { line in self.lines.withLock { $0.append(line) } }
    }
}

@Suite struct LogTests {
    struct Entry: Decodable, Equatable {
        var ts, level, service, msg, key: String
        var count: Int
        var share: Double
        var isOn: Bool
        var traceID: String?

        enum CodingKeys: String, CodingKey {
            case ts, level, service, msg, key, count, share, isOn
            case traceID = "trace_id"
        }
    }

    @Test func jsonHoldsWhatWasPassed() throws {
        let lines = Lines()
        let trace = Trace.make()
        let text = "a \"quoted\" \\ line\nwith\u{0}\u{7f}\t control and Grüße 🙂"
        Trace.$current.withValue(trace) {
            lines.log().info(text, ["key": "a\r\"b", "count": 7, "share": 0.5, "isOn": true])
        }
        let line = try #require(lines.all.first)
        #expect(line.hasSuffix("}\n") && line.filter { $0.isNewline }.count == 1)
        let entry = try JSONDecoder().decode(Entry.self, from: Data(line.utf8))
        #expect(entry.msg == text)
        #expect(entry.key == "a\r\"b")
        #expect((entry.count, entry.share, entry.isOn) == (7, 0.5, true))
        #expect((entry.level, entry.service, entry.traceID) == ("info", "sales", trace.traceID))
    }

    @Test func levelsBelowAreNotEvenComputed() {
        let lines = Lines()
        let log = lines.log(.warning)
        var computed = 0
        func text() -> String {
            computed += 1
            return "text"
        }
        log.info(text(), ["key": text()])
        #expect(computed == 0)
        log.error(text(), ["key": text()])
        #expect(computed == 2)
        #expect(lines.all.count == 1)
        #expect(Log.Level.allCases == Log.Level.allCases.sorted())
    }

    @Test func terminalGetsNoControlCharacters() throws {
        let lines = Lines()
        lines.log(style: .terminal).warning("evil \u{1b}[2Jtext\n", ["key": "\u{9b}x\r\n", "n": Double.infinity])
        let line = try #require(lines.all.first)
        #expect(line.contains("evil \\u001b[2Jtext\\n"))
        #expect(line.contains("\\u009bx\\r\\n"))
        #expect(line.contains("WARNING"))
        #expect(line.unicodeScalars.filter { $0 == "\n" }.count == 1)
    }

    @Test func timeIsThatOfTheStandard() {
        #expect(LogTime(seconds: 951_827_696, milliseconds: 7).rfc3339 == "2000-02-29T12:34:56.007Z")
        #expect(LogTime(seconds: 0, milliseconds: 0).rfc3339 == "1970-01-01T00:00:00.000Z")
    }

    @Test func notANumberStaysJSON() throws {
        let lines = Lines()
        lines.log().info("x", ["a": Double.nan, "b": -Double.infinity, "c": UInt8(3), "d": 1e300])
        let line = try #require(lines.all.first)
        #expect(line.contains("\"a\":\"nan\",\"b\":\"-inf\",\"c\":3,\"d\":1e+300"))
    }
}

@Suite struct TraceTests {
    @Test func readsAndWrites() throws {
        let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let trace = try #require(Trace(traceparent: header))
        #expect(trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(trace.spanID == "00f067aa0ba902b7")
        #expect(trace.isSampled)
        #expect(trace.traceparent == header)
        let child = trace.child()
        #expect(child.traceID == trace.traceID && child.spanID != trace.spanID && child.isSampled)
        #expect(Trace(traceparent: Trace.make(isSampled: false).traceparent)?.isSampled == false)
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ])
    func refusesWhatTheStandardRefuses(header: String) {
        #expect(Trace(traceparent: header) == nil)
    }

    @Test func takesLaterVersions() {
        #expect(Trace(traceparent: "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09-more")?.isSampled == true)
    }
}
