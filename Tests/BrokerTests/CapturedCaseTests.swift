import EventLoop
import Testing

@testable import Broker

/// The requests that Apache Kafka was sent by hand, every version and error case, in their order; its answers are kept
/// with them.
@Loop
private final class CaseReplay {
    /// Where our broker's error codes are others than Apache Kafka's, and why.
    static let differences: [(api: String, cases: String, reason: String)] = []

    private let broker: Broker
    private var names: [Value: Value] = [:]
    private var waiting: [(frame: CapturedFrame, client: TestClient)] = []
    private(set) var compared = 0
    private(set) var faults: [String] = []

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
        client.write(try translated(frame, api))
        guard try await client.hasAnswered(within: frame.response.isEmpty ? .milliseconds(50) : .milliseconds(400))
        else { return waiting.append((frame, client)) }
        try await compare(frame, client)
    }

    /// Compares what had to wait.
    func finish() async throws {
        for (frame, client) in waiting { try await compare(frame, client) }
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
        let codes = (theirs.errorCodes, ours.errorCodes)
        if codes.0 != codes.1 { note(frame, "Apache Kafka \(codes.0), ours \(codes.1)") }
    }

    private func note(_ frame: CapturedFrame, _ text: String) {
        let line = "\(frame.api) v\(frame.version) \(frame.title)"
        let isKnown = Self.differences.contains { $0.api == frame.api && frame.title.contains($0.cases) }
        if !isKnown { faults.append("\(line): \(text)") }
    }

    // MARK: Names that a broker gives

    private func learn(_ theirs: Message, _ ours: Message) {
        for name in ["MemberId", "TopicId", "ProducerId"] {
            if let old = theirs[name], let new = ours[name], new != .int(-1), new != "" { names[old] = new }
        }
        for name in ["Topics", "Responses"] {
            for (old, new) in zip(theirs.list(name), ours.list(name)) { learn(old, new) }
        }
    }

    private func translated(_ frame: CapturedFrame, _ api: API) throws -> [UInt8] {
        var reader = WireReader(frame.request, from: 4)
        let header = try RequestHeader(&reader)
        guard !names.isEmpty, let body = try? api.readRequest(&reader, version: header.version) else {
            return frame.request
        }
        return TestClient.request(header.key, header.version, header.correlationID, translated(body))
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
    let frames = CapturedFrame.all("kafka-frames-apache.jsonl").filter { !$0.title.isEmpty && !$0.isOfOldBroker }
    guard !frames.isEmpty else { return }
    try await withBroker({ $0.defaultPartitions = 1 }) { broker, client in
        try await prepare(client)
        let replay = CaseReplay(broker)
        for frame in frames where !frame.api.hasPrefix("Sasl") { try await replay.replay(frame) }
        try await replay.finish()
        print("compared \(replay.compared) answers")
        #expect(replay.compared > 400)
        #expect(replay.faults.isEmpty, "\(replay.faults.joined(separator: "\n"))")
    }
}

/// Makes the topics that were there before.
@Loop
private func prepare(_ client: TestClient) async throws {
    let topics: [(name: String, partitions: Int, configs: [String: String])] = [
        ("c-1294", 2, [:]), ("c2-1294", 1, [:]), ("e-1294", 1, [:]), ("c-12a4", 1, [:]), ("c2-12a4", 1, [:]),
        ("c-1545", 3, [:]), ("cp-1545", 1, ["cleanup.policy": "compact"]),
        ("la-1545", 1, ["message.timestamp.type": "LogAppendTime"]), ("sm-1545", 1, ["max.message.bytes": "100"]),
        ("idem-16c0", 1, [:]), ("f-16c3", 3, [:]), ("l-16c3", 3, [:]), ("cpd-16c3", 1, ["cleanup.policy": "compact"]),
        ("c-16ed", 3, [:]), ("c2-16ed", 1, [:]), ("txt-16ed", 2, [:]), ("c-17c5", 3, [:]), ("c2-17c5", 1, [:]),
        ("sw-17c5", 1, [:]), ("f2-17c5", 2, [:]), ("f3-17c5", 1, [:]),
    ]
    for topic in topics {
        let configs: [Message] = topic.configs.map { ["Name": .text($0.key), "Value": .text($0.value)] }
        let entry: Message = [
            "Name": .text(topic.name), "NumPartitions": .int(topic.partitions), "ReplicationFactor": 1,
            "Configs": .list(configs),
        ]
        let answer = try await client.call(19, 4, ["Topics": .list([entry])])
        #expect(answer.errorCodes == [0])
    }
    for _ in 0..<4 { _ = try await client.produce(testBatch(["a", "b", "c"]), to: "f-16c3") }
    _ = try await client.produce(testBatch(["a", "b", "c", "d", "e"]), to: "l-16c3")
}
