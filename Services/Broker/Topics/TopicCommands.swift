import EventLoop

/// A refusal with a text that tools print.
struct Refusal: Error {
    let code: ErrorCode
    let text: String
    init(_ code: ErrorCode, _ text: String) {
        self.code = code
        self.text = text
    }
}

extension Message {
    /// This answer as a refusal.
    func refused(_ refusal: Refusal) -> Message {
        var answer = self
        answer["ErrorCode"] = .code(refusal.code)
        answer["ErrorMessage"] = .text(refusal.text)
        return answer
    }
}

extension Node {
    /// Entries that some fields name, each once, and whether it came more than once.
    static func distinct(_ entries: [Message], _ names: String...) -> [(entry: Message, isRepeated: Bool)] {
        let name = { (entry: Message) in names.map { entry[$0] } }
        var count: [[Value?]: Int] = [:]
        for entry in entries { count[name(entry), default: 0] += 1 }
        return entries.compactMap { entry in count.removeValue(forKey: name(entry)).map { (entry, $0 > 1) } }
    }

    /// The answers once all changes are durable; where the disk refuses, its refusal in each.
    func settled(_ answers: [Message]) async -> Value {
        do {
            try await catalogue.settle()
            return .list(answers)
        } catch {
            let refusal = Refusal(.storageError, "\(error)")
            return .list(answers.map { $0.refused(refusal) })
        }
    }

    /// Makes topics; the answer comes when they are durable.
    func createTopics(_ request: Request) async -> Message {
        let validateOnly = request.body.flag("ValidateOnly")
        let answers = Self.distinct(request.body.list("Topics"), "Name").map { entry, isRepeated -> Message in
            let name = entry.text("Name")
            do throws(Refusal) {
                if isRepeated { throw Refusal(.invalidRequest, "Duplicate topic in request.") }
                let (partitions, configs) = try checkNewTopic(entry)
                // A topic that is only looked at has a number too, which nobody will find.
                let id =
                    validateOnly
                    ? TopicID.random() : catalogue.create(name, partitions: partitions, configs: configs).id
                return [
                    "Name": .text(name), "TopicId": .bytes(id.bytes[...]), "ErrorCode": 0, "ErrorMessage": nil,
                    "NumPartitions": .int(partitions), "ReplicationFactor": 1, "Configs": [],
                ]
            } catch {
                return (["Name": .text(name), "Configs": []] as Message).refused(error)
            }
        }
        return ["Topics": await settled(answers)]
    }

    private func checkNewTopic(_ entry: Message) throws(Refusal) -> (partitions: Int, configs: [String: String]) {
        let name = entry.text("Name")
        guard TopicSettings.isLegalName(name) else { throw Refusal(.invalidTopic, "Topic name is invalid: \(name)") }
        guard name != "__cluster_metadata" else { throw Refusal(.invalidRequest, "Creation of \(name) is prohibited.") }
        if catalogue.topics[name] != nil {
            throw Refusal(.topicAlreadyExists, "Topic '\(name)' already exists.")
        }
        if let other = catalogue.plainNames[Catalogue.plain(name)] {
            throw Refusal(.invalidTopic, "Topic '\(name)' collides with existing topic: \(other)")
        }
        var configs: [String: String] = [:]
        for config in entry.list("Configs") {
            let (key, value) = (config.text("Name"), config.optionalText("Value"))
            if let fault = TopicSettings.fault(key, value) { throw Refusal(.invalidConfig, fault) }
            configs[key] = value
        }
        let count = try partitionCount(entry)
        guard catalogue.partitionCount + count <= settings.maxPartitions else {
            throw Refusal(.invalidPartitions, "This broker holds at most \(settings.maxPartitions) partitions.")
        }
        return (count, configs)
    }

    private func partitionCount(_ entry: Message) throws(Refusal) -> Int {
        let (count, factor) = (entry.int("NumPartitions"), entry.int("ReplicationFactor"))
        let assignments = entry.list("Assignments")
        guard assignments.isEmpty else {
            guard count == -1, factor == -1 else {
                throw Refusal(.invalidRequest, "Assignments exclude a number of partitions and of replicas.")
            }
            let isConsecutive = assignments.map { $0.int("PartitionIndex") }.sorted() == Array(assignments.indices)
            guard isConsecutive, assignments.allSatisfy({ $0.ints("BrokerIds") == [Node.id] }) else {
                throw Refusal(.invalidReplicaAssignment, "Partitions must be numbered from 0 and lie on broker 1.")
            }
            return assignments.count
        }
        guard factor == -1 || factor > 0 else {
            throw Refusal(.invalidReplicationFactor, "Replication factor must be larger than 0.")
        }
        guard count == -1 || count > 0 else {
            throw Refusal(.invalidPartitions, "Number of partitions must be larger than 0.")
        }
        guard factor <= 1 else {
            throw Refusal(.invalidReplicationFactor, "Replication factor: \(factor) larger than available brokers: 1.")
        }
        return count == -1 ? settings.defaultPartitions : count
    }

    /// Removes topics with their records and committed offsets.
    func deleteTopics(_ request: Request) async -> Message {
        let entries: [Message] =
            request.version >= 6
            ? request.body.list("Topics")
            : (request.body.optionalTexts("TopicNames") ?? []).map { ["Name": .text($0)] }
        var answers: [Message] = []
        for (entry, isRepeated) in Self.distinct(entries, "Name", "TopicId") {
            do throws(Refusal) {
                if isRepeated { throw Refusal(.invalidRequest, "Duplicate topic in request.") }
                let topic = try topicToDelete(entry)
                await groups.forget(topic: topic.name)
                do { try await catalogue.delete(topic) } catch { throw Refusal(.storageError, "\(error)") }
                answers.append([
                    "Name": .text(topic.name), "TopicId": .bytes(topic.id.bytes[...]), "ErrorCode": 0,
                    "ErrorMessage": nil,
                ])
            } catch {
                let id = entry["TopicId"] ?? .bytes(TopicID.zero.bytes[...])
                answers.append((["Name": entry["Name"] ?? nil, "TopicId": id] as Message).refused(error))
            }
        }
        return ["Responses": .list(answers)]
    }

    private func topicToDelete(_ entry: Message) throws(Refusal) -> Topic {
        let id = TopicID(bytes: Array(entry.bytes("TopicId") ?? []))
        let hasID = id.bytes.contains { $0 != 0 }
        guard let name = entry.optionalText("Name") else {
            guard hasID else { throw Refusal(.invalidRequest, "Neither topic name nor id was specified.") }
            guard let topic = catalogue.byID[id] else { throw Refusal(.unknownTopicID, "No topic has this id.") }
            return topic
        }
        guard !hasID else { throw Refusal(.invalidRequest, "Both topic name and id were specified.") }
        guard let topic = catalogue.topics[name], !topic.isInternal else {
            throw Refusal(.unknownTopicOrPartition, "This server does not host this topic-partition.")
        }
        return topic
    }

    /// Adds partitions to topics.
    func createPartitions(_ body: Message) async -> Message {
        let answers = Self.distinct(body.list("Topics"), "Name").map { entry, isRepeated -> Message in
            let answer: Message = ["Name": entry["Name"] ?? "", "ErrorCode": 0, "ErrorMessage": nil]
            do throws(Refusal) {
                if isRepeated { throw Refusal(.invalidRequest, "Duplicate topic in request.") }
                let topic = try checkNewPartitions(entry)
                if !body.flag("ValidateOnly") { catalogue.extend(topic, to: entry.int("Count")) }
                return answer
            } catch {
                return answer.refused(error)
            }
        }
        return ["Results": await settled(answers)]
    }

    private func checkNewPartitions(_ entry: Message) throws(Refusal) -> Topic {
        guard let topic = catalogue.topics[entry.text("Name")], !topic.isInternal else {
            throw Refusal(.unknownTopicOrPartition, "This server does not host this topic-partition.")
        }
        let (count, present) = (entry.int("Count"), topic.partitions.count)
        guard count > present, catalogue.partitionCount + count - present <= settings.maxPartitions else {
            throw Refusal(.invalidPartitions, "The topic currently has \(present) partition(s); \(count) cannot be.")
        }
        if let assignments = entry.optionalList("Assignments") {
            guard assignments.count == count - present,
                assignments.allSatisfy({ $0.ints("BrokerIds") == [Node.id] })
            else { throw Refusal(.invalidReplicaAssignment, "Each new partition lies on broker 1.") }
        }
        return topic
    }
}
