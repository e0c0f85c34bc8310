import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

@Suite(.serialized) struct RelayTests {
    private static let append = Statement(
        "test.append",
        """
        INSERT INTO outbox (topic, key, seq, type, payload)
        SELECT 'desk', $1, n, 'desk.note.written.v1', '{"id":"' || $1 || n || '","text":"x"}'
        FROM generate_series($2::bigint, $3::bigint) AS n
        """)

    @Loop private static func append(_ desk: Desk, _ key: String, _ numbers: ClosedRange<Int>) async throws {
        try await desk.service.transaction {
            $0.enqueue(Self.append, key, numbers.lowerBound, numbers.upperBound)
        }
    }

    @Loop private static func relay(_ desk: Desk) -> Relay {
        Relay(source: "/desk", kafka: desk.kafka, postgres: desk.settings)
    }

    @Loop private static func isEmpty(_ desk: Desk) async throws -> Bool {
        try await desk.service.column("SELECT id::text FROM outbox LIMIT 1").isEmpty
    }

    @Test @Loop func whatCommitsLateIsNotPassedOver() async throws {
        try await Desk.work(partitions: 1) { desk in
            let relay = Self.relay(desk)
            relay.start()
            try await eventually("the lead", within: .seconds(20)) { relay.isLeading }
            let slow = try await PostgresConnection.open(desk.settings)
            defer { slow.close() }
            try await slow.transaction { transaction in
                // Its id is drawn now, and seen after those of others that are published meanwhile.
                _ = try await transaction.query(Self.append, "late", 1, 1)
                try await Self.append(desk, "early", 1...20)
                try await eventually("the early ones", within: .seconds(20)) {
                    relay.wake()
                    return try await Self.isEmpty(desk)
                }
            }
            try await eventually("the late one", within: .seconds(20)) { try await Self.isEmpty(desk) }
            let runner = desk.runner()
            try runner.start()
            try await eventually("all", within: .seconds(20)) { try await desk.notes().count == 21 }
            await runner.stop()
            await relay.stop()
            #expect(try await desk.notes().last == "late1")
            #expect(runner.statistics.duplicates == 0 && runner.statistics.gaps == 0)
        }
    }

    @Test @Loop func whatCommitsLateBetweenTwoPagesIsNotPassedByTheNextOfItsKey() async throws {
        try await Desk.work(partitions: 1) { desk in
            let slow = try await PostgresConnection.open(desk.settings)
            defer { slow.close() }
            let (drawn, commit) = (Completion<Void>(), Completion<Void>())
            let late = Task { @Loop in
                try await slow.transaction { transaction in
                    _ = try await transaction.query(Self.append, "late", 1, 1)
                    drawn.succeed(())
                    try await commit.wait()
                }
            }
            try await drawn.wait()
            try await Self.append(desk, "early", 1...3)
            var substrate = Substrate(kafka: desk.kafka, postgres: desk.settings)
            let open = substrate.openSession
            substrate.openSession = {
                SlowReader(try await open()) {
                    commit.succeed(())
                    try await late.value
                    try await Self.append(desk, "late", 2...2)
                }
            }
            let relay = Relay(source: "/desk", on: substrate)
            relay.pageSize = 2
            relay.start()
            try await eventually("all are published", within: .seconds(20)) { try await Self.isEmpty(desk) }
            let runner = desk.runner()
            try runner.start()
            try await eventually("all", within: .seconds(20)) { try await desk.notes().count == 5 }
            await runner.stop()
            await relay.stop()
            #expect(try await desk.notes().filter { $0.hasPrefix("late") } == ["late1", "late2"])
            #expect(runner.statistics.duplicates == 0 && runner.statistics.gaps == 0)
        }
    }

    @Test @Loop func aSecondRelayTakesOverWhenTheFirstLosesItsSession() async throws {
        try await Desk.work(partitions: 3) { desk in
            let relays = [Self.relay(desk), Self.relay(desk)]
            relays[0].start()
            try await eventually("the first leads", within: .seconds(20)) { relays[0].isLeading }
            relays[1].start()
            for round in 0..<5 {
                for key in ["a", "b", "c"] { try await Self.append(desk, key, (round * 50 + 1)...(round * 50 + 50)) }
                for relay in relays { relay.wake() }
                let kill = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity"
                _ = try await desk.service.column(
                    kill + " WHERE datname = current_database() AND application_name LIKE '%(relay)'")
                try await Loop.sleep(for: .milliseconds(150))
            }
            try await eventually("an empty outbox", within: .seconds(30)) { try await Self.isEmpty(desk) }
            // A process that is stopped gives its lanes to the other.
            await relays[0].stop()
            try await Self.append(desk, "a", 251...260)
            try await eventually("the other goes on", within: .seconds(20)) { try await Self.isEmpty(desk) }
            await relays[1].stop()
            let runner = desk.runner()
            try runner.start()
            try await eventually("all", within: .seconds(20)) { try await desk.notes().count == 760 }
            await runner.stop()
            #expect(runner.statistics.gaps == 0)
            for key in ["a", "b", "c"] {
                let own = try await desk.notes().filter { $0.hasPrefix(key) }
                #expect(own == (1...own.count).map { "\(key)\($0)" })
            }
        }
    }

    @Test @Loop func besideAProgramFromBeforeTheLanesHadNumbersOneOfTheTwoLeads() async throws {
        try await Desk.work(partitions: 1) { desk in
            let former = Statement(
                "test.former_lead",
                "SELECT pg_try_advisory_lock(42, hashtext(current_schema() || lane)) FROM generate_series(0, 7) AS lane"
            )
            func takesAll(_ session: PostgresConnection) async throws -> Bool {
                try await session.transaction { try await $0.query(former).map { try $0.value(0) as Bool } }
                    .allSatisfy { $0 }
            }
            let before = try await PostgresConnection.open(desk.settings)
            #expect(try await takesAll(before))
            let relay = Self.relay(desk)
            relay.start()
            try await Loop.sleep(for: .milliseconds(1500))
            #expect(!relay.isLeading)
            before.close()
            try await eventually("the lead", within: .seconds(20)) { relay.isLeading }
            let after = try await PostgresConnection.open(desk.settings)
            defer { after.close() }
            #expect(try await !takesAll(after))
            await relay.stop()
        }
    }

    @Test @Loop func anOrderlyStopUnderABacklogPublishesNothingTwice() async throws {
        try await Desk.work(partitions: 3) { desk in
            for key in ["a", "b", "c", "d"] { try await Self.append(desk, key, 1...15_000) }
            let first = Self.relay(desk)
            first.start()
            let page = "SELECT id::text FROM outbox WHERE id = 4000"
            try await eventually("a page", within: .seconds(20)) { try await desk.service.column(page).isEmpty }
            await first.stop()
            let left = try await desk.service.column("SELECT count(*)::text FROM outbox").compactMap { Int($0) }
            #expect(left.first.map { 60_000 - $0 } == first.statistics.published)
            let second = Self.relay(desk)
            second.start()
            try await eventually("all", within: .seconds(60)) { try await Self.isEmpty(desk) }
            await second.stop()
            #expect(first.statistics.published + second.statistics.published == 60_000)
            let partitions = (0..<3).map { TopicPartition(topic: Desk.topic.name, partition: $0) }
            let bounds = try await KafkaAdmin.bounds(of: partitions, desk.kafka)
            #expect(bounds.values.reduce(0) { $0 + Int($1.upperBound) } == 60_000)
        }
    }

    @Test @Loop func stoppingIsBoundedWithoutABroker() async throws {
        try await Desk.work(partitions: 1) { desk in
            let away = KafkaSettings(brokers: "127.0.0.1:1", clientID: "test")
            let relay = Relay(source: "/desk", kafka: away, postgres: desk.settings)
            relay.start()
            try await Self.append(desk, "a", 1...9000)
            try await eventually("the lead", within: .seconds(20)) { relay.isLeading }
            try await Loop.sleep(for: .milliseconds(500))
            let begin = Loop.now
            await relay.stop(within: .seconds(1))
            #expect(Loop.now - begin < .seconds(5))
            #expect(try await desk.service.column("SELECT count(*)::text FROM outbox") == ["9000"])
        }
    }

    @Test @Loop func idsOfTheOutboxAreNotDrawnInAdvance() async throws {
        try await Desk.work(partitions: 1) { desk in
            let cache = "SELECT seqcache::text FROM pg_sequence WHERE seqrelid = 'outbox_id_seq'::regclass"
            let found = try await desk.service.column(cache)
            #expect(found == ["1"])
        }
    }
}

/// A session on which something happens once, between the server's answer of a first page of two rows and its arrival.
@Loop
private final class SlowReader: DatabaseSession {
    private let session: any DatabaseSession
    private var meanwhile: (@Loop () async throws -> Void)?

    init(_ session: any DatabaseSession, meanwhile: @escaping @Loop () async throws -> Void) {
        self.session = session
        self.meanwhile = meanwhile
    }

    var isOpen: Bool { session.isOpen }
    var onClose: (@Loop () -> Void)? {
        get { session.onClose }
        set { session.onClose = newValue }
    }
    func close() { session.close() }

    func transaction<T>(_ body: (Transaction) async throws -> T) async throws -> T {
        let value = try await session.transaction(body)
        guard let rows = value as? Rows, rows.count == 2, let work = meanwhile else { return value }
        meanwhile = nil
        try await work()
        return value
    }
}
