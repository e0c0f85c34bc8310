import Broker
import EventLoop
import Kafka
import TestKit
import Testing

@Loop
private func withBroker(_ body: @Loop (KafkaSettings) async throws -> Void) async throws {
    let folder = try TestPaths.temporaryFolder()
    defer { TestPaths.remove(folder) }
    var settings = BrokerSettings(dataDirectory: folder)
    settings.flush = .pageCache
    let broker = try Broker(settings)
    try await broker.start()
    do {
        try await body(KafkaSettings(brokers: "127.0.0.1:\(broker.port)", clientID: "test"))
    } catch {
        await broker.stop()
        throw error
    }
    await broker.stop()
}

@Loop
private final class Reader {
    let consumer: KafkaConsumer
    private(set) var records: [KafkaRecord] = []

    init(_ settings: KafkaSettings, _ partitions: [TopicPartition: Int64?]) throws {
        consumer = try KafkaConsumer(settings, group: nil)
        try consumer.assign(partitions)
    }

    func read(_ count: Int) async throws {
        try await eventually("\(count) records", within: .seconds(20)) {
            records += consumer.poll(limit: 1000, byteLimit: 1 << 20)
            return records.count >= count
        }
    }
}

@Loop
private func deliver(_ producer: KafkaProducer, _ work: () throws -> Void) async throws -> [KafkaProducer.Delivery] {
    var deliveries: [KafkaProducer.Delivery] = []
    producer.onDeliveries = { deliveries += $0 }
    try work()
    #expect(await producer.flush(within: .seconds(20)))
    return deliveries
}

@Suite(.serialized) struct KafkaTests {
    /// Murmur2 as Java producers compute it: the values are those of Kafka's own UtilsTest.
    @Test @Loop func keysLandWhereJavaProducersPutThem() async throws {
        let golden: [(String, Int32)] = [
            ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829), ("abc", 479_470_107),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
        ]
        try await withBroker { settings in
            try await KafkaAdmin.createTopics([TopicPlan(name: "t", partitions: 12)], settings)
            let producer = try KafkaProducer(settings)
            let deliveries = try await deliver(producer) {
                for (index, entry) in golden.enumerated() {
                    try producer.produce(
                        topic: "t", key: entry.0, value: Array(entry.0.utf8), headers: [("h", [1, 2])], id: index + 1)
                }
            }
            #expect(Set(deliveries.map(\.id)) == Set(1...6) && deliveries.allSatisfy { $0.error == nil })
            producer.close()
            let all = (0..<12).map { TopicPartition(topic: "t", partition: $0) }
            let reader = try Reader(settings, Dictionary(uniqueKeysWithValues: all.map { ($0, nil) }))
            try await reader.read(golden.count)
            for (key, hash) in golden {
                let record = reader.records.first { $0.key == key }
                #expect(record?.origin.partition == (hash & 0x7fff_ffff) % 12, "\(key)")
                #expect(record?.value == Array(key.utf8) && record?.headers.first?.value == [1, 2])
            }
            await reader.consumer.close()
            let bounds = try await KafkaAdmin.bounds(of: all, settings)
            #expect(bounds.values.map(\.count).reduce(0, +) == golden.count)
        }
    }

    @Test @Loop func valuesMayBeNullEmptyOrOdd() async throws {
        try await withBroker { settings in
            try await KafkaAdmin.createTopics([TopicPlan(name: "t", partitions: 1)], settings)
            // A topic that is there already is no error.
            try await KafkaAdmin.createTopics([TopicPlan(name: "t", partitions: 1)], settings)
            #expect(try await KafkaAdmin.topics(settings)["t"] == 1)
            let producer = try KafkaProducer(settings)
            _ = try await deliver(producer) {
                try producer.produce(topic: "t", key: "", value: nil, headers: [], id: 1)
                try producer.produce(topic: "t", key: "k", value: [], headers: [("e", [])], id: 2)
                try producer.produce(
                    topic: "t", key: "王", value: [0, 255], headers: [("a", [0xff]), ("a", [65])], id: 3)
            }
            producer.close()
            let partition = TopicPartition(topic: "t", partition: 0)
            let reader = try Reader(settings, [partition: 0])
            try await reader.read(3)
            let records = reader.records
            #expect(records.map(\.isTombstone) == [true, false, false] && records.map(\.offset) == [0, 1, 2])
            #expect(records[0].key == "" && records[1].value == [] && records[1].header("e") == "")
            #expect(records[2].key == "王" && records[2].header("a") == "A" && records[2].headers.count == 2)
            #expect(records[2].header("b") == nil && records[2].timestamp > 0)
            #expect(try await KafkaAdmin.bounds(of: [partition], settings)[partition] == 0..<3)
            await reader.consumer.close()
        }
    }

    @Test @Loop func aPositionThatIsNotThereIsAnErrorAndNothingIsSkipped() async throws {
        try await withBroker { settings in
            try await KafkaAdmin.createTopics([TopicPlan(name: "t", partitions: 1)], settings)
            let reader = try Reader(settings, [TopicPartition(topic: "t", partition: 0): 5])
            var isLost = false
            reader.consumer.onError = { isLost = isLost || $0.isOffsetLost }
            try await eventually("the loss to be told", within: .seconds(20)) {
                #expect(reader.consumer.poll(limit: 10, byteLimit: 1000).isEmpty)
                return isLost
            }
            await reader.consumer.close()
        }
    }

    @Test @Loop func partitionsMayBeAssignedAgainAtOnce() async throws {
        try await withBroker { settings in
            try await KafkaAdmin.createTopics([TopicPlan(name: "t", partitions: 12)], settings)
            let producer = try KafkaProducer(settings)
            _ = try await deliver(producer) {
                for id in 0..<60 { try producer.produce(topic: "t", key: "k\(id)", value: [1], headers: [], id: id) }
            }
            producer.close()
            let all = Dictionary(
                uniqueKeysWithValues: (0..<12).map { (TopicPartition(topic: "t", partition: $0), Int64?.none) })
            let reader = try Reader(settings, all)
            // librdkafka 2.0.2 aborts the process where a stop is asked for twice.
            for _ in 0..<500 { try reader.consumer.assign(all) }
            try await reader.read(60)
            await reader.consumer.close()
        }
    }

    @Test @Loop func whatIsClosedIsTouchedNoMore() async throws {
        try await withBroker { settings in
            try await KafkaAdmin.createTopics([TopicPlan(name: "t", partitions: 1)], settings)
            let place = TopicPartition(topic: "t", partition: 0)
            for _ in 0..<20 {
                let consumer = try KafkaConsumer(settings, group: nil)
                try consumer.assign([place: nil])
                await consumer.close()
                let producer = try KafkaProducer(settings)
                producer.close()
                // Freed by now, on a thread of its own: a question would wait for a lock that is none.
                try await Loop.sleep(for: .milliseconds(50))
                #expect(consumer.knownEnd(of: place) == nil)
                #expect(consumer.poll(limit: 1, byteLimit: 1).isEmpty)
                consumer.commitForLagTools([place: 1])
                #expect(throws: KafkaError.self) { try consumer.assign([place: nil]) }
                #expect(throws: KafkaError.self) { try consumer.seek([place: 0]) }
                #expect(throws: KafkaError.self) { try consumer.subscribe(to: ["t"]) }
                producer.purge()
                #expect(throws: KafkaError.self) {
                    try producer.produce(topic: "t", key: "k", value: [1], headers: [], id: 1)
                }
            }
        }
    }

    @Test @Loop func closingNeverHangs() async throws {
        let nobody = KafkaSettings(brokers: "127.0.0.1:1", clientID: "test")
        let begin = Loop.now
        let producer = try KafkaProducer(nobody)
        try producer.produce(topic: "t", key: "k", value: [1], headers: [], id: 1)
        #expect(await producer.flush(within: .milliseconds(50)) == false)
        producer.close()
        producer.close()
        let consumer = try KafkaConsumer(nobody, group: "g")
        try consumer.subscribe(to: ["t"])
        await consumer.close()
        await consumer.close()
        #expect(Loop.now - begin < .seconds(20))
        #expect(throws: KafkaError.self) {
            try KafkaProducer(KafkaSettings(brokers: "x", clientID: "t", properties: ["no.such": "1"]))
        }
    }

    @Test(arguments: [true, false])
    @Loop func whoHasNotTakenItsPartitionsLeavesAtOnceAllTheSame(leaves: Bool) async throws {
        try await withBroker { settings in
            try await KafkaAdmin.createTopics([TopicPlan(name: "t", partitions: 2)], settings)
            let consumer = try KafkaConsumer(settings, group: "g")
            var isAsked = false
            consumer.onAssigned = { _ in isAsked = true }
            try consumer.subscribe(to: ["t"])
            try await eventually("partitions", within: .seconds(20)) {
                _ = consumer.poll(limit: 10, byteLimit: 1000)
                return isAsked
            }
            let begin = Loop.now
            if leaves { await consumer.leave(within: .seconds(2)) }
            let left = Loop.now
            await consumer.close(within: .seconds(2))
            #expect(left - begin < .seconds(1) && Loop.now - left < .seconds(1))
        }
    }

    @Test @Loop func whatIsUrgentOvertakesWhatWasFetchedBefore() async throws {
        try await withBroker { settings in
            try await KafkaAdmin.createTopics(
                [TopicPlan(name: "many", partitions: 2), TopicPlan(name: "keys", partitions: 2)], settings)
            let producer = try KafkaProducer(settings)
            var delivered = 0
            producer.onDeliveries = { delivered += $0.count }
            for id in 0..<2000 { try producer.produce(topic: "many", key: "k\(id)", value: [1], headers: [], id: id) }
            let consumer = try KafkaConsumer(settings, group: nil, urgentTopic: "keys")
            var places: [TopicPartition: Int64?] = [:]
            for topic in ["many", "keys"] {
                for number in 0..<2 { places[TopicPartition(topic: topic, partition: Int32(number))] = .some(nil) }
            }
            try consumer.assign(places)
            try await eventually("the many are there") { delivered == 2000 }
            for round in 0..<2 {
                for id in 0..<4 { try producer.produce(topic: "keys", key: "k\(id)", value: [2], headers: [], id: id) }
                var found: [KafkaRecord] = []
                try await eventually("the urgent ones alone") {
                    found += consumer.pollUrgent(limit: 10)
                    return found.count == 4
                }
                #expect(found.allSatisfy { $0.origin.topic == "keys" })
                // Given anew, they have their queues still.
                for record in found {
                    places[record.origin] = max(record.offset + 1, (places[record.origin] ?? 0) ?? 0)
                }
                if round == 0 { try consumer.assign(places) }
            }
            var count = 0
            try await eventually("the many") {
                count += consumer.poll(limit: 500, byteLimit: 1 << 20).count
                return count == 2000
            }
            await consumer.close()
            producer.close()
        }
    }

    @Test @Loop func aGroupGivesPartitionsAndTakesThemBack() async throws {
        try await withBroker { settings in
            try await KafkaAdmin.createTopics([TopicPlan(name: "t", partitions: 4)], settings)
            var assigned: [[TopicPartition]] = [[], []]
            var consumers: [KafkaConsumer] = []
            for index in 0...1 {
                let consumer = try KafkaConsumer(settings, group: "g")
                consumer.onAssigned = { [unowned consumer] partitions in
                    assigned[index] = partitions
                    try? consumer.assign(Dictionary(uniqueKeysWithValues: partitions.map { ($0, nil) }))
                }
                consumer.onRevoked = { assigned[index] = [] }
                try consumer.subscribe(to: ["t"])
                consumers.append(consumer)
            }
            @Loop func poll() { for consumer in consumers { _ = consumer.poll(limit: 10, byteLimit: 1000) } }
            try await eventually("two partitions each", within: .seconds(30)) {
                poll()
                return assigned.map(\.count) == [2, 2] && Set(assigned.joined()).count == 4
            }
            await consumers.removeFirst().close()
            try await eventually("four partitions for the other", within: .seconds(30)) {
                poll()
                return assigned[1].count == 4
            }
            await consumers[0].close()
        }
    }
}
