import EventLoop

/// A request that names topics in a list: what must be allowed of each, and how one is refused that is not.
private struct TopicNeed {
    let operation: Operations
    /// The list in the request, and the name in its entries.
    let list: String
    var name = "Name"
    /// The list in the answer.
    let answers: String
    let refused: @Sendable (Message) -> Message

    /// For requests that ask of partitions, each of which gets its refusal.
    static func partitions(
        _ operation: Operations, _ list: String, name: String = "Name", of partitions: String = "Partitions",
        _ index: String = "PartitionIndex", answers: (String, String) = ("Topics", "Partitions"),
        answered: String? = nil, besides: Message = [:]
    ) -> TopicNeed {
        TopicNeed(operation: operation, list: list, name: name, answers: answers.0) { entry in
            let refusals = entry.list(partitions).map { partition -> Message in
                var refusal = besides
                refusal[answered ?? index] = partition[index] ?? 0
                refusal["ErrorCode"] = .code(.topicNotAuthorized)
                return refusal
            }
            return Message(names: [name, answers.1], values: [entry[name] ?? "", .list(refusals)])
        }
    }

    static let byKey: [Int: TopicNeed] = [
        0: .partitions(
            .write, "TopicData", of: "PartitionData", "Index", answers: ("Responses", "PartitionResponses"),
            besides: ["BaseOffset": -1]),
        1: .partitions(
            .read, "Topics", name: "Topic", "Partition", answers: ("Responses", "Partitions"),
            answered: "PartitionIndex",
            besides: [
                "HighWatermark": -1, "LastStableOffset": -1, "LogStartOffset": -1, "AbortedTransactions": [],
                "PreferredReadReplica": -1, "Records": .bytes([]),
            ]),
        2: .partitions(.describe, "Topics"),
        8: .partitions(.read, "Topics"),
        21: .partitions(.delete, "Topics", besides: ["LowWatermark": -1]),
        23: .partitions(
            .describe, "Topics", name: "Topic", "Partition", besides: ["LeaderEpoch": -1, "EndOffset": -1]),
        47: .partitions(.read, "Topics"),
        37: TopicNeed(operation: .alter, list: "Topics", answers: "Results") {
            (["Name": $0["Name"] ?? ""] as Message).refused(.topic)
        },
    ]
}

extension Refusal {
    /// As Apache Kafka says it.
    fileprivate static let topic = Refusal(.topicNotAuthorized, "Authorization failed.")
    fileprivate static let cluster = Refusal(.clusterNotAuthorized, "Cluster authorization failed.")
}

extension Node {
    /// Answers as far as the rights of who asks go; what goes beyond is refused, topic by topic and group by group, with Apache Kafka's
    /// codes. Where nobody is asked, it costs nothing.
    func answer(_ request: Request) async -> Answer {
        if request.rights.areAll { return await act(on: request) }
        if let code = groupFault(request) { return refused(request, code) }
        if let need = TopicNeed.byKey[request.key] { return await answer(request, need) }
        switch request.key {
        case 3: return .message(await allowedMetadata(request))
        case 9: return .message(allowedOffsets(request))
        case 10 where request.body.int("KeyType") == 0: return .message(allowedCoordinators(request))
        case 15: return .message(allowedGroups(request))
        case 16: return .message(allowedList(request))
        case 19: return await answer(request, creation(request.rights))
        case 20: return .message(await allowedDeletions(request))
        case 22 where !request.rights.writesSome && !request.rights.cluster.contains(.idempotentWrite):
            return .message(["ErrorCode": .code(.clusterNotAuthorized), "ProducerEpoch": -1])
        case 32: return await answer(request, configs: .describeConfigs, "Results")
        case 33, 44: return await answer(request, configs: .alterConfigs, "Responses")
        case 42: return .message(await allowedGroupDeletions(request))
        default: return await act(on: request)
        }
    }

    private func answer(_ request: Request, _ need: TopicNeed) async -> Answer {
        let entries = request.body.list(need.list)
        let denied = entries.filter { !request.rights.may(need.operation, topic: $0.text(need.name)) }
        guard !denied.isEmpty else { return await act(on: request) }
        var request = request
        request.body[need.list] = .list(
            entries.filter { request.rights.may(need.operation, topic: $0.text(need.name)) })
        // A refusal is told at once.
        if request.key == 1 { request.body["MaxWaitMs"] = 0 }
        switch await act(on: request) {
        case .message(var message):
            message[need.answers] = .list(message.list(need.answers) + denied.map(need.refused))
            return .message(message)
        // Who waits for no answer notices an end.
        case .nothing: return .close
        case let other: return other
        }
    }

    private func creation(_ rights: Rights) -> TopicNeed {
        // Whoever may create in the cluster may create any.
        TopicNeed(
            operation: rights.cluster.contains(.create) ? [] : .create, list: "Topics", answers: "Topics"
        ) { (["Name": $0["Name"] ?? "", "Configs": []] as Message).refused(.topic) }
    }

    // MARK: Groups

    /// Why a request may not speak of its group.
    private func groupFault(_ request: Request) -> ErrorCode? {
        let needed: Operations
        switch request.key {
        case 8, 11, 12, 13, 14, 68: needed = .read
        case 9 where request.version < 8: needed = .describe
        case 47: needed = .delete
        default: return nil
        }
        return request.rights.may(needed, group: request.body.text("GroupId")) ? nil : .groupNotAuthorized
    }

    private func refused(_ request: Request, _ code: ErrorCode) -> Answer {
        switch request.key {
        case 8:
            return .message([
                "Topics": request.body.forEachPartition("Name") { _, entry in
                    ["PartitionIndex": entry["PartitionIndex"] ?? 0, "ErrorCode": .code(code)]
                }
            ])
        case 11: return .message(.refusedJoin(code, request.body.text("MemberId")))
        default: return .message(["ErrorCode": .code(code)])
        }
    }

    private func allowedOffsets(_ request: Request) -> Message {
        var request = request
        let rights = request.rights
        guard request.version >= 8 else {
            return visible(fetchOffsets(request), rights, areNamed: request.body.optionalList("Topics") != nil)
        }
        let groups = request.body.list("Groups")
        let isAllowed = { (entry: Message) in request.rights.may(.describe, group: entry.text("GroupId")) }
        let refusals: [Message] = groups.filter { !isAllowed($0) }.map {
            ["GroupId": $0["GroupId"] ?? "", "Topics": [], "ErrorCode": .code(.groupNotAuthorized)]
        }
        let allowed = groups.filter(isAllowed)
        request.body["Groups"] = .list(allowed)
        let answers = zip(fetchOffsets(request).list("Groups"), allowed).map { answer, entry in
            visible(answer, rights, areNamed: entry.optionalList("Topics") != nil)
        }
        return ["Groups": .list(answers + refusals)]
    }

    /// The offsets of topics that may be described; the others are refused where they were named, and else are not there.
    private func visible(_ answer: Message, _ rights: Rights, areNamed: Bool) -> Message {
        var answer = answer
        let topics = answer.list("Topics").compactMap { topic -> Message? in
            if rights.may(.describe, topic: topic.text("Name")) { return topic }
            guard areNamed else { return nil }
            let refusals: [Message] = topic.list("Partitions").map {
                [
                    "PartitionIndex": $0["PartitionIndex"] ?? 0, "CommittedOffset": -1, "Metadata": "",
                    "ErrorCode": .code(.topicNotAuthorized),
                ]
            }
            return ["Name": topic["Name"] ?? "", "Partitions": .list(refusals)]
        }
        answer["Topics"] = .list(topics)
        return answer
    }

    private func allowedCoordinators(_ request: Request) -> Message {
        let refusal: Message = [
            "NodeId": -1, "Host": "", "Port": -1, "ErrorCode": .code(.groupNotAuthorized),
            "ErrorMessage": "Not authorized to access group.",
        ]
        guard request.version >= 4 else {
            let isAllowed = request.rights.may(.describe, group: request.body.text("Key"))
            return isAllowed ? findCoordinator(request) : refusal
        }
        var allowed = request
        let keys = request.body.optionalTexts("CoordinatorKeys") ?? []
        allowed.body["CoordinatorKeys"] = .list(
            keys.filter { request.rights.may(.describe, group: $0) }.map { Value.text($0) })
        let refusals = keys.filter { !request.rights.may(.describe, group: $0) }.map { key -> Message in
            var refused = refusal
            refused["Key"] = .text(key)
            return refused
        }
        return ["Coordinators": .list(findCoordinator(allowed).list("Coordinators") + refusals)]
    }

    private func allowedGroups(_ request: Request) -> Message {
        var allowed = request
        let names = request.body.optionalTexts("Groups") ?? []
        let denied = names.filter { !request.rights.may(.describe, group: $0) }
        allowed.body["Groups"] = .list(
            names.filter { request.rights.may(.describe, group: $0) }.map { Value.text($0) })
        let refusals: [Message] = denied.map { ["ErrorCode": .code(.groupNotAuthorized), "GroupId": .text($0)] }
        return ["Groups": .list(describeGroups(allowed).list("Groups") + refusals)]
    }

    private func allowedList(_ request: Request) -> Message {
        var answer = listGroups(request.body)
        guard !request.rights.cluster.contains(.describe) else { return answer }
        answer["Groups"] = .list(
            answer.list("Groups").filter { request.rights.may(.describe, group: $0.text("GroupId")) })
        return answer
    }

    private func allowedGroupDeletions(_ request: Request) async -> Message {
        var allowed = request
        let names = request.body.optionalTexts("GroupsNames") ?? []
        allowed.body["GroupsNames"] = .list(
            names.filter { request.rights.may(.delete, group: $0) }.map { Value.text($0) })
        let refusals: [Message] = names.filter { !request.rights.may(.delete, group: $0) }.map {
            ["GroupId": .text($0), "ErrorCode": .code(.groupNotAuthorized)]
        }
        return ["Results": .list(await deleteGroups(allowed.body).list("Results") + refusals)]
    }

    // MARK: Topics

    /// Nobody is told of topics that he may not describe; whether one is there that he asks for by name, neither.
    private func allowedMetadata(_ request: Request) async -> Message {
        let rights = request.rights
        guard let asked = request.body.optionalList("Topics"), request.version > 0 || !asked.isEmpty else {
            var answer = await metadata(request)
            answer["Topics"] = .list(answer.list("Topics").filter { rights.may(.describe, topic: $0.text("Name")) })
            return answer
        }
        let makes = request.body.flag("AllowAutoTopicCreation") && settings.autoCreateTopics
        let isAllowed = { (entry: Message) -> Bool in
            guard let name = self.name(of: entry) else { return true }
            guard rights.may(.describe, topic: name) else { return false }
            return !makes || self.catalogue.topics[name] != nil || rights.cluster.contains(.create)
                || rights.may(.create, topic: name)
        }
        let refusals: [Message] = asked.filter { !isAllowed($0) }.map { entry in
            guard let name = entry.optionalText("Name") else {
                return ["ErrorCode": .code(.unknownTopicID), "Name": nil, "TopicId": entry["TopicId"] ?? nil]
            }
            return ["ErrorCode": .code(.topicNotAuthorized), "Name": .text(name)]
        }
        guard !refusals.isEmpty else { return await metadata(request) }
        var allowed = request
        let rest = asked.filter(isAllowed)
        allowed.body["Topics"] = .list(rest)
        var answer = await metadata(allowed)
        // In version 0 an empty list asks for all topics.
        answer["Topics"] = .list((rest.isEmpty ? [] : answer.list("Topics")) + refusals)
        return answer
    }

    /// The name of a topic that is asked for by it or by its number; nil for a number that none has.
    private func name(of entry: Message) -> String? {
        if let name = entry.optionalText("Name") { return name }
        return catalogue.byID[TopicID(bytes: Array(entry.bytes("TopicId") ?? []))]?.name
    }

    private func allowedDeletions(_ request: Request) async -> Message {
        var allowed = request
        let isAllowed = { (entry: Message) in
            self.name(of: entry).map { request.rights.may(.delete, topic: $0) } ?? true
        }
        let entries: [Message] =
            request.version >= 6
            ? request.body.list("Topics")
            : (request.body.optionalTexts("TopicNames") ?? []).map { ["Name": .text($0)] }
        let rest = entries.filter(isAllowed)
        allowed.body["Topics"] = .list(rest)
        allowed.body["TopicNames"] = .list(rest.map { $0["Name"] ?? nil })
        let refusals: [Message] = entries.filter { !isAllowed($0) }.map { entry in
            let id = entry["TopicId"] ?? .bytes(TopicID.zero.bytes[...])
            // Who may not even see it is told that there is no such number.
            let refusal: Refusal =
                entry.optionalText("Name") == nil
                    && !request.rights.may(.describe, topic: name(of: entry) ?? "")
                ? Refusal(.unknownTopicID, "No topic has this id.") : .topic
            return (["Name": entry["Name"] ?? nil, "TopicId": id] as Message).refused(refusal)
        }
        return ["Responses": .list(await deleteTopics(allowed).list("Responses") + refusals)]
    }

    /// Settings of topics and of the broker.
    private func answer(_ request: Request, configs operation: Operations, _ answers: String) async -> Answer {
        var allowed = request
        let refusal = { (entry: Message) -> Refusal? in
            guard entry.int("ResourceType") == 2 else {
                return request.rights.cluster.contains(operation) ? nil : .cluster
            }
            return request.rights.may(operation, topic: entry.text("ResourceName")) ? nil : .topic
        }
        let entries = request.body.list("Resources")
        allowed.body["Resources"] = .list(entries.filter { refusal($0) == nil })
        let refusals: [Message] = entries.compactMap { entry in
            guard let refusal = refusal(entry) else { return nil }
            var refused: Message = [
                "ResourceType": entry["ResourceType"] ?? 0, "ResourceName": entry["ResourceName"] ?? "",
            ]
            if request.key == 32 { refused["Configs"] = [] }
            return refused.refused(refusal)
        }
        guard case .message(var message) = await act(on: allowed) else { return .close }
        message[answers] = .list(message.list(answers) + refusals)
        return .message(message)
    }
}
