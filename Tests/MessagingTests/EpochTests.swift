import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

@Suite struct EpochTests {
    /// An event of a service of ours about a key.
    @Loop private func say(
        _ desk: Desk, _ text: String, key: String, sequence: Int, epoch: Int = 0, id: String? = nil, past: Bool = false
    ) throws {
        var headers = Desk.headers(id ?? text) + [("ce_sequence", Array("\(sequence)".utf8))]
        if epoch > 0 { headers.append(("ce_epoch", Array("\(epoch)".utf8))) }
        if past { headers.append(("ce_past", [49])) }
        try desk.send(key, Array(#"{"id":"\#(text)","text":"x"}"#.utf8), headers)
    }

    private func life(_ epoch: Int, ends: [Int]) -> SourceLife {
        SourceLife(
            epoch: epoch, incarnation: UUID(), cause: "restored", begunAt: .now, home: "",
            ends: [TopicEnds(topic: Desk.topic.name, ends: ends)], whole: nil)
    }

    @Test @Loop func aLaterLifeCountsFromItsStartAndAnEarlierOneNoMore() async throws {
        try await Desk.work(partitions: 1) { desk in
            for (text, sequence, epoch) in [
                ("a1", 1, 0), ("a2", 2, 0), ("b1", 1, 7), ("a3", 3, 0), ("b1 again", 1, 7), ("b2", 2, 7), ("c1", 1, 9),
                ("b3", 3, 7),
            ] { try say(desk, text, key: "k", sequence: sequence, epoch: epoch) }
            try await desk.flush()
            let runner = desk.runner(batchLimit: 3)
            try runner.start()
            try await eventually("all is read", within: .seconds(20)) {
                runner.statistics.applied + runner.statistics.duplicates == 8
            }
            await runner.stop()
            #expect(try await desk.notes() == ["a1", "a2", "b1", "b2", "c1"])
            #expect(runner.statistics.gaps == 0)
            // "b1 again" had the number of "b1" and was another event.
            #expect(runner.statistics.forks == 1)
            let stored = try await desk.service.column("SELECT epoch || ' ' || seq FROM applied_sequence")
            #expect(stored == ["9 1"])
        }
    }

    /// What waited in the outbox of a schema that went back may have been told by the life before: it is one event.
    @Test @Loop func anEventThatTwoLivesTellIsAppliedOnce() async throws {
        try await Desk.work(partitions: 1) { desk in
            try say(desk, "a1", key: "k", sequence: 1)
            try say(desk, "a2", key: "k", sequence: 2, id: "the same")
            try say(desk, "a2 again", key: "k", sequence: 2, epoch: 7, id: "the same")
            try say(desk, "a3", key: "k", sequence: 3, epoch: 7)
            try await desk.flush()
            let runner = desk.runner(batchLimit: 3)
            try runner.start()
            try await eventually("all is read", within: .seconds(20)) {
                runner.statistics.applied + runner.statistics.duplicates == 4
            }
            await runner.stop()
            #expect(try await desk.notes() == ["a1", "a2", "a3"])
            let stored = try await desk.service.column("SELECT epoch || ' ' || seq FROM applied_sequence")
            #expect(stored == ["7 3"])
        }
    }

    @Test @Loop func whatALifeWritesBehindItsEndIsVoidAndASampleOfItIsPutAside() async throws {
        try await Desk.work(partitions: 1) { desk in
            try say(desk, "before", key: "a", sequence: 1)
            try say(desk, "new", key: "b", sequence: 1, epoch: 7)
            for number in 0..<150 { try say(desk, "late \(number)", key: "late \(number)", sequence: 1) }
            try say(desk, "last", key: "b", sequence: 2, epoch: 7)
            try await desk.flush()
            let runner = desk.runner(batchLimit: 40)
            runner.lives.take(SourceChanged(source: "/test", lives: [life(0, ends: []), life(7, ends: [1])]))
            try runner.start()
            try await eventually("all is read", within: .seconds(20)) {
                runner.statistics.applied + runner.statistics.void == 153
            }
            await runner.stop()
            #expect(try await desk.notes() == ["before", "new", "last"])
            let groups = try await desk.service.column(
                "SELECT error_class || ' ' || count(*) FROM dead_letter GROUP BY error_class, fingerprint")
            #expect(groups == ["ended-life 100"])
        }
    }

    @Test @Loop func aBatchIsPastOrIsNot() async throws {
        try await Desk.work(partitions: 3) { desk in
            var subscriptions = Subscriptions([Desk.topic])
            var order: [String: [String]] = [:]
            subscriptions.on(NoteWritten.self) { events, transaction in
                for event in events {
                    order[event.event.key, default: []].append("\(event.data.id) \(transaction.isPast)")
                }
                Timers.set(kind: "desk", key: "\(events[0].data.id)", dueAt: .now, in: transaction)
                try Outbox.append(
                    events[0].data, topic: Desk.topic, key: "told", sequence: nil, in: transaction)
            }
            for number in 0..<30 {
                // Every third event carries the mark of who told it, behind the place where acting begins.
                try say(
                    desk, "\(number)", key: "k\(number % 5)", sequence: number / 5 + 1,
                    past: number >= 15 && number % 3 == 0)
            }
            try await desk.flush()
            var ends: [TopicPartition: Int64] = [:]
            let reader = TopicReader(desk.kafka, Desk.topic)
            var places: [String: Bool] = [:]
            try await reader.read(to: try await reader.ends()) { record in
                let number = Int(record.header("ce_id") ?? "") ?? 0
                if number < 15 { ends[record.origin] = max(ends[record.origin] ?? 0, record.offset + 1) }
                places["\(number)"] = number < 15 || number % 3 == 0
            }
            let runner = ConsumerRunner(
                subscriptions, group: "desk", kafka: desk.kafka, postgres: desk.settings, batchLimit: 7)
            runner.lives.begin(at: LogEnds(ends))
            try runner.start()
            try await eventually("all is applied", within: .seconds(20)) { runner.statistics.applied == 30 }
            await runner.stop()
            for (key, told) in order {
                let numbers = told.compactMap { Int($0.prefix { $0 != " " }) }
                #expect(numbers == numbers.sorted(), "\(key): \(told)")
                for line in told {
                    let parts = line.split(separator: " ")
                    #expect(places[String(parts[0])] == (parts[1] == "true"), "\(line)")
                }
            }
            // A past transaction sets no timer, and what it tells carries the mark on.
            let timers = Set(try await desk.service.column("SELECT key FROM timer"))
            #expect(!timers.isEmpty && timers.allSatisfy { places[$0] == false })
            let told = try await desk.service.column(
                "SELECT (payload::json ->> 'id') || ' ' || past FROM outbox ORDER BY id")
            #expect(told.contains { $0.hasSuffix("true") } && told.contains { $0.hasSuffix("false") })
            for line in told {
                let parts = line.split(separator: " ")
                #expect(places[String(parts[0])] == (parts[1] == "true"), "\(line)")
            }
        }
    }
}
