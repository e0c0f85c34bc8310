import EventLoop
import Kafka
import Messaging

/// Reads partitions up to fixed ends, a member of no group, as `BoundedReader` does.
@Loop
final class SpanReader: LogReader {
    var onReady: (@Loop () -> Void)?
    var onAssigned: (@Loop ([TopicPartition]) -> Void)?
    var onRevoked: (@Loop () -> Void)?
    var onEnd: (@Loop (TopicPartition, Int64) -> Void)?
    var onError: (@Loop (KafkaError) -> Void)?
    private let log: SimulatedLog
    private let network: SimulatedNetwork
    private let ends: [TopicPartition: Int64]
    private let wants: @Loop (KafkaRecord) -> Bool
    private var positions: [TopicPartition: Int64] = [:]
    private var isClosed = false

    init(
        _ log: SimulatedLog, _ network: SimulatedNetwork, to ends: [TopicPartition: Int64],
        wants: @escaping @Loop (KafkaRecord) -> Bool
    ) {
        self.log = log
        self.network = network
        self.ends = ends
        self.wants = wants
    }

    func subscribe(to topics: [String]) throws {
        onAssigned?(ends.keys.sorted { $0.isBefore($1) })
        signal()
    }

    func assign(_ partitions: [TopicPartition: Int64?]) throws {
        positions = partitions.reduce(into: [:]) { $0[$1.key] = $1.value ?? log.begin(of: $1.key) }
        signal()
    }

    private func signal() {
        Task { @Loop in
            await network.travel()
            if !isClosed { onReady?() }
        }
    }

    func poll(limit: Int, byteLimit: Int) -> [KafkaRecord] {
        var found: [KafkaRecord] = []
        for partition in positions.keys.sorted(by: { $0.isBefore($1) }) {
            let (start, end) = (positions[partition] ?? 0, ends[partition] ?? 0)
            guard start < end else {
                onEnd?(partition, end)
                continue
            }
            let next = min(end, start + Int64(network.chance.number(1...max(1, limit))))
            found += log.records(partition, start..<next).filter(wants)
            positions[partition] = next
            if next == end { onEnd?(partition, end) } else { signal() }
        }
        return found
    }

    func commitForLagTools(_ positions: [TopicPartition: Int64]) {}

    func knownEnd(of partition: TopicPartition) -> Int64? { ends[partition] }

    func close(within limit: Duration) async { isClosed = true }
}
