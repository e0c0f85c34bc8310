import Broker
import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Postgres
import ServiceTestKit
import TestKit
import Testing

@testable import Contacts
@testable import Chaos
@testable import Messaging
@testable import ServiceKit

/// Contacts with its consumer on a broker over TCP, and an ERP that places, changes, cancels and credits orders.
@Loop
private final class LiveContacts {
    let service: TestService
    let kafka: KafkaSettings
    private let broker: Broker
    private let folder: String
    private let runner: ConsumerRunner
    private let orders: ChaosOrders
    private let producer: KafkaProducer
    private var play: Task<Void, any Error>?
    private var sent = 0
    private let seed = UInt64.random(in: 1...999_999)

    init() async throws {
        print("seed \(seed)")
        service = try await TestService(ContactsService.self)
        folder = try TestPaths.temporaryFolder()
        var settings = BrokerSettings(dataDirectory: folder)
        settings.flush = .pageCache
        broker = try Broker(settings)
        try await broker.start()
        kafka = KafkaSettings(brokers: "127.0.0.1:\(broker.port)", clientID: "test")
        let subscriptions = service.parts.subscriptions
        try await KafkaAdmin.createTopics(subscriptions.topics.map { TopicPlan(name: $0.name, partitions: 4) }, kafka)
        runner = ConsumerRunner(subscriptions, group: "contacts", kafka: kafka, postgres: service.options)
        orders = try ChaosOrders(kafka, seed: seed)
        producer = try KafkaProducer(kafka)
        try runner.start()
    }

    func close() async {
        await runner.stop()
        producer.close()
        await broker.stop()
        service.close()
        TestPaths.remove(folder)
    }

    /// Lets the ERP talk until it is told to stop.
    func begin(rate: Int) { play = Task { @Loop in try await orders.play(rate: rate) } }

    func applied(_ count: Int) async throws {
        try await eventually("\(count) events applied", within: .seconds(60)) { runner.statistics.applied >= count }
    }

    func end() async throws {
        orders.stop()
        try await play?.value
    }

    /// An event of another service.
    func tell<T: EventData & Encodable>(_ data: T, topic: Topic, key: String) throws {
        sent += 1
        let headers = [
            ("ce_specversion", "1.0"), ("ce_id", "e\(sent)"), ("ce_source", "/test"), ("ce_type", T.versionedType),
            ("ce_time", "2026-01-02T03:04:05.\(100 + sent)Z"),
        ]
        try producer.produce(
            topic: topic.name, key: key, value: Array(try ModelJSON.text(data).utf8),
            headers: headers.map { ($0.0, Array($0.1.utf8)) }, id: sent)
    }

    func party(_ number: Int) -> UUID { ExternalID.party(customerNo: "C\(seed)-\(number)") }

    func rebuild(swap: Bool = true, force: Bool = false) async throws -> Rebuild.Outcome {
        let rebuild = Rebuild(
            try #require(ContactsService.rebuildPlan), service.parts.subscriptions, service: "contacts",
            migrations: ContactsService.migrations, kafka: kafka, postgres: service.options)
        return try await rebuild.run(isSwapping: swap, isForced: force)
    }

    func differing(_ outcome: Rebuild.Outcome) -> [String] {
        outcome.parts.filter { $0.hash != $0.liveHash }.map(\.table)
    }
}

/// Read models rebuilt from the topics beside the live ones.
@Suite(.serialized) struct RebuildTests {
    @Test @Loop func theTopicsGiveTheSameTablesAsTheLiveOnesWhileOrdersComeIn() async throws {
        let live = try await LiveContacts()
        do { try await Self.work(live) } catch { Issue.record(error) }
        try? await live.end()
        await live.close()
    }

    @Loop private static func work(_ live: LiveContacts) async throws {
        live.begin(rate: 400)
        try await live.applied(800)
        for number in 0..<20 {
            try live.tell(
                SurveyAnswered(
                    ticketId: UUID.v7(), partyId: live.party(number % 7), survey: "csat", score: 1 + number % 5,
                    comment: nil, assignee: nil),
                topic: .tickets, key: "t\(number)")
        }
        // What people do meanwhile: one customer becomes part of another, a third is forgotten.
        let other = live.party(2).text
        let merge = #"{"mergedId":"\#(other)"}"#
        let survivor = "/v1/parties/\(live.party(1).text)"
        // Orders raise the version all the time.
        try await eventually("the merge", within: .seconds(30)) {
            // By the seed's chance one of them has not bought yet.
            guard try await live.service.send(.get, "/v1/parties/\(other)").status == 200,
                let tag = try await live.service.send(.get, survivor).headers["etag"]
            else { return false }
            let merged = try await live.service.send(.post, survivor + "/merges", merge, headers: ["if-match": tag])
            #expect([201, 412].contains(merged.status), "\(merged)")
            return merged.status == 201
        }
        let answers = "SELECT count(*)::text FROM touch WHERE party_id = '\(live.party(3).text)' AND at < '2026-01-03'"
        try await live.applied(1500)
        try await eventually("the answers of one to forget", within: .seconds(30)) {
            try await live.service.column(answers) == ["3"]
        }
        let erased = try await live.service.send(.post, "/v1/parties/\(live.party(3).text)/erasures", #"{"by":"test"}"#)
        #expect(erased.status == 201, "\(erased)")
        // The ERP goes on through the first rebuild.
        let first = try await live.rebuild()
        #expect(first.isEqual && first.isSwapped, "\(live.differing(first))")
        #expect(first.messages >= 1500)
        let rows = Dictionary(uniqueKeysWithValues: first.parts.map { ($0.table, $0.rows) })
        for table in [
            "erp_document", "document_detail", "party_month", "party_value", "sales_cell", "touch", "party_voice",
        ] {
            #expect(rows[table] ?? 0 > 0, "\(table)")
        }
        print(
            "\(first.messages) messages in \(first.seconds) s, \(Int(Double(first.messages) / first.seconds)) a second;"
                + " writers waited \(first.waited) s")
        let later = try await live.service.column("SELECT sum(orders)::text FROM party_value")
        try await eventually("the swapped tables go on", within: .seconds(30)) {
            try await live.service.column("SELECT sum(orders)::text FROM party_value") != later
        }
        try await live.end()
        // The swapped tables are what they were: a check leaves them, and finds what is damaged.
        let check = try await live.rebuild(swap: false)
        #expect(check.isEqual && !check.isSwapped, "\(live.differing(check))")
        _ = try await live.service.column(
            "UPDATE party_value SET revenue = revenue + 1 WHERE party_id = '\(live.party(5).text)' RETURNING 'x'")
        let damaged = try await live.rebuild()
        #expect(!damaged.isEqual && !damaged.isSwapped && live.differing(damaged) == ["party_value"])
        let forced = try await live.rebuild(force: true)
        #expect(!forced.isEqual && forced.isSwapped)
        #expect(try await live.rebuild().isEqual)
        // Whom the topics still tell of is not brought back.
        #expect(try await live.service.column(answers) == ["0"])
        // Nothing was published twice: the live outbox has each party's version once.
        #expect(
            try await live.service.column(
                "SELECT count(*)::text FROM (SELECT FROM outbox GROUP BY key, seq HAVING count(*) > 1) AS twice") == [
                    "0"
                ])
    }

    /// A rebuild holds its claim for minutes: touches that come meanwhile, over HTTP or by a channel, and the look for duplicates go on.
    @Test @Loop func nobodyWaitsForARebuild() async throws {
        let live = try await LiveContacts()
        do {
            let session = try await PostgresConnection.open(live.service.options)
            defer { session.close() }
            let isClaimed: Bool? = try await session.transaction {
                try await $0.query(RebuildStore.claim).first?.value(0)
            }
            #expect(isClaimed == true)
            let ann = try await live.service.make("/v1/parties", #"{"name":"Ann","email":"ann@x.example"}"#)
            let begin = Loop.now
            let answer = try await live.service.send(
                .post, "/v1/interactions", #"{"kind":"call.ended","interactionId":"c1","email":"ann@x.example"}"#)
            #expect(answer.status == 201 && Loop.now - begin < .seconds(2), "\(answer) after \(Loop.now - begin)")
            var told = ChannelInteraction(interactionId: "m1", at: Date(timeIntervalSince1970: 1_700_000_000))
            told.email = "ann@x.example"
            try live.tell(
                ChannelTold<InteractionKinds.Message>(interaction: told), topic: .interactions, key: "ann@x.example")
            try await eventually("both touches", within: .seconds(20)) {
                try await live.service.column(
                    "SELECT reference FROM interaction WHERE party_id = '\(ann.text)' ORDER BY 1") == ["c1", "m1"]
            }
            #expect(try await DuplicateFinder(live.service.context).look() == 1)
        } catch { Issue.record(error) }
        await live.close()
    }

    /// Who has left is not waited for until the next round: another may ask.
    @Test @Loop func whoLeavesAComparisonEndsIt() async throws {
        let live = try await LiveContacts()
        let reconciler = Reconciler(live.service.context.pool, live.kafka, ContactsService.self)
        let server = try HTTPServer(address: "127.0.0.1", port: 0, router: Router(reconciler.routes))
        do {
            func ask(until wanted: String) async throws {
                var text = ""
                try await eventually("the answer \(wanted)", within: .seconds(20)) {
                    let stream = try await Stream.connect(host: "127.0.0.1", port: server.port)
                    defer { stream.close() }
                    text = ""
                    stream.onBytes = { text += String(decoding: $0, as: UTF8.self) }
                    stream.resumeReading()
                    let path = "/v1/ops/reconciliation?rounds=2&every=3600"
                    stream.write(Array("GET \(path) HTTP/1.1\r\nhost: localhost\r\n\r\n".utf8))
                    let deadline = Loop.now + .seconds(5)
                    while !text.contains(wanted), !text.contains("409"), Loop.now < deadline {
                        try await Loop.sleep(for: .milliseconds(20))
                    }
                    return text.contains(wanted)
                }
            }
            // In the pause after the first round.
            try await ask(until: #"{"pause":3600}"#)
            try await ask(until: #"{"pause":3600}"#)
        } catch { Issue.record(error) }
        await server.stop(within: .seconds(1))
        withExtendedLifetime(reconciler) {}
        await live.close()
    }

    /// In shares, so that many documents need little memory, and with what differs named; in two rounds running it lasts.
    @Test @Loop func theLedgerIsComparedWithTheTopic() async throws {
        let live = try await LiveContacts()
        do { try await Self.compare(live) } catch { Issue.record(error) }
        try? await live.end()
        await live.close()
    }

    @Loop private static func compare(_ live: LiveContacts) async throws {
        live.begin(rate: 400)
        try await live.applied(600)
        try await live.end()
        let reconciler = Reconciler(live.service.context.pool, live.kafka, ContactsService.self)
        reconciler.sliceLimit = 400
        // What the database refused is told and not held: it is among the dead letters.
        func refused(_ round: Reconciler.Round) -> Int { round.named.count { $0.contains("BAD-") } }
        var equal = 0
        try await eventually("all applied", within: .seconds(60)) {
            let round = try await reconciler.compare(.documents)
            equal = round.equal
            return round.different == refused(round) && round.equal > 100
        }
        let wrong = try await live.service.column(
            "UPDATE erp_document SET total = total + 1 WHERE id = (SELECT min(id) FROM erp_document) RETURNING id")
        let lost = try await live.service.column(
            "DELETE FROM erp_document WHERE id = (SELECT max(id) FROM erp_document) RETURNING id")
        print("compared \(equal) documents")
        let round = try await reconciler.compare(.documents)
        #expect(round.different == refused(round) + 2 && round.equal == equal - 2, "\(round)")
        #expect(round.named.contains { $0.contains(wrong[0]) && $0.contains("the topic says") }, "\(round.named)")
        #expect(round.named.contains { $0.contains(lost[0]) && $0.contains("is missing") }, "\(round.named)")
    }
}
