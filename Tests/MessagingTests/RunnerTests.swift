import CRMModel
import EventLoop
import Kafka
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

private let deadLetters = "SELECT concat_ws('|', off, event_type, error_class) FROM dead_letter ORDER BY part, off"

@Suite(.serialized) struct RunnerTests {
    @Test @Loop func theSequenceOfAnOutsideEventCountsNothingOfOurs() throws {
        func sequence(_ topic: String, _ text: String) throws -> Int? {
            let headers = Desk.headers("e") + [("ce_sequence", Array(text.utf8))]
            let record = KafkaRecord(
                origin: TopicPartition(topic: topic, partition: 0), offset: 0, key: Array("k".utf8),
                value: Array("{}".utf8), headers: headers)
            return try Event(record).sequence
        }
        #expect(try sequence("crm.sales", "5") == 5)
        // An ERP may number per order or per type: to take it for a watermark of the key would lose orders.
        #expect(try sequence("erp.orders", "5") == nil && sequence("erp.orders", "0000A") == nil)
        #expect(throws: JSONError.self) { try sequence("crm.sales", "0000A") }
    }

    @Test @Loop func whatIsToldTwiceIsAppliedOnce() async throws {
        try await Desk.work { desk in
            for _ in 1...2 { for number in 0..<300 { try desk.note("n\(number)", key: "k\(number % 20)") } }
            try await desk.flush()
            let runner = desk.runner(batchLimit: 50)
            try runner.start()
            try await eventually("600 messages", within: .seconds(30)) {
                runner.statistics.applied + runner.statistics.duplicates >= 600
            }
            await runner.stop()
            #expect(runner.statistics.applied == 300 && runner.statistics.duplicates == 300)
            let notes = try await desk.notes()
            #expect(notes.count == 300 && Set(notes).count == 300)
            for key in 0..<20 {
                let own = notes.compactMap { Int($0.dropFirst()) }.filter { $0 % 20 == key }
                #expect(own == own.sorted())
            }
        }
    }

    @Test @Loop func aRestartGoesOnWhereItStopped() async throws {
        try await Desk.work { desk in
            for round in 0..<3 {
                for number in 0..<20 { try desk.note("r\(round)n\(number)", key: "k\(number)") }
                try await desk.flush()
                let runner = desk.runner(instance: "1")
                try runner.start()
                try await eventually("the notes", within: .seconds(30)) {
                    try await desk.notes().count == (round + 1) * 20
                }
                await runner.stop()
                #expect(runner.statistics.applied == 20 && runner.statistics.duplicates == 0)
            }
            #expect(
                try await desk.service.column("SELECT sum(greatest(next_offset, 0))::text FROM consumer_offset") == [
                    "60"
                ])
        }
    }

    @Test @Loop func malformedMessagesArePutAsideAndTheOthersApplied() async throws {
        try await Desk.work(partitions: 1) { desk in
            let good = Array(#"{"id":"x","text":"y"}"#.utf8)
            var generator = SeededGenerator(seed: 7)
            let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            func without(_ name: String) -> [(String, [UInt8])] { Desk.headers("e").filter { $0.0 != name } }
            let bad: [(key: String, value: [UInt8]?, headers: [(String, [UInt8])])] = [
                ("a", noise, []), ("b", noise, Desk.headers("1")), ("c", Array("{".utf8), Desk.headers("2")),
                ("d", nil, Desk.headers("3")), ("e", good, without("ce_id")), ("f", good, without("ce_type")),
                ("g", good, without("ce_specversion")), ("h", good, without("ce_source")),
                ("i", good, Desk.headers("4", "desk.note.written.v2")),
                ("j", good, [("ce_id", [0xff, 0xfe])] + without("ce_id")),
                ("k", good, Desk.headers("5\0")), ("l", good, Desk.headers("6") + [("odd", [0, 0xff, 34, 92])]),
                (
                    "m", Array(#"{"id":"nul\u0000","text":"y"}"#.utf8),
                    Desk.headers("7") + [("t", Array(#"a\u0000\"#.utf8))]
                ),
                ("n", good, Desk.headers(String(repeating: "9", count: 501))),
                ("o\0", noise, Desk.headers("8") + [("ce_sequence", Array("0".utf8))]),
                ("p", good, Desk.headers("9") + [("ce_time", Array("today".utf8))]),
                ("q", noise, [("content-type", Array("application/cloudevents+json".utf8))]),
                ("r", Array(#"{"id":7}"#.utf8), [("content-type", Array("application/cloudevents+json".utf8))]),
                ("s", Array(#"{"text":"no id"}"#.utf8), Desk.headers("10") + [("u", Array(#"\\u0000"#.utf8))]),
            ]
            for (index, message) in bad.enumerated() {
                try desk.send(message.key, message.value, message.headers)
                try desk.note("good\(index)")
            }
            // Equal for people, and two for the database.
            try desk.note("\u{e9}")
            try desk.note("e\u{301}")
            try desk.note("unknown", type: "nobody.heard.of.v1")
            try desk.note("unheard", type: "sales.lead.created.v1")
            // What ends a key of a compacted topic has no data and its type no contract: its key may be an erased person's address.
            try desk.send("erased@x.example", nil, Desk.headers("11", "contacts.sender.forgotten.v1"))
            try desk.note("last")
            try await desk.flush()
            let runner = desk.runner()
            var problems: [String] = []
            runner.onProblem = { problems.append($0) }
            try runner.start()
            try await eventually("the last note", within: .seconds(30)) { try await desk.notes().last == "last" }
            await runner.stop()
            let dead = try await desk.service.column(deadLetters)
            // "l" is odd and no more: it is applied.
            #expect(dead.count == bad.count, "\(dead)")
            #expect(problems.isEmpty, "\(problems)")
            let notes = try await desk.notes()
            #expect(notes.filter { $0.hasPrefix("good") } == bad.indices.map { "good\($0)" })
            // What nobody knows is put aside and counted by its type; what the suite knows and is not heard here is passed over.
            #expect(runner.statistics.skipped == 2 && runner.statistics.dead == bad.count)
            #expect(runner.statistics.unknown == ["nobody.heard.of": 1])
            let groups = try await desk.service.column(
                "SELECT event_type || ' ' || error_class FROM dead_letter WHERE error_class = 'unknown-type'")
            #expect(groups == ["nobody.heard.of.v1 unknown-type"])
            #expect(runner.statistics.applied == bad.count + 4 && runner.statistics.duplicates == 0)
            #expect(try await desk.service.column("SELECT payload FROM dead_letter WHERE off = 6") == ["null"])
        }
    }

    @Test @Loop func whatFailsInSQLIsFoundByHalving() async throws {
        try await Desk.work(partitions: 1) { desk in
            for number in 0..<100 {
                try desk.note(number == 37 || number == 90 ? "poison\(number)" : "n\(number)")
                if number == 60 { try desk.note("refused", text: "throw") }
            }
            try await desk.flush()
            let runner = desk.runner()
            try runner.start()
            try await eventually("all", within: .seconds(30)) { runner.statistics.applied == 98 }
            await runner.stop()
            let expected = (0..<100).filter { $0 != 37 && $0 != 90 }.map { "n\($0)" }
            #expect(try await desk.notes() == expected)
            #expect(
                try await desk.service.column(deadLetters) == [
                    "37|desk.note.written.v1|sql-23514", "61|desk.note.written.v1|Refused",
                    "91|desk.note.written.v1|sql-23514",
                ])
            #expect(try await desk.service.column("SELECT next_offset::text FROM consumer_offset") == ["101"])
        }
    }

    @Test @Loop func whoWasReplacedChangesNothing() async throws {
        try await Desk.work(partitions: 1) { desk in
            try desk.note("first")
            try await desk.flush()
            let old = desk.runner()
            try old.start()
            try await eventually("the first note", within: .seconds(30)) { try await desk.notes() == ["first"] }
            // Another process goes on behind its back: what that one has applied is at 3 now.
            _ = try await desk.service.column("UPDATE consumer_offset SET next_offset = 3 RETURNING grp")
            for id in ["theirs1", "theirs2", "ours"] { try desk.note(id) }
            try await desk.flush()
            try await eventually("the last note", within: .seconds(30)) { try await desk.notes().contains("ours") }
            await old.stop()
            #expect(old.statistics.conflicts >= 1)
            #expect(try await desk.notes() == ["first", "ours"])
        }
    }

    @Test @Loop func twoOfAGroupShareAndOneTakesOver() async throws {
        try await Desk.work(partitions: 4) { desk in
            let runners = [desk.runner(batchLimit: 10), desk.runner(batchLimit: 10)]
            for runner in runners { try runner.start() }
            try await eventually("both at work", within: .seconds(30)) { runners.allSatisfy { $0.isAssigned } }
            for number in 0..<200 { try desk.note("a\(number)", key: "\(number)") }
            try await desk.flush()
            await runners[0].stop()
            for number in 0..<200 { try desk.note("b\(number)", key: "\(number)") }
            try await desk.flush()
            try await eventually("all notes", within: .seconds(40)) { try await desk.notes().count >= 400 }
            await runners[1].stop()
            let notes = try await desk.notes()
            #expect(notes.count == 400 && Set(notes).count == 400)
        }
    }

    @Test @Loop func whoseFixedNameAnotherHasTakenGoesOnWithoutOne() async throws {
        try await Desk.work(partitions: 4) { desk in
            let first = desk.runner(instance: "1")
            try first.start()
            try await eventually("the first", within: .seconds(30)) { first.isAssigned }
            let second = desk.runner(instance: "1")
            try second.start()
            // Not both all of them: the first would go on reading what is the second's, and each of the two refuse the other's batches.
            try await eventually("that they share the partitions", within: .seconds(40)) {
                !first.positions.isEmpty && !second.positions.isEmpty
                    && first.positions.count + second.positions.count == 4
            }
            for number in 0..<20 { try desk.note("a\(number)", key: "\(number)") }
            try await desk.flush()
            try await eventually("notes", within: .seconds(40)) { try await desk.notes().count == 20 }
            await second.stop()
            for number in 0..<20 { try desk.note("b\(number)", key: "\(number)") }
            try await desk.flush()
            try await eventually("all notes", within: .seconds(40)) { try await desk.notes().count == 40 }
            #expect(first.isAssigned)
            await first.stop()
            #expect(try await Set(desk.notes()).count == 40)
        }
    }

    @Test @Loop func whoFailsAgainAndAgainSaysSo() async throws {
        try await Desk.work(partitions: 1) { desk in
            let runner = desk.runner()
            try runner.start()
            try desk.note("first")
            try await desk.flush()
            try await eventually("the first note", within: .seconds(30)) { try await desk.notes() == ["first"] }
            #expect(runner.failing == nil)
            // As where a newer program's migrations are undone: no message is at fault.
            _ = try await desk.service.column("ALTER TABLE note RENAME TO away")
            try desk.note("second")
            try await desk.flush()
            try await eventually("a failure", within: .seconds(30)) { runner.failing != nil }
            let since = runner.failing?.since
            try await Loop.sleep(for: .seconds(4))
            // It is the same one, whatever the reader could do between two attempts.
            #expect(runner.failing?.since == since)
            _ = try await desk.service.column("ALTER TABLE away RENAME TO note")
            try await eventually("the second note", within: .seconds(30)) {
                try await desk.notes() == ["first", "second"]
            }
            try await eventually("that all is well", within: .seconds(30)) { runner.failing == nil }
            await runner.stop()
            #expect(try await desk.service.column("SELECT id::text FROM dead_letter") == [])
        }
    }

    /// As where the log was wiped and written anew: what an operator is told to do then mends it.
    @Test @Loop func aPositionBehindTheEndOfTheLogIsToldAndNothingSkipped() async throws {
        try await Desk.work(partitions: 1) { desk in
            for number in 0..<5 { try desk.note("a\(number)") }
            try await desk.flush()
            @Loop func run(_ body: @Loop (ConsumerRunner) async throws -> Void) async throws {
                let runner = desk.runner()
                try runner.start()
                try await body(runner)
                await runner.stop()
            }
            try await run { _ in
                try await eventually("the notes", within: .seconds(30)) { try await desk.notes().count == 5 }
            }
            _ = try await desk.service.column("UPDATE consumer_offset SET next_offset = 100 RETURNING 'x'")
            for number in 0..<5 { try desk.note("b\(number)") }
            try await desk.flush()
            try await run { runner in
                try await eventually("the alarm", within: .seconds(30)) { runner.isPositionLost }
                try await Loop.sleep(for: .seconds(1))
                #expect(runner.isPositionLost && runner.statistics.applied == 0)
            }
            #expect(try await desk.service.column("SELECT next_offset::text FROM consumer_offset") == ["100"])
            _ = try await desk.service.column("UPDATE consumer_offset SET next_offset = -1 RETURNING 'x'")
            try await run { runner in
                try await eventually("the others", within: .seconds(30)) { try await desk.notes().count == 10 }
                // They are counted when the commit is confirmed, a moment after they are there.
                try await eventually("the count", within: .seconds(10)) { runner.statistics.duplicates == 5 }
                #expect(!runner.isPositionLost)
            }
            #expect(try await desk.notes() == (0..<5).map { "a\($0)" } + (0..<5).map { "b\($0)" })
        }
    }

    @Test @Loop func whoIsHeldAppliesNothingAndGoesOnAfterwards() async throws {
        try await Desk.work(partitions: 3) { desk in
            let runner = desk.runner()
            try runner.start()
            for number in 0..<30 { try desk.note("a\(number)", key: "\(number)") }
            try await desk.flush()
            try await eventually("the first notes", within: .seconds(30)) { try await desk.notes().count == 30 }
            runner.isHeld = true
            try await eventually("the hold", within: .seconds(10)) { runner.heldBack.count == 3 }
            for number in 0..<30 { try desk.note("b\(number)", key: "\(number)") }
            try await desk.flush()
            try await Loop.sleep(for: .milliseconds(1500))
            #expect(try await desk.notes().count == 30 && runner.isAssigned)
            runner.isHeld = false
            try await eventually("the others", within: .seconds(30)) { try await desk.notes().count == 60 }
            await runner.stop()
            #expect(try await Set(desk.notes()).count == 60 && runner.statistics.duplicates == 0)
        }
    }

    @Test @Loop func aLostDatabaseIsWaitedFor() async throws {
        try await Desk.work(partitions: 1) { desk in
            let runner = desk.runner(batchLimit: 20)
            try runner.start()
            try await eventually("the partitions", within: .seconds(30)) { runner.isAssigned }
            for round in 0..<5 {
                for number in 0..<100 { try desk.note("\(round)-\(number)") }
                let kill = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                _ = try? await desk.service.column(kill + " AND datname = current_database()")
                try await Loop.sleep(for: .milliseconds(50))
            }
            try await desk.flush()
            try await eventually("all notes", within: .seconds(40)) {
                ((try? await desk.notes()) ?? []).count >= 500
            }
            await runner.stop()
            #expect(try await desk.notes() == (0..<500).map { "\($0 / 100)-\($0 % 100)" })
        }
    }

    @Test @Loop func workThatHangsIsGivenUpAndBegunAgain() async throws {
        try await Desk.work(partitions: 1) { desk in
            let runner = desk.runner()
            runner.stallLimit = .milliseconds(300)
            try runner.start()
            try desk.note("first")
            try await desk.flush()
            try await eventually("the first note", within: .seconds(30)) { try await desk.notes() == ["first"] }
            let other = try await PostgresConnection.open(desk.settings)
            defer { other.close() }
            try await other.transaction { transaction in
                let hold = Statement("test.hold", "SELECT 1 FROM consumer_offset FOR UPDATE")
                _ = try await transaction.query(hold)
                try desk.note("second")
                try await eventually("the watchdog", within: .seconds(20)) { runner.statistics.stalls > 0 }
            }
            try await eventually("the second note", within: .seconds(30)) { try await desk.notes().contains("second") }
            await runner.stop()
            #expect(try await desk.notes() == ["first", "second"])
        }
    }

    @Test @Loop func theOrderOfAKeyHoldsAcrossTypes() async throws {
        try await Desk.work(partitions: 1) { desk in
            var generator = SeededGenerator(seed: 3)
            var expected: [String: [String]] = [:]
            for number in 0..<300 {
                let key = "k\(Int.random(in: 0..<9, using: &generator))"
                let isRead = Bool.random(using: &generator)
                try desk.note("\(key)-\(number)", key: key, type: isRead ? "desk.note.read" : "desk.note.written.v1")
                expected[key, default: []].append("\(key)-\(number)")
            }
            try await desk.flush()
            let runner = desk.runner()
            try runner.start()
            try await eventually("300 notes", within: .seconds(30)) { runner.statistics.applied == 300 }
            await runner.stop()
            let found = Dictionary(grouping: try await desk.notes()) { String($0.prefix { $0 != "-" }) }
            #expect(found == expected)
        }
    }

    @Test @Loop func structuredEventsAndSequencesAreTaken() async throws {
        try await Desk.work(partitions: 1) { desk in
            let media = ("content-type", Array("application/cloudevents+json; charset=UTF-8".utf8))
            for id in ["s1", "s1", "s2"] {
                let json = """
                    {"specversion":"1.0","id":"\(id)","source":"/x","type":"desk.note.written.v1","extra":{"a":[1]},
                    "time":"2010-12-01T08:26:00Z","data":{"id":"\(id)","text":"灯"},"datacontenttype":"application/json"}
                    """
                try desk.send("k", Array(json.utf8), [media])
            }
            for sequence in [1, 2, 2, 1, 3, 7] {
                let headers = Desk.headers("own\(sequence)") + [("ce_sequence", Array("\(sequence)".utf8))]
                try desk.send("k", Array(#"{"id":"q\#(sequence)","text":"y"}"#.utf8), headers)
            }
            try await desk.flush()
            let runner = desk.runner(batchLimit: 4)
            try runner.start()
            try await eventually("nine", within: .seconds(30)) {
                runner.statistics.applied + runner.statistics.duplicates == 9
            }
            await runner.stop()
            #expect(try await desk.notes() == ["s1", "s2", "q1", "q2", "q3", "q7"])
            #expect(runner.statistics.gaps == 1)
        }
    }

    @Test @Loop func typesHaveVersions() {
        #expect(Event.split("erp.order.placed.v2") == ("erp.order.placed", 2))
        #expect(Event.split("erp.order.placed") == ("erp.order.placed", 1))
        for odd in ["a.v", "a.v0", "a.v-1", "a.vx", "a.", "."] { #expect(Event.split(odd) == (odd, 1)) }
    }
}
