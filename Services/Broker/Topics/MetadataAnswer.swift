import EventLoop

extension Node {
    /// Tells of this broker and of topics, and makes topics that are asked for and missing, if that is allowed.
    func metadata(_ request: Request) async -> Message {
        let asked = request.body.optionalList("Topics")
        // In version 0 an empty list asks for all topics.
        let wantsAll = asked == nil || (request.version == 0 && asked?.isEmpty == true)
        let mayCreate = settings.autoCreateTopics && request.body.flag("AllowAutoTopicCreation")
        var answers: [Message] = []
        if wantsAll {
            for topic in catalogue.topics.values.sorted(by: { $0.name < $1.name }) { answers.append(describe(topic)) }
        } else {
            var seen: Set<Value> = []
            for entry in asked ?? [] where seen.insert(.message(entry)).inserted {
                answers.append(lookUp(entry, mayCreate: mayCreate, byID: request.version >= 12))
            }
        }
        // What is shown must still be there after a crash.
        do {
            try await catalogue.settle()
        } catch {
            store.report("the catalogue cannot be written: \(error)")
            answers = answers.map { answer in
                guard answer.int("ErrorCode") == 0, catalogue.topics[answer.text("Name")] == nil else { return answer }
                return ["ErrorCode": .code(.unknownTopicOrPartition), "Name": answer["Name"] ?? nil]
            }
        }
        if request.body.flag("IncludeTopicAuthorizedOperations") {
            for index in answers.indices where answers[index].int("ErrorCode") == 0 {
                answers[index]["TopicAuthorizedOperations"] = request.rights.told(
                    topic: answers[index].text("Name"), true)
            }
        }
        return [
            "Brokers": .list([broker(request.advertised)]), "ClusterId": .text(catalogue.clusterID),
            "ControllerId": .int(Node.id),
            "Topics": .list(answers),
            "ClusterAuthorizedOperations": request.rights.toldOfCluster(
                request.body.flag("IncludeClusterAuthorizedOperations")),
        ]
    }

    private func broker(_ advertised: (host: String, port: Int), number: String = "NodeId") -> Message {
        Message(
            names: [number, "Host", "Port", "Rack"],
            values: [.int(Node.id), .text(advertised.host), .int(advertised.port), nil])
    }

    private func lookUp(_ entry: Message, mayCreate: Bool, byID: Bool) -> Message {
        let id = TopicID(bytes: Array(entry.bytes("TopicId") ?? []))
        if id.bytes.contains(where: { $0 != 0 }) {
            // Versions 10 and 11 have the field, but only names may be asked for.
            guard byID else { return ["ErrorCode": .code(.invalidRequest), "Name": entry["Name"] ?? nil] }
            if let topic = catalogue.byID[id] { return describe(topic) }
            return ["ErrorCode": .code(.unknownTopicID), "Name": nil, "TopicId": .bytes(id.bytes[...])]
        }
        let name = entry.text("Name")
        if let topic = catalogue.topics[name] { return describe(topic) }
        guard TopicSettings.isLegalName(name), catalogue.plainNames[Catalogue.plain(name)] == nil || !mayCreate else {
            return ["ErrorCode": .code(.invalidTopic), "Name": .text(name)]
        }
        let hasRoom = catalogue.partitionCount + settings.defaultPartitions <= settings.maxPartitions
        guard mayCreate, hasRoom, name != Topic.offsets else {
            return ["ErrorCode": .code(.unknownTopicOrPartition), "Name": .text(name)]
        }
        return describe(catalogue.create(name, partitions: settings.defaultPartitions, configs: [:]))
    }

    private func describe(_ topic: Topic) -> Message {
        let own = Value.list([.int(Node.id)])
        let partitions: [Message] = topic.partitions.indices.map { index in
            [
                "ErrorCode": 0, "PartitionIndex": .int(index), "LeaderId": .int(Node.id), "LeaderEpoch": 0,
                "ReplicaNodes": own, "IsrNodes": own,
            ]
        }
        return [
            "ErrorCode": 0, "Name": .text(topic.name), "TopicId": .bytes(topic.id.bytes[...]),
            "IsInternal": .flag(topic.isInternal), "Partitions": .list(partitions),
        ]
    }

    /// Tells of the cluster, which is this broker.
    func describeCluster(_ request: Request) -> Message {
        let type = request.body.int("EndpointType")
        guard type == 1 else {
            return ["ErrorCode": type == 2 ? 114 : 115, "EndpointType": 1, "ClusterId": ""]
        }
        return [
            "ErrorCode": 0, "EndpointType": 1, "ClusterId": .text(catalogue.clusterID), "ControllerId": .int(Node.id),
            "Brokers": .list([broker(request.advertised, number: "BrokerId")]),
            "ClusterAuthorizedOperations": request.rights.toldOfCluster(
                request.body.flag("IncludeClusterAuthorizedOperations")),
        ]
    }
}
