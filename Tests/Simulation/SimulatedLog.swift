import EventLoop
import Kafka
import Messaging

/// Topics with partitions, as a broker keeps them.
@Loop
final class SimulatedLog {
    /// Written by the ERP; events without sequence.
    static let outside = "outside"
    /// Written by the relays; key and sequence are those of aggregates.
    static let own = "own"
    static let partitions = 3

    struct Message {
        let key: String
        let value: [UInt8]?
        let headers: [(name: String, value: [UInt8])]
        /// A transaction's commit marker takes an offset and is no record.
        var isMarker = false

        func header(_ name: String) -> String? {
            headers.last { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
        }
    }

    private(set) var messages: [TopicPartition: [Message]] = [:]
    private(set) var begins: [TopicPartition: Int64] = [:]
    /// The same as their readers get them, made once.
    private var records: [TopicPartition: [KafkaRecord]] = [:]
    /// Until when no broker answers.
    var downUntil = Duration.zero
    /// Who is told of what comes; groups know the log, not the other way round.
    private var groups: [() -> SimulatedGroup?] = []
    /// Set when a producer was used as none may be.
    var violation: String?

    func append(_ message: Message, to partition: TopicPartition) {
        let record = KafkaRecord(
            origin: partition, offset: end(of: partition), key: Array(message.key.utf8), value: message.value,
            headers: message.headers)
        records[partition, default: []].append(record)
        messages[partition, default: []].append(message)
        for group in groups { group()?.arrived(in: partition) }
    }

    func tell(_ group: SimulatedGroup) { groups.append { [weak group] in group } }

    func appendMarker(to partition: TopicPartition) {
        append(Message(key: "", value: nil, headers: [], isMarker: true), to: partition)
    }

    func end(of partition: TopicPartition) -> Int64 { Int64(messages[partition]?.count ?? 0) }

    /// Retention, or a wiped broker: what is below is gone.
    func truncate(_ partition: TopicPartition, below offset: Int64) { begins[partition] = offset }

    func begin(of partition: TopicPartition) -> Int64 { begins[partition] ?? 0 }

    func records(_ partition: TopicPartition, _ offsets: Range<Int64>) -> [KafkaRecord] {
        let list = records[partition] ?? []
        return list[Int(offsets.lowerBound)..<min(Int(offsets.upperBound), list.count)].filter { $0.keyBytes != [] }
    }

    /// Where Java producers put a key: murmur2, its sign cleared, modulo the partitions (Kafka's `Utils.murmur2`).
    static func partition(of key: String) -> Int32 {
        let data = Array(key.utf8)
        var hash = UInt32(0x9747_b28c) ^ UInt32(data.count)
        let factor = UInt32(0x5bd1_e995)
        var place = 0
        while place + 4 <= data.count {
            var word = UInt32(data[place]) | UInt32(data[place + 1]) << 8 | UInt32(data[place + 2]) << 16
            word |= UInt32(data[place + 3]) << 24
            word = word &* factor
            word ^= word >> 24
            hash = (hash &* factor) ^ (word &* factor)
            place += 4
        }
        let rest = data[place...]
        for (index, byte) in rest.enumerated().reversed() { hash ^= UInt32(byte) << UInt32(8 * index) }
        if !rest.isEmpty { hash = hash &* factor }
        hash = (hash ^ (hash >> 13)) &* factor
        hash ^= hash >> 15
        return Int32(bitPattern: hash & 0x7fff_ffff) % Int32(partitions)
    }

    /// Where librdkafka's own partitioner puts a key: CRC32 modulo the partitions.
    static func partitionByChecksum(of key: String) -> Int32 {
        var sum = UInt32.max
        for byte in key.utf8 {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = (sum >> 1) ^ (sum & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        return Int32((sum ^ .max) % UInt32(partitions))
    }
}

extension TopicPartition {
    func isBefore(_ other: TopicPartition) -> Bool { (topic, partition) < (other.topic, other.partition) }
}

/// An idempotent producer: each partition has its own way to the broker, on which nothing overtakes.
@Loop
final class SimulatedWriter: LogWriter {
    private struct Entry {
        let message: SimulatedLog.Message
        let id: Int
        let time: Duration
    }

    var onDeliveries: (@Loop ([KafkaProducer.Delivery]) -> Void)?
    var onError: (@Loop (KafkaError) -> Void)?
    private let log: SimulatedLog
    private let network: SimulatedNetwork
    private var waiting: [TopicPartition: [Entry]] = [:]
    private var sending: Set<TopicPartition> = []
    private var count = 0
    private var isClosed = false
    private var isPurged = false
    private let timeout: Duration?
    private let isMurmur: Bool

    init(_ log: SimulatedLog, _ network: SimulatedNetwork) {
        self.log = log
        self.network = network
        let properties = KafkaProducer.properties.merging(PlantedBug.writerProperties) { _, planted in planted }
        let milliseconds = Int(properties["message.timeout.ms"] ?? "") ?? 300_000
        timeout = milliseconds == 0 ? nil : .milliseconds(milliseconds)
        isMurmur = properties["partitioner"] == "murmur2_random"
    }

    func produce(
        topic: String, key: String, value: [UInt8]?, headers: [(String, [UInt8])], id: Int
    ) throws(KafkaError) {
        if isPurged, !isClosed {
            log.violation = "I4: \(key) was produced after the purge, which may have dropped what was before it"
        }
        // Small, so that waiting for room is a common thing.
        guard count < 12 else { throw KafkaError(code: -184, text: "queue full") }
        let number = isMurmur ? SimulatedLog.partition(of: key) : SimulatedLog.partitionByChecksum(of: key)
        let partition = TopicPartition(topic: topic, partition: number)
        let message = SimulatedLog.Message(key: key, value: value, headers: headers.map { ($0.0, $0.1) })
        waiting[partition, default: []].append(Entry(message: message, id: id, time: Loop.now))
        count += 1
        guard sending.insert(partition).inserted else { return }
        Task { @Loop in await self.send(to: partition) }
    }

    private func send(to partition: TopicPartition) async {
        defer { sending.remove(partition) }
        while let entries = waiting[partition], !entries.isEmpty {
            await network.travel()
            while log.downUntil > Loop.now { try? await Loop.sleep(for: log.downUntil - Loop.now) }
            let batch = take(network.chance.number(1...6), of: partition)
            guard !batch.isEmpty else { continue }
            for entry in batch { log.append(entry.message, to: partition) }
            // An acknowledgement that was lost comes with the retry, which the broker knows by its sequence.
            if network.faults.cuts() { try? await Loop.sleep(for: network.chance.milliseconds(20...300)) }
            await network.travel()
            // What the broker has may be reported as lost when the producer's own count is out of step.
            let error = network.faults.cuts() ? KafkaError(code: -150, text: "fatal: out of order sequence") : nil
            deliver(batch.map { KafkaProducer.Delivery(id: $0.id, error: error) })
        }
    }

    /// The next entries; those that have waited too long are given up, each for itself.
    private func take(_ limit: Int, of partition: TopicPartition) -> [Entry] {
        var entries = waiting[partition] ?? []
        if let timeout {
            let late = entries.filter { Loop.now - $0.time > timeout }
            entries.removeAll { Loop.now - $0.time > timeout }
            deliver(late.map { KafkaProducer.Delivery(id: $0.id, error: KafkaError(code: -192, text: "timed out")) })
        }
        waiting[partition] = Array(entries.dropFirst(limit))
        return Array(entries.prefix(limit))
    }

    private func deliver(_ deliveries: [KafkaProducer.Delivery]) {
        count -= deliveries.count
        if !isClosed, !deliveries.isEmpty { onDeliveries?(deliveries) }
    }

    func purge() {
        isPurged = true
        var dropped: [KafkaProducer.Delivery] = []
        for (partition, entries) in waiting.sorted(by: { $0.key.isBefore($1.key) }) {
            // Bytes that are on the wire arrive all the same.
            let kept = entries.prefix(sending.contains(partition) && network.chance.happens(300) ? 2 : 0)
            dropped += entries.dropFirst(kept.count).map {
                KafkaProducer.Delivery(id: $0.id, error: KafkaError(code: -152, text: "purged"))
            }
            waiting[partition] = Array(kept)
        }
        deliver(dropped.sorted { $0.id < $1.id })
    }

    func close() {
        isClosed = true
        onDeliveries = nil
        purge()
    }
}
