import CRMModel
import FoundationEssentials
import Kafka

/// A CloudEvent as it came from a topic, its data not read yet.
public struct Event: Sendable {
    /// Unique with the source.
    public let id: String
    /// Who says it.
    public let source: String
    /// `erp.order.placed`, without version.
    public let type: String
    /// The version of the type.
    public let version: Int
    /// The place in the sequence of its key, for events of our own.
    public let sequence: Int?
    /// The life of its source that tells it; 0 where it names none.
    public let epoch: Int
    /// Whether it speaks of the time before a life, so that nobody acts on it.
    public let isPast: Bool
    /// When it happened, as the source says.
    public let time: Date?
    /// W3C trace context.
    public let traceparent: String?
    /// The version of the key that its data is sealed with; nil where it is not sealed. See `SubjectKeys`.
    public let sealed: Int?
    /// Whether a life wrote it behind its end and it is read all the same, as words on keys are.
    var isVoid = false
    /// The data, once it was opened.
    var opened: [UInt8]?
    /// The message it came in.
    public let record: KafkaRecord
    /// The data's place in the message's value: all of it, or the `data` member of structured mode.
    private let dataRange: Range<Int>

    /// The message's place in its partition.
    public var offset: Int { Int(record.offset) }

    /// The message's key, empty when it has none.
    public var key: String { record.key ?? "" }

    /// Reads the envelope of a message in binary or structured mode (CloudEvents Kafka binding 1.0); errors say what is missing.
    public init(_ record: KafkaRecord) throws(JSONError) {
        let contentType = record.header("content-type")?.lowercased() ?? ""
        if contentType.utf8.starts(with: "application/cloudevents".utf8) {
            let found = try StructuredEnvelope(record)
            try self.init(record, found, found.data)
        } else {
            var found = StructuredEnvelope()
            found.id = record.header("ce_id")
            found.source = record.header("ce_source")
            found.type = record.header("ce_type")
            found.specversion = record.header("ce_specversion")
            found.time = record.header("ce_time")
            found.sequence = record.header("ce_sequence")
            found.traceparent = record.header("traceparent")
            found.sealed = record.header("ce_sealed")
            try self.init(record, found, 0..<record.valueCount)
        }
    }

    private init(_ record: KafkaRecord, _ found: StructuredEnvelope, _ range: Range<Int>) throws(JSONError) {
        func needed(_ name: String, _ value: String?) throws(JSONError) -> String {
            guard let value, !value.isEmpty, value.utf8.count <= 500, !value.utf8.contains(0) else {
                throw JSONError(
                    field: "ce_\(name)", message: "expected a header of 1 to 500 bytes of UTF-8 without NUL")
            }
            return value
        }
        // It stands in tables and their indexes, beside the source.
        if let key = record.key, key.utf8.count > 1000 || key.utf8.contains(0) {
            throw JSONError(field: "key", message: "expected at most 1000 bytes of UTF-8 without NUL")
        }
        self.record = record
        dataRange = range
        let specversion = try needed("specversion", found.specversion)
        guard specversion == "1.0" else { throw JSONError(field: "ce_specversion", message: "expected \"1.0\"") }
        id = try needed("id", found.id)
        source = try needed("source", found.source)
        (type, version) = Event.split(try needed("type", found.type))
        // Only our own services number an aggregate's events without gaps under its key; what `sequence` of an outside event counts is
        // its sender's affair.
        if let text = found.sequence, !Topic.isOutside(record.origin.topic) {
            guard let number = Int(text), number > 0 else {
                throw JSONError(field: "ce_sequence", message: "expected a positive whole number")
            }
            sequence = number
        } else {
            sequence = nil
        }
        if let text = found.time {
            guard let date = RFC3339.date(text) else {
                throw JSONError(field: "ce_time", message: "expected a time such as \"2010-12-01T08:26:00Z\"")
            }
            time = date
        } else {
            time = nil
        }
        traceparent = found.traceparent
        // No other may speak of lives of ours.
        let isOwn = !Topic.isOutside(record.origin.topic)
        if isOwn, let text = record.header("ce_epoch") {
            guard let number = Int(text), Life.epochs.contains(number) else {
                throw JSONError(field: "ce_epoch", message: "expected milliseconds since 1970, and no time to come")
            }
            epoch = number
        } else {
            epoch = 0
        }
        isPast = isOwn && record.header("ce_past") != nil
        sealed = Topic.isOutside(record.origin.topic) ? nil : found.sealed.flatMap { Int($0) }
    }

    /// `erp.order.placed.v2` is version 2 of `erp.order.placed`; without a suffix it is version 1.
    static func split(_ type: String) -> (String, Int) {
        guard let dot = type.lastIndex(of: "."), type[type.index(after: dot)...].first == "v",
            let version = Int(type[type.index(dot, offsetBy: 2)...]), version > 0
        else { return (type, 1) }
        return (String(type[..<dot]), version)
    }

    /// Calls `body` with the data's bytes, empty for a tombstone.
    public func withData<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        if let opened { return try opened.withUnsafeBytes(body) }
        return try record.withValue { try body(UnsafeRawBufferPointer(rebasing: $0[dataRange])) }
    }

    /// Throws where there is no data.
    func needData() throws(JSONError) {
        guard !record.isTombstone else { throw JSONError(field: "", message: "expected data; the value is null") }
    }

    /// Reads the data as a type.
    func data<T: EventData>(as type: T.Type) throws(JSONError) -> T {
        try needData()
        let outcome = withData { data in Result { () throws(JSONError) -> T in try T(json: data) } }
        return try outcome.get()
    }
}

/// The attributes of an event in structured mode.
private struct StructuredEnvelope {
    var id: String?
    var source: String?
    var type: String?
    var specversion: String?
    var time: String?
    var sequence: String?
    var traceparent: String?
    var sealed: String?
    var data = 0..<0

    init() {}

    init(_ record: KafkaRecord) throws(JSONError) {
        let outcome = record.withValue { value in
            Result { () throws(JSONError) -> StructuredEnvelope in
                var found = StructuredEnvelope()
                try JSONReader.object(value) { key, reader throws(JSONError) in
                    switch key {
                    case "id": found.id = try reader.string()
                    case "source": found.source = try reader.string()
                    case "type": found.type = try reader.string()
                    case "specversion": found.specversion = try reader.string()
                    case "time": found.time = try reader.optionalString()
                    case "sequence": found.sequence = try reader.optionalString()
                    case "traceparent": found.traceparent = try reader.optionalString()
                    case "data": found.data = try reader.range()
                    default: try reader.skip()
                    }
                }
                return found
            }
        }
        self = try outcome.get()
    }
}
