import CRMModel
import EventLoop
import Kafka
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

@Suite(.serialized) struct DeadLetterTests {
    /// What operators do at a desk, where `poison` fails until the check is mended.
    @Loop private static func letters(_ desk: Desk) -> DeadLetters {
        DeadLetters(desk.service.context.pool, DeskService.subscriptions(), group: "desk")
    }

    @Loop private static func mend(_ desk: Desk) async throws {
        try await desk.service.transaction { transaction in
            transaction.enqueue(Statement("test.mend", "ALTER TABLE note DROP CONSTRAINT note_id_check"))
        }
    }

    /// Runs a consumer over what was sent until some are dead.
    @Loop private static func consume(_ desk: Desk, dead: Int, applied: Int) async throws {
        try await desk.flush()
        let runner = desk.runner()
        try runner.start()
        try await eventually("the messages", within: .seconds(30)) {
            runner.statistics.dead >= dead && runner.statistics.applied >= applied
        }
        await runner.stop()
    }

    private static func filter(_ ids: [Int]? = nil, errorClass: String? = nil) -> DeadLetters.Filter {
        var filter = DeadLetters.Filter()
        filter.ids = ids
        filter.errorClass = errorClass
        return filter
    }

    @Test @Loop func whatIsReplayedIsAppliedOnceInItsKeysOrder() async throws {
        try await Desk.work(partitions: 2) { desk in
            for number in 0..<6 { try desk.note("poison\(number)", key: "k\(number % 2)") }
            try desk.note("good", key: "k0")
            try await Self.consume(desk, dead: 6, applied: 1)
            let letters = Self.letters(desk)
            #expect(try await letters.open() == ["sql-23514": 6])
            // Not mended yet: the oldest of each key fails again, and those behind it wait.
            let early = try await letters.replay(DeadLetters.Filter(), actor: "ann", reason: nil)
            #expect(early.failed == 2 && early.blocked == 4 && early.applied == 0)
            try await Self.mend(desk)
            // A younger one alone would break the order of its key.
            let young = try await desk.service.column(
                "SELECT id::text FROM dead_letter WHERE off > 0 ORDER BY off DESC")
            let refused = try await letters.replay(
                Self.filter(young.prefix(1).compactMap { Int($0) }), actor: "ann", reason: nil)
            #expect(refused.blocked == 1)
            let outcome = try await letters.replay(Self.filter(errorClass: "sql-23514"), actor: "ann", reason: "mended")
            #expect(outcome.applied == 6 && outcome.failed == 0 && outcome.blocked == 0)
            let again = try await letters.replay(DeadLetters.Filter(), actor: "ann", reason: nil)
            #expect(again == DeadLetters.Outcome())
            let notes = try await desk.notes()
            #expect(notes.count == 7 && Set(notes).count == 7)
            for key in 0..<2 {
                let own = notes.compactMap { Int($0.dropFirst(6)) }.filter { $0 % 2 == key }
                #expect(own == own.sorted())
            }
            #expect(try await letters.open() == [:])
            let statuses = try await desk.service.column("SELECT DISTINCT status || actor || note FROM dead_letter")
            #expect(statuses == ["resolvedannmended"])
            let actions = "SELECT outcome FROM dead_letter_action WHERE outcome = 'applied' AND actor = 'ann'"
            #expect(try await desk.service.column(actions).count == 6)
        }
    }

    @Test @Loop func whatWasAppliedBeforeIsNotAppliedAgain() async throws {
        try await Desk.work(partitions: 1) { desk in
            try desk.note("poison")
            try await Self.consume(desk, dead: 1, applied: 0)
            try await Self.mend(desk)
            // The source has told it again meanwhile, and then it was taken.
            try desk.note("poison")
            try await Self.consume(desk, dead: 0, applied: 1)
            let outcome = try await Self.letters(desk).replay(DeadLetters.Filter(), actor: "ann", reason: nil)
            #expect(outcome.duplicates == 1 && outcome.applied == 0)
            #expect(try await desk.notes() == ["poison"])
        }
    }

    @Test @Loop func anOwnEventBehindLaterOnesIsAppliedOnlyByForce() async throws {
        try await Desk.work(partitions: 1) { desk in
            for sequence in 1...3 {
                try desk.send(
                    "k", Array(#"{"id":"\#(sequence == 2 ? "poison" : "n\(sequence)")","text":"x"}"#.utf8),
                    Desk.headers("e\(sequence)") + [("ce_sequence", Array("\(sequence)".utf8))])
            }
            try await Self.consume(desk, dead: 1, applied: 2)
            try await Self.mend(desk)
            let letters = Self.letters(desk)
            let outcome = try await letters.replay(DeadLetters.Filter(), actor: "ann", reason: nil)
            #expect(outcome.superseded == 1)
            #expect(try await letters.open() == ["sql-23514": 1])
            let forced = try await letters.replay(DeadLetters.Filter(), actor: "ann", reason: "told", isForced: true)
            #expect(forced.applied == 1)
            #expect(try await desk.notes() == ["n1", "n3", "poison"])
            #expect(try await desk.service.column("SELECT seq::text FROM applied_sequence") == ["3"])
        }
    }

    @Test @Loop func whatIsDiscardedIsWrittenDownAndStaysAway() async throws {
        try await Desk.work(partitions: 1) { desk in
            for number in 0..<3 { try desk.note("poison\(number)") }
            try desk.send("灯", [0, 0xff], [("raw", [0xff, 0, 0x80])])
            try await Self.consume(desk, dead: 4, applied: 0)
            // Header values are any bytes, and are kept as they are.
            let kept = "SELECT (position('\\xff0080'::bytea IN raw_headers) > 0)::text FROM dead_letter WHERE off = 3"
            #expect(try await desk.service.column(kept) == ["true"])
            let letters = Self.letters(desk)
            let groups = try await letters.groups(DeadLetters.Filter(), status: "open")
            #expect(groups.count == 2 && groups[0].contains("\"count\" : 3"))
            let undecoded = try await letters.list(
                Self.filter(errorClass: "decode"), status: "open", after: 0, limit: 9)
            #expect(undecoded.count == 1)
            let id = try #require(undecoded.first?.id)
            // What cannot be read stays open.
            let outcome = try await letters.replay(Self.filter([id]), actor: "ann", reason: nil)
            #expect(outcome.failed == 1)
            #expect(try await letters.discard(Self.filter(errorClass: "decode"), actor: "bob", reason: "noise") == 1)
            #expect(try await letters.discard(Self.filter([id]), actor: "bob", reason: "noise") == 0)
            #expect(try await letters.replay(Self.filter([id]), actor: "ann", reason: nil) == DeadLetters.Outcome())
            let whole = try #require(try await letters.show(id))
            #expect(whole.contains("\"payloadBytes\": \"AP8=\"") && whole.contains("bob") && whole.contains("failed:"))
            #expect(try await letters.actions(before: .max, limit: 9).count == 2)
            #expect(try await letters.open() == ["sql-23514": 3])
        }
    }

    /// Its message cannot be read while an older one of its key waits, so it is put aside at once; applied first, it would make the older one
    /// a thing of the past, which is dropped.
    @Test @Loop func whatIsParkedComesBeforeADeadLetterBehindIt() async throws {
        try await Desk.work(partitions: 1) { desk in
            let gate = ParkingTests.Gate()
            gate.closed = ["k"]
            for (sequence, json) in [(1, #"{"id":"n1","text":"x"}"#), (2, "{")] {
                try desk.send(
                    "k", Array(json.utf8),
                    Desk.headers("e\(sequence)") + [("ce_sequence", Array("\(sequence)".utf8))])
            }
            try await desk.flush()
            @Loop func run(until text: String, _ isDone: @escaping @Loop (ConsumerRunner) async throws -> Bool)
                async throws
            {
                let runner = ParkingTests.runner(desk, gate)
                try runner.start()
                try await eventually(text, within: .seconds(30)) { try await isDone(runner) }
                await runner.stop()
            }
            try await run(until: "both aside") { $0.statistics.dead == 1 && $0.statistics.parkedMessages == 1 }
            // As if this program could read it by now.
            let mended = #"UPDATE dead_letter SET payload = convert_to('{"id":"n2","text":"x"}', 'UTF8') RETURNING 'x'"#
            #expect(try await desk.service.column(mended).count == 1)
            let letters = Self.letters(desk)
            let early = try await letters.replay(DeadLetters.Filter(), actor: "ann", reason: nil)
            #expect(early.blocked == 1 && early.applied == 0)
            gate.closed = []
            try await run(until: "the parked one") { _ in try await desk.notes() == ["n1"] }
            let outcome = try await letters.replay(DeadLetters.Filter(), actor: "ann", reason: nil)
            #expect(outcome.applied == 1)
            #expect(try await desk.notes() == ["n1", "n2"])
        }
    }

    @Test @Loop func whatIsMendedIsAppliedAtItsPlaceAndSeenBesideWhatCame() async throws {
        try await Desk.work(partitions: 1) { desk in
            let letters = Self.letters(desk)
            try desk.send("k", Array(#"{"id":"n1","txt":"#.utf8), Desk.headers("e1"))
            try desk.send("k", Array(#"{"id":"n2","text":"x"}"#.utf8), [("raw", [1])])
            try await Self.consume(desk, dead: 2, applied: 0)
            let ids = try await desk.service.column("SELECT id::text FROM dead_letter ORDER BY off").compactMap {
                Int($0)
            }
            // What is cut off and what has no envelope are two causes.
            #expect(try await letters.groups(DeadLetters.Filter(), status: "open").count == 2)
            let data = Array(#"{"id":"n1","text":"x"}"#.utf8)
            await #expect(throws: MendRefused.self) {
                _ = try await letters.mend(ids[0], DeadLetterMend(payload: [0x7B]), actor: "ann", reason: "a try")
            }
            #expect(try await letters.mend(ids[0], DeadLetterMend(payload: data), actor: "ann", reason: "cut off"))
            let envelope = Dictionary(
                uniqueKeysWithValues: Desk.headers("e2").map { ($0.0, String(decoding: $0.1, as: UTF8.self)) })
            #expect(try await letters.mend(ids[1], DeadLetterMend(headers: envelope), actor: "ann", reason: "bare"))
            #expect(try await desk.notes() == [])
            let outcome = try await letters.replay(DeadLetters.Filter(), actor: "bob", reason: nil)
            #expect(outcome.applied == 2)
            #expect(try await desk.notes() == ["n1", "n2"])
            let whole = try #require(try await letters.show(ids[0]))
            #expect(whole.contains(#""payload": "{\"id\":\"n1\",\"txt\":""#), "\(whole)")
            #expect(whole.contains(#""mendedPayload": "{\"id\":\"n1\",\"text\":\"x\"}""#), "\(whole)")
            #expect(whole.contains("cut off") && whole.contains("the data, 22 bytes now"), "\(whole)")
            // It is done with; and a comparison with the topic takes it as it was applied.
            #expect(try await !letters.mend(ids[0], DeadLetterMend(payload: data), actor: "ann", reason: "again"))
            let actions = "SELECT action || ' ' || actor FROM dead_letter_action ORDER BY id"
            #expect(try await desk.service.column(actions) == ["mend ann", "mend ann", "replay bob", "replay bob"])
        }
    }

    @Test @Loop func whatFailsAgainStandsInNobodysWay() async throws {
        try await Desk.work(partitions: 2) { desk in
            for number in 0..<7 { try desk.note("poison\(number)", key: "k\(number)") }
            try await Self.consume(desk, dead: 7, applied: 0)
            // Those that come first are not mended.
            let first = try await desk.service.column("SELECT id::text FROM dead_letter ORDER BY part, off LIMIT 4")
            let texts = try await desk.service.column(
                "SELECT convert_from(payload, 'UTF8')::json ->> 'id' FROM dead_letter WHERE id IN (\(first.joined(separator: ",")))"
            )
            try await Self.mend(desk)
            let check = texts.map { "'\($0)'" }.joined(separator: ",")
            try await desk.service.transaction { transaction in
                transaction.enqueue(
                    Statement("test.narrow", "ALTER TABLE note ADD CHECK (id NOT IN (\(check)))"))
            }
            let letters = Self.letters(desk)
            var calls: [DeadLetters.Outcome] = []
            repeat {
                calls.append(
                    try await letters.replay(
                        DeadLetters.Filter(), actor: "ann", reason: nil, after: calls.last?.next, limit: 3))
            } while calls.last?.next != nil && calls.count < 9
            #expect(calls.count == 3)
            #expect(calls.map(\.failed) == [3, 1, 0] && calls.map(\.applied) == [0, 2, 1])
            #expect(try await letters.open() == ["sql-23514": 4])
        }
    }
}
