import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres
import ServiceKit
import TestKit
import Testing

@testable import Messaging

/// Where lives begin side by side, and what waits when one goes back.
@Suite struct LifeCareTests {
    /// Who has judged that nobody ever spoke, and then stands still, finds a life begun in another database: it may not depose that.
    @Test @Loop func whoLaggedBehindDeposesNobody() async throws {
        try await DiaryDesk.work { desk in
            let (slow, right) = (try await desk.database(), try await desk.database())
            let (keeper, session) = try await desk.keeper(slow)
            defer { session.close() }
            let clock = try await keeper.clock()
            #expect(try await keeper.verdict() == .first)
            let process = try desk.start(right)
            try await desk.turns(process, to: "ready\n")
            try await keeper.drawFirst(judgedAt: clock)
            let drawn = try await desk.column(slow, "SELECT epoch::text FROM life")
            let begun = try await desk.column(right, "SELECT epoch::text FROM life")
            #expect(try #require(Int(drawn[0])) < #require(Int(begun[0])))
            // Nor where its server's clock is ahead.
            _ = try await desk.column(slow, "UPDATE life SET epoch = epoch + 3600000 RETURNING 'x'")
            let late = try desk.start(slow)
            try await desk.turns(late, to: "this schema is empty")
            #expect(try await desk.readiness(process).contains("ready"))
            // It is a new one where a person says so.
            try await ServiceCommand.beginLife(
                DiaryService.self, try desk.options(slow), actor: "test", reason: "that is the right one")
            try await desk.turns(late, to: "ready\n")
            try await desk.turns(process, to: "another schema has begun")
            #expect(try await desk.column(slow, "SELECT cause || (before IS NULL) FROM life") == ["emptytrue"])
        }
    }

    /// `crm.sources` is compacted: of a key the last record stays.
    @Test @Loop func aLateWordOnLivesDoesNotStayTheLast() async throws {
        try await DiaryDesk.work { desk in
            let url = try await desk.database()
            let process = try desk.start(url)
            try await desk.turns(process, to: "ready\n")
            let epoch = try await desk.column(url, "SELECT epoch::text FROM life")[0]
            try await desk.tellLives([
                SourceLife(
                    epoch: 1, incarnation: UUID(), cause: "first", begunAt: .now, home: "another", ends: [], whole: nil)
            ])
            try await eventually("the last word is that of the one that speaks", within: .seconds(20)) {
                let last = try await desk.records(.sources).last { $0.key == "/diary" }
                return String(decoding: last?.value ?? [], as: UTF8.self).contains("\"epoch\":\(epoch)")
            }
            #expect(try await desk.readiness(process).contains("ready"))
        }
    }

    /// A command that was accepted and never told is told and acted on, once; what the life before has told is past.
    @Test @Loop func whatWaitedAndWasNeverToldIsToldAsNew() async throws {
        try await DiaryDesk.work { desk in
            let old = try await desk.database()
            let first = try desk.start(old)
            try await desk.turns(first, to: "ready\n")
            await desk.end(first)
            for key in ["told", "untold"] {
                _ = try await desk.column(old, "INSERT INTO entry VALUES ('\(key)', 1, 'by hand \(key)') RETURNING id")
                _ = try await desk.column(
                    old,
                    """
                    INSERT INTO outbox (topic, key, seq, type, payload)
                    VALUES ('diary', '\(key)', 1, '\(EntryWritten.versionedType)', '{"text":"by hand \(key)"}') RETURNING key
                    """)
            }
            let backup = try await TestDatabase.copy(of: old)
            // The former has died in the midst of telling.
            _ = try await desk.column(old, "DELETE FROM outbox WHERE key = 'untold' RETURNING key")
            let again = try desk.start(old)
            try await eventually("one is told", within: .seconds(20)) { try await desk.records().count == 1 }
            await desk.end(again)
            try await ServiceCommand.beginLife(
                DiaryService.self, try desk.options(backup), actor: "test", reason: "a backup", isForced: true)
            let process = try desk.start(backup)
            try await desk.turns(process, to: "ready\n")
            try await eventually("the outbox is empty", within: .seconds(20)) {
                try await desk.column(backup, "SELECT key FROM outbox").isEmpty
            }
            let told = try await desk.records().map {
                "\($0.key ?? "") \($0.header("ce_past") ?? "new")"
            }
            #expect(told.filter { $0.hasPrefix("untold") } == ["untold new"])
            #expect(told.filter { $0.hasPrefix("told") }.first == "told new")
            #expect(told.filter { $0.hasPrefix("told") }.dropFirst().allSatisfy { $0 == "told 1" })
            #expect(try await desk.readEntries() == ["told by hand told", "untold by hand untold"])
        }
    }

    /// Others may have told any number of events behind the last of a service, on a topic that is theirs too.
    @Test @Loop func theLastWordIsFoundHoweverFarBackItLies() async throws {
        try await DiaryDesk.work { desk in
            let shared = Topic(name: "shared", key: "any", owner: "any")
            try await KafkaAdmin.createTopics([TopicPlan(name: shared.name, partitions: 1)], desk.kafka)
            try await desk.fill(shared, [("/diary", ["ce_epoch": "3", "ce_place": "7"])])
            try await desk.fill(shared, (0..<4000).map { _ in ("/other", [:]) })
            let partition = TopicPartition(topic: shared.name, partition: 0)
            func mark(_ known: Int64?) async throws -> ToldMark {
                try await ToldMark.read(
                    of: "/diary", on: [shared], desk.kafka, from: known.map { [partition: $0] } ?? [:])
            }
            #expect(try await mark(nil) == ToldMark(epoch: 3, place: 7))
            // Looked through up to there, it is not looked for; behind that it is found.
            #expect(try await mark(2000) == ToldMark())
            #expect(try await mark(0) == ToldMark(epoch: 3, place: 7))
            // Another log has not come so far.
            #expect(try await mark(9000) == ToldMark(epoch: 3, place: 7))
            try await desk.fill(shared, [("/diary", ["ce_epoch": "3", "ce_place": "9"])])
            #expect(try await mark(2000) == ToldMark(epoch: 3, place: 9))
        }
    }

    @Test @Loop func aLateWordTakesNoLifeBack() {
        func life(_ epoch: Int, whole: Bool) -> SourceLife {
            SourceLife(
                epoch: epoch, incarnation: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(epoch))),
                cause: "restored", begunAt: .now, home: "", ends: [], whole: whole ? [] : nil)
        }
        let lives = SourceLives()
        lives.take(SourceChanged(source: "/diary", lives: [life(1, whole: true), life(2, whole: true)]))
        lives.take(SourceChanged(source: "/diary", lives: [life(1, whole: true), life(2, whole: false)]))
        lives.take(SourceChanged(source: "/diary", lives: [life(1, whole: true)]))
        #expect(lives.all(of: "/diary").map(\.epoch) == [1, 2])
        #expect(lives.all(of: "/diary").last?.whole != nil)
    }
}
