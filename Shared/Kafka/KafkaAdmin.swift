import CKafka
import EventLoop

/// A topic to be made.
public struct TopicPlan: Sendable {
    /// Its name.
    public let name: String
    /// How many partitions; fixed for its life, for keys must not move.
    public let partitions: Int
    /// Properties such as `retention.ms`.
    public let settings: [String: String]
    /// Plans a topic.
    public init(name: String, partitions: Int, settings: [String: String] = [:]) {
        self.name = name
        self.partitions = partitions
        self.settings = settings
    }
}

/// Questions and orders to the cluster; each call opens a client, works on the work queue, and closes it.
public enum KafkaAdmin {
    /// Makes the topics that are not there; those that are stay as they are.
    @Loop
    public static func createTopics(_ plans: [TopicPlan], _ settings: KafkaSettings) async throws {
        try await withClient(settings) { client in
            guard let queue = rd_kafka_queue_new(client) else { return }
            defer { rd_kafka_queue_destroy(queue) }
            var text = [CChar](repeating: 0, count: 512)
            var topics: [OpaquePointer?] = []
            defer { for topic in topics { rd_kafka_NewTopic_destroy(topic) } }
            for plan in plans {
                let topic = rd_kafka_NewTopic_new(plan.name, Int32(plan.partitions), -1, &text, text.count)
                guard let topic else { throw KafkaError(code: -1, text: string(text)) }
                for (name, value) in plan.settings { rd_kafka_NewTopic_set_config(topic, name, value) }
                topics.append(topic)
            }
            rd_kafka_CreateTopics(client, &topics, topics.count, nil, queue)
            guard let event = rd_kafka_queue_poll(queue, 30_000) else {
                throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "create topics")
            }
            defer { rd_kafka_event_destroy(event) }
            if rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR {
                throw KafkaError(rd_kafka_event_error(event), "create topics")
            }
            var count = 0
            let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            for index in 0..<count {
                let result = results?[index]
                let code = rd_kafka_topic_result_error(result)
                if code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS { continue }
                try check(result, "create the topic")
            }
        }
    }

    /// The partition counts of all topics.
    @Loop
    public static func topics(_ settings: KafkaSettings) async throws -> [String: Int] {
        try await withClient(settings) { client in
            var metadata: UnsafePointer<rd_kafka_metadata>?
            let code = rd_kafka_metadata(client, 1, nil, &metadata, 10_000)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
                throw KafkaError(code, "ask \(settings.brokers) for its topics")
            }
            defer { rd_kafka_metadata_destroy(metadata) }
            var topics: [String: Int] = [:]
            for index in 0..<Int(metadata.pointee.topic_cnt) {
                let topic = metadata.pointee.topics[index]
                topics[String(cString: topic.topic)] = Int(topic.partition_cnt)
            }
            return topics
        }
    }

    /// The first and the next offset of each partition of some topics.
    @Loop
    public static func bounds(
        of partitions: [TopicPartition], _ settings: KafkaSettings
    ) async throws -> [TopicPartition: Range<Int64>] {
        try await withClient(settings) { client in
            var bounds: [TopicPartition: Range<Int64>] = [:]
            for partition in partitions {
                var low: Int64 = 0
                var high: Int64 = 0
                let code = rd_kafka_query_watermark_offsets(
                    client, partition.topic, partition.partition, &low, &high, 10_000)
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(code, "ask for \(partition)") }
                bounds[partition] = low..<max(low, high)
            }
            return bounds
        }
    }

    /// Runs `body` with a client of its own on the work queue.
    @Loop
    static func withClient<T: Sendable>(
        _ settings: KafkaSettings, _ body: @escaping @Sendable (OpaquePointer) throws -> T
    ) async throws -> T {
        try await Loop.offload {
            var text = [CChar](repeating: 0, count: 512)
            let conf = try settings.configuration([:])
            let heard = LastError()
            rd_kafka_conf_set_opaque(conf, Unmanaged.passUnretained(heard).toOpaque())
            rd_kafka_conf_set_error_cb(conf, noteError)
            guard let client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, &text, text.count) else {
                rd_kafka_conf_destroy(conf)
                throw KafkaError(code: -1, text: string(text))
            }
            defer { withExtendedLifetime(heard) { rd_kafka_destroy(client) } }
            do {
                return try body(client)
            } catch let error as KafkaError {
                // What kept the client from its broker is told apart from the call that failed for it.
                rd_kafka_poll(client, 0)
                throw error.code >= 0 ? error : heard.explained(error)
            }
        }
    }
}

/// The last thing that a client complained of.
///
/// `@unchecked Sendable`: written and read on the one thread that polls the client.
final class LastError: @unchecked Sendable {
    var text = ""
    var code: Int32 = 0

    /// What was heard, without how long the connection had been in which state and what was left out; nil where nothing was.
    var cause: KafkaError? {
        text.isEmpty
            ? nil
            : KafkaError(
                code: code, text: String(text[..<(text.firstRange(of: " (after ")?.lowerBound ?? text.endIndex)]))
    }

    /// The error of a call with what kept the client from its broker; a refusal counts as one whatever the call made of it.
    func explained(_ error: KafkaError) -> KafkaError {
        guard !text.isEmpty else { return error }
        let cause = KafkaError(code: code, text: "\(error.text) (\(text))")
        return cause.isRefusal ? cause : KafkaError(code: error.code, text: cause.text)
    }
}

let noteError:
    @convention(c) @Sendable (OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafeMutableRawPointer?) -> Void = {
        _, code, reason, opaque in
        // That all brokers are down follows from what was said of the one.
        guard code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN.rawValue, let reason, let opaque else { return }
        let heard = Unmanaged<LastError>.fromOpaque(opaque).takeUnretainedValue()
        heard.text = String(cString: reason)
        heard.code = code
    }
