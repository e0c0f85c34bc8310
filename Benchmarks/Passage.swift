import EventLoop
import Kafka

/// What a bare producer and a bare reader of librdkafka take through a broker.
@Loop
enum Passage {
    /// From the call of the producer to the reader's hands, 200 records a second for seven seconds.
    static func times(_ topic: String, _ kafka: KafkaSettings, bytes: Int = 200) async throws -> [Duration] {
        let consumer = try KafkaConsumer(kafka, group: nil, properties: ["fetch.wait.max.ms": "500"])
        try consumer.assign([TopicPartition(topic: topic, partition: 0): Int64(0)])
        let producer = try KafkaProducer(kafka)
        var (sent, times): ([Duration], [Duration]) = ([], [])
        let arrived = Notice()
        consumer.onReady = {
            for _ in consumer.poll(limit: 1000, byteLimit: 1 << 20) where times.count < sent.count {
                times.append(Loop.now - sent[times.count])
            }
            arrived.notify()
        }
        let value = [UInt8](repeating: 120, count: bytes)
        let begin = Loop.now
        for number in 0..<1_400 {
            let due = begin + .milliseconds(5 * number)
            if due > Loop.now { try await Loop.sleep(for: due - Loop.now) }
            sent.append(Loop.now)
            try producer.produce(topic: topic, key: "k", value: value, headers: [], id: number + 1)
        }
        guard try await arrived.wait(until: { times.count == sent.count }, atMost: .seconds(10)) else {
            throw BenchError(text: "\(times.count) of \(sent.count) records came")
        }
        producer.close()
        await consumer.close()
        return times
    }
}
