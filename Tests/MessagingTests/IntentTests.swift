import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

/// Reactions that wait for facts: done once where the fact is there, given up once where it is not, whoever comes first.
@Suite(.serialized) struct IntentTests {
    /// A desk with facts, and a kind of intents that write a note when the fact of their key is there.
    @Loop final class Waiting {
        let service: TestService
        /// Subjects that fail when they are resumed.
        var failing: Set<String> = []
        private(set) lazy var kind = IntentKind(
            "note", within: .seconds(3600), for: [IntentFact(NoteRead.self) { $0.id }]
        ) {
            [unowned self] intents, transaction in
            let known: Set<String> = Set(
                try await transaction.query(Self.known, intents.map(\.key)).map { try $0.value(0) })
            let done = intents.filter { known.contains($0.key) }
            if done.contains(where: { failing.contains($0.subject) }) { throw Refused() }
            transaction.enqueue(DeskService.insert, done.map(\.subject), "done")
            return intents.filter { !known.contains($0.key) }
        } expire: { intents, transaction in
            transaction.enqueue(DeskService.insert, intents.map(\.subject), "given up")
            return []
        }
        private(set) lazy var runner = IntentRunner(service.context.pool, [kind])

        static let known = Statement("test.known", "SELECT key FROM fact WHERE key = ANY($1::text[])")
        static let keep = Statement("test.keep", "INSERT INTO fact SELECT unnest($1::text[]) ON CONFLICT DO NOTHING")

        init() async throws {
            service = try await TestService(DeskService.self)
            _ = try await service.column("CREATE TABLE fact (key text PRIMARY KEY)")
        }

        /// Looks for the fact and parks what misses it.
        func react(_ subject: String, key: String, _ transaction: Transaction) async throws {
            guard try await transaction.query(Self.known, [key]).isEmpty else {
                _ = transaction.enqueue(DeskService.insert, [subject], "at once")
                return
            }
            Intents.park(kind, Intent(key: key, subject: subject), in: transaction)
        }

        /// Keeps facts, and brings the looks of those who wait for them forward.
        func tell(_ keys: [String], _ transaction: Transaction) {
            transaction.enqueue(Self.keep, keys)
            transaction.enqueue(IntentStore.note, ["note"], keys)
        }

        func lookAll() async throws { while try await runner.look() {} }

        /// Lets time pass for all that waits.
        func pass(_ seconds: Int) async throws {
            let past = ["look_at", "expires_at", "parked_at"].map { "\($0) = \($0) - interval '\(seconds) s'" }
            _ = try await service.column("UPDATE intent SET \(past.joined(separator: ", ")) RETURNING 'x'")
        }

        func notes() async throws -> [String] {
            try await service.column("SELECT kind || ' ' || id FROM note ORDER BY number")
        }
        func waiting() async throws -> [String] { try await service.column("SELECT subject FROM intent ORDER BY id") }
    }

    @Loop private func work(_ body: @Loop (Waiting) async throws -> Void) async throws {
        let waiting = try await Waiting()
        do { try await body(waiting) } catch { Issue.record(error) }
        waiting.service.close()
    }

    /// Each point at which one who reacts and one who tells the fact can meet: their steps and commits in all 70 orders. Where one looked
    /// before the other had committed, both have missed; the look a second later finds it.
    @Test @Loop func theTwoNeverMissEachOther() async throws {
        try await work { waiting in
            let settings = waiting.service.options
            var missed = 0
            // The numbers with four bits set among eight are the orders of four steps and four.
            for order in (0..<256).filter({ $0.nonzeroBitCount == 4 }) {
                let (subject, key) = ("s\(order)", "k\(order)")
                let reacts = try await Stepped(
                    settings, [{ _ in }, { try await waiting.react(subject, key: key, $0) }, { _ in }])
                let tells = try await Stepped(
                    settings,
                    [
                        { _ in }, { $0.enqueue(Waiting.keep, [key]) },
                        { $0.enqueue(IntentStore.note, ["note"], [key]) },
                    ])
                for place in 0..<8 {
                    _ = try await (order >> place & 1 == 1 ? reacts : tells).step()
                    try await waiting.lookAll()
                }
                missed += try await waiting.waiting().count
                try await waiting.pass(2)
                try await waiting.lookAll()
                let notes = try await waiting.notes().filter { $0.hasSuffix(" \(subject)") }
                #expect(notes == ["done \(subject)"] || notes == ["at once \(subject)"], "\(order): \(notes)")
                #expect(try await waiting.waiting() == [])
            }
            #expect(missed > 0, "no order in which only the later look finds it")
        }
    }

    /// Any number of those who react, tell and look, in any order, with deaths: every reaction once, or given up once where nobody told.
    @Test(arguments: 0..<12) @Loop func whateverTheOrderEachReactionIsDoneOnce(_ seed: Int) async throws {
        var chance = SeededGenerator(seed: UInt64(seed) &* 977 &+ 5)
        try await work { waiting in
            let settings = waiting.service.options
            let other = IntentRunner(waiting.service.context.pool, [waiting.kind])
            var told: Set<String> = []
            var kept: [String: String] = [:]
            for round in 0..<6 {
                var actors: [Stepped] = []
                for number in 0..<3 {
                    let (subject, key) = ("r\(round)n\(number)", "k\(Int.random(in: 0..<5, using: &chance))")
                    let dies = Int.random(in: 0..<4, using: &chance) == 0
                    if !dies { kept[subject] = key }
                    actors.append(
                        try await Stepped(
                            settings,
                            [
                                { try await waiting.react(subject, key: key, $0) },
                                { _ in if dies { throw Refused() } },
                            ]))
                }
                // Each has keys of its own: two who tell one fact wait for each other.
                for number in [0, 2] {
                    let keys = [number, number + 1].map { "k\($0)" }.filter { _ in
                        Int.random(in: 0..<5, using: &chance) == 0
                    }
                    told.formUnion(keys)
                    actors.append(
                        try await Stepped(
                            settings,
                            [
                                { $0.enqueue(Waiting.keep, keys) }, { $0.enqueue(IntentStore.note, ["note"], keys) },
                            ]))
                }
                while !actors.allSatisfy(\.isOver) {
                    let actor = actors.filter { !$0.isOver }.randomElement(using: &chance)
                    _ = try? await actor?.step()
                    if Bool.random(using: &chance) {
                        _ = try await (Bool.random(using: &chance) ? waiting.runner : other).look()
                    }
                }
                if Bool.random(using: &chance) { try await waiting.pass(10) }
            }
            try await waiting.pass(600)
            try await waiting.lookAll()
            let before = try await waiting.notes()
            #expect(try await Set(waiting.waiting()) == Set(kept.filter { !told.contains($0.value) }.keys))
            try await waiting.pass(3600)
            try await waiting.lookAll()
            let notes = try await waiting.notes()
            let subjects = notes.map { $0.split(separator: " ").last.map(String.init) ?? "" }
            #expect(subjects.count == Set(subjects).count && Set(subjects) == Set(kept.keys), "seed \(seed)")
            let givenUp = notes.filter { $0.hasPrefix("given up") }.count
            #expect(givenUp == kept.filter { !told.contains($0.value) }.count)
            #expect(notes.count == before.count + givenUp)
        }
    }

    /// Two facts of one key told by two processes that look at the same moment.
    @Test @Loop func twoProcessesDoEachOnce() async throws {
        try await work { waiting in
            let other = IntentRunner(waiting.service.context.pool, [waiting.kind])
            for page in 0..<5 {
                try await waiting.service.transaction { transaction in
                    for number in 0..<60 {
                        try await waiting.react("\(page).\(number)", key: "k\(number % 7)", transaction)
                    }
                }
            }
            try await waiting.service.transaction { waiting.tell((0..<7).map { "k\($0)" }, $0) }
            let tasks = [waiting.runner, other].map { runner in
                Task { @Loop in while try await runner.look() {} }
            }
            for task in tasks { try await task.value }
            try await waiting.pass(2)
            try await waiting.lookAll()
            let notes = try await waiting.notes()
            #expect(notes.count == 300 && Set(notes).count == 300 && waiting.runner.resumed + other.resumed == 300)
        }
    }

    @Test @Loop func ofOneKeyTheyAreDoneInOrder() async throws {
        try await work { waiting in
            for number in 0..<50 {
                try await waiting.service.transaction { try await waiting.react("\(number)", key: "k", $0) }
            }
            try await waiting.service.transaction { waiting.tell(["k"], $0) }
            try await waiting.lookAll()
            #expect(try await waiting.notes() == (0..<50).map { "done \($0)" })
        }
    }

    /// The fault of a reaction holds up neither the others nor the event that told the fact.
    @Test @Loop func oneThatFailsWaitsOnAndTheOthersAreDone() async throws {
        try await work { waiting in
            waiting.failing = ["b"]
            for subject in ["a", "b", "c"] {
                try await waiting.service.transaction { try await waiting.react(subject, key: "k", $0) }
            }
            var problems: [String] = []
            waiting.runner.onProblem = { problems.append($0) }
            try await waiting.service.transaction { waiting.tell(["k"], $0) }
            try await waiting.lookAll()
            #expect(try await waiting.notes() == ["done a", "done c"])
            #expect(try await waiting.waiting() == ["b"] && problems.count == 1)
            waiting.failing = []
            try await waiting.lookAll()
            #expect(try await waiting.waiting() == ["b"], "it pauses first")
            try await waiting.pass(2)
            try await waiting.lookAll()
            #expect(try await waiting.notes() == ["done a", "done c", "done b"])
        }
    }

    @Test @Loop func whatIsParkedTwiceWaitsOnceAndNotLonger() async throws {
        try await work { waiting in
            try await waiting.service.transaction { try await waiting.react("s", key: "k", $0) }
            try await waiting.pass(3599)
            try await waiting.service.transaction { try await waiting.react("s", key: "k", $0) }
            try await waiting.pass(2)
            try await waiting.runner.measure()
            #expect(waiting.runner.waiting == ["note": 1])
            try await waiting.lookAll()
            #expect(try await waiting.notes() == ["given up s"])
            try await waiting.runner.measure()
            #expect(waiting.runner.waiting == ["note": 0] && waiting.runner.expired == ["note": 1])
        }
    }

    /// By an event, in its transaction, behind the handler that keeps the fact.
    @Test @Loop func anEventBringsTheLookForward() async throws {
        try await Desk.work(partitions: 1) { desk in
            let waiting = try await Waiting()
            defer { waiting.service.close() }
            var subscriptions = Subscriptions([Desk.topic])
            subscriptions.on(NoteRead.self) { events, transaction in
                transaction.enqueue(Waiting.keep, events.map(\.data.id))
            }
            waiting.runner.listen(&subscriptions)
            let runner = ConsumerRunner(
                subscriptions, group: "desk", kafka: desk.kafka, postgres: waiting.service.options)
            try runner.start()
            try await waiting.service.transaction { try await waiting.react("s", key: "n1", $0) }
            // Not due by itself for long.
            _ = try await waiting.service.column("UPDATE intent SET look_at = now() + interval '1 hour' RETURNING 'x'")
            try desk.note("n1", type: "desk.note.read.v1")
            try await desk.flush()
            try await eventually("the reaction", within: .seconds(20)) {
                try await waiting.lookAll()
                return try await waiting.notes() == ["done s"]
            }
            await runner.stop()
        }
    }

    /// Work under way is no read model: what a rebuild parks in its own schema goes with it, and what waits goes on waiting.
    @Test @Loop func aRebuildLeavesThemAlone() async throws {
        try await Desk.work(partitions: 1) { desk in
            var done: [String] = []
            let kind = IntentKind("note", within: .seconds(3600), for: [IntentFact(NoteRead.self) { $0.id }]) {
                intents, _ in
                done += intents.map(\.subject)
                return []
            } expire: { _, _ in
                []
            }
            let intents = IntentRunner(desk.service.context.pool, [kind])
            var subscriptions = Subscriptions([Desk.topic])
            subscriptions.on(NoteWritten.self) { events, transaction in
                transaction.enqueue(DeskService.insert, events.map(\.data.id), "written")
                for event in events {
                    Intents.park(kind, Intent(key: event.data.id + "r", subject: event.data.id), in: transaction)
                }
            }
            intents.listen(&subscriptions)
            let runner = ConsumerRunner(subscriptions, group: "desk", kafka: desk.kafka, postgres: desk.settings)
            try runner.start()
            for number in 0..<3 { try desk.note("n\(number)") }
            try desk.note("n1r", type: "desk.note.read.v1")
            try await desk.flush()
            try await eventually("all", within: .seconds(30)) { runner.statistics.applied == 4 }
            let waiting = "SELECT id || ' ' || subject || ' ' || is_told FROM intent ORDER BY id"
            let before = try await desk.service.column(waiting)
            let outcome = try await Rebuild(
                RebuildPlan([ReadModel("note", equal: "SELECT id || kind FROM note")]), subscriptions, service: "desk",
                migrations: DeskService.migrations, kafka: desk.kafka, postgres: desk.settings
            ).run(isSwapping: true, isForced: false)
            await runner.stop()
            #expect(outcome.isSwapped)
            #expect(try await desk.service.column(waiting) == before && before.count == 3)
            _ = try await desk.service.column("UPDATE intent SET look_at = now() RETURNING 'x'")
            while try await intents.look() {}
            #expect(done == ["n0", "n1", "n2"])
        }
    }
}
