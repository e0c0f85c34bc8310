import CKafka

/// One consumed message, with views into librdkafka's own memory, which live as long as the record.
///
/// `@unchecked Sendable`: a message is never changed after it was consumed.
public final class KafkaRecord: @unchecked Sendable {
    /// Where it came from.
    public let origin: TopicPartition
    private let message: UnsafeMutablePointer<rd_kafka_message_t>

    init(_ message: UnsafeMutablePointer<rd_kafka_message_t>, origin: TopicPartition) {
        self.message = message
        self.origin = origin
    }

    deinit { rd_kafka_message_destroy(message) }

    /// Its place in the partition.
    public var offset: Int64 { message.pointee.offset }
    /// When it was produced, in milliseconds since 1970; negative when unknown.
    public var timestamp: Int64 {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        return rd_kafka_message_timestamp(message, &kind)
    }

    /// The value's length; 0 for a tombstone too.
    public var valueCount: Int { message.pointee.payload == nil ? 0 : message.pointee.len }
    /// Whether the value is null.
    public var isTombstone: Bool { message.pointee.payload == nil }

    /// Calls `body` with the value, empty for a tombstone.
    public func withValue<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        try withExtendedLifetime(self) {
            try body(UnsafeRawBufferPointer(start: message.pointee.payload, count: valueCount))
        }
    }

    /// A copy of the value; nil for a tombstone.
    public var value: [UInt8]? { isTombstone ? nil : withValue { [UInt8]($0) } }

    /// The key as text, invalid UTF-8 mended; nil when there is none.
    public var key: String? {
        guard let key = message.pointee.key else { return nil }
        let raw = UnsafeRawBufferPointer(start: key, count: message.pointee.key_len)
        return String(decoding: raw, as: UTF8.self)
    }

    /// A copy of the key.
    public var keyBytes: [UInt8]? {
        message.pointee.key.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: message.pointee.key_len)) }
    }

    /// The headers in order; values that are null come as empty text.
    public var headers: [(name: String, value: [UInt8])] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        var headers: [(String, [UInt8])] = []
        var index = 0
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            if let name {
                headers.append((String(cString: name), [UInt8](UnsafeRawBufferPointer(start: value, count: size))))
            }
            index += 1
        }
        return headers
    }

    /// The last header of a name as text; nil when there is none, or it is not UTF-8.
    public func header(_ name: String) -> String? {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return nil }
        var value: UnsafeRawPointer?
        var size = 0
        guard rd_kafka_header_get_last(list, name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        let bytes = UnsafeBufferPointer(start: value?.assumingMemoryBound(to: UInt8.self), count: size)
        guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
        return String(copying: text)
    }
}
