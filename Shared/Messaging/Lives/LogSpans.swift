import EventLoop
import Kafka

/// Reads spans of partitions, outside any group.
@Loop
enum LogSpans {
    /// Gives the records of each span in their partition's order; throws where nothing more comes for a minute.
    ///
    /// - Parameters:
    ///   - isWhole: whether the spans begin where the log does, wherever that is by now.
    ///   - limit: how many records are given without letting the loop turn.
    ///   - round: called after so many, or fewer where no more are there.
    static func read(
        _ spans: [TopicPartition: Range<Int64>], _ kafka: KafkaSettings, isWhole: Bool = false, limit: Int = 2000,
        _ body: (KafkaRecord) -> Void, round: () async throws -> Void = {}
    ) async throws {
        var left = spans.filter { !$0.value.isEmpty }.mapValues(\.upperBound)
        if left.isEmpty { return }
        let consumer = try KafkaConsumer(
            kafka, group: nil,
            properties: [
                "queued.max.messages.kbytes": "65536", "queued.min.messages": "50000", "enable.partition.eof": "true",
            ])
        let ready = Notice()
        var isReady = true
        consumer.onReady = {
            isReady = true
            ready.notify()
        }
        // What stands last may be gone, of a compacted topic, or no record but the commit marker of a transaction.
        var positions: [TopicPartition: Int64] = [:]
        consumer.onEnd = { positions[$0] = $1 }
        var failure: KafkaError?
        consumer.onError = { failure = $0 }
        do {
            try consumer.assign(
                left.keys.reduce(into: [:]) { $0[$1] = isWhole ? Int64?.none : spans[$1]?.lowerBound })
            while !left.isEmpty {
                isReady = false
                let records = consumer.poll(limit: limit, byteLimit: 8 << 20)
                for record in records {
                    guard let end = left[record.origin] else { continue }
                    if record.offset < end { body(record) }
                    if record.offset + 1 >= end { left[record.origin] = nil }
                }
                left = left.filter { positions[$0.key] ?? 0 < $0.value }
                if left.isEmpty { break }
                if !records.isEmpty {
                    try await round()
                    // Lets the loop turn between rounds.
                    await Task.yield()
                } else if try await !ready.wait(until: { isReady }, atMost: .seconds(60)) {
                    let reason = failure.map { ": \($0)" } ?? ""
                    let name = left.keys.first?.topic ?? ""
                    throw TopicUnread("\(name) could not be read to its end within a minute\(reason)")
                }
            }
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
    }
}
