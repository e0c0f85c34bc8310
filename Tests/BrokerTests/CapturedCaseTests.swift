import EventLoop
import Testing

@testable import Broker

/// The requests that Apache Kafka was sent by hand, every version and error case, in their order; its answers are kept
/// with them.
@Loop
private final class CaseReplay {
    /// Where our broker's error codes are others than Apache Kafka's, and why.
    static let differences: [(api: String, cases: String, reason: String)] = [
        ("ApiVersions", "ClientSoftwareName", "any name is taken: what a client calls itself is not used"),
        ("Metadata", "all topics", "the other topics of the recorded cluster are not here"),
        ("Metadata", "empty array", "the other topics of the recorded cluster are not here"),
        ("Metadata", "null name and zero id", "17 instead of -1, which says nothing"),
        ("Metadata", "auto-create", "made before the answer, not behind it: no client has to ask again"),
        ("Produce", "records null", "87, where Apache Kafka never answers"),
        ("Produce", "one surplus byte", "87: bytes that nobody will read are a fault, not kept quietly"),
        ("Produce", "codec id", "87 instead of -1, which says nothing"),
        ("Produce", "gzip", "packed records are not unpacked to look at them"),
        ("Fetch", "gzip batch with wrong maxTimestamp", "follows a batch that is not taken here"),
        ("Produce", "2 h ahead", "any time by default, as in 3.9: what an ERP dates ahead is not lost"),
        ("Fetch", "session", "sessions are declined: each request names all its partitions"),
        ("Fetch", "timing: append", "nobody appends meanwhile here"),
        ("Fetch", "timing: topic deleted", "nobody deletes it meanwhile here"),
        ("Fetch", "read_committed", "there are no transactions"),
        ("FindCoordinator", "transaction", "31, at which transactional producers give up at once and show why"),
        ("ConsumerGroupHeartbeat", "", "35: the classic protocol of groups only, and a client should say so"),
        ("InitProducerId", "", "53 for any transactional id: there are no transactions"),
        ("Produce", "transaction", "53: there are no transactions"),
        ("Produce", "partition not added", "53: there are no transactions"),
        ("Produce", "older epoch", "53: there are no transactions"),
        ("Produce", "fenced epoch", "53: there are no transactions"),
        ("OffsetFetch", "pending transactional", "there are no transactions"),
        ("Produce", "good", "53: there are no transactions"),
        ("JoinGroup", "rebalance timeout", "the test does not wait that long"),
        ("Heartbeat", "after the session expired", "the test does not wait that long"),
        ("DescribeConfigs", "v0", "version 0 is served here"),
        ("IncrementalAlterConfigs", "operation 9", "42 instead of -1, which says nothing"),
        ("IncrementalAlterConfigs", "read-only key", "settings of the broker are given at its start"),
        ("DeleteGroups", "live group", "answered in the order of the request"),
    ]

    private let broker: Broker
    private var names: [Value: Value] = [:]
    private var generations: [Value: Value] = [:]
    private var waiting: [(frame: CapturedFrame, client: TestClient)] = []
    private(set) var compared = 0
    private(set) var faults: [String] = []

    private(set) var used: Set<Int> = []

    init(_ broker: Broker) { self.broker = broker }

    /// Sends one request on a connection of its own and compares the answer, now or, if it has to wait, at the end.
    func replay(_ frame: CapturedFrame) async throws {
        let client = try await TestClient(port: broker.port)
        guard let api = API.all.first(where: { $0.name == frame.api }), api.accepted.contains(frame.version) else {
            // Other versions are not served, whatever Apache Kafka does.
            defer { client.close() }
            guard frame.api != "ApiVersions" else { return }
            client.write(frame.request)
            if try await !client.isClosed(within: .seconds(5)) { note(frame, "is not closed") }
            return
        }
        try await introduce(frame, api, client)
        client.write(try translated(frame, api))
        guard try await client.hasAnswered(within: frame.response.isEmpty ? .milliseconds(50) : .milliseconds(400))
        else { return waiting.append((frame, client)) }
        try await compare(frame, client)
    }

    /// Gets a name for a member whose own first request the recording has lost.
    private func introduce(_ frame: CapturedFrame, _ api: API, _ client: TestClient) async throws {
        guard api.name == "JoinGroup", var body = try? api.request(frame.request), let old = body["MemberId"],
            old != "", names[old] == nil, try api.answer(frame.response, frame.version).int("ErrorCode") == 0
        else { return }
        body["MemberId"] = ""
        names[old] = try await client.call(11, frame.version, body)["MemberId"]
    }

    /// Compares what had to wait.
    func finish() async throws {
        for (frame, client) in waiting {
            _ = try await client.hasAnswered(within: .seconds(2))
            try await compare(frame, client)
        }
    }

    private func compare(_ frame: CapturedFrame, _ client: TestClient) async throws {
        defer { client.close() }
        guard let api = API.all.first(where: { $0.name == frame.api }) else { return }
        guard !frame.response.isEmpty else {
            if client.hasFrame { note(frame, "is answered") }
            return
        }
        guard client.hasFrame else { return note(frame, client.hasEnded ? "closes the connection" : "is not answered") }
        let theirs = try api.answer(frame.response, frame.version)
        let ours = try api.answer(try await client.frame(), frame.version)
        compared += 1
        learn(theirs, ours)
        if let group = try? api.request(frame.request)["GroupId"], let number = ours["GenerationId"], number != -1 {
            generations[group] = number
        }
        let codes = (theirs.errorCodes, ours.errorCodes)
        if codes.0 != codes.1 { note(frame, "Apache Kafka \(codes.0), ours \(codes.1)") }
    }

    private func note(_ frame: CapturedFrame, _ text: String) {
        let line = "\(frame.api) v\(frame.version) \(frame.title)"
        let known = Self.differences.firstIndex {
            $0.api == frame.api && ($0.cases.isEmpty || frame.title.contains($0.cases))
        }
        if let known { used.insert(known) } else { faults.append("\(line): \(text)") }
    }

    // MARK: Names that a broker gives

    private func learn(_ theirs: Message, _ ours: Message) {
        for name in ["MemberId", "TopicId", "ProducerId"] {
            let isNamed = [0, 79].contains(ours.int("ErrorCode")) && ours.int("ErrorCode") == theirs.int("ErrorCode")
            guard isNamed, let old = theirs[name], let new = ours[name], new != .int(-1), new != "" else { continue }
            names[old] = new
        }
        for name in ["Topics", "Responses"] {
            for (old, new) in zip(theirs.list(name), ours.list(name)) { learn(old, new) }
        }
    }

    private func translated(_ frame: CapturedFrame, _ api: API) throws -> [UInt8] {
        guard !names.isEmpty, var body = try? api.request(frame.request) else { return frame.request }
        // The recording keeps one frame of a kind, so its generations have gaps: good ones are ours, others are not.
        for name in ["GenerationId", "GenerationIdOrMemberEpoch"] where body.int(name) > 0 {
            guard let ours = generations[body["GroupId"] ?? nil], case .int(let number) = ours else { continue }
            let isRefused = try api.answer(frame.response, frame.version).errorCodes.contains(22)
            body[name] = .int(isRefused ? number + 1 : number)
        }
        return TestClient.frame(api.key, frame.version, translated(body))
    }

    private func translated(_ body: Message) -> Message {
        Message(names: body.names, values: zip(body.names, body.values).map { translated($1, $0) })
    }

    private func translated(_ value: Value, _ name: String) -> Value {
        switch value {
        case .message(let message): .message(translated(message))
        case .list(let values): .list(values.map { translated($0, name) })
        default: ["MemberId", "TopicId", "ProducerId"].contains(name) ? names[value] ?? value : value
        }
    }
}

extension API {
    /// Reads a whole frame that asks.
    func request(_ frame: [UInt8]) throws -> Message {
        var reader = WireReader(frame, from: 4)
        return try readRequest(&reader, version: try RequestHeader(&reader).version)
    }

    /// Reads a whole frame that answers this request.
    func answer(_ frame: [UInt8], _ version: Int) throws -> Message {
        var reader = WireReader(frame, from: 8)
        if isFlexible(version), key != 18 { try reader.skipTaggedFields() }
        return try response.read(&reader, version: version, isFlexible: isFlexible(version))
    }
}

extension Message {
    /// All error codes in it, in their order.
    var errorCodes: [Int] {
        zip(names, values).flatMap { name, value -> [Int] in
            switch value {
            case .int(let code) where name.hasSuffix("ErrorCode"): [code]
            case .message(let message): message.errorCodes
            case .list(let values):
                values.flatMap { if case .message(let message) = $0 { message.errorCodes } else { [] as [Int] } }
            default: []
            }
        }
    }
}

@Test @Loop func capturedCasesGiveTheErrorCodesOfApacheKafka() async throws {
    let frames = try CapturedFrame.all("kafka-frames-apache.jsonl").filter { !$0.title.isEmpty && !$0.isOfOldBroker }
    guard !frames.isEmpty else { return }
    try await withBroker({ $0.defaultPartitions = 1 }) { broker, client in
        try await prepare(client)
        let replay = CaseReplay(broker)
        for frame in inOrder(frames) where !frame.api.hasPrefix("Sasl") { try await replay.replay(frame) }
        try await replay.finish()
        print("compared \(replay.compared) answers")
        #expect(replay.compared > 400)
        let unused = CaseReplay.differences.indices.filter { !replay.used.contains($0) }
        #expect(unused.isEmpty, "no longer true: \(unused.map { CaseReplay.differences[$0].cases })")
        #expect(replay.faults.isEmpty, "\(replay.faults.joined(separator: "\n"))")
    }
}

/// The recording has each request where its answer came; one that began a rebalance was sent before what came in it.
private func inOrder(_ frames: [CapturedFrame]) -> [CapturedFrame] {
    var frames = frames
    if let early = frames.firstIndex(where: { $0.title.contains("during a rebalance") }),
        let late = frames.firstIndex(where: { $0.title.contains("parks until the first rejoins") }), early < late
    {
        frames.insert(frames.remove(at: late), at: early)
    }
    return frames
}

/// Makes the topics that were there before.
@Loop
private func prepare(_ client: TestClient) async throws {
    let topics: [(name: String, partitions: Int, configs: [String: String])] = [
        ("c-1294", 2, [:]), ("c2-1294", 1, [:]), ("e-1294", 1, [:]), ("c-12a4", 1, [:]), ("c2-12a4", 1, [:]),
        ("c-1545", 3, [:]), ("cp-1545", 1, ["cleanup.policy": "compact"]),
        ("la-1545", 1, ["message.timestamp.type": "LogAppendTime"]), ("sm-1545", 1, ["max.message.bytes": "100"]),
        ("idem-16c0", 1, [:]), ("f-16c3", 3, [:]), ("l-16c3", 3, [:]), ("cpd-16c3", 1, ["cleanup.policy": "compact"]),
        ("c-16ed", 3, [:]), ("c2-16ed", 1, [:]), ("txt-16ed", 2, [:]), ("c-17c5", 2, [:]), ("c2-17c5", 1, [:]),
        ("sw-17c5", 1, [:]), ("f2-17c5", 2, [:]), ("f3-17c5", 1, [:]),
    ]
    for topic in topics {
        let configs: [Message] = topic.configs.map { ["Name": .text($0.key), "Value": .text($0.value)] }
        let entry: Message = [
            "Name": .text(topic.name), "NumPartitions": .int(topic.partitions), "ReplicationFactor": 1,
            "Configs": .list(configs),
        ]
        let answer = try await client.call(19, 4, ["Topics": .list([entry])])
        #expect(answer.errorCodes.first == 0)
    }
    for _ in 0..<4 { _ = try await client.produce(testBatch(["a", "b", "c"]), to: "f-16c3") }
    _ = try await client.produce(testBatch(["a", "b", "c", "d", "e"]), to: "l-16c3")
}
