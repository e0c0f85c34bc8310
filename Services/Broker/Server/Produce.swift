import EventLoop

extension Node {
    /// What a request writes to one partition.
    private struct Write {
        let topic: String
        let index: Int
        let records: ArraySlice<UInt8>
        /// Of a compacted topic: which records lack the key that they need; nil where they cannot be read.
        var keyless: (first: [Int], count: Int)? = ([], 0)
    }

    /// Appends the request's batches at once, in order, and answers when they are durable.
    func produce(_ request: Request) async -> Answer {
        let acks = request.body.int("Acks")
        var writes = request.body.list("TopicData").flatMap { topic in
            Self.lastOfEach(topic.list("PartitionData"), "Index").map {
                Write(topic: topic.text("Name"), index: $0.int("Index"), records: $0.bytes("Records") ?? [])
            }
        }
        for number in writes.indices where partition(writes[number].topic, writes[number].index)?.rules.compacts == true
        {
            writes[number].keyless = await keyless(writes[number].records)
        }
        let results = writes.map { write in
            Result { () throws(ErrorCode) in try append(write, request, acks: acks) }
        }
        request.onPlaced()
        var answers: [(topic: String, answer: Message)] = []
        for (write, result) in zip(writes, results) { answers.append((write.topic, await answer(write, result))) }
        if acks == 0 {
            // The client waits for no answer; an end of the connection is all that it can notice. Its bytes count until they
            // are written all the same, or a fast client would fill the memory.
            return answers.allSatisfy { $0.answer.int("ErrorCode") == 0 } ? .nothing : .close
        }
        return .message(["Responses": Self.byTopic(answers, "Name", "PartitionResponses")])
    }

    /// Which records lack keys, as compaction needs them. Packed ones are looked into beside the loop: a small batch may
    /// unpack to much.
    private func keyless(_ records: ArraySlice<UInt8>) async -> (first: [Int], count: Int)? {
        let look = { @Sendable () -> (first: [Int], count: Int)? in
            records.withUnsafeBytes { raw in
                guard let batch = RecordBatch(raw) else { return ([], 0) }
                return Records.withoutKeys(raw, batch)
            }
        }
        let isPlain = records.withUnsafeBytes { RecordBatch($0)?.codec ?? 0 } == 0
        return isPlain ? look() : (try? await unpacking.run(look)) ?? nil
    }

    private func append(
        _ write: Write, _ request: Request, acks: Int
    ) throws(ErrorCode) -> (PartitionLog, PartitionLog.Place) {
        guard let topic = catalogue.topics[write.topic], let log = topic.partition(write.index) else {
            throw .unknownTopicOrPartition
        }
        guard (-1...1).contains(acks) else {
            throw RecordBatch.isOne(write.records) ? .invalidRequiredAcks : .invalidRecord
        }
        guard !topic.isInternal else { throw .invalidTopic }
        let batch = try RecordBatch.checked(
            write.records, maxBytes: topic.number("max.message.bytes"), allowsZstd: request.version >= 7)
        guard !batch.isTransactional else { throw .transactionalIDNotAuthorized }
        let now = Node.time
        guard topic.usesAppendTime || topic.mayHave(timestamp: batch.maxTimestamp, at: now) else {
            throw .invalidTimestamp
        }
        guard write.keyless?.count == 0 else { throw .invalidRecord }
        guard topic.usesAppendTime || batch.usesAppendTime else { return (log, try log.append(batch, write.records)) }
        let (stamped, bytes) = batch.stamped(write.records, appendTime: topic.usesAppendTime ? now : nil)
        var place = try log.append(stamped, bytes)
        if topic.usesAppendTime { place.answeredTimestamp = place.answeredTimestamp ?? now }
        return (log, place)
    }

    private func answer(
        _ write: Write, _ result: Result<(PartitionLog, PartitionLog.Place), ErrorCode>
    ) async -> Message {
        do {
            let (log, place) = try result.get()
            try await log.commit(place)
            return [
                "Index": .int(write.index), "ErrorCode": 0, "BaseOffset": .int(place.baseOffset),
                "LogAppendTimeMs": .int(place.answeredTimestamp ?? -1), "LogStartOffset": .int(log.startOffset),
            ]
        } catch {
            var answer: Message = [
                "Index": .int(write.index), "ErrorCode": .code(error as? ErrorCode ?? .storageError), "BaseOffset": -1,
            ]
            if let keyless = write.keyless, keyless.count > 0, error as? ErrorCode == .invalidRecord {
                name(keyless, of: write, in: &answer)
            }
            return answer
        }
    }

    /// Says which records are to blame, in Apache Kafka's words.
    private func name(_ keyless: (first: [Int], count: Int), of write: Write, in answer: inout Message) {
        let text =
            "Compacted topic cannot accept message without key in topic partition \(write.topic)-\(write.index)"
        let errors: [Message] = keyless.first.map {
            ["BatchIndex": .int($0), "BatchIndexErrorMessage": .text(text)]
        }
        answer["RecordErrors"] = .list(errors)
        let shown = keyless.first.prefix(3).map { "RecordError(batchIndex=\($0), message='\(text)')" }
        answer["ErrorMessage"] = .text(
            "One or more records have been rejected due to \(keyless.count) record errors in total, and only showing the "
                + "first three errors at most: [\(shown.joined(separator: ", "))]")
    }

    /// Answers for partitions under their topics, in the order of the request.
    static func byTopic(_ answers: [(topic: String, answer: Message)], _ name: String, _ list: String) -> Value {
        var topics: [(topic: String, answers: [Message])] = []
        for (topic, answer) in answers {
            if topics.last?.topic != topic { topics.append((topic, [])) }
            topics[topics.count - 1].answers.append(answer)
        }
        return .list(topics.map { Message(names: [name, list], values: [.text($0.topic), .list($0.answers)]) })
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
