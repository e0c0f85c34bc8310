import EventLoop

extension Node {
    /// Finds offsets by time, or the first and the last.
    func listOffsets(_ request: Request) async -> Message {
        var topics: [Message] = []
        for topic in request.body.list("Topics") {
            var answers: [Message] = []
            for (entry, isRepeated) in Self.distinct(topic.list("Partitions"), "PartitionIndex") {
                answers.append(await listOffset(topic.text("Name"), entry, isRepeated, request.version))
            }
            topics.append(["Name": topic["Name"] ?? "", "Partitions": .list(answers)])
        }
        return ["Topics": .list(topics)]
    }

    private func listOffset(_ topic: String, _ entry: Message, _ isRepeated: Bool, _ version: Int) async -> Message {
        let index = entry.int("PartitionIndex")
        do {
            if isRepeated { throw ErrorCode.invalidRequest }
            let time = entry.int("Timestamp")
            guard time >= -2 || time == -3 && version >= 7 else { throw ErrorCode.unsupportedVersion }
            guard let log = partition(topic, index) else { throw ErrorCode.unknownTopicOrPartition }
            if let code = Self.epochFault(entry.int("CurrentLeaderEpoch")) { throw code }
            if log.failure != nil { throw ErrorCode.storageError }
            let found = try await find(time, in: log)
            return [
                "PartitionIndex": .int(index), "ErrorCode": 0,
                "OldStyleOffsets": .ints(found.offset < 0 ? [] : [found.offset]), "Timestamp": .int(found.timestamp),
                "Offset": .int(found.offset), "LeaderEpoch": found.offset < 0 ? -1 : 0,
            ]
        } catch {
            return ["PartitionIndex": .int(index), "ErrorCode": .code(error as? ErrorCode ?? .storageError)]
        }
    }

    private func find(_ time: Int, in log: PartitionLog) async throws -> Record {
        let nothing = Record(timestamp: -1, offset: -1)
        return switch time {
        case -1: Record(timestamp: -1, offset: log.durableEnd)
        case -2: Record(timestamp: -1, offset: log.startOffset)
        case -3: try await log.findGreatestTime() ?? nothing
        default: try await log.find(time: time) ?? nothing
        }
    }

    /// Where an epoch of the leader ended: there is only epoch 0, which has not.
    func offsetForLeaderEpoch(_ body: Message) -> Message {
        let topics = body.forEachPartition("Topic") { topic, entry in
            let index = entry.int("Partition")
            let code =
                partition(topic, index) == nil
                ? .unknownTopicOrPartition : Self.epochFault(entry.int("CurrentLeaderEpoch")) ?? .none
            let isKnown = code == .none && entry.int("LeaderEpoch") == 0
            return [
                "ErrorCode": .code(code), "Partition": .int(index), "LeaderEpoch": isKnown ? 0 : -1,
                "EndOffset": .int(isKnown ? partition(topic, index)?.durableEnd ?? -1 : -1),
            ]
        }
        return ["Topics": topics]
    }

    /// Removes records from the front of partitions.
    func deleteRecords(_ body: Message) async -> Message {
        let topics = body.forEachPartition("Name") { topic, entry in
            let index = entry.int("PartitionIndex")
            do throws(ErrorCode) {
                let low = try deleteRecords(topic, index, before: entry.int("Offset"))
                return ["PartitionIndex": .int(index), "LowWatermark": .int(low), "ErrorCode": 0]
            } catch {
                return ["PartitionIndex": .int(index), "LowWatermark": -1, "ErrorCode": .code(error)]
            }
        }
        // The records are gone; what may not be kept is where the log starts, and the next start may show some again.
        await settleOrReport()
        return ["Topics": topics]
    }

    private func deleteRecords(_ name: String, _ index: Int, before offset: Int) throws(ErrorCode) -> Int {
        guard let topic = catalogue.topics[name], let log = topic.partition(index) else {
            throw .unknownTopicOrPartition
        }
        guard topic.rules.deletes, !topic.isInternal else { throw .policyViolation }
        guard offset >= -1, offset <= log.durableEnd else { throw .offsetOutOfRange }
        log.deleteRecords(before: offset == -1 ? log.durableEnd : offset)
        catalogue.touch()
        return log.startOffset
    }
}
