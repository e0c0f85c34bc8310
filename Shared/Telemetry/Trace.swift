import Synchronization

/// The place of the work under way in a trace: W3C Trace Context, version 00.
public struct Trace: Hashable, Sendable {
    /// The trace of the task that asks; log lines carry it. Set with `Trace.$current.withValue`.
    @TaskLocal public static var current: Trace?

    /// Names the whole trace: 32 hexadecimal digits, lower case, not all zero.
    public let traceID: String
    /// Names this step of it: 16 hexadecimal digits, lower case, not all zero.
    public let spanID: String
    /// Whether the trace is recorded.
    public let isSampled: Bool

    private init(traceID: String, spanID: String, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// Begins a trace.
    public static func make(isSampled: Bool = true) -> Trace {
        Trace(traceID: randomDigits() + randomDigits(), spanID: randomDigits(), isSampled: isSampled)
    }

    /// The next step of this trace.
    public func child() -> Trace { Trace(traceID: traceID, spanID: Self.randomDigits(), isSampled: isSampled) }

    /// Reads a `traceparent` header; nil when it breaks the standard, which says to begin a trace then.
    public init?(traceparent: String) {
        let parts = traceparent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, zip(parts, [2, 32, 16, 2]).allSatisfy({ Self.isHex($0, count: $1) }) else { return nil }
        // Later versions may append parts; version 00 may not, and ff is none.
        let version = String(Substring(parts[0]))
        guard version != "ff", version != "00" || parts.count == 4 else { return nil }
        guard !Self.isZero(parts[1]), !Self.isZero(parts[2]) else { return nil }
        traceID = String(Substring(parts[1]))
        spanID = String(Substring(parts[2]))
        isSampled = (UInt8(String(Substring(parts[3])), radix: 16) ?? 0) & 1 == 1
    }

    /// The `traceparent` header for what this step calls.
    public var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    private static func isHex(_ part: Substring.UTF8View, count: Int) -> Bool {
        part.count == count
            && part.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    private static func isZero(_ part: Substring.UTF8View) -> Bool { part.allSatisfy { $0 == UInt8(ascii: "0") } }

    /// Sixteen digits, not all zero. Ids of traces must differ, not be secret, and every request draws three of them: SplitMix64
    /// (Steele, Lea, Flood 2014) from a seed of this process instead of a system call for each.
    private static func randomDigits() -> String {
        var bits = state.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
        bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
        bits = max(1, bits ^ bits >> 31)
        return String(unsafeUninitializedCapacity: 16) { output in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: bits >> (60 - 4 * UInt64(place))) & 15
                output[place] = digit < 10 ? digit + UInt8(ascii: "0") : digit + UInt8(ascii: "a") - 10
            }
            return 16
        }
    }

    private static let state = Atomic(UInt64.random(in: 0 ... .max))
}
