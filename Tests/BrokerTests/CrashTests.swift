import EventLoop
import Testing

@testable import Broker

/// What was sent, and what became of it. The value of each record is its number, in the order of sending.
@Loop
private final class Ledger {
    let topic: String
    let producerID: Int
    private var next = 0
    private var sequence = 0
    /// Sent and not answered, oldest first.
    private var unanswered: [(bytes: [UInt8], numbers: Range<Int>)] = []
    /// Offset by number, of those that were acknowledged.
    private(set) var acknowledged: [Int: Int] = [:]
    private(set) var refusals: Set<Int> = []
    private var repeatFaults: [String] = []
    /// Batches that were sent again after a kill.
    private(set) var repeats = 0
    private var random: SystemIndependentRandom
    private var readTo = 0
    private var lastRead = -1
    private(set) var recordsRead = 0

    var isIdempotent: Bool { producerID >= 0 }

    init(_ topic: String, producerID: Int = -1, seed: UInt64) {
        self.topic = topic
        self.producerID = producerID
        random = SystemIndependentRandom(seed: seed)
    }

    /// Writes, up to five batches under way, until the broker goes. What was not answered before comes first if the
    /// producer is idempotent; otherwise it stays unknown whether it was written.
    func write(to port: Int) async {
        guard let client = try? await TestClient(port: port) else { return }
        defer { client.close() }
        if !isIdempotent { unanswered = [] }
        repeats += unanswered.count
        var underWay = 0
        do {
            while true {
                while underWay < 5 {
                    if underWay == unanswered.count { unanswered.append(batch()) }
                    client.send(0, 7, TestClient.produceBody(unanswered[underWay].bytes, topic))
                    underWay += 1
                }
                let (code, offset) = try await client.produced()
                let numbers = unanswered.removeFirst().numbers
                underWay -= 1
                if code != 0 { refusals.insert(code) }
                for (index, number) in numbers.enumerated() where code == 0 {
                    // Written before the kill, read since, and told only now: it must be told where it is.
                    if number > lastRead {
                        acknowledged[number] = offset + index
                    } else if number != offset + index {
                        repeatFaults.append("\(topic): \(number) is said to be at \(offset + index)")
                    }
                }
            }
        } catch {
            // The broker was killed.
        }
    }

    private func batch() -> (bytes: [UInt8], numbers: Range<Int>) {
        let count = 1 + Int(random.next() % 5)
        let numbers = next..<next + count
        next += count
        let padding = String(repeating: "x", count: Int(random.next() % 1500))
        defer { sequence += count }
        return (
            testBatch(numbers.map { "\($0) \(padding)" }, producer: producerID, sequence: sequence), numbers
        )
    }

    /// Reads what came since it last read, and says what is wrong with it.
    func check(_ client: TestClient) async throws -> [String] {
        var faults = repeatFaults
        while true {
            let answer = try await client.call(
                1, 11, TestClient.fetchBody(topic, from: readTo, wait: 0, maxBytes: 4 << 20))
            let found = TestClient.fetched(answer)
            if found.code != 0 { faults.append("\(topic): error \(found.code) at \(readTo)") }
            if found.bytes.isEmpty { break }
            for record in testRecords(found.bytes) where record.offset >= readTo {
                let number = Int(text(record.value).prefix { $0 != " " }) ?? -1
                if record.offset != readTo { faults.append("\(topic): \(record.offset) instead of \(readTo)") }
                if number <= lastRead { faults.append("\(topic): \(number) after \(lastRead)") }
                // One idempotent producer: each number once, at the offset that it has by counting.
                if isIdempotent, number != record.offset { faults.append("\(topic): \(number) at \(record.offset)") }
                if let offset = acknowledged[number], offset != record.offset {
                    faults.append("\(topic): \(number) was acknowledged at \(offset), not \(record.offset)")
                }
                acknowledged[number] = nil
                (lastRead, readTo, recordsRead) = (number, record.offset + 1, recordsRead + 1)
            }
        }
        if let lost = acknowledged.first(where: { $0.value < readTo || $0.key <= lastRead }) {
            faults.append("\(topic): \(lost.key), acknowledged at \(lost.value), is gone")
        }
        if !acknowledged.isEmpty, faults.isEmpty {
            faults.append("\(topic): acknowledged records after \(readTo) are gone")
        }
        return faults + refusals.map { "\(topic): refused with \($0)" }
    }
}

/// Keys written over and over to a compacted topic, and the offset at which each was last acknowledged.
@Loop
private final class KeyLedger {
    static let topic = "compacted"
    private var random: SystemIndependentRandom
    private var acknowledged: [String: Int] = [:]
    private(set) var written = 0

    init(seed: UInt64) { random = SystemIndependentRandom(seed: seed) }

    func write(to port: Int) async {
        guard let client = try? await TestClient(port: port) else { return }
        defer { client.close() }
        while true {
            let keys = (0..<4).map { _ in "key \(random.next() % 40)" }
            let padding = [UInt8](repeating: 120, count: Int(random.next() % 800))
            let bytes = Records.batch(
                keys.map { (Array($0.utf8), Array($0.utf8) + padding) }, timestamp: Node.time)
            guard let (code, offset) = try? await client.produce(bytes, to: Self.topic), code == 0 else { return }
            for (index, key) in keys.enumerated() { acknowledged[key] = max(acknowledged[key] ?? 0, offset + index) }
            written += keys.count
        }
    }

    /// Reads all of it: of every key there must be a record no older than the last that was acknowledged.
    func check(_ client: TestClient) async throws -> [String] {
        var last: [String: Int] = [:]
        var (position, faults): (Int, [String]) = (0, [])
        while true {
            let answer = try await client.call(
                1, 11, TestClient.fetchBody(Self.topic, from: position, wait: 0, maxBytes: 4 << 20))
            let found = TestClient.fetched(answer)
            if found.code != 0 { faults.append("\(Self.topic): error \(found.code) at \(position)") }
            guard let end = testEnd(found.bytes) else { break }
            for record in testRecords(found.bytes) {
                let key = text(record.key)
                if !text(record.value).hasPrefix(key) { faults.append("\(record.offset) has another key's value") }
                if record.offset <= last[key] ?? -1 { faults.append("\(key) out of order at \(record.offset)") }
                last[key] = record.offset
            }
            position = end
        }
        for (key, offset) in acknowledged where last[key] ?? -1 < offset {
            faults.append("\(key): acknowledged at \(offset), last found at \(last[key] ?? -1)")
        }
        return faults
    }
}

/// Offsets of a group that only grow.
@Loop
private final class Commits {
    private(set) var acknowledged = 0
    private var sent = 0

    func write(to port: Int) async {
        guard let client = try? await TestClient(port: port) else { return }
        defer { client.close() }
        while true {
            sent += 1
            let partition: Message = ["PartitionIndex": 0, "CommittedOffset": .int(sent), "CommittedLeaderEpoch": -1]
            let topics: [Message] = [["Name": "free", "Partitions": .list([partition])]]
            let answer = try? await client.call(
                8, 7,
                ["GroupId": "g", "GenerationIdOrMemberEpoch": -1, "GroupInstanceId": nil, "Topics": .list(topics)])
            let code = answer?.list("Topics").first?.list("Partitions").first?.int("ErrorCode")
            guard code == 0 else { return }
            acknowledged = sent
        }
    }

    func check(_ client: TestClient) async throws -> [String] {
        let topics: [Message] = [["Name": "free", "PartitionIndexes": [0]]]
        let answer = try await client.call(9, 7, ["GroupId": "g", "Topics": .list(topics)])
        let found = answer.list("Topics").first?.list("Partitions").first?.int("CommittedOffset") ?? -99
        guard found < acknowledged || found > sent else {
            // What is shown once may not go back.
            acknowledged = max(acknowledged, found)
            return []
        }
        return acknowledged == 0 && found == -1 ? [] : ["committed \(found), not \(acknowledged) to \(sent)"]
    }
}

/// Random numbers that a seed repeats (SplitMix64).
struct SystemIndependentRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

private func setting(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }

/// Kills the broker over and over under load. `BROKER_CRASH_CYCLES` says how often (60 without it),
/// `BROKER_CRASH_SEED` repeats a run's choices.
@Test @Loop func nothingAcknowledgedIsLostOrDoubledByKills() async throws {
    let cycles = Int(setting("BROKER_CRASH_CYCLES") ?? 60)
    let seed = setting("BROKER_CRASH_SEED") ?? UInt64.random(in: 1...1_000_000)
    print("crash test: seed \(seed), \(cycles) cycles")
    var random = SystemIndependentRandom(seed: seed)
    try await withFolder { folder in
        try Disk.makeFolder(folder)
        let ledgers = [
            Ledger("one", producerID: 4711, seed: seed), Ledger("two", producerID: 4712, seed: seed + 1),
            Ledger("free", seed: seed + 2),
        ]
        let (keys, commits) = (KeyLedger(seed: seed + 3), Commits())
        let begin = Loop.now
        for cycle in 0...cycles {
            let broker = try await BrokerProcess("\(folder)/data", ["BROKER_CLEAN_MS=7"])
            do {
                let client = try await TestClient(port: broker.port)
                if cycle == 0 {
                    for ledger in ledgers { try await client.create(ledger.topic, ["segment.bytes": "100000"]) }
                    try await client.create(
                        KeyLedger.topic,
                        ["cleanup.policy": "compact", "segment.bytes": "20000", "min.cleanable.dirty.ratio": "0.1"])
                }
                var faults: [String] = []
                for ledger in ledgers { faults += try await ledger.check(client) }
                faults += try await commits.check(client)
                if cycle % 5 == 0 || cycle == cycles { faults += try await keys.check(client) }
                try #require(faults.isEmpty, "seed \(seed), cycle \(cycle): \(faults.prefix(5))")
                if cycle < cycles {
                    let writers =
                        ledgers.map { ledger in Task.immediate { @Loop in await ledger.write(to: broker.port) } } + [
                            Task.immediate { @Loop in await keys.write(to: broker.port) },
                            Task.immediate { @Loop in await commits.write(to: broker.port) },
                        ]
                    try await Loop.sleep(for: .microseconds(Int(5_000 + random.next() % 50_000)))
                    try await broker.end(SIGKILL)
                    for writer in writers { await writer.value }
                } else {
                    #expect(try await broker.end(SIGTERM))
                }
                client.close()
            } catch {
                try await broker.end(SIGKILL)
                throw error
            }
        }
        let read = ledgers.reduce(0) { $0 + $1.recordsRead }
        let each = Int((Loop.now - begin) / .milliseconds(1)) / max(1, cycles)
        let repeats = ledgers.reduce(0) { $0 + $1.repeats }
        print(
            """
            crash test: seed \(seed), \(cycles) cycles, \(read) records, \(repeats) batches sent again, \
            \(keys.written) records by key, \(commits.acknowledged) commits, \(each) ms a cycle
            """)
        #expect(read > cycles)
    }
}
