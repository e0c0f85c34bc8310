import EventLoop

extension Node {
    /// Appends the request's batches at once, in order, and answers when they are durable.
    func produce(_ request: Request) async -> Answer {
        let body = request.body
        let acks = body.int("Acks")
        var appended: [(topic: String, index: Int, result: Result<(PartitionLog, PartitionLog.Place), ErrorCode>)] = []
        for topic in body.list("TopicData") {
            for data in Self.lastOfEach(topic.list("PartitionData"), "Index") {
                let index = data.int("Index")
                let result = Result { () throws(ErrorCode) in
                    try append(data.bytes("Records") ?? [], to: topic.text("Name"), index, request, acks: acks)
                }
                appended.append((topic.text("Name"), index, result))
            }
        }
        var answers: [(topic: String, answers: [Message])] = []
        for entry in appended {
            let answer = await answer(index: entry.index, entry.result)
            if answers.last?.topic == entry.topic {
                answers[answers.count - 1].answers.append(answer)
            } else {
                answers.append((entry.topic, [answer]))
            }
        }
        if acks == 0 {
            // The client waits for no answer; an end of the connection is all that it can notice. Its bytes count until they
            // are written all the same, or a fast client would fill the memory.
            let isGood = answers.allSatisfy { $0.answers.allSatisfy { $0.int("ErrorCode") == 0 } }
            return isGood ? .nothing : .close
        }
        return .message([
            "Responses": .list(
                answers.map { ["Name": .text($0.topic), "PartitionResponses": .list($0.answers)] as Message })
        ])
    }

    private func append(
        _ records: ArraySlice<UInt8>, to name: String, _ index: Int, _ request: Request, acks: Int
    ) throws(ErrorCode) -> (PartitionLog, PartitionLog.Place) {
        guard let topic = catalogue.topics[name], let log = topic.partition(index) else {
            throw .unknownTopicOrPartition
        }
        guard (-1...1).contains(acks) else { throw .invalidRequiredAcks }
        guard !topic.isInternal else { throw .invalidTopic }
        let batch = try RecordBatch.checked(
            records, maxBytes: topic.number("max.message.bytes"), allowsZstd: request.version >= 7)
        guard !batch.isTransactional else { throw .transactionalIDNotAuthorized }
        let now = Node.time
        guard topic.usesAppendTime || topic.mayHave(timestamp: batch.maxTimestamp, at: now) else {
            throw .invalidTimestamp
        }
        if log.rules.compacts, !records.withUnsafeBytes({ Records.haveKeys($0, batch) }) { throw .invalidRecord }
        guard topic.usesAppendTime || batch.usesAppendTime else { return (log, try log.append(batch, records)) }
        let (stamped, bytes) = batch.stamped(records, appendTime: topic.usesAppendTime ? now : nil)
        var place = try log.append(stamped, bytes)
        if topic.usesAppendTime { place.answeredTimestamp = place.answeredTimestamp ?? now }
        return (log, place)
    }

    private func answer(
        index: Int, _ result: Result<(PartitionLog, PartitionLog.Place), ErrorCode>
    ) async -> Message {
        do {
            let (log, place) = try result.get()
            try await log.commit(place)
            return [
                "Index": .int(index), "ErrorCode": 0, "BaseOffset": .int(place.baseOffset),
                "LogAppendTimeMs": .int(place.answeredTimestamp ?? -1), "LogStartOffset": .int(log.startOffset),
            ]
        } catch {
            return [
                "Index": .int(index), "ErrorCode": .code(error as? ErrorCode ?? .storageError), "BaseOffset": -1,
            ]
        }
    }

    /// Entries by a number, each once: the last that names it counts.
    static func lastOfEach(_ entries: [Message], _ name: String) -> [Message] {
        var seen: Set<Int> = []
        return entries.reversed().filter { seen.insert($0.int(name)).inserted }.reversed()
    }

    /// Gives an idempotent producer its number.
    func initProducer(_ body: Message) async -> Message {
        // Transactions are not offered; whoever asks all the same is told that this id may not have them.
        if let id = body.optionalText("TransactionalId") {
            let code: ErrorCode = id.isEmpty ? .invalidRequest : .transactionalIDNotAuthorized
            return ["ErrorCode": .code(code), "ProducerEpoch": -1]
        }
        guard let id = try? await catalogue.takeProducerID() else {
            return ["ErrorCode": .code(.storageError), "ProducerEpoch": -1]
        }
        return ["ErrorCode": 0, "ProducerId": .int(id), "ProducerEpoch": 0]
    }
}
