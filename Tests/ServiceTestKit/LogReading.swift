import CRMModel
import EventLoop
import Kafka
import Messaging
import Postgres
import ServiceKit
import TestKit

extension TestService {
    /// Has the service's consumer read those topics of a log that it reads, to their ends; answers its figures and what it said of troubles.
    public func read(
        _ log: WrittenLog, as group: String, seed: UInt64, batch: Int = 500, within limit: Duration = .seconds(120)
    ) async throws -> (figures: ConsumerRunner.Statistics, problems: [String]) {
        var chance = SeededGenerator(seed: seed)
        let runner = ConsumerRunner(
            parts.subscriptions, group: group,
            on: Substrate(
                openReader: { _, _ in WrittenReader(log, 0, of: 1, chance, isPicky: true) },
                openWriter: { throw UnexpectedAnswer(description: "nothing is published here") },
                openSession: { try await PostgresConnection.open(self.options) },
                random: { Int.random(in: $0, using: &chance) }), batchLimit: batch)
        var problems: [String] = []
        runner.onProblem = { problems.append($0) }
        let topics = Set(parts.subscriptions.topics.map(\.name))
        let expected = log.all.filter { topics.contains($0.key.topic) }.reduce(0) { $0 + $1.value.count }
        try runner.start()
        do {
            try await eventually("\(group) has read all of the log", within: limit) {
                let figures = runner.statistics
                return figures.applied + figures.duplicates + figures.skipped + figures.dead >= expected
            }
        } catch {
            throw UnexpectedAnswer(description: "\(error); \(problems.prefix(3).joined(separator: "; "))")
        }
        await runner.stop()
        return (runner.statistics, problems)
    }
}
