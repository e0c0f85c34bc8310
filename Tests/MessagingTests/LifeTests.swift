import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Messaging
import Postgres
import ServiceKit
import TestKit
import Testing

@Suite struct LifeTests {
    @Loop private func fill(_ desk: DiaryDesk, _ range: Range<Int>, text: String) async throws {
        for number in range {
            try await desk.note("\(text)-\(number)", key: "k\(number % 10)", text: "\(text) \(number)")
        }
    }

    /// Runs a diary until it has heard so many notes.
    @Loop private func run(_ desk: DiaryDesk, _ url: String, until deeds: Int) async throws {
        let process = try desk.start(url)
        try await desk.turns(process, to: "ready\n")
        try await eventually("\(deeds) deeds", within: .seconds(30)) { try await desk.deeds(url) >= deeds }
        try await eventually("all is told", within: .seconds(20)) {
            try await desk.column(url, "SELECT id::text FROM outbox").isEmpty
        }
        await desk.end(process)
    }

    @Loop private func begin(_ desk: DiaryDesk, _ url: String) async throws {
        try await ServiceCommand.beginLife(
            DiaryService.self, try desk.options(url), actor: "test", reason: "the database was lost")
    }

    @Test @Loop func anEmptySchemaWaitsAndThenDerivesWithoutActing() async throws {
        try await DiaryDesk.work { desk in
            let old = try await desk.database()
            try await fill(desk, 0..<20, text: "old")
            try await run(desk, old, until: 20)
            let new = try await desk.database()
            let process = try desk.start(new)
            try await desk.turns(process, to: "this schema is empty")
            try await Loop.sleep(for: .seconds(2))
            #expect(try await desk.entries(new).isEmpty)
            try await begin(desk, new)
            try await desk.turns(process, to: "ready\n")
            #expect(try await desk.entries(new) == desk.entries(old))
            #expect(try await desk.deeds(new) == 0)
            #expect(try await desk.readEntries() == desk.entries(new))
            try await desk.note("new", key: "k3", text: "new")
            try await eventually("one deed", within: .seconds(20)) { try await desk.deeds(new) == 1 }
            try await eventually("readers know it", within: .seconds(20)) { try await desk.read()["k3"] == "new" }
            // Whoever was moved from may come back: it has been deposed.
            let former = try desk.start(old)
            try await desk.turns(former, to: "after this one")
        }
    }

    @Test @Loop func anOlderSchemaWaitsAndThenKnowsWhatWasTold() async throws {
        try await DiaryDesk.work { desk in
            let old = try await desk.database()
            try await fill(desk, 0..<10, text: "kept")
            try await run(desk, old, until: 10)
            let backup = try await TestDatabase.copy(of: old)
            try await fill(desk, 0..<7, text: "lost")
            try await run(desk, old, until: 17)
            let process = try desk.start(backup)
            try await desk.turns(process, to: "older than the topics")
            #expect(try await desk.deeds(backup) == 10)
            try await begin(desk, backup)
            try await desk.turns(process, to: "ready\n")
            #expect(try await desk.entries(backup) == desk.entries(old))
            #expect(try await desk.deeds(backup) == 10)
            #expect(try await desk.readEntries() == desk.entries(backup))
            let told = try await desk.column(backup, "SELECT cause || ' ' || state || ' ' || actor FROM life")
            #expect(told == ["restored whole test"])
            // A word that the former life wrote late is nobody's any more.
            try await desk.say("k0", "late", ["ce_sequence": "99", "ce_epoch": "1"])
            #expect(try await desk.readEntries() == desk.entries(backup))
        }
    }

    @Test @Loop func ofTwoCopiesTheOlderFallsSilent() async throws {
        try await DiaryDesk.work { desk in
            let old = try await desk.database()
            try await fill(desk, 0..<10, text: "kept")
            try await run(desk, old, until: 10)
            let copy = try await TestDatabase.copy(of: old)
            let first = try desk.start(old)
            try await desk.turns(first, to: "ready\n")
            let second = try desk.start(copy)
            try await desk.turns(second, to: "ready\n")
            try await desk.turns(first, to: "a copy of this schema was started", within: .seconds(12))
            // The one that goes on begins another life, and the one that was silent stays so.
            try await desk.note("new", key: "k1", text: "new")
            try await eventually("the second acts", within: .seconds(30)) { try await desk.deeds(copy) == 11 }
            #expect(try await desk.deeds(old) == 10)
            await desk.end(first)
            let again = try desk.start(old)
            try await desk.turns(again, to: "older than the topics")
        }
    }

    @Test @Loop func aSchemaOfTodayGoesOnInTheLifeWithoutANumber() async throws {
        try await DiaryDesk.work { desk in
            // As a program from before lives leaves a schema and its topic.
            let url = try await desk.database()
            _ = try await desk.column(url, "INSERT INTO life (epoch, cause) VALUES (0, 'first') RETURNING cause")
            _ = try await desk.column(url, "INSERT INTO entry VALUES ('k1', 3, 'before') RETURNING id")
            _ = try await desk.column(url, "SELECT setval('outbox_id_seq', 50)::text")
            for sequence in 1...3 { try await desk.say("k1", "before", ["ce_sequence": "\(sequence)"]) }
            let process = try desk.start(url)
            try await desk.turns(process, to: "ready\n")
            try await desk.note("new", key: "k1", text: "new")
            try await eventually("readers know it", within: .seconds(20)) { try await desk.read() == ["k1": "new"] }
            #expect(try await desk.deeds(url) == 1)
            #expect(try await desk.column(url, "SELECT epoch || ' ' || cause FROM life") == ["0 first"])
            // And is told from an older one by its places.
            await desk.end(process)
            _ = try await desk.column(url, "SELECT setval('outbox_id_seq', 50)::text")
            let older = try desk.start(url)
            try await desk.turns(older, to: "older than the topics")
        }
    }

    @Test @Loop func aCrashOfTheServerMakesNoOlderSchema() async throws {
        try await DiaryDesk.work { desk in
            let server = try await OwnPostgres()
            try await server.start()
            try await server.execute("CREATE DATABASE diary")
            let url = server.url("diary")
            try await ServiceCommand.migrate(DiaryService.self, try desk.options(url))
            let process = try desk.start(url)
            try await desk.turns(process, to: "ready\n")
            for round in 0..<4 {
                try await fill(desk, 0..<50, text: "round \(round)")
                // In the midst of what is applied and told.
                try await Loop.sleep(for: .milliseconds(Int.random(in: 20...300)))
                try await server.kill()
                try await server.start()
                try await desk.turns(process, to: "ready\n", within: .seconds(60))
            }
            try await eventually("each note once", within: .seconds(60)) { try await desk.deeds(url) == 200 }
            await desk.end(process)
            let next = try desk.start(url)
            try await desk.turns(next, to: "ready\n")
            await desk.end(next)
            await server.remove()
        }
    }

    @Test @Loop func aDatabaseThatGoesBackBeneathProcessesSilencesThem() async throws {
        try await DiaryDesk.work { desk in
            let server = try await OwnPostgres()
            try await server.start()
            try await server.execute("CREATE DATABASE diary")
            let url = server.url("diary")
            try await ServiceCommand.migrate(DiaryService.self, try desk.options(url))
            try await fill(desk, 0..<10, text: "kept")
            try await run(desk, url, until: 10)
            try await server.execute("CREATE DATABASE backup TEMPLATE diary")
            let processes = [try desk.start(url), try desk.start(url)]
            for process in processes { try await desk.turns(process, to: "ready\n") }
            try await fill(desk, 0..<7, text: "lost")
            try await eventually("17 deeds", within: .seconds(30)) { try await desk.deeds(url) == 17 }
            // One that has not done it itself has seen it a second later.
            try await Loop.sleep(for: .seconds(3))
            try await server.execute("DROP DATABASE diary WITH (FORCE)")
            try await server.execute("ALTER DATABASE backup RENAME TO diary")
            for process in processes { try await desk.turns(process, to: "went back", within: .seconds(12)) }
            try await desk.note("new", key: "k1", text: "new")
            try await Loop.sleep(for: .seconds(2))
            #expect(try await desk.deeds(url) == 10)
            for process in processes { await desk.end(process) }
            let next = try desk.start(url)
            try await desk.turns(next, to: "older than the topics")
            try await begin(desk, url)
            try await desk.turns(next, to: "ready\n")
            // What came before this life is derived and not done; what comes now is.
            try await desk.note("newer", key: "k1", text: "newer")
            try await eventually("what comes is done", within: .seconds(20)) { try await desk.deeds(url) == 11 }
            #expect(try await desk.entries(url).contains("k1 newer"))
            await desk.end(next)
            await server.remove()
        }
    }

    /// A schema that was backed up in the midst of its recovery: its life is no basis, and the next one recovers from where that one began.
    @Test(.timeLimit(.minutes(3))) @Loop func aBackupOfTheMidstOfARecoveryIsRecoveredWhole() async throws {
        try await DiaryDesk.work { desk in
            let old = try await desk.database()
            try await fill(desk, 0..<10, text: "kept")
            try await run(desk, old, until: 10)
            let first = try await TestDatabase.copy(of: old)
            try await fill(desk, 0..<700, text: "lost")
            try await run(desk, old, until: 710)
            // Slow enough to be met in its midst.
            try await slow(desk, first, true)
            try await begin(desk, first)
            var process = try desk.start(first)
            try await eventually("a part is recovered", within: .seconds(60)) {
                try await desk.column(
                    first,
                    """
                    SELECT state FROM life WHERE state = 'told' AND EXISTS (
                        SELECT FROM consumer_offset WHERE grp = 'diary.recovery' AND next_offset > 0)
                    """
                ).count == 1
            }
            await desk.end(process)
            var copy = ""
            try await eventually("nobody is left", within: .seconds(20)) {
                copy = (try? await TestDatabase.copy(of: first)) ?? ""
                return !copy.isEmpty
            }
            #expect(try await desk.column(copy, "SELECT state FROM life") == ["told"])
            // The life goes on where it was, and comes to be whole.
            try await slow(desk, first, false)
            process = try desk.start(first)
            try await desk.turns(process, to: "ready\n")
            #expect(try await desk.entries(first) == desk.entries(old))
            await desk.end(process)

            try await slow(desk, copy, false)
            process = try desk.start(copy)
            try await desk.turns(process, to: "older than the topics")
            try await begin(desk, copy)
            try await desk.turns(process, to: "ready\n")
            #expect(try await desk.entries(copy) == desk.entries(old))
            #expect(try await desk.deeds(copy) == 10)
            #expect(try await desk.readEntries() == desk.entries(copy))
        }
    }

    /// Has each row of a diary take its time to be written, or no longer.
    @Loop private func slow(_ desk: DiaryDesk, _ url: String, _ isSlow: Bool) async throws {
        let sql =
            isSlow
            ? """
            CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS
                $f$ BEGIN PERFORM pg_sleep(0.006); RETURN NEW; END $f$;
            CREATE TRIGGER be_slow BEFORE INSERT OR UPDATE ON entry FOR EACH ROW EXECUTE FUNCTION be_slow();
            """ : "DROP TRIGGER be_slow ON entry;"
        let connection = try await PostgresConnection.open(try desk.options(url).postgres)
        defer { connection.close() }
        _ = try await connection.transaction { transaction in
            try await transaction.query(Statement("test.slow", "DO $$ BEGIN \(sql) END $$"))
        }
    }

    @Test @Loop func whatWasNotToldAgainEndsWithItsLife() async throws {
        try await DiaryDesk.work { desk in
            let (old, readers) = (try await desk.database(), try await desk.database(ReaderService.self))
            let reader = try desk.start(readers, ReaderService.self)
            func seen() async throws -> [String] {
                try await desk.column(
                    readers, "SELECT id || ' ' || text FROM seen ORDER BY id COLLATE \"C\"", of: ReaderService.self)
            }
            try await fill(desk, 0..<10, text: "heard")
            try await run(desk, old, until: 10)
            let backup = try await TestDatabase.copy(of: old)
            // Somebody enters one by hand, and changes another.
            for (id, version) in [("k3", 2), ("own", 1)] {
                _ = try await desk.column(
                    old,
                    """
                    INSERT INTO entry VALUES ('\(id)', \(version), 'by hand') ON CONFLICT (id) DO UPDATE
                    SET version = excluded.version, text = excluded.text RETURNING id
                    """)
                _ = try await desk.column(
                    old,
                    """
                    INSERT INTO outbox (topic, key, seq, type, payload)
                    VALUES ('diary', '\(id)', \(version), '\(EntryWritten.versionedType)', '{"text":"by hand"}') RETURNING key
                    """)
            }
            try await run(desk, old, until: 10)
            try await eventually("it is seen", within: .seconds(20)) {
                try await seen().filter { $0.hasSuffix("by hand") }.count == 2
            }
            let process = try desk.start(backup)
            try await desk.turns(process, to: "older than the topics")
            try await begin(desk, backup)
            try await desk.turns(process, to: "ready\n")
            // The one is as the restored schema has it, and the other is nobody's word any more.
            try await eventually("they agree", within: .seconds(30)) { try await seen() == desk.entries(backup) }
            #expect(try await desk.entries(backup).count == 10)
            let kept = try await desk.column(
                readers, "SELECT cause || ' ' || (settled_at IS NOT NULL) FROM source_life", of: ReaderService.self)
            #expect(kept == ["restored true"])
            // The last word on a key that nobody knows says so.
            let last = try await desk.records().last { $0.key == "own" }
            #expect(last?.header("ce_type") == KeyEnded.versionedType && last?.header("ce_past") != nil)
            await desk.end(reader)
        }
    }

    @Test @Loop func aLateWordOfAFormerLifeIsToldAgain() async throws {
        try await DiaryDesk.work { desk in
            let old = try await desk.database()
            try await fill(desk, 0..<10, text: "kept")
            try await run(desk, old, until: 10)
            let new = try await desk.database()
            let process = try desk.start(new)
            try await desk.turns(process, to: "this schema is empty")
            try await begin(desk, new)
            try await desk.turns(process, to: "ready\n")
            let before = try await desk.column(new, "SELECT version::text FROM entry WHERE id = 'k4'")
            try await desk.say("k4", "late", ["ce_sequence": "9"])
            try await eventually("it is told again", within: .seconds(20)) {
                try await desk.column(new, "SELECT version::text FROM entry WHERE id = 'k4'") != before
            }
            try await eventually("and noticed", within: .seconds(10)) {
                try await desk.readiness(process).contains("ready")
            }
            #expect(try await desk.readEntries() == desk.entries(old))
        }
    }

    @Test @Loop func aSchemaIsJudgedByWhatWasTold() {
        var told = ToldMark()
        let life = Life(epoch: 5)
        func judge(_ life: Life?, _ place: Int, lives: [SourceLife] = []) -> LifeVerdict {
            LifeVerdict.judge(life, place: place, told: told, lives: lives)
        }
        #expect(judge(nil, 0) == .first)
        #expect(judge(life, 0) == .fits)
        told = ToldMark(epoch: 5, place: 7)
        #expect(judge(nil, 0) == .empty)
        #expect(judge(life, 7) == .fits)
        #expect(judge(life, 6) == .restored(told: 7, known: 6))
        #expect(judge(Life(epoch: 4), 100) == .deposed(by: 5))
        // From before there were places nothing can be said, and nothing is held up.
        told = ToldMark(epoch: 0, place: nil)
        #expect(judge(Life(epoch: 0), 0) == .fits)
        let other = SourceLife(
            epoch: 5, incarnation: .init(), cause: "first", begunAt: .now, home: "", ends: [], whole: nil)
        #expect(judge(life, 7, lives: [other]) == .replaced)
    }
}
