import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Messaging

/// A message as people and programs see it: a CloudEvent of either mode, or whatever else it is.
struct ShownEvent {
    private let record: KafkaRecord
    private let event: Event?
    private let fault: String?
    private let data: [UInt8]

    init(_ record: KafkaRecord) {
        self.record = record
        do {
            let event = try Event(record)
            self.event = event
            fault = nil
            data = event.withData { Array($0) }
        } catch {
            event = nil
            fault = "\(error)"
            data = record.value ?? []
        }
    }

    var key: String? { record.key }
    /// With its version, as it was written: `crm.sales.won.v1`.
    var type: String? { event == nil ? nil : record.header("ce_type") ?? event.map { "\($0.type).v\($0.version)" } }
    /// Without its version.
    var plainType: String? { event?.type }

    private var time: String {
        record.timestamp < 0 ? "-" : RFC3339.string(Date(timeIntervalSince1970: Double(record.timestamp) / 1000))
    }

    // MARK: For people

    @Loop
    func text(_ terminal: Terminal) -> String {
        let place = "\(record.origin)@\(record.offset)"
        var text = terminal.paint(type?.printable ?? "(no CloudEvent)", .bold)
        text += "  " + (key.map { terminal.paint($0.printable, .green) } ?? terminal.paint("(no key)", .grey))
        text += "  " + terminal.paint("\(place)  \(time)", .grey) + "\n"
        if let event {
            var details = "id \(event.id)  source \(event.source)"
            if let sequence = event.sequence { details += "  sequence \(sequence)" }
            if let time = event.time { details += "  time \(RFC3339.string(time))" }
            if let trace = event.traceparent { details += "  trace \(trace)" }
            text += "  " + terminal.paint(details.printable, .grey) + "\n"
        } else {
            for (name, value) in record.headers {
                text += "  \(name.printable): \(String(decoding: value, as: UTF8.self).printable)\n"
            }
            if let fault, !record.headers.isEmpty { text += "  " + terminal.paint(fault.printable, .yellow) + "\n" }
        }
        return text + body
    }

    private var body: String {
        if record.isTombstone { return "  (deleted: no value)" }
        if event?.sealed != nil { return "  (sealed: \(data.count) bytes)" }
        if let pretty = JSONShape.pretty(data, indent: "  ") { return pretty }
        guard let whole = String(validating: data, as: UTF8.self) else {
            let digits = data.prefix(64).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
            return "  (\(data.count) bytes) \(digits)\(data.count > 64 ? " ..." : "")"
        }
        return whole.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + String($0).printable }
            .joined(separator: "\n")
    }

    // MARK: For programs

    /// One line of JSON.
    var json: String {
        var text = JSONText()
        text.add("topic", record.origin.topic)
        text.add("partition", number: Int64(record.origin.partition))
        text.add("offset", number: record.offset)
        text.add("timestamp", time)
        text.add("key", key)
        text.add("type", type)
        text.add("id", event?.id)
        text.add("source", event?.source)
        text.add("time", event?.time.map { RFC3339.string($0) })
        if let sequence = event?.sequence { text.add("sequence", number: Int64(sequence)) }
        var headers = JSONText()
        for (name, value) in record.headers { headers.add(name, String(decoding: value, as: UTF8.self)) }
        text.add("headers", raw: headers.finish())
        if record.isTombstone {
            text.add("data", raw: Array("null".utf8))
        } else if let line = JSONShape.compact(data) {
            text.add("data", raw: line)
        } else if let plain = String(validating: data, as: UTF8.self) {
            text.add("data", plain)
        } else {
            text.add("data_base64", Data(data).base64EncodedString())
        }
        return String(decoding: text.finish(), as: UTF8.self)
    }
}

/// Which events are shown.
struct EventFilter {
    let key: String?
    let type: String?

    func admits(_ event: ShownEvent) -> Bool {
        if let key, event.key != key { return false }
        guard let type else { return true }
        guard let own = event.type else { return false }
        return type.hasSuffix("*") ? own.hasPrefix(type.dropLast()) : own == type || event.plainType == type
    }
}

/// JSON as it was written, laid out anew: numbers, names and their order stay what they were.
enum JSONShape {
    static func isValid(_ bytes: [UInt8]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        return bytes.withUnsafeBytes { raw in
            var reader = JSONReader(raw, takesNUL: true)
            guard let range = try? reader.range() else { return false }
            return raw[range.upperBound...].allSatisfy { isSpace($0) }
        }
    }

    /// On one line; nil if it is no JSON.
    static func compact(_ bytes: [UInt8]) -> [UInt8]? { isValid(bytes) ? laidOut(bytes, indent: nil) : nil }

    /// On a line for each member; nil if it is no JSON.
    static func pretty(_ bytes: [UInt8], indent: String) -> String? {
        guard isValid(bytes) else { return nil }
        // Characters that a terminal would obey are written as JSON may write them.
        return String(decoding: laidOut(bytes, indent: indent), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(
                separator: "\n")
    }

    private static func laidOut(_ bytes: [UInt8], indent: String?) -> [UInt8] {
        var output = Array((indent ?? "").utf8)
        var depth = 0
        var isInString = false
        var isEscaped = false
        func newLine() {
            guard let indent else { return }
            output.append(UInt8(ascii: "\n"))
            output += Array((indent + String(repeating: "  ", count: depth)).utf8)
        }
        for (index, byte) in bytes.enumerated() {
            if isInString {
                output.append(byte)
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                output.append(byte)
                depth += 1
                let next = bytes[(index + 1)...].first { !isSpace($0) }
                if next != UInt8(ascii: "}"), next != UInt8(ascii: "]") { newLine() }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                let last = output.last
                if last != UInt8(ascii: "{"), last != UInt8(ascii: "[") { newLine() }
                output.append(byte)
            case UInt8(ascii: ","):
                output.append(byte)
                newLine()
            case UInt8(ascii: ":"):
                output.append(byte)
                if indent != nil { output.append(UInt8(ascii: " ")) }
            case _ where isSpace(byte): break
            default:
                output.append(byte)
                isInString = byte == UInt8(ascii: "\"")
            }
        }
        return output
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
