import EventLoop

@testable import Broker

/// A bare client: sends requests by the same layouts and reads the answers.
@Loop
final class TestClient {
    private let stream: EventLoop.Stream
    private var received: [UInt8] = []
    private(set) var hasEnded = false
    private let changed = Notice()
    private var sent = 0

    init(port: Int) async throws {
        stream = try await EventLoop.Stream.connect(host: "127.0.0.1", port: port)
        stream.onBytes = { [unowned self] bytes in
            received.append(contentsOf: bytes)
            changed.notify()
        }
        stream.onEnd = { [unowned self] _ in
            hasEnded = true
            changed.notify()
        }
        stream.resumeReading()
    }

    func close() { stream.close() }

    func write(_ bytes: [UInt8]) { stream.write(bytes) }

    /// Whether the broker closes the connection within a time.
    func isClosed(within time: Duration) async throws -> Bool {
        try await changed.wait(until: { hasEnded }, atMost: time)
    }

    /// Sends without waiting for the answer.
    func send(_ key: Int, _ version: Int, _ body: Message) {
        sent += 1
        stream.write(TestClient.frame(key, version, body, correlationID: sent))
    }

    /// The frame of a request.
    nonisolated static func frame(_ key: Int, _ version: Int, _ body: Message, correlationID: Int = 0) -> [UInt8] {
        guard let api = API.byKey[key] else { return [] }
        var writer = WireWriter()
        writer.integer(0, Int32.self)
        writer.integer(key, Int16.self)
        writer.integer(version, Int16.self)
        writer.integer(correlationID, Int32.self)
        writer.integer(4, Int16.self)
        writer.append("test".utf8)
        if api.isFlexible(version) { writer.uvarint(0) }
        api.request.write(body, to: &writer, version: version, isFlexible: api.isFlexible(version))
        writer.set(writer.bytes.count - 4, Int32.self, at: 0)
        return writer.bytes
    }

    /// Reads the next answer.
    func receive(_ key: Int, _ version: Int, within limit: Duration = .seconds(20)) async throws -> Message {
        let frame = try await frame(within: limit)
        guard let api = API.byKey[key] else { throw MalformedRequest(reason: "no such request") }
        var reader = WireReader(frame, from: 8)
        if api.isFlexible(version), key != 18 { try reader.skipTaggedFields() }
        return try api.response.read(&reader, version: version, isFlexible: api.isFlexible(version))
    }

    /// Whether an answer, or the end, comes within a time.
    func hasAnswered(within time: Duration) async throws -> Bool {
        try await changed.wait(until: { hasEnded || hasFrame }, atMost: time)
    }

    /// Reads the next frame, with its length.
    func frame(within limit: Duration = .seconds(20)) async throws -> [UInt8] {
        _ = try await changed.wait(until: { hasEnded || hasFrame }, atMost: limit)
        guard hasFrame else {
            throw MalformedRequest(reason: "no answer")
        }
        let frame = Array(received.prefix(size + 4))
        received.removeFirst(size + 4)
        return frame
    }

    /// Whether an answer has come and was not taken yet.
    var hasFrame: Bool { received.count >= 4 && received.count >= size + 4 }

    private var size: Int { received.prefix(4).reduce(0) { $0 << 8 | Int($1) } }

    func call(_ key: Int, _ version: Int, _ body: Message) async throws -> Message {
        send(key, version, body)
        return try await receive(key, version)
    }

    // MARK: Common requests

    @discardableResult
    func create(_ topic: String, partitions: Int = 1, _ configs: [String: String] = [:]) async throws -> Int {
        let entries: [Message] = configs.map { ["Name": .text($0.key), "Value": .text($0.value)] }
        let body: Message = [
            "Name": .text(topic), "NumPartitions": .int(partitions), "ReplicationFactor": 1, "Configs": .list(entries),
        ]
        let answer = try await call(19, 4, ["Topics": .list([body])])
        return answer.list("Topics").first?.int("ErrorCode") ?? -99
    }

    /// Appends a batch; gives the error and the base offset.
    func produce(_ batch: [UInt8], to topic: String, version: Int = 7) async throws -> (code: Int, offset: Int) {
        send(0, version, TestClient.produceBody(batch, topic))
        return try await produced(version)
    }

    func produced(_ version: Int = 7) async throws -> (code: Int, offset: Int) {
        let answer = try await receive(0, version)
        let entry = answer.list("Responses").first?.list("PartitionResponses").first
        return (entry?.int("ErrorCode") ?? -99, entry?.int("BaseOffset") ?? -99)
    }

    nonisolated static func produceBody(_ batch: [UInt8], _ topic: String) -> Message {
        [
            "Acks": -1, "TimeoutMs": 1000,
            "TopicData": .list([
                [
                    "Name": .text(topic),
                    "PartitionData": .list([["Index": 0, "Records": .bytes(batch[...])] as Message]),
                ] as Message
            ]),
        ]
    }

    nonisolated static func fetchBody(_ topic: String, from offset: Int, wait: Int, maxBytes: Int = 1 << 20) -> Message
    {
        [
            "ReplicaId": -1, "MaxWaitMs": .int(wait), "MinBytes": 1, "MaxBytes": .int(maxBytes), "SessionEpoch": -1,
            "Topics": .list([
                [
                    "Topic": .text(topic),
                    "Partitions": .list([
                        [
                            "Partition": 0, "CurrentLeaderEpoch": -1, "FetchOffset": .int(offset),
                            "LastFetchedEpoch": -1, "PartitionMaxBytes": .int(maxBytes),
                        ] as Message
                    ]),
                ] as Message
            ]),
        ]
    }

    /// What a fetch answer says of its one partition: error, high watermark and batches.
    nonisolated static func fetched(_ answer: Message) -> (code: Int, end: Int, bytes: [UInt8]) {
        let entry = answer.list("Responses").first?.list("Partitions").first
        return (
            entry?.int("ErrorCode") ?? -99, entry?.int("HighWatermark") ?? -99, Array(entry?.bytes("Records") ?? [])
        )
    }
}

/// Runs `body` with a broker on a folder of its own, removed afterwards.
@Loop
func withBroker(
    _ change: (inout BrokerSettings) -> Void = { _ in }, _ body: @Loop (Broker, TestClient) async throws -> Void
) async throws {
    try await withFolder { folder in
        var settings = BrokerSettings(dataDirectory: folder)
        change(&settings)
        let broker = try Broker(settings)
        try await broker.start()
        let client = try await TestClient(port: broker.port)
        do {
            try await body(broker, client)
        } catch {
            client.close()
            await broker.stop()
            throw error
        }
        client.close()
        await broker.stop()
    }
}

/// Runs `body` with a new temporary folder; in memory, if there is such a place, where nothing is asked of the disk.
@Loop
func withFolder(inMemory: Bool = false, _ body: @Loop (String) async throws -> Void) async throws {
    let place = inMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    let folder = "\(place)/broker-test-\(TopicID.random().hex)"
    do {
        try await body(folder)
    } catch {
        try? Disk.remove(folder)
        throw error
    }
    try Disk.remove(folder)
}

/// A batch of plain records, with a producer's id and sequence if wanted.
func testBatch(_ values: [String], producer: Int = -1, sequence: Int = -1, epoch: Int = 0, time: Int = 1000) -> [UInt8]
{
    var bytes = Records.batch(values.map { (Array("k".utf8), Array($0.utf8)) }, timestamp: time)
    guard producer >= 0 else { return bytes }
    var part = WireWriter()
    part.integer(producer, Int64.self)
    part.integer(epoch, Int16.self)
    part.integer(sequence, Int32.self)
    bytes.replaceSubrange(43..<57, with: part.bytes)
    var crc = WireWriter()
    crc.integer(
        Int(bytes.withUnsafeBytes { Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0[21...])) }), UInt32.self)
    bytes.replaceSubrange(17..<21, with: crc.bytes)
    return bytes
}

/// The records in a row of batches.
func testRecords(_ bytes: [UInt8]) -> [Record] {
    var records: [Record] = []
    var position = 0
    bytes.withUnsafeBytes { raw in
        while let batch = RecordBatch(UnsafeRawBufferPointer(rebasing: raw[position...])),
            position + batch.size <= raw.count
        {
            records += Records.read(UnsafeRawBufferPointer(rebasing: raw[position...]), batch) ?? []
            position += batch.size
        }
    }
    return records
}

/// The offset behind a row of batches, empty ones included; nil if there are none.
func testEnd(_ bytes: [UInt8]) -> Int? {
    var end: Int?
    var position = 0
    bytes.withUnsafeBytes { raw in
        while let batch = RecordBatch(UnsafeRawBufferPointer(rebasing: raw[position...])),
            position + batch.size <= raw.count
        {
            end = batch.lastOffset + 1
            position += batch.size
        }
    }
    return end
}

func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

func bytes(hex: some StringProtocol) -> [UInt8] {
    let digits = hex.compactMap { $0.hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
