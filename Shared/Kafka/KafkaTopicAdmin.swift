import CKafka
import EventLoop

/// One setting of a topic.
public struct TopicSetting: Sendable {
    /// `retention.ms`.
    public let name: String
    /// Its value; nil where the cluster keeps it to itself.
    public let value: String?
    /// Whether it was set for this topic, and is not the cluster's own.
    public let isOwn: Bool
}

extension KafkaAdmin {
    /// Deletes topics with all that is in them; throws at the first refusal.
    @Loop
    public static func deleteTopics(_ names: [String], _ settings: KafkaSettings) async throws {
        try await ask(settings, "delete topics") { client, queue in
            var topics = names.map { rd_kafka_DeleteTopic_new($0) }
            defer { for topic in topics { rd_kafka_DeleteTopic_destroy(topic) } }
            rd_kafka_DeleteTopics(client, &topics, topics.count, nil, queue)
        } answer: { event in
            var count = 0
            let results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count)
            for index in 0..<count { try check(results?[index], "delete") }
        }
    }

    /// Gives a topic more partitions: `total` of them.
    @Loop
    public static func growTopic(_ name: String, to total: Int, _ settings: KafkaSettings) async throws {
        try await ask(settings, "add partitions") { client, queue in
            var text = [CChar](repeating: 0, count: 512)
            guard let plan = rd_kafka_NewPartitions_new(name, total, &text, text.count) else {
                throw KafkaError(code: -1, text: string(text))
            }
            defer { rd_kafka_NewPartitions_destroy(plan) }
            var plans: [OpaquePointer?] = [plan]
            rd_kafka_CreatePartitions(client, &plans, 1, nil, queue)
        } answer: { event in
            var count = 0
            let results = rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event), &count)
            for index in 0..<count { try check(results?[index], "add partitions to") }
        }
    }

    /// Deletes what lies before an offset in each partition, as a shorter retention would.
    @Loop
    public static func deleteRecords(before offsets: [TopicPartition: Int64], _ settings: KafkaSettings) async throws {
        try await ask(settings, "delete records") { client, queue in
            let list = rd_kafka_topic_partition_list_new(Int32(offsets.count))
            defer { rd_kafka_topic_partition_list_destroy(list) }
            for (partition, offset) in offsets {
                rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition).pointee.offset = offset
            }
            var order = rd_kafka_DeleteRecords_new(list)
            defer { rd_kafka_DeleteRecords_destroy(order) }
            rd_kafka_DeleteRecords(client, &order, 1, nil, queue)
        } answer: { event in
            let result = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event))
            for index in 0..<Int(result?.pointee.cnt ?? 0) {
                guard let entry = result?.pointee.elems[index], entry.err != RD_KAFKA_RESP_ERR_NO_ERROR else {
                    continue
                }
                throw KafkaError(entry.err, "delete records of \(entry.topic.map { String(cString: $0) } ?? "")")
            }
        }
    }

    /// All settings of a topic, by name.
    @Loop
    public static func topicSettings(_ name: String, _ settings: KafkaSettings) async throws -> [TopicSetting] {
        try await ask(settings, "ask for settings") { client, queue in
            guard let resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name) else { return }
            defer { rd_kafka_ConfigResource_destroy(resource) }
            var resources: [OpaquePointer?] = [resource]
            rd_kafka_DescribeConfigs(client, &resources, 1, nil, queue)
        } answer: { event in
            var count = 0
            let results = rd_kafka_DescribeConfigs_result_resources(
                rd_kafka_event_DescribeConfigs_result(event), &count)
            guard count > 0, let resource = results?[0] else { return [] }
            try check(resource: resource, "ask for the settings of \(name)")
            let entries = rd_kafka_ConfigResource_configs(resource, &count)
            return (0..<count).compactMap { index in
                guard let entry = entries?[index], let label = rd_kafka_ConfigEntry_name(entry) else { return nil }
                return TopicSetting(
                    name: String(cString: label), value: rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) },
                    isOwn: rd_kafka_ConfigEntry_source(entry) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG)
            }.sorted { $0.name < $1.name }
        }
    }

    /// Replaces what is set for a topic itself: what is not named is the cluster's own again.
    @Loop
    public static func setTopicSettings(
        _ values: [String: String], of name: String, _ settings: KafkaSettings
    ) async throws {
        try await ask(settings, "change settings") { client, queue in
            guard let resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name) else { return }
            defer { rd_kafka_ConfigResource_destroy(resource) }
            for (key, value) in values { rd_kafka_ConfigResource_set_config(resource, key, value) }
            var resources: [OpaquePointer?] = [resource]
            rd_kafka_AlterConfigs(client, &resources, 1, nil, queue)
        } answer: { event in
            var count = 0
            let results = rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event), &count)
            if count > 0, let resource = results?[0] { try check(resource: resource, "change the settings of \(name)") }
        }
    }

    /// The first offset of each partition at or after a time, in milliseconds since 1970; the end where there is none.
    @Loop
    public static func offsets(
        of partitions: [TopicPartition], at time: Int64, _ settings: KafkaSettings
    ) async throws -> [TopicPartition: Int64] {
        let ends = try await bounds(of: partitions, settings)
        let found = try await withClient(settings) { client in
            let list = rd_kafka_topic_partition_list_new(Int32(partitions.count))
            defer { rd_kafka_topic_partition_list_destroy(list) }
            for partition in partitions {
                rd_kafka_topic_partition_list_add(list, partition.topic, partition.partition).pointee.offset = time
            }
            let code = rd_kafka_offsets_for_times(client, list, 10_000)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { throw KafkaError(code, "look a time up") }
            var found: [TopicPartition: Int64] = [:]
            for index in 0..<Int(list.pointee.cnt) {
                let entry = list.pointee.elems[index]
                guard entry.offset >= 0 else { continue }
                found[TopicPartition(topic: String(cString: entry.topic), partition: entry.partition)] = entry.offset
            }
            return found
        }
        return ends.mapValues(\.upperBound).merging(found) { _, exact in exact }
    }

    @Loop
    private static func ask<T: Sendable>(
        _ settings: KafkaSettings, _ what: String,
        _ send: @escaping @Sendable (OpaquePointer, OpaquePointer) throws -> Void,
        answer: @escaping @Sendable (OpaquePointer) throws -> T
    ) async throws -> T {
        try await withClient(settings) { client in
            guard let queue = rd_kafka_queue_new(client) else { throw KafkaError(code: -1, text: "out of memory") }
            defer { rd_kafka_queue_destroy(queue) }
            try send(client, queue)
            guard let event = rd_kafka_queue_poll(queue, 30_000) else {
                throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, what)
            }
            defer { rd_kafka_event_destroy(event) }
            let code = rd_kafka_event_error(event)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                let text = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? ""
                throw KafkaError(code: code.rawValue, text: "\(what): \(text)")
            }
            return try answer(event)
        }
    }

    /// Throws what the cluster said of one topic.
    static func check(_ result: OpaquePointer?, _ what: String) throws {
        let code = rd_kafka_topic_result_error(result)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        let reason = rd_kafka_topic_result_error_string(result) ?? rd_kafka_err2str(code)
        let name = rd_kafka_topic_result_name(result).map { String(cString: $0) } ?? ""
        throw KafkaError(code: code.rawValue, text: "\(what) \(name): \(reason.map { String(cString: $0) } ?? "")")
    }

    private static func check(resource: OpaquePointer, _ what: String) throws {
        let code = rd_kafka_ConfigResource_error(resource)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        let reason = rd_kafka_ConfigResource_error_string(resource) ?? rd_kafka_err2str(code)
        throw KafkaError(code: code.rawValue, text: "\(what): \(reason.map { String(cString: $0) } ?? "")")
    }
}
