import CKafka
import EventLoop

/// An idempotent producer on the loop: order per key is kept and nothing is given up by time.
@Loop
public final class KafkaProducer {
    /// One message's fate: the number given to `produce`, and why it failed, if it did.
    public struct Delivery: Sendable {
        /// The number given to `produce`.
        public let id: Int
        /// Nil when all in-sync replicas have it.
        public let error: KafkaError?
        /// Tells a fate; clients do.
        package init(id: Int, error: KafkaError?) {
            self.id = id
            self.error = error
        }
    }

    /// Called with the fates of messages, many at a time.
    public var onDeliveries: (@Loop ([Delivery]) -> Void)?
    /// Called with errors of the connection; the client goes on by itself unless the error is fatal.
    public var onError: (@Loop (KafkaError) -> Void)?
    /// Messages that were taken and have no fate yet.
    public private(set) var inFlight = 0
    private let client: OpaquePointer
    private let queue: OpaquePointer
    private var wakeup: Wakeup
    private var topics: [String: OpaquePointer] = [:]
    private var isClosed = false

    /// What every producer asks of librdkafka; a simulated log keeps to it too.
    package static var properties: [String: String] {
        [
            "enable.idempotence": "true",
            "acks": "all",
            // A finite timeout could drop one message and send the next of the same key.
            "message.timeout.ms": "0",
            // Keys must land where Java producers put them.
            "partitioner": "murmur2_random",
            "queue.buffering.max.messages": "100000",
            "queue.buffering.max.kbytes": "65536",
            "retry.backoff.ms": "50",
        ]
    }

    /// Opens a producer; `linger` is how long it gathers a batch.
    public init(_ settings: KafkaSettings, linger: Duration = .zero, properties: [String: String] = [:]) throws {
        var own = Self.properties
        own["linger.ms"] = "\(linger.seconds * 1000)"
        own.merge(properties) { _, new in new }
        let conf = try settings.configuration(own)
        rd_kafka_conf_set_events(conf, Int32(RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR))
        var text = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, &text, text.count) else {
            rd_kafka_conf_destroy(conf)
            throw KafkaError(code: -1, text: string(text))
        }
        guard let queue = rd_kafka_queue_get_main(client) else {
            throw KafkaError(code: -1, text: "the client has no queue")
        }
        self.client = client
        self.queue = queue
        let target = WeakBox<KafkaProducer>()
        wakeup = Wakeup { target.value?.drain() }
        target.value = self
        rd_kafka_queue_cb_event_enable(queue, wakeLoop, Unmanaged.passUnretained(wakeup).toOpaque())
        wakeup.send()
    }

    /// Hands a message over; its fate comes to `onDeliveries` under `id`.
    public func produce(
        topic: String, key: String, value: [UInt8]?, headers: [(String, [UInt8])], id: Int
    ) throws(KafkaError) {
        guard !isClosed else { throw KafkaError(code: -1, text: "the producer is closed") }
        guard let handle = topics[topic] ?? open(topic) else {
            throw KafkaError(rd_kafka_last_error(), "open the topic \(topic)")
        }
        let list = headerList(headers)
        let code = hand(key, value, list, id, to: handle, of: client)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            rd_kafka_headers_destroy(list)
            throw KafkaError(code, "produce to \(topic)")
        }
        inFlight += 1
    }

    private func open(_ topic: String) -> OpaquePointer? {
        let handle = rd_kafka_topic_new(client, topic, nil)
        topics[topic] = handle
        return handle
    }

    private func drain() {
        guard !isClosed else { return }
        var deliveries: [Delivery] = []
        while let event = rd_kafka_queue_poll(queue, 0) {
            switch rd_kafka_event_type(event) {
            case RD_KAFKA_EVENT_DR:
                while let message = rd_kafka_event_message_next(event) {
                    let code = message.pointee.err
                    let error = code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code, "deliver")
                    deliveries.append(Delivery(id: Int(bitPattern: message.pointee._private), error: error))
                }
            case RD_KAFKA_EVENT_ERROR:
                let text = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? ""
                onError?(KafkaError(code: rd_kafka_event_error(event).rawValue, text: text))
            default: break
            }
            rd_kafka_event_destroy(event)
        }
        guard !deliveries.isEmpty else { return }
        inFlight -= deliveries.count
        onDeliveries?(deliveries)
    }

    /// Drops what was not delivered: for a relay that may no longer be the leader.
    public func purge() {
        guard !isClosed else { return }
        rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING)
    }

    /// Waits until everything is delivered, or the time is over, and says which.
    public func flush(within limit: Duration) async -> Bool {
        let deadline = Loop.now + limit
        while inFlight > 0, Loop.now < deadline { try? await Loop.sleep(for: .milliseconds(2)) }
        return inFlight == 0
    }

    /// Frees the client; what was not delivered is dropped.
    public func close() {
        guard !isClosed else { return }
        purge()
        isClosed = true
        onDeliveries = nil
        rd_kafka_queue_cb_event_enable(queue, nil, nil)
        rd_kafka_queue_destroy(queue)
        for (_, topic) in topics { rd_kafka_topic_destroy(topic) }
        topics = [:]
        let handle = ClientHandle(client)
        let wakeup = self.wakeup
        Thread.detach {
            handle.destroy()
            Task { @Loop in wakeup.close() }
        }
    }
}

// Outside the loop's isolation, so that the closures do not ask each time which thread they run on.

private func headerList(_ headers: [(String, [UInt8])]) -> OpaquePointer? {
    let list = rd_kafka_headers_new(headers.count)
    for (name, value) in headers {
        var name = name
        name.withUTF8 { name in
            let text = UnsafeRawPointer(name.baseAddress)?.assumingMemoryBound(to: CChar.self)
            value.withUnsafeBytes { raw in
                _ = rd_kafka_header_add(list, text, name.count, raw.baseAddress, raw.count)
            }
        }
    }
    return list
}

private func hand(
    _ key: String, _ value: [UInt8]?, _ headers: OpaquePointer?, _ id: Int, to topic: OpaquePointer,
    of client: OpaquePointer
) -> rd_kafka_resp_err_t {
    var key = key
    return key.withUTF8 { key in
        let opaque = UnsafeMutableRawPointer(bitPattern: id)
        guard let value else {
            return ckafka_produce(client, topic, key.baseAddress, key.count, nil, 0, headers, opaque)
        }
        return value.withUnsafeBytes { raw in
            // An empty value is not a tombstone: it needs an address.
            let base = raw.baseAddress ?? UnsafeRawPointer(key.baseAddress)
            return ckafka_produce(client, topic, key.baseAddress, key.count, base, raw.count, headers, opaque)
        }
    }
}

/// A reference that a callback holds before its target exists.
@Loop
final class WeakBox<T: AnyObject> {
    weak var value: T?
    nonisolated init() {}
}
