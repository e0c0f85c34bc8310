import Broker
import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

/// A broker in this process, a service's database, and a producer: what a test of messaging works with.
@Loop
final class Desk {
    nonisolated static let topic = Topic(name: "desk", key: "any", owner: "test")
    let service: TestService
    let kafka: KafkaSettings
    private let broker: Broker
    /// Where the broker keeps its files.
    let folder: String
    private let producer: KafkaProducer
    private var sent = 0

    init(partitions: Int = 3) async throws {
        service = try await TestService(DeskService.self)
        folder = try TestPaths.temporaryFolder()
        var settings = BrokerSettings(dataDirectory: folder)
        settings.flush = .pageCache
        broker = try Broker(settings)
        try await broker.start()
        kafka = KafkaSettings(brokers: "127.0.0.1:\(broker.port)", clientID: "test")
        try await KafkaAdmin.createTopics([TopicPlan(name: Self.topic.name, partitions: partitions)], kafka)
        producer = try KafkaProducer(kafka)
    }

    /// Runs a test at a desk of its own and clears it afterwards.
    static func work(partitions: Int = 3, _ body: @Loop (Desk) async throws -> Void) async throws {
        let desk = try await Desk(partitions: partitions)
        do { try await body(desk) } catch { Issue.record(error) }
        desk.producer.close()
        await desk.broker.stop()
        desk.service.close()
        TestPaths.remove(desk.folder)
    }

    /// Writes one message.
    func send(
        _ key: String, _ value: [UInt8]?, _ headers: [(String, [UInt8])], to topic: Topic = Desk.topic
    ) throws {
        sent += 1
        try producer.produce(topic: topic.name, key: key, value: value, headers: headers, id: sent)
    }

    /// Writes an outside event with a note, in binary mode.
    func note(_ id: String, key: String = "k", text: String = "x", type: String = "desk.note.written.v1") throws {
        try send(key, Array(#"{"id":"\#(id)","text":"\#(text)"}"#.utf8), Self.headers(id, type))
    }

    nonisolated static func headers(_ id: String, _ type: String = "desk.note.written.v1") -> [(String, [UInt8])] {
        [("ce_specversion", "1.0"), ("ce_id", id), ("ce_source", "/test"), ("ce_type", type)]
            .map { ($0.0, Array($0.1.utf8)) }
    }

    func flush() async throws { #expect(await producer.flush(within: .seconds(20))) }

    /// A runner that writes notes into the table; `poison` fails in SQL where it is met.
    func runner(
        group: String = "desk", batchLimit: Int = 500, instance: String? = nil, other: PostgresSettings? = nil
    ) -> ConsumerRunner {
        ConsumerRunner(
            DeskService.subscriptions(), group: group, kafka: kafka, postgres: other ?? settings, instance: instance,
            batchLimit: batchLimit)
    }

    var settings: PostgresSettings { service.options }

    func notes() async throws -> [String] { try await service.column("SELECT id FROM note ORDER BY number") }
}

/// The smallest service: notes that go into a table as they come.
enum DeskService: ServiceDefinition {
    static let name = "desk"
    static let topic = Desk.topic
    static let personalData: PersonalData? = nil
    static let capabilities = [
        Capability(
            "notes", "what was written down",
            migrations: [
                Migration(
                    "m0001_desk",
                    """
                    CREATE TABLE note (number bigint GENERATED ALWAYS AS IDENTITY, id text NOT NULL, kind text NOT NULL,
                        CHECK (id NOT LIKE 'poison%'))
                    """)
            ], statements: [insert])
    ]
    static let insert = Statement(
        "desk.insert",
        "INSERT INTO note (id, kind) SELECT x, $2 FROM unnest($1::text[]) WITH ORDINALITY a(x, n) ORDER BY n")

    @Loop static func subscriptions() -> Subscriptions {
        var subscriptions = Subscriptions([Desk.topic])
        subscriptions.on(NoteWritten.self) { events, transaction in
            if events.contains(where: { $0.data.text == "throw" }) { throw Refused() }
            transaction.enqueue(insert, events.map(\.data.id), "written")
        }
        subscriptions.on(NoteRead.self) { events, transaction in
            transaction.enqueue(insert, events.map(\.data.id), "read")
        }
        return subscriptions
    }
}

struct Refused: Error {}

struct NoteWritten: EventData, Codable {
    static let type = "desk.note.written"
    let id: String
    let text: String
}

struct NoteRead: EventData, Codable {
    static let type = "desk.note.read"
    let id: String
}
