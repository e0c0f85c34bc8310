import CRMModel
import EventLoop
import FoundationEssentials
import Kafka

/// Where a tail begins.
enum EventStart: Equatable {
    case end
    case beginning
    case offset(Int64)
    /// Milliseconds since 1970.
    case time(Int64)

    init(_ text: String, now: Date = Date()) throws {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        if text == "end" || text == "beginning" {
            self = text == "end" ? .end : .beginning
        } else if let offset = Int64(text), offset >= 0 {
            self = .offset(offset)
        } else if let date = RFC3339.date(text) {
            self = .time(Int64(date.timeIntervalSince1970 * 1000))
        } else if let last = text.last, let unit = units[last], let count = Int32(text.dropLast()), count >= 0 {
            self = .time(Int64((now.timeIntervalSince1970 - Double(count) * unit) * 1000))
        } else {
            throw UsageError(
                "--from needs end, beginning, an offset, a time such as 2026-01-31T08:00:00Z or one ago such as 15m, not \(text)"
            )
        }
    }

    /// The offsets to begin at, within what the partitions hold.
    @Loop
    func positions(
        in bounds: [TopicPartition: Range<Int64>], _ cluster: KafkaSettings
    ) async throws -> [TopicPartition: Int64] {
        switch self {
        case .end: bounds.mapValues(\.upperBound)
        case .beginning: bounds.mapValues(\.lowerBound)
        case .offset(let offset): bounds.mapValues { min(max(offset, $0.lowerBound), $0.upperBound) }
        case .time(let time): try await KafkaAdmin.offsets(of: Array(bounds.keys), at: time, cluster)
        }
    }
}

/// Reads partitions from given offsets on, up to given ends or until the process is asked to end.
@Loop
struct EventReader {
    private let cluster: KafkaSettings
    private let positions: [TopicPartition: Int64]
    private let ends: [TopicPartition: Int64]?

    init(_ cluster: KafkaSettings, _ positions: [TopicPartition: Int64], until ends: [TopicPartition: Int64]?) {
        self.cluster = cluster
        self.positions = positions
        self.ends = ends
    }

    /// Gives each record in its partition's order, until `body` has had enough.
    func run(_ body: (KafkaRecord) -> Bool) async throws {
        var left = ends.map { ends in positions.filter { $0.value < ends[$0.key] ?? 0 } } ?? positions
        guard !left.isEmpty else { return }
        let consumer = try KafkaConsumer(cluster, group: nil, properties: ["enable.partition.eof": "true"])
        let changed = Notice()
        var isReady = true
        var failure: KafkaError?
        consumer.onReady = {
            isReady = true
            changed.notify()
        }
        // The client mends broken connections by itself; what it cannot mend ends the command.
        consumer.onError = { if $0.isOffsetLost || $0.isRefusal { failure = $0 } }
        // Behind the last record there may be offsets without any, so the end is asked for and not counted.
        var finished: Set<TopicPartition> = []
        if ends != nil { consumer.onEnd = { partition, _ in finished.insert(partition) } }
        let asked = Completion<Void>()
        let watch = Task.immediate { @Loop in
            guard (try? await Signals.untilTermination()) != nil else { return }
            asked.succeed(())
            changed.notify()
        }
        defer { watch.cancel() }
        do {
            try consumer.assign(left.mapValues { $0 })
            while !left.isEmpty, !asked.isComplete {
                isReady = false
                let records = consumer.poll(limit: 500, byteLimit: 4 << 20)
                for record in records {
                    let end = ends?[record.origin] ?? Int64.max
                    if record.offset < end, left[record.origin] != nil, !body(record) { left = [:] }
                    if record.offset + 1 >= end { left[record.origin] = nil }
                }
                // Only now: the records before an end came with the same poll.
                for partition in finished { left[partition] = nil }
                if let failure { throw failure }
                if !records.isEmpty {
                    await Task.yield()
                } else if !left.isEmpty {
                    // Now and then without being told, as a client that is not polled is taken for dead.
                    _ = try await changed.wait(until: { isReady || asked.isComplete }, atMost: .seconds(10))
                }
            }
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
    }
}
