import CKafka
import EventLoop

/// How far a consumer group says it is in a topic, as lag tools ask for it.
enum GroupLag {
    /// The offsets that a group has committed and the log's ends, all partitions together; a partition without a commit counts as 0.
    @Loop static func of(
        _ group: String, _ topic: String, _ brokers: String, _ bus: [String: String]
    ) throws -> (committed: Int64, end: Int64) {
        let conf = rd_kafka_conf_new()
        var text = [CChar](repeating: 0, count: 512)
        let own = ["bootstrap.servers": brokers, "group.id": group, "broker.address.family": "v4"]
        for (name, value) in own.merging(bus, uniquingKeysWith: { own, _ in own }) {
            rd_kafka_conf_set(conf, name, value, &text, text.count)
        }
        guard let client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, &text, text.count) else {
            throw DeployFault("no client of \(brokers)")
        }
        defer { rd_kafka_destroy(client) }
        guard let list = rd_kafka_topic_partition_list_new(12) else { throw DeployFault("no list") }
        defer { rd_kafka_topic_partition_list_destroy(list) }
        var end: Int64 = 0
        for partition in 0..<Int32(12) {
            rd_kafka_topic_partition_list_add(list, topic, partition)
            var low: Int64 = 0
            var high: Int64 = 0
            let code = rd_kafka_query_watermark_offsets(client, topic, partition, &low, &high, 5000)
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw DeployFault("no end of \(topic)[\(partition)]") }
            end += high
        }
        guard rd_kafka_committed(client, list, 5000) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw DeployFault("no offsets of \(group)")
        }
        let committed = (0..<Int(list.pointee.cnt)).map { max(0, list.pointee.elems[$0].offset) }
        return (committed.reduce(0, +), end)
    }
}
