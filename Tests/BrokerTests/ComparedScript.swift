import EventLoop
import TestKit

@testable import Broker

/// Makes up requests from a seed: mostly right ones, and every fault that a client can have.
@Loop
struct ComparedScript {
    private var random: SeededGenerator
    /// Whether it is for the line of Apache Kafka before 4.
    private let isForOlderLine: Bool
    /// What each producer would send next, and what it sent last, as sequence numbers by topic and partition.
    private var sequences: [String: Int] = [:]
    private var count = 0

    init(seed: UInt64, isForOlderLine: Bool = false) {
        random = SeededGenerator(seed: seed)
        self.isForOlderLine = isForOlderLine
    }

    private mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &random)] }
    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func topic() -> String { chance(4) ? "nowhere" : pick(["a", "b", "c", "d.e"]) }
    private mutating func partition() -> Int { chance(5) ? pick([-1, 7]) : pick([0, 0, 1]) }
    private mutating func group() -> String { chance(5) ? "unheard-of" : pick(["g", "h"]) }

    mutating func next() -> ComparedStep {
        count += 1
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<24: return produce()
        case 24..<36: return fetch()
        case 36..<42: return listOffsets()
        case 42..<44: return endOfEpoch()
        case 44..<48: return deleteRecords()
        case 48..<52: return createTopics()
        case 52..<54: return deleteTopics()
        case 54..<56: return createPartitions()
        case 56..<60: return metadata()
        case 60..<64: return pick([alterConfigs(), describeConfigs()])
        case 64..<66: return initProducer()
        case 66..<72: return commit()
        case 72..<76: return fetchOffsets()
        case 76..<80: return groupCommand()
        default: return memberRequest()
        }
    }

    // MARK: Records

    private mutating func produce() -> ComparedStep {
        let (topic, partition, version) = (topic(), partition(), Int.random(in: 3...9, using: &random))
        let producer = chance(40) ? pick(["p", "q"]) : nil
        let place = "\(producer ?? "") \(topic) \(partition)"
        let values = (0..<Int.random(in: 1...4, using: &random)).map { "\(count) \($0)" }
        var sequence = sequences[place] ?? 0
        var epoch = 0
        var title = "produce"
        if producer != nil, chance(25) {
            let fault = pick([-1, -2, 1, 5])
            sequence = max(0, sequence + fault)
            title += " sequence \(fault)"
        } else if producer != nil, chance(4) {
            epoch = 1
            title += " next epoch"
        }
        sequences[place] = sequence + values.count
        let time = 1_700_000_000_000 + count * 10 - (chance(10) ? 500 : 0)
        let fault: BatchFault? = chance(20) ? pick(BatchFault.allCases) : nil
        if let fault { title += " \(fault)" }
        let acks = chance(4) ? 2 : pick([-1, 1])
        return ComparedStep(title: "\(title) \(topic)-\(partition)", key: 0, version: version) { broker in
            let number = producer.map { broker.producers[$0] ?? 1_000_000 } ?? -1
            var batch = testBatch(values, producer: number, sequence: sequence, epoch: epoch, time: time)
            fault?.apply(to: &batch)
            let entry: Message = ["Index": .int(partition), "Records": .bytes(batch[...])]
            return [
                "TransactionalId": nil, "Acks": .int(acks), "TimeoutMs": 1000,
                "TopicData": .list([["Name": .text(topic), "PartitionData": .list([entry])] as Message]),
            ]
        }
    }

    private mutating func fetch() -> ComparedStep {
        let version = Int.random(in: 4...12, using: &random)
        // No limit between: what Apache Kafka sends of a cut batch counts against it too.
        let limit = pick([0, 1, 1 << 20])
        let topics = (0..<pick([1, 1, 2])).map { _ in topic() }
        let entries: [Message] = Set(topics).sorted().map { topic in
            let partitions: [Message] = [0, 1].map { partition in
                [
                    "Partition": .int(chance(4) ? 9 : partition), "CurrentLeaderEpoch": .int(pick([-1, -1, -1, 0, 3])),
                    "FetchOffset": .int(pick([0, 0, 1, 2, 5, 8, 13, 30, -1, 500])), "LastFetchedEpoch": -1,
                    "PartitionMaxBytes": .int(pick([1, 150, 1 << 20])),
                ]
            }
            return ["Topic": .text(topic), "Partitions": .list(partitions)]
        }
        return ComparedStep(title: "fetch \(entries.map(\.line))", key: 1, version: version) { _ in
            [
                "ReplicaId": -1, "MaxWaitMs": 0, "MinBytes": 1, "MaxBytes": .int(limit), "SessionEpoch": -1,
                "Topics": .list(entries),
            ]
        }
    }

    private mutating func listOffsets() -> ComparedStep {
        let version = Int.random(in: 1...7, using: &random)
        let time = 1_700_000_000_000 + Int.random(in: -10...(count + 20), using: &random) * 10
        let entry: Message = [
            "PartitionIndex": .int(partition()), "CurrentLeaderEpoch": .int(pick([-1, -1, 0, 2])),
            "Timestamp": .int(pick([-1, -2, -3, -4, time, time, time])),
        ]
        let (name, entries) = (topic(), chance(8) ? [entry, entry] : [entry])
        return ComparedStep(title: "list offsets \(name) \(entry.line)", key: 2, version: version) { _ in
            [
                "ReplicaId": -1,
                "Topics": .list([["Name": .text(name), "Partitions": .list(entries)] as Message]),
            ]
        }
    }

    private mutating func endOfEpoch() -> ComparedStep {
        let (name, index) = (topic(), partition())
        let (current, epoch) = (pick([-1, 0, 4]), pick([-1, 0, 0, 4]))
        return ComparedStep(title: "end of epoch", key: 23, version: Int.random(in: 2...4, using: &random)) { _ in
            let entry: Message = [
                "Partition": .int(index), "CurrentLeaderEpoch": .int(current), "LeaderEpoch": .int(epoch),
            ]
            return [
                "ReplicaId": -1, "Topics": .list([["Topic": .text(name), "Partitions": .list([entry])] as Message]),
            ]
        }
    }

    private mutating func deleteRecords() -> ComparedStep {
        let (name, entry) = (
            topic(), ["PartitionIndex": .int(partition()), "Offset": .int(pick([0, 1, 2, 4, -1, -2, 900]))] as Message
        )
        let version = Int.random(in: 0...2, using: &random)
        return ComparedStep(title: "delete records \(name) \(entry.line)", key: 21, version: version) { _ in
            ["Topics": .list([["Name": .text(name), "Partitions": .list([entry])] as Message]), "TimeoutMs": 5000]
        }
    }

    private mutating func initProducer() -> ComparedStep {
        ComparedStep(
            title: "producer", key: 22, version: Int.random(in: 0...4, using: &random), via: pick(["p", "q"])
        ) { _ in
            ["TransactionalId": nil, "TransactionTimeoutMs": 1000, "ProducerId": -1, "ProducerEpoch": -1]
        }
    }

    // MARK: Topics

    private mutating func config() -> Message {
        [
            "Name": .text(pick(["retention.ms", "max.message.bytes", "cleanup.policy", "no.such"])),
            "Value": .text(pick(["5000000", "2000", "compact", "delete", "x", nil])),
        ]
    }

    private mutating func createTopics() -> ComparedStep {
        var entries: [Message] = []
        for number in 0..<pick([1, 1, 2]) {
            let assigned: [Message] = chance(10) ? [["PartitionIndex": 0, "BrokerIds": .ints([pick([1, 5])])]] : []
            entries.append([
                // Apache Kafka does not see that names collide within one request.
                "Name": .text(pick(number > 0 ? ["a", "b", "c"] : ["a", "b", "d.e", "d_e", "", "..", "no good"])),
                "NumPartitions": .int(pick([2, 2, 2, 1, 0, -2])), "ReplicationFactor": .int(pick([1, 1, 1, -1, 0, 3])),
                "Assignments": .list(assigned), "Configs": .list(chance(25) ? [config()] : []),
            ])
        }
        let (made, validate) = (entries, chance(15))
        let version = Int.random(in: 2...7, using: &random)
        return ComparedStep(title: "create topics \(made.map(\.line))", key: 19, version: version) { _ in
            ["Topics": .list(made), "TimeoutMs": 5000, "ValidateOnly": .flag(validate)]
        }
    }

    private mutating func deleteTopics() -> ComparedStep {
        let (name, version) = (topic(), Int.random(in: 1...6, using: &random))
        let (byID, twice) = (chance(40), chance(10))
        return ComparedStep(title: "delete topic \(name)", key: 20, version: version) { broker in
            let id = broker.topics[.text(name)]
            let entry: Message =
                byID && id != nil
                ? ["Name": nil, "TopicId": id ?? nil] : ["Name": .text(name), "TopicId": ComparedBroker.zero]
            return [
                "Topics": .list(twice ? [entry, entry] : [entry]), "TopicNames": [.text(name)], "TimeoutMs": 5000,
            ]
        }
    }

    private mutating func createPartitions() -> ComparedStep {
        let (name, count, validate) = (topic(), pick([1, 2, 3, 4]), chance(20))
        let assigned: Value = chance(20) ? .list([["BrokerIds": .ints([pick([1, 9])])] as Message]) : nil
        let version = Int.random(in: 0...3, using: &random)
        return ComparedStep(title: "create partitions \(name) \(count)", key: 37, version: version) { _ in
            [
                "Topics": .list([["Name": .text(name), "Count": .int(count), "Assignments": assigned] as Message]),
                "TimeoutMs": 5000, "ValidateOnly": .flag(validate),
            ]
        }
    }

    private mutating func metadata() -> ComparedStep {
        let (names, version) = (
            [topic(), topic(), pick(["", "no good", "a"])], Int.random(in: 1...12, using: &random)
        )
        let byID = version >= 12 && chance(30)
        return ComparedStep(title: "metadata \(names)", key: 3, version: version) { broker in
            // All by id or all by name: Apache Kafka leaves out names beside ids.
            let ids = names.compactMap { broker.topics[.text($0)] }
            let entries: [Message] =
                byID && !ids.isEmpty
                ? ids.map { ["Name": nil, "TopicId": $0] }
                : names.map { ["Name": .text($0), "TopicId": ComparedBroker.zero] }
            return ["Topics": .list(entries), "AllowAutoTopicCreation": 0]
        }
    }

    private mutating func alterConfigs() -> ComparedStep {
        let name = topic()
        var changes = [config()]
        if chance(20) { changes.append(config()) }
        if chance(60) {
            for index in changes.indices {
                // Without `delete` the policy is empty, which newer lines take and older ones do not.
                let isLast = changes[index]["Value"] == "delete"
                changes[index]["ConfigOperation"] = .int(pick(isLast ? [0, 1, 2] : [0, 0, 1, 2, 3]))
            }
            let version = Int.random(in: 0...1, using: &random)
            return configStep("alter configs", 44, version, name, changes, validate: chance(15))
        }
        return configStep("set configs", 33, Int.random(in: 0...2, using: &random), name, changes, validate: chance(15))
    }

    private mutating func configStep(
        _ title: String, _ key: Int, _ version: Int, _ name: String, _ changes: [Message], validate: Bool
    ) -> ComparedStep {
        let resource: Message = [
            "ResourceType": .int(chance(5) ? 3 : 2), "ResourceName": .text(name), "Configs": .list(changes),
        ]
        // AlterConfigs with a resource twice makes Apache Kafka fail and never answer.
        let twice = chance(5) && key != 33
        return ComparedStep(title: "\(title) \(resource.line)", key: key, version: version) { _ in
            ["Resources": .list(twice ? [resource, resource] : [resource]), "ValidateOnly": .flag(validate)]
        }
    }

    private mutating func describeConfigs() -> ComparedStep {
        let resource: Message = [
            "ResourceType": .int(chance(5) ? 3 : 2), "ResourceName": .text(chance(8) ? "no good" : topic()),
            "ConfigurationKeys": ["retention.ms", "max.message.bytes", "cleanup.policy", "no.such"],
        ]
        let version = Int.random(in: 1...4, using: &random)
        return ComparedStep(title: "describe configs \(resource.line)", key: 32, version: version) { _ in
            ["Resources": .list([resource])]
        }
    }

    // MARK: Groups

    private mutating func commit() -> ComparedStep {
        let (group, version) = (group(), Int.random(in: 2...8, using: &random))
        let member: String? = chance(60) ? pick(["m", "n", "s"]) : nil
        let (drift, fencing) = (pick([0, 0, 0, 1, -1]), chance(10))
        let metadata: String? = chance(10) ? String(repeating: "x", count: 4097) : pick(["", "note", nil])
        let entry: Message = [
            "PartitionIndex": .int(partition()), "CommittedOffset": .int(pick([0, 3, 7, -5, 99_999])),
            "CommittedLeaderEpoch": 0, "CommittedMetadata": .text(metadata),
        ]
        let name = topic()
        return ComparedStep(title: "commit \(group) \(member ?? "") \(drift)", key: 8, version: version) { broker in
            [
                "GroupId": .text(group),
                "GenerationIdOrMemberEpoch": .int(member.map { max(-1, broker.generation($0) + drift) } ?? -1),
                "MemberId": member.map { fencing ? "nobody" : broker.memberID($0) } ?? "",
                "GroupInstanceId": member == "s" && version >= 7 ? "instance" : nil, "RetentionTimeMs": -1,
                "Topics": .list([["Name": .text(name), "Partitions": .list([entry])] as Message, Self.anchor]),
            ]
        }
    }

    /// The topic that is always there. Groups keep an offset in it when their other topics go: without any the older
    /// line of Apache Kafka forgets a group at once, the newer in time.
    static let anchorTopic = "anchor"
    private static let anchor: Message = [
        "Name": .text(anchorTopic),
        "Partitions": .list([["PartitionIndex": 0, "CommittedOffset": 0, "CommittedMetadata": ""] as Message]),
    ]

    private mutating func fetchOffsets() -> ComparedStep {
        let (group, version) = (group(), Int.random(in: 1...8, using: &random))
        let names = [topic(), topic()]
        let all = version >= 2 && chance(40)
        return ComparedStep(title: "fetch offsets \(group)", key: 9, version: version) { _ in
            let wanted: Value = .list(
                Set(names).sorted().map { ["Name": .text($0), "PartitionIndexes": .ints([0, 1, 9])] as Message })
            let entry: Message = ["GroupId": .text(group), "Topics": all ? nil : wanted]
            return version >= 8
                ? ["Groups": .list([entry])] : ["GroupId": .text(group), "Topics": all ? nil : wanted]
        }
    }

    private mutating func groupCommand() -> ComparedStep {
        let name = group()
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            return ComparedStep(title: "describe", key: 15, version: Int.random(in: 0...5, using: &random)) { _ in
                ["Groups": .list((["g", "h"] + (["g", "h"].contains(name) ? [] : [name])).map { Value.text($0) })]
            }
        case 1:
            let state = pick(["stable", "Empty", "bogus"])
            return ComparedStep(title: "list \(state)", key: 16, version: Int.random(in: 4...5, using: &random)) { _ in
                ["StatesFilter": .list([.text(state)] as [Value]), "TypesFilter": .list([Value]())]
            }
        case 2:
            return ComparedStep(title: "delete \(name)", key: 42, version: Int.random(in: 0...2, using: &random)) { _ in
                ["GroupsNames": .list([.text(name)] as [Value])]
            }
        default:
            let (topic, index) = (topic(), partition())
            return ComparedStep(title: "delete offset \(name) \(topic)", key: 47, version: 0) { _ in
                let entry: Message = ["PartitionIndex": .int(index)]
                return [
                    "GroupId": .text(name),
                    "Topics": .list([["Name": .text(topic), "Partitions": .list([entry])] as Message]),
                ]
            }
        }
    }

    /// Members `m`, `n` and, static, `s`, all of the group `g`.
    private mutating func memberRequest() -> ComparedStep {
        let name = pick(["m", "m", "n", "n", "s"])
        let isStatic = name == "s"
        let drift = pick([0, 0, 0, 0, 0, 1, -1])
        let stranger = chance(6)
        let identity: @Loop (ComparedBroker) -> Message = { broker in
            [
                "GroupId": "g", "GenerationId": .int(broker.generation(name) + drift),
                "MemberId": stranger ? "nobody" : broker.memberID(name),
                "GroupInstanceId": isStatic ? "instance" : nil,
            ]
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: return join(name, isStatic: isStatic, stranger: stranger)
        case 4..<7:
            let version = isStatic ? Int.random(in: 3...5, using: &random) : Int.random(in: 0...5, using: &random)
            let fault = pick([0, 0, 0, 0, 0, 0, 1, 2])
            return ComparedStep(title: "sync \(name)", key: 14, version: version, via: name, mayWait: true) { broker in
                var body = identity(broker)
                let shares: [Message] = ["m", "n", "s"].compactMap { other in
                    broker.members[other] == nil
                        ? nil : ["MemberId": broker.memberID(other), "Assignment": .bytes(Array(other.utf8)[...])]
                }
                body["ProtocolType"] = fault == 1 ? nil : "consumer"
                body["ProtocolName"] = fault == 2 ? "odd" : broker.members[name]?["ProtocolName"] ?? nil
                body["Assignments"] = .list(broker.isLeader(name) ? shares : [])
                return body
            }
        case 7..<9:
            let version = isStatic ? Int.random(in: 3...4, using: &random) : Int.random(in: 0...4, using: &random)
            return ComparedStep(title: "heartbeat \(name)", key: 12, version: version, via: name, body: identity)
        default:
            let version = isStatic ? Int.random(in: 3...5, using: &random) : Int.random(in: 0...5, using: &random)
            let isForOlderLine = isForOlderLine
            let mayRun: @Loop (ComparedBroker) -> Bool = {
                // The newer line has the others gather anew when somebody leaves who has been given an id and no
                // more, though nothing has changed for them.
                if !isForOlderLine, $0.isPromised(name) { return false }
                // Whom Apache Kafka makes leader of those who remain is chance.
                return !$0.isLeader(name) || $0.waiting.union($0.members.keys).count < 3
            }
            return ComparedStep(title: "leave \(name)", key: 13, version: version, via: name, mayRun: mayRun) {
                broker in
                var body = identity(broker)
                if version >= 3 {
                    let entry: Message = [
                        "MemberId": body["MemberId"] ?? "", "GroupInstanceId": body["GroupInstanceId"] ?? nil,
                        "Reason": nil,
                    ]
                    return ["GroupId": "g", "Members": .list([entry])]
                }
                body["GenerationId"] = nil
                return ["GroupId": "g", "MemberId": body["MemberId"] ?? ""]
            }
        }
    }

    private mutating func join(_ name: String, isStatic: Bool, stranger: Bool) -> ComparedStep {
        let version = isStatic ? Int.random(in: 5...9, using: &random) : Int.random(in: 2...9, using: &random)
        let type = chance(4) ? "connect" : "consumer"
        // No two that all know and that get as many votes: Apache Kafka then goes by its tables' order.
        let protocols = chance(6) ? ["odd"] : pick([["range", "sticky"], ["range", "sticky"], ["range"], ["sticky"]])
        let metadata = pick(["one", "one", "two"])
        let anew = isStatic && chance(40)
        return ComparedStep(title: "join \(name) \(protocols)", key: 11, version: version, via: name, mayWait: true) {
            broker in
            let offered: [Message] = protocols.map {
                ["Name": .text($0), "Metadata": .bytes(Self.subscription(metadata)[...])]
            }
            return [
                "GroupId": "g", "SessionTimeoutMs": 300_000, "RebalanceTimeoutMs": 300_000,
                "MemberId": anew ? "" : stranger ? "nobody" : broker.memberID(name),
                "GroupInstanceId": isStatic ? "instance" : nil, "ProtocolType": .text(type),
                "Protocols": .list(offered), "Reason": nil,
            ]
        }
    }

    /// What a consumer of the topic `a` says of itself.
    private static func subscription(_ note: String) -> [UInt8] {
        var writer = WireWriter()
        writer.integer(0, Int16.self)
        writer.integer(1, Int32.self)
        writer.integer(1, Int16.self)
        writer.append("a".utf8)
        writer.integer(note.utf8.count, Int32.self)
        writer.append(note.utf8)
        return writer.bytes
    }
}

/// What can be wrong with a batch.
enum BatchFault: CaseIterable {
    case checksum, cut, doubled, offset, miscounted, control, magic, sequence, empty, oversize

    func apply(to batch: inout [UInt8]) {
        switch self {
        case .checksum: batch[17] ^= 1
        case .cut: batch.removeLast(3)
        case .doubled: batch += batch
        case .offset: batch[7] = 5
        case .miscounted: batch[60] &+= 1
        case .control: batch[22] |= 32
        case .magic: batch[16] = 1
        case .sequence: batch.replaceSubrange(43..<57, with: [0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 255, 255, 255, 255])
        case .empty: batch = []
        case .oversize: batch = testBatch([String(repeating: "x", count: 1_200_000)])
        }
        guard [.miscounted, .control, .sequence].contains(self) else { return }
        let crc = batch.withUnsafeBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0[21...])) }
        batch.replaceSubrange(17..<21, with: withUnsafeBytes(of: UInt32(crc).bigEndian) { Array($0) })
    }
}
