import EventLoop
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit
import TestKit

/// Processes of one service on one database, each with its share of a log's partitions and with its background work.
@Loop
public final class SideBySide {
    /// What was seen of the locks while they worked.
    public struct Meeting: Sendable {
        /// Circles that PostgreSQL had to cut.
        public var deadlocks = 0
        /// How often was looked, and how many sessions waited for a lock, all looks together.
        public var looks = 0, waiting = 0
        /// The longest that one was seen to wait, in seconds.
        public var longest = 0.0
        /// How often one began again, as both recorded one new document at the same moment.
        public var repeats = 0
        /// What consumers said else.
        public var problems: [String] = []
    }

    /// The processes; the first one's connections serve to look at the end.
    public let services: [TestService]
    private let definition: any ServiceDefinition.Type
    private var meeting = Meeting()

    /// Makes processes on a fresh database.
    public init(
        _ processes: Int, of definition: any ServiceDefinition.Type, settings: [String: String] = [:]
    ) async throws {
        self.definition = definition
        let url = try await TestDatabase.make(definition.name)
        var services: [TestService] = []
        for _ in 0..<processes {
            services.append(try await TestService(definition, settings: settings, on: url))
        }
        self.services = services
    }

    /// Closes the connections; call it at a test's end.
    public func close() { for service in services { service.close() } }

    /// Lets them apply a log; `meanwhile` is asked again and again.
    public func apply(
        _ log: WrittenLog, seed: UInt64, batch: Int = 60, meanwhile: @Loop () async throws -> Void = {}
    ) async throws -> Meeting {
        let work = services.flatMap { service in service.parts.background.map { work in Task { @Loop in await work() } }
        }
        let runners = services.indices.map { number in runner(number, log, seed, batch) }
        for runner in runners { try runner.start() }
        let observer = try await PostgresConnection.open(services[0].options)
        defer { observer.close() }
        try await eventually("all is applied", within: .seconds(120)) {
            try await self.look(observer)
            try await meanwhile()
            return runners.map(\.statistics).reduce(0) { $0 + $1.applied + $1.skipped + $1.dead } >= log.count
        }
        for runner in runners { await runner.stop() }
        for task in work { task.cancel() }
        for task in work { await task.value }
        meeting.problems += runners.flatMap { $0.statistics.dead > 0 ? ["\($0.statistics.dead) dead letters"] : [] }
        // Figures are told by the ends of sessions, and a moment later.
        try await Loop.sleep(for: .milliseconds(1500))
        meeting.deadlocks = try await observer.transaction { try await $0.query(Self.circles).first?.value(0) ?? 0 }
        return meeting
    }

    private func runner(_ number: Int, _ log: WrittenLog, _ seed: UInt64, _ batch: Int) -> ConsumerRunner {
        var chance = SeededGenerator(seed: seed &+ UInt64(number) &* 7919)
        let (service, count) = (services[number], services.count)
        let runner = ConsumerRunner(
            service.parts.subscriptions, group: definition.name,
            on: Substrate(
                openReader: { _, _ in WrittenReader(log, number, of: count, chance) },
                openWriter: { throw UnexpectedAnswer(description: "nothing is published here") },
                openSession: { try await PostgresConnection.open(service.options) },
                random: { Int.random(in: $0, using: &chance) }), batchLimit: batch)
        runner.onProblem = { [weak self] problem in
            if problem.contains("40001") { self?.meeting.repeats += 1 } else { self?.meeting.problems.append(problem) }
        }
        return runner
    }

    private func look(_ observer: PostgresConnection) async throws {
        for row in try await observer.transaction({ try await $0.query(Self.waits) }) {
            meeting.looks += 1
            meeting.waiting += try row.value(0) as Int
            meeting.longest = max(meeting.longest, try row.value(1) as Double)
        }
    }

    private static let waits = Statement(
        "test.waits",
        """
        SELECT count(*), coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)::float8
        FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
        """)
    private static let circles = Statement(
        "test.circles", "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
}
