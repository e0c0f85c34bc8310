import Broker
import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
@testable import Messaging
import Postgres
import ServiceKit
import TestKit
import Testing

/// A service that keeps entries of what it hears and does a deed for each: as small as one can be that has lives.
enum DiaryService: ServiceDefinition {
    static let name = "diary"
    static let topic = Topic(name: "diary", key: "entry", owner: "diary")
    static let heard = Topic(name: "erp.diary", key: "entry", owner: "test")
    static let personalData: PersonalData? = nil
    static let capabilities = [
        Capability(
            "entries", "what was heard",
            migrations: [
                Migration(
                    "m0001_diary",
                    """
                    CREATE TABLE entry (id text PRIMARY KEY, version bigint NOT NULL, text text NOT NULL);
                    CREATE TABLE deed (id text NOT NULL);
                    """)
            ], statements: [write, act, take, again], standings: [.assertion("entry"), .own("deed")],
            open: { _ in
                CapabilityParts(
                    listen: { $0.listen() }, recovers: { $0.recover() },
                    tellsAgain: { keys, transaction in
                        let rows = try await transaction.query(again, keys)
                        try await tell(rows, transaction)
                        return Set(try rows.map { try $0.value(0) as String })
                    })
            })
    ]
    static let write = Statement(
        "diary.write",
        """
        INSERT INTO entry SELECT k, 1, t FROM unnest($1::text[], $2::text[]) n(k, t) ORDER BY k
        ON CONFLICT (id) DO UPDATE SET version = entry.version + 1, text = excluded.text RETURNING id, version, text
        """)
    static let again = Statement(
        "diary.again", "UPDATE entry SET version = version + 1 WHERE id = ANY($1::text[]) RETURNING id, version, text")
    static let act = Statement("diary.act", "INSERT INTO deed SELECT unnest($1::text[])")
    static let take = Statement(
        "diary.take",
        """
        INSERT INTO entry SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, text = excluded.text WHERE entry.version <= excluded.version
        """)

    @Loop static func tell(_ rows: Rows, _ transaction: Transaction) async throws {
        for row in rows {
            try Outbox.append(
                EntryWritten(text: try row.value(2)), topic: topic, key: try row.value(0), sequence: try row.value(1),
                in: transaction)
        }
    }
}

extension Subscriptions {
    fileprivate mutating func listen() {
        let diary = Subscriptions([DiaryService.heard], of: "/diary")
        self = diary
        on(NoteWritten.self) { events, transaction in
            for event in events {
                let rows = try await transaction.query(DiaryService.write, [event.event.key], [event.data.text])
                try await DiaryService.tell(rows, transaction)
            }
            if !transaction.isPast { transaction.enqueue(DiaryService.act, events.map(\.data.id)) }
        }
    }

    fileprivate mutating func recover() {
        on(EntryWritten.self) { events, transaction in
            // What only a person knew comes from a backup, or not.
            for event in events where !event.data.text.hasPrefix("by hand") {
                transaction.enqueue(
                    DiaryService.take, [event.event.key], [event.event.sequence ?? 0], [event.data.text])
            }
        }
    }
}

/// A service that keeps what a diary says.
enum ReaderService: ServiceDefinition {
    static let name = "reader"
    static let topic = Topic(name: "reader", key: "any", owner: "reader")
    static let personalData: PersonalData? = nil
    static let capabilities = [
        Capability(
            "seen", "what a diary says",
            migrations: [Migration("m0001_reader", "CREATE TABLE seen (id text PRIMARY KEY, text text NOT NULL)")],
            statements: [see, forget], standings: [.assertion("seen")],
            open: { _ in
                CapabilityParts(
                    listen: { subscriptions in
                        subscriptions = Subscriptions([DiaryService.topic], of: "/reader")
                        subscriptions.on(EntryWritten.self) { events, transaction in
                            for event in events { transaction.enqueue(see, event.event.key, event.data.text) }
                        }
                    },
                    orphans: { source, keys, transaction in
                        if source == "/diary" { transaction.enqueue(forget, keys) }
                    })
            })
    ]
    static let see = Statement(
        "reader.see", "INSERT INTO seen VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET text = excluded.text")
    static let forget = Statement("reader.forget", "DELETE FROM seen WHERE id = ANY($1::text[])")
}

struct EntryWritten: EventData, Codable {
    static let type = "diary.entry.written"
    let text: String
}

/// A broker, and the processes and databases of a diary.
@Loop
final class DiaryDesk {
    let kafka: KafkaSettings
    private let broker: Broker
    private let folder: String
    private let producer: KafkaProducer
    private let http: HTTPClient
    private var sent = 0
    private var processes: [ServiceProcess] = []

    private init() async throws {
        folder = try TestPaths.temporaryFolder()
        var settings = BrokerSettings(dataDirectory: folder)
        settings.flush = .pageCache
        broker = try Broker(settings)
        try await broker.start()
        kafka = KafkaSettings(brokers: "127.0.0.1:\(broker.port)", clientID: "test")
        try await KafkaAdmin.createTopics(
            [
                TopicPlan(name: DiaryService.topic.name, partitions: 12),
                TopicPlan(name: DiaryService.heard.name, partitions: 12),
            ], kafka)
        producer = try KafkaProducer(kafka)
        http = try HTTPClient(connectionsPerHost: 2)
    }

    static func work(_ body: @Loop (DiaryDesk) async throws -> Void) async throws {
        let desk = try await DiaryDesk()
        do { try await body(desk) } catch { Issue.record(error) }
        for process in desk.processes { await process.stop() }
        desk.producer.close()
        await desk.broker.stop()
        TestPaths.remove(desk.folder)
    }

    // MARK: Databases

    func database(_ definition: any ServiceDefinition.Type = DiaryService.self) async throws -> String {
        let url = try await TestDatabase.make(definition.name)
        try await ServiceCommand.migrate(definition, try options(url, definition))
        return url
    }

    private func settings(_ url: String) -> Settings {
        Settings(["DATABASE_URL": url, "KAFKA_BROKERS": kafka.brokers])
    }

    func options(
        _ url: String, _ definition: any ServiceDefinition.Type = DiaryService.self
    ) throws -> ServiceOptions { try ServiceOptions(service: definition.name, settings(url)) }

    /// The first column of a query, a text for each row.
    func column(
        _ url: String, _ sql: String, of definition: any ServiceDefinition.Type = DiaryService.self
    ) async throws -> [String] {
        let connection = try await PostgresConnection.open(try options(url, definition).postgres)
        defer { connection.close() }
        return try await connection.transaction { transaction in
            try await transaction.query(Statement("test.column", sql)).map { try $0.value(0) }
        }
    }

    func entries(_ url: String) async throws -> [String] {
        try await column(url, "SELECT id || ' ' || text FROM entry ORDER BY id COLLATE \"C\"")
    }

    func deeds(_ url: String) async throws -> Int {
        try await column(url, "SELECT id FROM deed").count
    }

    // MARK: Processes

    func start(
        _ url: String, _ definition: any ServiceDefinition.Type = DiaryService.self
    ) throws -> ServiceProcess {
        let process = try ServiceProcess(definition, try options(url, definition), settings(url))
        processes.append(process)
        Task { @Loop in
            do { try await process.start() } catch is CancellationError {} catch { Issue.record(error) }
        }
        return process
    }

    func end(_ process: ServiceProcess) async {
        processes.removeAll { $0 === process }
        await process.stop()
    }

    func readiness(_ process: ServiceProcess) async throws -> String {
        guard process.port > 0 else { return "no port" }
        let answer = try await http.send(
            ClientRequest(.get, "http://127.0.0.1:\(process.port)/health/ready", timeout: .seconds(5)))
        return String(decoding: answer.body, as: UTF8.self)
    }

    func turns(
        _ process: ServiceProcess, to words: String, within limit: Duration = .seconds(40)
    ) async throws {
        var last = ""
        do {
            try await eventually("\"\(words)\" is told", within: limit) {
                last = try await self.readiness(process)
                return last.contains(words)
            }
        } catch {
            Issue.record("it says \(last)")
            throw error
        }
    }

    // MARK: Topics

    func note(_ id: String, key: String, text: String) async throws {
        sent += 1
        try producer.produce(
            topic: DiaryService.heard.name, key: key, value: Array(#"{"id":"\#(id)","text":"\#(text)"}"#.utf8),
            headers: Desk.headers(id), id: sent)
        #expect(await producer.flush(within: .seconds(20)))
    }

    /// Writes a word of a diary as its relay would.
    func say(_ key: String, _ text: String, _ headers: [String: String]) async throws {
        sent += 1
        var all = [
            "ce_specversion": "1.0", "ce_id": UUID().uuidString.lowercased(), "ce_source": "/diary",
            "ce_type": EntryWritten.versionedType,
        ]
        all.merge(headers) { $1 }
        try producer.produce(
            topic: DiaryService.topic.name, key: key, value: Array(#"{"text":"\#(text)"}"#.utf8),
            headers: all.map { ($0.key, Array($0.value.utf8)) }, id: sent)
        #expect(await producer.flush(within: .seconds(20)))
    }

    /// Writes what a diary tells of its lives as a process of it would.
    func tellLives(_ lives: [SourceLife]) async throws {
        sent += 1
        let headers = [
            ("ce_specversion", "1.0"), ("ce_id", UUID().uuidString.lowercased()), ("ce_source", "/diary"),
            ("ce_type", SourceChanged.versionedType), ("content-type", "application/json"),
        ]
        try producer.produce(
            topic: Topic.sources.name, key: "/diary",
            value: Array(try ModelJSON.text(SourceChanged(source: "/diary", lives: lives)).utf8),
            headers: headers.map { ($0.0, Array($0.1.utf8)) }, id: sent)
        #expect(await producer.flush(within: .seconds(20)))
    }

    /// Writes records under one key, each by its source and with headers.
    func fill(_ topic: Topic, _ records: [(source: String, headers: [String: String])]) async throws {
        for (source, headers) in records {
            sent += 1
            let all = ["ce_source": source].merging(headers) { $1 }
            try producer.produce(
                topic: topic.name, key: "k", value: [123, 125], headers: all.map { ($0.key, Array($0.value.utf8)) },
                id: sent)
            if sent % 500 == 0 { #expect(await producer.flush(within: .seconds(20))) }
        }
        #expect(await producer.flush(within: .seconds(20)))
    }

    /// The records of a topic, in order of their partitions.
    func records(_ topic: Topic = DiaryService.topic) async throws -> [KafkaRecord] {
        let reader = TopicReader(kafka, topic)
        var found: [KafkaRecord] = []
        try await reader.read(to: try await reader.ends()) { found.append($0) }
        return found
    }

    /// What keeps the life of a diary in a database, by a session of its own, and hears of no other life.
    func keeper(_ url: String) async throws -> (keeper: LifeKeeper, session: PostgresConnection) {
        let session = try await PostgresConnection.open(try options(url).postgres)
        let keeper = LifeKeeper(
            "/diary", telling: [DiaryService.topic], hearing: [DiaryService.heard], store: session, kafka: kafka,
            lives: SourceLives())
        return (keeper, session)
    }

    /// What a new reader makes of the diary's topic, in order of keys.
    func read() async throws -> [String: String] {
        let lives = SourceLives()
        let watch = SourceWatch(lives, kafka: kafka)
        try await watch.start()
        var known: [String: (epoch: Int, sequence: Int, text: String)] = [:]
        let reader = TopicReader(kafka, DiaryService.topic)
        try await reader.read(to: try await reader.ends()) { record in
            guard let event = try? Event(record), let sequence = event.sequence, lives.whyVoid(event) == nil,
                let data = try? event.data(as: EntryWritten.self)
            else { return }
            let last = known[event.key] ?? (0, 0, "")
            if (last.epoch, last.sequence) < (event.epoch, sequence) {
                known[event.key] = (event.epoch, sequence, data.text)
            }
        }
        await watch.stop()
        return known.mapValues(\.text)
    }

    /// The same as entries are shown.
    func readEntries() async throws -> [String] {
        try await read().sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    }
}
