import EventLoop

@testable import Broker

/// One of two brokers that are asked the same, with the names that it has given out.
@Loop
final class ComparedBroker {
    let title: String
    private let port: Int
    /// Whether the comparison is with the line of Apache Kafka before 4.
    private let withOlderLine: Bool
    private var clients: [String: TestClient] = [:]
    /// By the script's own names: a member's id, generation and part of leader; a topic's id; a producer's number.
    private(set) var members: [String: Message] = [:]
    private(set) var topics: [Value: Value] = [:]
    private(set) var producers: [String: Int] = [:]
    /// The members whose answers are still to come; they may not be known by an id yet.
    var waiting: Set<String> = []

    init(_ title: String, port: Int, withOlderLine: Bool = false) {
        self.title = title
        self.port = port
        self.withOlderLine = withOlderLine
    }

    func close() { for client in clients.values { client.close() } }

    /// The connection of one member, or the common one.
    func client(_ name: String) async throws -> TestClient {
        if let client = clients[name], !client.hasEnded { return client }
        let client = try await TestClient(port: port)
        clients[name] = client
        return client
    }

    /// Gives up a connection on which no answer came.
    func drop(_ name: String) { clients.removeValue(forKey: name)?.close() }

    // MARK: Names

    func memberID(_ name: String) -> Value { members[name]?["MemberId"] ?? "" }
    func generation(_ name: String) -> Int { members[name].map { $0.int("GenerationId") } ?? -1 }
    func isLeader(_ name: String) -> Bool {
        members[name].map { $0["MemberId"] == $0["Leader"] && !$0.text("Leader").isEmpty } ?? false
    }

    /// Whether a member has been given an id and has not joined with it.
    func isPromised(_ name: String) -> Bool { members[name]?.int("ErrorCode") == 79 }

    /// Keeps what an answer names.
    func learn(_ step: ComparedStep, _ answer: Message) {
        switch step.key {
        case 3, 19:
            for topic in answer.list("Topics") where topic.int("ErrorCode") == 0 {
                guard let id = topic["TopicId"], let name = topic["Name"], id != Self.zero else { continue }
                topics[name] = id
            }
        case 11 where [0, 79].contains(answer.int("ErrorCode")): members[step.via] = answer
        case 22 where answer.int("ErrorCode") == 0: producers[step.via] = answer.int("ProducerId")
        default: break
        }
    }

    static let zero = Value.bytes(ArraySlice(repeating: 0, count: 16))

    // MARK: The same words for the same things

    /// An answer with the script's names in place of this broker's, and without what is each broker's own affair.
    func plain(_ step: ComparedStep, _ answer: Message) -> Message {
        var names: [Value: Value] = [:]
        for (name, member) in members { names[member["MemberId"] ?? ""] = .text("<\(name)>") }
        for (name, id) in topics { names[id] = name }
        return plain(answer, names, step)
    }

    /// Texts, addresses, and permissions, which neither broker checks here.
    private static let own: Set<String> = [
        "ErrorMessage", "BatchIndexErrorMessage", "RecordErrors", "Host", "Port", "ClusterId", "ThrottleTimeMs",
        "ClientHost", "Documentation", "TopicAuthorizedOperations", "ClusterAuthorizedOperations",
        "AuthorizedOperations",
        "Synonyms", "ConfigType", "IsDefault", "ReadOnly",
    ]

    private func plain(_ message: Message, _ names: [Value: Value], _ step: ComparedStep) -> Message {
        var plain = Message(names: [], values: [])
        for (name, value) in zip(message.names, message.values) where !Self.own.contains(name) {
            plain[name] = self.plain(value, name, names, step)
        }
        return settled(plain, step)
    }

    private func plain(_ value: Value, _ name: String, _ names: [Value: Value], _ step: ComparedStep) -> Value {
        switch value {
        case .message(let message): return .message(plain(message, names, step))
        case .list(let values): return .list(values.map { plain($0, name, names, step) })
        case .bytes(let bytes) where name == "Records": return .text(Self.batches(bytes))
        default: break
        }
        if ["MemberId", "Leader", "TopicId"].contains(name) {
            // A member that another one hears of before it knows its own name.
            if case .text(let text) = value, names[value] == nil, text.count > 30 { return "<another>" }
            // A topic whose answer at its making had no room for an id.
            if name == "TopicId", names[value] == nil, value != Self.zero { return "<an id>" }
            return names[value] ?? value
        }
        if name == "ProducerId", let name = producers.first(where: { .int($0.value) == value })?.key {
            return .text(name)
        }
        return value
    }

    /// Removes what is allowed to differ between the two; each with its reason.
    private func settled(_ message: Message, _ step: ComparedStep) -> Message {
        var message = message
        switch step.key {
        // What a refused append says of the log's start is read by nobody.
        case 0 where message.int("ErrorCode") != 0: message["LogStartOffset"] = -1
        // Apache Kafka lists all settings of a new topic, and nobody reads them.
        case 19: message["Configs"] = []
        // Defaults are each broker's own.
        case 32 where message["Configs"] != nil: message.sort("Configs", by: "Name")
        case 32 where message["ConfigSource"] != nil && message.int("ConfigSource") != 1:
            message["Value"] = "default"
            message["ConfigSource"] = 5
        // Apache Kafka lists groups in no order.
        case 16, 42: for list in ["Groups", "Results"] { message.sort(list, by: "GroupId") }
        // Apache Kafka answers what it refuses first or last, and lists much in the order of its tables.
        case 3, 20:
            for list in ["Topics", "Responses"] { message.sort(list, by: "Name") }
            message.sort("Partitions", by: "PartitionIndex")
        // The older line answers a partition twice that was named twice.
        case 2: message["Partitions"] = message.optionalList("Partitions").map { .list(Array($0.prefix(1))) }
        case 1:
            message.join("Responses", by: "Topic", "Partitions")
            message.sort("Responses", by: "Topic")
            message.sort("Partitions", by: "PartitionIndex")
        case 11, 15:
            message.sort("Groups", by: "GroupId")
            message.sort("Members", by: "MemberId")
            // While shares are given out, the newer line shows those of before, and the older none.
            guard withOlderLine, message["GroupState"] != nil, message.text("GroupState") != "Stable" else { break }
            var members = message.list("Members")
            for index in members.indices { members[index]["MemberAssignment"] = [] }
            message["Members"] = .list(members)
        case 8: message.sort("Topics", by: "Name")
        case 9:
            message.sort("Groups", by: "GroupId")
            message.sort("Topics", by: "Name")
            message.sort("Partitions", by: "PartitionIndex")
        default: break
        }
        return message
    }

    /// Whole batches with their offsets, but for the producer's number and the checksum over it. Apache Kafka cuts the
    /// last batch where the limit is; clients read whole ones only.
    private static func batches(_ bytes: ArraySlice<UInt8>) -> String {
        var rest = Array(bytes)
        var texts: [String] = []
        while let batch = rest.withUnsafeBytes({ RecordBatch($0) }), batch.size <= rest.count {
            var own = Array(rest.prefix(batch.size))
            own.replaceSubrange(43..<51, with: [UInt8](repeating: batch.producerID < 0 ? 255 : 0, count: 8))
            own.replaceSubrange(17..<21, with: [0, 0, 0, 0])
            let isIntact = rest.withUnsafeBytes { batch.hasRightChecksum($0) }
            texts.append("\(batch.baseOffset)+\(batch.recordCount) \(isIntact) \(own.hashed)")
            rest.removeFirst(batch.size)
        }
        return texts.joined(separator: " ")
    }
}

/// One request of a script; each broker gets it with its own names in it.
struct ComparedStep {
    let title: String
    let key: Int
    let version: Int
    /// The member, producer, or common connection that it goes through.
    var via = ""
    /// Whether the answer may have to wait for others.
    var mayWait = false
    /// Whether it is asked at all, as things stand.
    var mayRun: @Loop (ComparedBroker) -> Bool = { _ in true }
    let body: @Loop (ComparedBroker) -> Message
}

extension Message {
    /// Makes one entry of those of the same name.
    fileprivate mutating func join(_ list: String, by name: String, _ inner: String) {
        guard let entries = optionalList(list) else { return }
        var joined: [Message] = []
        for entry in entries {
            guard let index = joined.firstIndex(where: { $0[name] == entry[name] }) else {
                joined.append(entry)
                continue
            }
            joined[index][inner] = .list(joined[index].list(inner) + entry.list(inner))
            joined[index].sort(inner, by: "PartitionIndex")
        }
        self[list] = .list(joined)
    }

    fileprivate mutating func sort(_ list: String, by name: String) {
        guard let entries = optionalList(list) else { return }
        self[list] = .list(entries.sorted { "\($0[name] ?? nil)" < "\($1[name] ?? nil)" })
    }

    /// The answer in a line.
    var line: String {
        zip(names, values).map { "\($0)=\($1.line)" }.joined(separator: " ")
    }
}

extension Value {
    fileprivate var line: String {
        switch self {
        case .null: "null"
        case .int(let number): "\(number)"
        case .text(let text): "\"\(text)\""
        case .bytes(let bytes): bytes.map { String($0, radix: 16) }.joined()
        case .file(let part): "\(part.count) bytes of a file"
        case .list(let values): "[\(values.map(\.line).joined(separator: ", "))]"
        case .message(let message): "{\(message.line)}"
        }
    }
}

extension [UInt8] {
    /// A short name of the bytes: FNV-1a.
    fileprivate var hashed: String {
        String(reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0100_0000_01b3 }, radix: 16)
    }
}
