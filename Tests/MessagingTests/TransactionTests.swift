import CRMModel
import EventLoop
import Kafka
import Messaging
import Postgres
import ServiceTestKit
import TestKit
import Testing

/// An ERP may publish in transactions where the broker has them; ours says at once that it has none.
@Suite(.enabled(if: ApacheKafka.path != nil, "there is no ../shared/kafka"))
struct TransactionTests {
    @Test @Loop func aTransactionCountsOnceItIsCommittedAndIsReadToItsEnd() async throws {
        try await ApacheKafka.with("4.3.1") { address in
            let service = try await TestService(DeskService.self)
            defer { service.close() }
            let kafka = KafkaSettings(brokers: address, clientID: "test")
            try await KafkaAdmin.createTopics([TopicPlan(name: Desk.topic.name, partitions: 1)], kafka)
            let runner = ConsumerRunner(
                DeskService.subscriptions(), group: "desk", kafka: kafka, postgres: service.options)
            try runner.start()
            for (number, isCommitted) in [true, false, true].enumerated() {
                try await publish("n\(number)", to: address, isCommitted: isCommitted)
            }
            let partition = TopicPartition(topic: Desk.topic.name, partition: 0)
            let end = try #require(try await KafkaAdmin.bounds(of: [partition], kafka)[partition]).upperBound
            // Two notes and the markers that end their transactions; what was taken back may have its own.
            #expect(end >= 4)
            try await eventually("the end", within: .seconds(30)) {
                try await service.column("SELECT next_offset::text FROM consumer_offset") == ["\(end)"]
            }
            #expect(try await service.column("SELECT id FROM note ORDER BY number") == ["n0", "n2"])
            #expect(runner.lag == 0)
            await runner.stop()
        }
    }

    /// Publishes a note in a transaction of its own, as anyone can, with kcat.
    @Loop private func publish(_ id: String, to address: String, isCommitted: Bool) async throws {
        let headers = Desk.headers(id).map { "-H \($0.0)=\(String(decoding: $0.1, as: UTF8.self))" }
        // kcat takes its transaction back when it is interrupted.
        let kcat =
            "kcat -P -b \(address) -t \(Desk.topic.name) -k k -X transactional.id=erp -X linger.ms=0 "
            + headers.joined(separator: " ")
        let note = #"echo '{"id":"\#(id)","text":"x"}'"#
        let run = try await runShell(
            isCommitted ? "\(note) | \(kcat)" : "(\(note); sleep 6) | timeout -s INT 4 \(kcat)")
        #expect(!isCommitted || run.status == 0, "\(run)")
    }
}
