import CRMModel
import EventLoop
import Kafka
import Messaging

/// A consumer group with the eager protocol: all give back what they have, then each gets a share. Who does not answer in time is
/// expelled and learns of it late.
@Loop
final class SimulatedGroup {
    private let log: SimulatedLog
    private let topics: [String]
    private let chance: Chance
    private var members: [SimulatedReader] = []
    private var generation = 0
    fileprivate let answered = Notice()

    private let trace: (@Loop (String) -> Void)?

    init(_ log: SimulatedLog, topics: [String], _ chance: Chance, _ trace: (@Loop (String) -> Void)?) {
        self.trace = trace
        self.log = log
        self.topics = topics
        self.chance = chance
        log.tell(self)
    }

    func join(_ reader: SimulatedReader) {
        members.append(reader)
        rebalance()
    }

    func leave(_ reader: SimulatedReader) {
        guard members.contains(where: { $0 === reader }) else { return }
        members.removeAll { $0 === reader }
        rebalance()
    }

    /// The members that are there each get what another had, at random: a storm.
    func rebalance() {
        generation += 1
        let mine = generation
        for member in members { member.giveBack() }
        Task { @Loop in await self.assign(mine) }
    }

    private func assign(_ mine: Int) async {
        _ = try? await answered.wait(
            until: { generation != mine || members.allSatisfy { !$0.mustGiveBack } },
            atMost: chance.milliseconds(100...1500))
        guard generation == mine else { return }
        let silent = members.filter(\.mustGiveBack)
        if !silent.isEmpty { trace?("the group throws out \(silent.count) of \(members.count)") }
        members.removeAll { $0.mustGiveBack }
        for member in silent { member.expel() }
        guard !members.isEmpty else { return }
        var shares: [[TopicPartition]] = members.map { _ in [] }
        let first = chance.number(0...(members.count - 1))
        for number in 0..<SimulatedLog.partitions {
            for topic in topics {
                shares[(first + number) % members.count].append(
                    TopicPartition(topic: topic, partition: Int32(number)))
            }
        }
        for (number, member) in members.enumerated() {
            trace?("member \(number) of \(members.count) gets \(shares[number].map(\.description))")
            member.give(shares[number])
        }
    }

    func arrived(in partition: TopicPartition) { for member in members { member.arrived(in: partition) } }
}

/// A member of a group, as `KafkaConsumer` is one.
@Loop
final class SimulatedReader: LogReader {
    var onReady: (@Loop () -> Void)?
    var onAssigned: (@Loop ([TopicPartition]) -> Void)?
    var onRevoked: (@Loop () -> Void)?
    var onEnd: (@Loop (TopicPartition, Int64) -> Void)?
    var onError: (@Loop (KafkaError) -> Void)?
    private let log: SimulatedLog
    private let group: SimulatedGroup
    private let network: SimulatedNetwork
    private var positions: [TopicPartition: Int64] = [:]
    private var given: [TopicPartition]?
    private(set) var mustGiveBack = false
    private var isExpelled = false
    private var isSignalled = false
    private(set) var isDead = false

    init(_ log: SimulatedLog, _ group: SimulatedGroup, _ network: SimulatedNetwork) {
        self.log = log
        self.group = group
        self.network = network
    }

    func subscribe(to topics: [String]) { network.leave { group.join(self) } }

    // MARK: From the group

    func giveBack() {
        given = nil
        mustGiveBack = true
        signal()
    }

    func give(_ partitions: [TopicPartition]) {
        given = partitions
        signal()
    }

    func expel() {
        isExpelled = true
        mustGiveBack = false
        signal()
    }

    func arrived(in partition: TopicPartition) { if positions[partition] != nil { signal() } }

    /// The process is gone; the group learns of it when its patience ends.
    func die() { isDead = true }

    private func signal() {
        guard !isDead, !isSignalled else { return }
        isSignalled = true
        network.enter { [self] in
            Task { @Loop in
                await network.travel()
                isSignalled = false
                if !isDead { onReady?() }
            }
        }
    }

    // MARK: From the service

    func assign(_ partitions: [TopicPartition: Int64?]) throws {
        guard !isDead, !mustGiveBack, !isExpelled else { return }
        positions = [:]
        for (partition, offset) in partitions.sorted(by: { $0.key.isBefore($1.key) }) {
            let start = offset ?? log.begin(of: partition)
            if start < log.begin(of: partition) || start > log.end(of: partition) {
                onError?(KafkaError(code: -140, text: "offset \(start) of \(partition) is not in the log"))
            } else {
                positions[partition] = start
            }
        }
        signal()
    }

    func poll(limit: Int, byteLimit: Int) -> [KafkaRecord] {
        guard !isDead, Loop.now >= network.pausedUntil else { return [] }
        if isExpelled || mustGiveBack {
            let wasExpelled = isExpelled
            isExpelled = false
            mustGiveBack = false
            positions = [:]
            onRevoked?()
            if wasExpelled { network.leave { group.join(self) } }
            group.answered.notify()
            return []
        }
        if let given {
            self.given = nil
            onAssigned?(given)
            return []
        }
        guard log.downUntil <= Loop.now else {
            _ = Loop.after(log.downUntil - Loop.now) { [self] in signal() }
            return []
        }
        return fetch(limit) { _ in true }
    }

    func pollUrgent(limit: Int) -> [KafkaRecord] {
        guard !isDead, Loop.now >= network.pausedUntil, log.downUntil <= Loop.now else { return [] }
        return fetch(limit) { $0.topic == Topic.subjectKeys.name }
    }

    private func fetch(_ limit: Int, _ isWanted: (TopicPartition) -> Bool) -> [KafkaRecord] {
        var records: [KafkaRecord] = []
        for partition in network.chance.shuffled(positions.keys.filter(isWanted).sorted { $0.isBefore($1) }) {
            let start = positions[partition] ?? 0
            let there = min(Int(log.end(of: partition) - start), limit - records.count)
            guard there > 0 else {
                // Whoever waits for keys to be read to their end hears of it though there is nothing to read.
                let isOfKeys = partition.topic == Topic.subjectKeys.name
                if isOfKeys, log.end(of: partition) == start { onEnd?(partition, start) }
                continue
            }
            let count = network.chance.number(1...there)
            records += log.records(partition, start..<start + Int64(count))
            positions[partition] = start + Int64(count)
            if start + Int64(count) == log.end(of: partition) { onEnd?(partition, start + Int64(count)) }
        }
        if records.isEmpty, positions.contains(where: { $0.value < log.end(of: $0.key) }) { signal() }
        return records
    }

    func commitForLagTools(_ positions: [TopicPartition: Int64]) {}

    func knownEnd(of partition: TopicPartition) -> Int64? { log.end(of: partition) }

    func close(within limit: Duration) async {
        // Who has died says no goodbye.
        guard !isDead else { return }
        isDead = true
        network.leave { group.leave(self) }
    }
}
