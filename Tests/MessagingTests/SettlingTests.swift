import CRMModel
import EventLoop
import Kafka
import TestKit
import Testing

@testable import Messaging

/// How long a group takes to share anew when a process comes or goes: until then what it shares stands still.
@Suite(.serialized) struct SettlingTests {
    @Loop private func hasSettled(_ runner: ConsumerRunner, with partitions: ClosedRange<Int>) -> Bool {
        runner.isAssigned && runner.pending == nil && runner.keysDeadline == nil
            && partitions.contains(runner.positions.count)
    }

    @Test @Loop func aGroupSettlesInUnderASecond() async throws {
        try await Desk.work(partitions: 12) { desk in
            let keys = [
                TopicPlan(name: Topic.contacts.name, partitions: 12),
                TopicPlan(name: Topic.subjectKeys.name, partitions: 12),
            ]
            try await KafkaAdmin.createTopics(keys, desk.kafka)
            @Loop func runner(_ instance: String) -> ConsumerRunner {
                ConsumerRunner(
                    DeskService.subscriptions().reading([Desk.topic, .contacts]), group: "desk", kafka: desk.kafka,
                    postgres: desk.settings, instance: instance)
            }
            let first = runner("1")
            try first.start()
            try await eventually("the first") { hasSettled(first, with: 36...36) }
            var joins: [Duration] = [], leaves: [Duration] = []
            for _ in 0..<5 {
                try await Loop.sleep(for: .milliseconds(Int.random(in: 100...1500)))
                let second = runner("2")
                var begin = Loop.now
                try second.start()
                try await eventually("both") { hasSettled(second, with: 1...35) && hasSettled(first, with: 1...35) }
                joins.append(Loop.now - begin)
                begin = Loop.now
                await second.stop()
                try await eventually("the first again") { hasSettled(first, with: 36...36) }
                leaves.append(Loop.now - begin)
            }
            await first.stop()
            #expect(joins.sorted()[2] < .seconds(1) && leaves.sorted()[2] < .seconds(1), "\(joins) \(leaves)")
        }
    }
}
