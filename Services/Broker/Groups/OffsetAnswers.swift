import EventLoop

extension Node {
    /// Keeps how far a group has read.
    func commitOffsets(_ body: Message) async -> Message {
        let groupID = body.text("GroupId")
        let refusal = commitFault(body, groups.groups[groupID])
        var accepted: [OffsetKey: CommittedOffset] = [:]
        var codes: [OffsetKey: ErrorCode] = [:]
        for topic in body.list("Topics") {
            for entry in topic.list("Partitions") {
                let key = OffsetKey(topic: topic.text("Name"), partition: entry.int("PartitionIndex"))
                let isKnown = partition(key.topic, key.partition) != nil
                let isTooLong = entry.text("CommittedMetadata").utf8.count > 4096
                let code =
                    !isKnown ? .unknownTopicOrPartition : refusal ?? (isTooLong ? .offsetMetadataTooLarge : .none)
                codes[key] = code
                guard code == .none else { continue }
                let time = entry.int("CommitTimestamp")
                accepted[key] = CommittedOffset(
                    offset: entry.int("CommittedOffset"), leaderEpoch: entry.int("CommittedLeaderEpoch"),
                    metadata: entry.text("CommittedMetadata"), timestamp: time > 0 ? time : Node.time)
            }
        }
        var failed = false
        if !accepted.isEmpty {
            do { try await groups.commit(accepted, in: groupID) } catch { failed = true }
        }
        let topics = body.forEachPartition("Name") { topic, entry in
            let key = OffsetKey(topic: topic, partition: entry.int("PartitionIndex"))
            // What clients know of coordinators and repeat; the storage error is for logs.
            let code = failed && accepted[key] != nil ? .coordinatorNotAvailable : codes[key] ?? .none
            return ["PartitionIndex": .int(key.partition), "ErrorCode": .code(code)]
        }
        return ["Topics": topics]
    }

    private func commitFault(_ body: Message, _ group: Group?) -> ErrorCode? {
        if let fault = groups.fault { return fault }
        let (memberID, generation) = (body.text("MemberId"), body.int("GenerationIdOrMemberEpoch"))
        guard let group else { return generation >= 0 ? .illegalGeneration : nil }
        if generation < 0, group.members.isEmpty { return nil }
        if let code = group.fault(memberID, instance: body.optionalText("GroupInstanceId")) { return code }
        if generation != group.generation { return .illegalGeneration }
        if group.state == .completing { return .rebalanceInProgress }
        _ = group.heartbeat(memberID, generation: generation)
        return nil
    }

    /// Tells how far groups have read.
    func fetchOffsets(_ request: Request) -> Message {
        let body = request.body
        guard request.version >= 8 else {
            return [
                "Topics": .list(offsets(of: body.text("GroupId"), body.optionalList("Topics"))),
                "ErrorCode": .code(groups.fault ?? .none),
            ]
        }
        let answers: [Message] = body.list("Groups").map { entry in
            [
                "GroupId": entry["GroupId"] ?? "",
                "Topics": .list(offsets(of: entry.text("GroupId"), entry.optionalList("Topics"))),
                "ErrorCode": .code(groups.fault ?? .none),
            ]
        }
        return ["Groups": .list(answers)]
    }

    private func offsets(of groupID: String, _ wanted: [Message]?) -> [Message] {
        let known = groups.groups[groupID]?.offsets ?? [:]
        let keys: [(topic: String, partitions: [Int])] =
            wanted.map { $0.map { ($0.text("Name"), $0.ints("PartitionIndexes")) } }
            ?? Dictionary(grouping: known.keys, by: \.topic).map { ($0.key, $0.value.map(\.partition).sorted()) }
        return keys.map { topic, partitions in
            let answers: [Message] = partitions.map { index in
                let offset = known[OffsetKey(topic: topic, partition: index)]
                return [
                    "PartitionIndex": .int(index), "CommittedOffset": .int(offset?.offset ?? -1),
                    "CommittedLeaderEpoch": .int(offset?.leaderEpoch ?? -1),
                    "Metadata": .text(offset?.metadata ?? ""), "ErrorCode": .code(groups.fault ?? .none),
                ]
            }
            return ["Name": .text(topic), "Partitions": .list(answers)]
        }
    }

    /// Forgets single offsets of a group.
    func deleteOffsets(_ body: Message) async -> Message {
        let groupID = body.text("GroupId")
        guard let group = groups.groups[groupID] else { return ["ErrorCode": .code(.groupIDNotFound)] }
        let isLive = !group.members.isEmpty
        if isLive, group.protocolType != "consumer" { return ["ErrorCode": .code(.nonEmptyGroup)] }
        var forgotten: [OffsetKey] = []
        let topics = body.forEachPartition("Name") { name, entry in
            let index = entry.int("PartitionIndex")
            var code = ErrorCode.none
            if partition(name, index) == nil {
                code = .unknownTopicOrPartition
            } else if isLive, group.subscribes(to: name) {
                code = .groupSubscribedToTopic
            } else {
                forgotten.append(OffsetKey(topic: name, partition: index))
            }
            return ["PartitionIndex": .int(index), "ErrorCode": .code(code)]
        }
        do { try await groups.forget(forgotten, in: groupID) } catch {
            return ["ErrorCode": .code(.coordinatorNotAvailable)]
        }
        return ["ErrorCode": 0, "Topics": topics]
    }
}
