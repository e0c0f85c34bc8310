import EventLoop
import Kafka

/// Reads spans of partitions, outside any group.
@Loop
enum LogSpans {
    /// Gives the records of each span in their partition's order; throws where nothing more comes for a minute.
    static func read(
        _ spans: [TopicPartition: Range<Int64>], _ kafka: KafkaSettings, _ body: (KafkaRecord) -> Void
    ) async throws {
        var left = spans.filter { !$0.value.isEmpty }.mapValues(\.upperBound)
        if left.isEmpty { return }
        let consumer = try KafkaConsumer(kafka, group: nil, properties: ["enable.partition.eof": "true"])
        let ready = Notice()
        var isReady = true
        consumer.onReady = {
            isReady = true
            ready.notify()
        }
        // What stands last may be gone, of a compacted topic, or no record.
        consumer.onEnd = { partition, next in if let end = left[partition], next >= end { left[partition] = nil } }
        var failure: KafkaError?
        consumer.onError = { failure = $0 }
        do {
            try consumer.assign(left.keys.reduce(into: [:]) { $0[$1] = spans[$1]?.lowerBound })
            while !left.isEmpty {
                isReady = false
                let records = consumer.poll(limit: 2000, byteLimit: 8 << 20)
                for record in records {
                    guard let end = left[record.origin] else { continue }
                    if record.offset < end { body(record) }
                    if record.offset + 1 >= end { left[record.origin] = nil }
                }
                if left.isEmpty { break }
                if !records.isEmpty {
                    await Task.yield()
                } else if try await !ready.wait(until: { isReady || left.isEmpty }, atMost: .seconds(60)) {
                    throw TopicUnread(
                        "\(left.keys.first.map { "\($0)" } ?? "") was not read: \(failure?.text ?? "no answer")")
                }
            }
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
    }
}
