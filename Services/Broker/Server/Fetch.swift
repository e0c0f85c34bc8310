import EventLoop

extension Node {
    /// The most bytes of one answer, whatever the client allows, unless a single batch is bigger: what a client takes apart
    /// while its caches still hold it. librdkafka reads half as fast again as in answers of 6 MiB, for which it waits longer
    /// and asks the system for memory anew each time.
    private static let fetchLimit = 1 << 20

    /// What a client wants of one partition.
    private struct Wish {
        let topic: String
        let index: Int
        let offset: Int
        let limit: Int
        let log: PartitionLog?
        let code: ErrorCode
    }

    /// Reads partitions, waiting for records if there are too few; nil when the client has gone.
    func fetch(_ request: Request) async -> Message? {
        let body = request.body
        if body.int("SessionId") != 0, body.int("SessionEpoch") > 0 {
            return ["ErrorCode": .code(.fetchSessionIDNotFound), "SessionId": 0]
        }
        var wishes = wishes(body)
        let maxBytes = min(body.int("MaxBytes"), Self.fetchLimit)
        let minBytes = min(body.int("MinBytes"), max(0, maxBytes))
        let wait = body.int("MaxWaitMs")
        if wait > 0, minBytes > 0, !wishes.isEmpty, !isReady(wishes, minBytes) {
            do { try await park(wishes, minBytes: minBytes, atMost: .milliseconds(wait)) } catch { return nil }
            wishes = self.wishes(body)
        }
        let granted = memory.grant(max(0, maxBytes))
        defer { memory.used -= granted }
        var rest = granted
        var hasRecords = false
        var answers: [(topic: String, answer: Message)] = []
        for wish in wishes {
            // A small rest is not worth a look at the log: the client asks for the others next.
            let limit = hasRecords && rest < granted / 8 ? 0 : min(wish.limit, rest)
            let (answer, count) = await read(wish, limit: limit, givesOne: !hasRecords)
            if count > 0, !hasRecords {
                hasRecords = true
                fetches += 1
            }
            rest = max(0, rest - count)
            answers.append((wish.topic, answer))
        }
        return ["ErrorCode": 0, "SessionId": 0, "Responses": Self.byTopic(answers, "Topic", "Partitions")]
    }

    private func wishes(_ body: Message) -> [Wish] {
        // Each partition once: some clients name a topic several times, with a part of its partitions each time.
        var seen: Set<OffsetKey> = []
        return body.list("Topics").flatMap { topic in
            let name = topic.text("Topic")
            return Self.lastOfEach(topic.list("Partitions"), "Partition").filter {
                seen.insert(OffsetKey(topic: name, partition: $0.int("Partition"))).inserted
            }.map { entry in
                let log = partition(topic.text("Topic"), entry.int("Partition"))
                return Wish(
                    topic: topic.text("Topic"), index: entry.int("Partition"), offset: entry.int("FetchOffset"),
                    limit: max(0, entry.int("PartitionMaxBytes")), log: log,
                    code: fetchFault(entry, log, replica: body.int("ReplicaId")))
            }
        }
    }

    private func fetchFault(_ entry: Message, _ log: PartitionLog?, replica: Int) -> ErrorCode {
        guard let log else { return .unknownTopicOrPartition }
        if replica >= 0 { return .notLeaderOrFollower }
        if let code = Self.epochFault(entry.int("CurrentLeaderEpoch")) { return code }
        if log.failure != nil { return .storageError }
        let offset = entry.int("FetchOffset")
        // An offset that was given out and is not durable yet is no error, there is just nothing to read.
        return offset < log.startOffset || offset > log.endOffset || entry.int("LastFetchedEpoch") > 0
            ? .offsetOutOfRange : .none
    }

    /// The only leader epoch is 0; −1 says that the client does not care.
    static func epochFault(_ epoch: Int) -> ErrorCode? {
        if epoch > 0 { return .unknownLeaderEpoch }
        return epoch < -1 ? .fencedLeaderEpoch : nil
    }

    private func isReady(_ wishes: [Wish], _ minBytes: Int) -> Bool {
        var bytes = 0
        for wish in wishes {
            if wish.code != .none, wish.code != .unknownTopicOrPartition { return true }
            guard let log = wish.log else { continue }
            if log.failure != nil || wish.offset < log.startOffset { return true }
            bytes += log.availableBytes(from: wish.offset)
            if bytes >= minBytes { return true }
        }
        return false
    }

    /// Waits until there is enough to read or the time is over.
    private func park(_ wishes: [Wish], minBytes: Int, atMost time: Duration) async throws {
        let notice = Notice()
        for wish in wishes { wish.log?.watch(notice) }
        defer { for wish in wishes { wish.log?.unwatch(notice) } }
        _ = try await notice.wait(until: { isReady(wishes, minBytes) }, atMost: time)
    }

    private func read(_ wish: Wish, limit: Int, givesOne: Bool) async -> (Message, Int) {
        guard wish.code == .none, let log = wish.log else { return (Self.refusal(wish.index, wish.code), 0) }
        let part: FilePart?
        do {
            part =
                limit > 0 || givesOne
                ? try await log.read(from: wish.offset, limit: limit, givesOne: givesOne) : nil
        } catch {
            return (Self.refusal(wish.index, .storageError), 0)
        }
        let answer: Message = [
            "PartitionIndex": .int(wish.index), "ErrorCode": 0, "HighWatermark": .int(log.durableEnd),
            "LastStableOffset": .int(log.durableEnd), "LogStartOffset": .int(log.startOffset),
            "AbortedTransactions": nil, "PreferredReadReplica": -1, "Records": part.map { .file($0) } ?? .bytes([]),
        ]
        return (answer, part?.count ?? 0)
    }

    private static func refusal(_ index: Int, _ code: ErrorCode) -> Message {
        [
            "PartitionIndex": .int(index), "ErrorCode": .code(code), "HighWatermark": -1, "LastStableOffset": -1,
            "LogStartOffset": -1, "AbortedTransactions": code == .unknownTopicOrPartition ? [] : nil,
            "PreferredReadReplica": -1, "Records": .bytes([]),
        ]
    }
}
