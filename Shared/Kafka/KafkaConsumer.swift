import CKafka
import EventLoop

/// A consumer on the loop: member of a group, or reader of partitions it was given.
///
/// Records are pulled by `poll`, which never waits; `onReady` says when there may be some. The pulling is the
/// back-pressure: whoever does not poll lets librdkafka's bounded queue fill and its fetching stop.
@Loop
public final class KafkaConsumer {
    /// Called when the queue was empty and has something now.
    public var onReady: (@Loop () -> Void)?
    /// Called with the partitions that the group has given us; answer with `assign` once the offsets are known.
    public var onAssigned: (@Loop ([TopicPartition]) -> Void)?
    /// Called when the group has taken all partitions away; they are gone when it returns.
    public var onRevoked: (@Loop () -> Void)?
    /// Called with errors of the connection or of single partitions; the client goes on by itself.
    public var onError: (@Loop (KafkaError) -> Void)?
    /// Called inside `poll`, after the records before it, when a partition was read to its end, with the offset that comes next;
    /// only where the property `enable.partition.eof` is set. What stands last may be no record: a transaction's commit marker.
    public var onEnd: (@Loop (TopicPartition, Int64) -> Void)?
    private let client: OpaquePointer
    private let queue: OpaquePointer
    private let wakeup: Wakeup
    private var names: [OpaquePointer: [TopicPartition]] = [:]
    /// Holds the topics open that were subscribed to.
    private var topics: [OpaquePointer] = []
    private var isClosed = false
    /// Whether the group has given us partitions that it has not taken away.
    private var hasShare = false
    /// The partitions that it has given us and that wait for `assign`; nil where none do.
    private var asked: [TopicPartition]?
    private var pulse: LoopTimer?

    /// The topic that is polled first, whatever of others was fetched before: its partitions have queues of their own.
    private let urgentTopic: String?
    private var urgentQueues: [TopicPartition: OpaquePointer] = [:]

    /// What readers outside of any group call themselves; the rights on the bus name it too.
    nonisolated package static let readerGroup = "rapport-reader"

    /// Opens a client; `group` nil is for readers that are given their partitions.
    ///
    /// Records of `urgentTopic` overtake what was fetched of other topics, and are fetched on while others' queue is full.
    public init(
        _ settings: KafkaSettings, group: String?, properties: [String: String] = [:], urgentTopic: String? = nil
    ) throws {
        var own = [
            "group.id": group ?? Self.readerGroup,
            "enable.auto.commit": "false",
            "enable.auto.offset.store": "false",
            // A stored position that is gone is a loss, which must not be skipped silently.
            "auto.offset.reset": "error",
            "check.crcs": "true",
            "partition.assignment.strategy": "range,roundrobin",
            "session.timeout.ms": "6000",
            // By the answer to one a member hears that the group gathers: all wait for the last of them.
            "heartbeat.interval.ms": "250",
            // What a fetch under way waits for delays the first one of a new share.
            "fetch.wait.max.ms": "100",
            "queued.min.messages": "5000",
            "queued.max.messages.kbytes": "8192",
            "fetch.error.backoff.ms": "100",
        ]
        own.merge(properties) { _, new in new }
        let conf = try settings.configuration(own)
        let context = ConsumerContext()
        let wakeup = Wakeup { context.consumer?.onReady?() }
        if group != nil { rd_kafka_conf_set_rebalance_cb(conf, rebalanced) }
        rd_kafka_conf_set_opaque(conf, Unmanaged.passUnretained(context).toOpaque())
        var text = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, &text, text.count) else {
            rd_kafka_conf_destroy(conf)
            wakeup.close()
            throw KafkaError(code: -1, text: string(text))
        }
        rd_kafka_poll_set_consumer(client)
        guard let queue = rd_kafka_queue_get_consumer(client) else {
            wakeup.close()
            throw KafkaError(code: -1, text: "the client has no queue")
        }
        self.client = client
        self.queue = queue
        self.wakeup = wakeup
        self.urgentTopic = urgentTopic
        self.context = context
        context.consumer = self
        // The callback runs on a thread of librdkafka, under the queue's lock: it may only wake the loop.
        rd_kafka_queue_cb_event_enable(queue, wakeLoop, Unmanaged.passUnretained(wakeup).toOpaque())
        wakeup.send()
    }

    private let context: ConsumerContext

    /// What is closed is freed on another thread: whoever still holds it must not touch it, or corrupts memory and waits for locks that
    /// are none.
    private func checkOpen() throws(KafkaError) {
        if isClosed { throw KafkaError(code: -1, text: "the consumer is closed") }
    }

    /// Joins the group for these topics.
    public func subscribe(to topics: [String]) throws {
        try checkOpen()
        let list = rd_kafka_topic_partition_list_new(Int32(topics.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for topic in topics { rd_kafka_topic_partition_list_add(list, topic, RD_KAFKA_PARTITION_UA) }
        let code = rd_kafka_subscribe(client, list)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "subscribe") }
        // So librdkafka knows who leads their partitions before the group gives them; where it does not, it asks for the beginning of a
        // partition half a second later.
        self.topics += topics.compactMap { rd_kafka_topic_new(client, $0, nil) }
        keepAwake()
    }

    /// Wakes librdkafka's main thread, which left alone looks only once a second at what is to be done for the group: at heartbeats, and at
    /// each step of joining. Any question to it wakes it; this one takes microseconds.
    private func keepAwake() {
        guard !isClosed else { return }
        ask(client)
        pulse = Loop.after(.milliseconds(hasShare ? 100 : 20)) { [weak self] in self?.keepAwake() }
    }

    /// Begins to consume partitions at given offsets; nil means the beginning of the log.
    public func assign(_ partitions: [TopicPartition: Int64?]) throws {
        try checkOpen()
        let list = rd_kafka_topic_partition_list_new(Int32(partitions.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (partition, offset) in partitions {
            rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition)
                .pointee.offset = offset ?? Int64(RD_KAFKA_OFFSET_BEGINNING)
        }
        asked = nil
        for partition in partitions.keys where partition.topic == urgentTopic { openQueue(of: partition) }
        let code = rd_kafka_assign(client, list)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "assign partitions") }
        awaitStops(of: client)
    }

    /// Takes up to `limit` records, or about `byteLimit` bytes of values, that are there without waiting.
    ///
    /// Must be called again without a new `onReady` when it returned as many as allowed.
    public func poll(limit: Int, byteLimit: Int) -> [KafkaRecord] {
        let urgent = pollUrgent(limit: limit)
        // One at least: the group's decisions are told here and nowhere else.
        return urgent + take(max(1, limit - urgent.count), byteLimit) { rd_kafka_consumer_poll(client, 0) }
    }

    /// Takes what is there of the urgent topic and nothing else: the assignment does not change meanwhile.
    public func pollUrgent(limit: Int) -> [KafkaRecord] {
        var records: [KafkaRecord] = []
        for queue in urgentQueues.values where records.count < limit {
            records += take(limit - records.count, .max) { rd_kafka_consume_queue(queue, 0) }
        }
        return records
    }

    /// Gives a partition a queue of its own: messages are not forwarded to the consumer's, not now and not after the next assignment.
    private func openQueue(of partition: TopicPartition) {
        guard urgentQueues[partition] == nil,
            let own = rd_kafka_queue_get_partition(client, partition.topic, partition.partition)
        else { return }
        rd_kafka_queue_forward(own, nil)
        rd_kafka_queue_cb_event_enable(own, wakeLoop, Unmanaged.passUnretained(wakeup).toOpaque())
        urgentQueues[partition] = own
    }

    private func take(
        _ limit: Int, _ byteLimit: Int, _ next: () -> UnsafeMutablePointer<rd_kafka_message_t>?
    ) -> [KafkaRecord] {
        var records: [KafkaRecord] = []
        var bytes = 0
        while !isClosed, records.count < limit, bytes < byteLimit, let message = next() {
            if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                let record = KafkaRecord(message, origin: origin(of: message))
                bytes += record.valueCount
                records.append(record)
            } else if message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF {
                onEnd?(origin(of: message), message.pointee.offset)
                rd_kafka_message_destroy(message)
            } else {
                let text = String(cString: rd_kafka_message_errstr(message))
                onError?(KafkaError(code: message.pointee.err.rawValue, text: text))
                rd_kafka_message_destroy(message)
            }
        }
        return records
    }

    /// Names are interned by topic handle, so that a record costs no string.
    private func origin(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> TopicPartition {
        let partition = message.pointee.partition
        guard let topic = message.pointee.rkt else { return TopicPartition(topic: "", partition: partition) }
        var known = names[topic] ?? []
        if known.count <= Int(partition) {
            let name = String(cString: rd_kafka_topic_name(topic))
            while known.count <= Int(partition) {
                known.append(TopicPartition(topic: name, partition: Int32(known.count)))
            }
            names[topic] = known
        }
        return known[Int(partition)]
    }

    /// Moves the fetch positions.
    public func seek(_ positions: [TopicPartition: Int64]) throws {
        try checkOpen()
        let list = rd_kafka_topic_partition_list_new(Int32(positions.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (partition, offset) in positions {
            rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition).pointee.offset = offset
        }
        guard let error = rd_kafka_seek_partitions(client, list, 0) else { return }
        let code = rd_kafka_error_code(error)
        rd_kafka_error_destroy(error)
        throw KafkaError(code, "seek")
    }

    /// Tells the group where we are, for lag tools only; the truth is in the database.
    public func commitForLagTools(_ positions: [TopicPartition: Int64]) {
        guard !isClosed else { return }
        let list = rd_kafka_topic_partition_list_new(Int32(positions.count))
        defer { rd_kafka_topic_partition_list_destroy(list) }
        for (partition, offset) in positions {
            rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition).pointee.offset = offset
        }
        rd_kafka_commit(client, list, 1)
    }

    /// The newest offset known for a partition without asking the broker; nil before the first fetch and once closed.
    public func knownEnd(of partition: TopicPartition) -> Int64? {
        guard !isClosed else { return nil }
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_get_watermark_offsets(client, partition.topic, partition.partition, &low, &high)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : nil
    }

    /// Leaves the group for good, so that the others share its partitions at once. Whoever only closes keeps its place under a fixed name
    /// until its session is over, so that a new start takes it back.
    public func leave(within limit: Duration = .seconds(1)) async {
        guard !isClosed else { return }
        takeAsked()
        rd_kafka_unsubscribe(client)
        let deadline = Loop.now + limit
        // The partitions must be given back first. That its word is on the way to the coordinator is seen by its number in the group, which
        // is taken from it then; whoever closed before would not have left, and closing waits for the coordinator's answer.
        while Loop.now < deadline {
            _ = poll(limit: 500, byteLimit: 1 << 20)
            takeAsked()
            guard let member = rd_kafka_memberid(client) else { return }
            defer { rd_kafka_mem_free(client, member) }
            if member.pointee == 0 { return }
            try? await Loop.sleep(for: .milliseconds(2))
        }
    }

    /// Takes partitions that were given and not taken, at their ends: librdkafka puts off to leave until it has the answer, and who has
    /// taken nothing gives nothing back and does not leave at all.
    private func takeAsked() {
        guard let asked else { return }
        try? assign(Dictionary(asked.map { ($0, Int64(RD_KAFKA_OFFSET_END)) }) { first, _ in first })
    }

    /// Answers for partitions that were given and not taken, where the group is not left: closing waits for that.
    private func decline() {
        guard asked != nil else { return }
        asked = nil
        rd_kafka_assign(client, nil)
    }

    /// Leaves the group and frees the client, within a bound; destroying may block, so it has a thread of its own.
    public func close(within limit: Duration = .seconds(5)) async {
        guard !isClosed else { return }
        isClosed = true
        pulse?.cancel()
        decline()
        context.consumer = nil
        rd_kafka_queue_cb_event_enable(queue, nil, nil)
        for own in urgentQueues.values {
            rd_kafka_queue_cb_event_enable(own, nil, nil)
            rd_kafka_queue_destroy(own)
        }
        urgentQueues = [:]
        let closing = rd_kafka_queue_new(client)
        if let error = rd_kafka_consumer_close_queue(client, closing) {
            rd_kafka_error_destroy(error)
        } else {
            let deadline = Loop.now + limit
            while rd_kafka_consumer_closed(client) == 0, Loop.now < deadline {
                while let event = rd_kafka_queue_poll(closing, 0) {
                    // A rebalance must be answered, or closing never ends.
                    if rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE { rd_kafka_assign(client, nil) }
                    rd_kafka_event_destroy(event)
                }
                try? await Loop.sleep(for: .milliseconds(2))
            }
        }
        rd_kafka_queue_destroy(closing)
        rd_kafka_queue_destroy(queue)
        for topic in topics { rd_kafka_topic_destroy(topic) }
        topics = []
        let handle = ClientHandle(client)
        let wakeup = self.wakeup
        let context = self.context
        Thread.detach {
            withExtendedLifetime(context) { handle.destroy() }
            Task { @Loop in wakeup.close() }
        }
    }

    func rebalance(_ code: rd_kafka_resp_err_t, _ list: UnsafePointer<rd_kafka_topic_partition_list_t>?) {
        hasShare = code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS
        guard code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS, let list, let onAssigned else {
            asked = nil
            onRevoked?()
            rd_kafka_assign(client, nil)
            awaitStops(of: client)
            return
        }
        let given = (0..<Int(list.pointee.cnt)).map { index in
            let entry = list.pointee.elems[index]
            return TopicPartition(topic: String(cString: entry.topic), partition: entry.partition)
        }
        asked = given
        onAssigned(given)
    }
}
