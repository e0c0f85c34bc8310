import Crypto
import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Postgres
import ServiceKit
import ServiceTestKit
import TestKit
import Testing

@testable import Messaging

/// Events of persons lie sealed in the log; what becomes of them with their keys and without.
@Suite(.serialized) struct SealTests {
    private static let party = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
    private static let append = Statement(
        "test.append",
        """
        INSERT INTO outbox (topic, key, seq, type, payload)
        SELECT 'desk', $1, n, 'contacts.party.changed.v1',
            json_build_object('partyId', $2::uuid, 'kind', 'consumer', 'name', $1 || ' Quill 奎尔 ' || n)::text
        FROM generate_series($3::bigint, $4::bigint) AS n
        """)

    @Loop private static func append(_ desk: Desk, _ key: String, _ numbers: ClosedRange<Int>) async throws {
        try await desk.service.transaction {
            $0.enqueue(Self.append, key, Self.party, numbers.lowerBound, numbers.upperBound)
        }
    }

    @Loop private static func work(_ body: @Loop (Desk, Relay) async throws -> Void) async throws {
        try await Desk.work { desk in
            let topic = Topic.subjectKeys
            try await KafkaAdmin.createTopics(
                [TopicPlan(name: topic.name, partitions: 3, settings: topic.settings)], desk.kafka)
            try await body(desk, Relay(source: "/desk", kafka: desk.kafka, postgres: desk.settings))
        }
    }

    /// A reader of the topic; groups share what the service knows of keys.
    @Loop private static func runner(
        _ desk: Desk, _ group: String, lives: SourceLives? = nil, _ parking: (inout ParkingPolicy) -> Void = { _ in }
    ) throws -> ConsumerRunner {
        var subscriptions = Subscriptions([Desk.topic, .subjectKeys], of: "/desk")
        subscriptions.on(PartyChanged.self) { events, transaction in
            transaction.enqueue(DeskService.insert, events.map(\.data.party.name), group)
        }
        let runner = ConsumerRunner(subscriptions, group: group, kafka: desk.kafka, postgres: desk.settings)
        runner.parking.firstPause = .milliseconds(100)
        parking(&runner.parking)
        if let lives { runner.lives = lives }
        try runner.start()
        return runner
    }

    @Loop private static func notes(_ desk: Desk, _ group: String) async throws -> [String] {
        try await desk.service.column("SELECT id FROM note WHERE kind = '\(group)' ORDER BY number")
    }

    /// Whether a text stands in any file of the broker.
    @Loop private static func isInLog(_ text: String, _ desk: Desk) throws -> Bool {
        try !ByteSearch.files(with: text, in: desk.folder).isEmpty
    }

    @Loop private static func destroy(_ desk: Desk, _ subject: String) async throws -> Int {
        try await desk.service.transaction { try await SubjectKeys.destroy([subject], of: "/desk", in: $0) }
    }

    @Test @Loop func whatIsSealedIsReadWithItsKeyOnlyAndByNobodyOnceItIsDestroyed() async throws {
        try await Self.work { desk, relay in
            relay.start()
            let runner = try Self.runner(desk, "first")
            try await Self.append(desk, "a", 1...3)
            try await Self.append(desk, "b", 1...1)
            try await eventually("all", within: .seconds(30)) { try await Self.notes(desk, "first").count == 4 }
            for text in ["Quill", "奎尔"] { #expect(try !Self.isInLog(text, desk), "\(text)") }
            #expect(try Self.isInLog("party.changed", desk))
            #expect(try await Self.destroy(desk, "a") == 1)
            // Who comes back has a new key.
            try await Self.append(desk, "a", 4...4)
            try await eventually("the new one", within: .seconds(30)) {
                try await Self.notes(desk, "first").contains("a Quill 奎尔 4")
            }
            // Who reads the log from its start finds what still has its key.
            let again = try Self.runner(desk, "again")
            try await eventually("all that is left", within: .seconds(30)) {
                again.lag == 0 && again.isAssigned && again.statistics.applied >= 5
            }
            await again.stop()
            await runner.stop()
            await relay.stop()
            #expect(try await Self.notes(desk, "again").sorted() == ["a Quill 奎尔 4", "b Quill 奎尔 1"])
            for one in [runner, again] {
                #expect(one.statistics.gaps == 0 && one.statistics.dead == 0)
            }
        }
    }

    /// What the log has of a key, a crash of the server must not take from the database: it would make another under the same version.
    @Test @Loop func aKeyIsOnTheDiskBeforeItIsTold() async throws {
        try await Self.work { desk, relay in
            for sql in [
                """
                CREATE FUNCTION note_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    INSERT INTO note (id, kind) VALUES (current_setting('synchronous_commit'), TG_TABLE_NAME || ' ' || TG_OP);
                    RETURN NULL; END $$
                """,
                """
                CREATE CONSTRAINT TRIGGER note_commit AFTER INSERT ON subject_key DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION note_commit()
                """,
            ] { _ = try await desk.service.transaction { try await $0.query(Statement("test.\(sql.hashValue)", sql)) } }
            relay.start()
            try await Self.append(desk, "a", 1...1)
            try await eventually("made", within: .seconds(30)) {
                try await Self.notes(desk, "subject_key INSERT") == ["on"]
            }
            await relay.stop()
        }
    }

    @Test @Loop func whatWaitsForTheRelayIsBlankedAndGoesOutUnderItsNumber() async throws {
        try await Self.work { desk, relay in
            try await Self.append(desk, "a", 1...2)
            _ = try await Self.destroy(desk, "a")
            #expect(try await desk.service.column("SELECT payload FROM outbox WHERE payload LIKE '%Quill%'").isEmpty)
            try await Self.append(desk, "a", 3...3)
            relay.start()
            let runner = try Self.runner(desk, "first")
            try await eventually("what came since", within: .seconds(30)) {
                try await Self.notes(desk, "first") == ["a Quill 奎尔 3"]
            }
            await runner.stop()
            await relay.stop()
            #expect(runner.statistics.gaps == 0 && runner.statistics.dead == 0)
        }
    }

    @Test @Loop func anEventWhoseKeyHasNotComeWaitsForIt() async throws {
        try await Self.work { desk, _ in
            let (id, key) = ("0190", SecureRandom.bytes(32))
            let plain = #"{"partyId":"\#(Self.party.text)","kind":"consumer","name":"late"}"#
            let sealed = try AESGCM.seal(Array(plain.utf8), key: key, context: Array(id.utf8))
            let headers = Desk.headers(id, "contacts.party.changed.v1") + [("ce_sequence", Array("1".utf8))]
            try desk.send("x", sealed, headers + [("ce_sealed", Array("1".utf8))])
            // Changed on its way, and so a dead letter, once its key is there.
            let spoilt = Desk.headers("0191", "contacts.party.changed.v1") + [("ce_sequence", Array("1".utf8))]
            try desk.send("y", sealed, spoilt + [("ce_sealed", Array("1".utf8))])
            try await desk.flush()
            let runner = try Self.runner(desk, "first")
            try await eventually("parked", within: .seconds(30)) { runner.statistics.parkedKeys == 2 }
            for subject in ["x", "y"] {
                try Self.tell(key, of: subject, desk)
            }
            try await eventually("applied", within: .seconds(30)) {
                runner.statistics.parkedKeys == 0 && runner.statistics.dead == 1
            }
            await runner.stop()
            #expect(try await Self.notes(desk, "first") == ["late"])
        }
    }

    @Test @Loop func keysThatAreReadBehindWhatTheyOpenAreAppliedBeforeIt() async throws {
        try await Self.work { desk, _ in
            // Were they parked, some of them would wait for most of a minute.
            let runner = try Self.runner(desk, "first") { $0.firstPause = .seconds(60) }
            try await eventually("given its share", within: .seconds(30)) { runner.isAssigned }
            let names = (0..<40).map { "k\($0)" }
            let key = try await Self.writeSealed(desk, names, each: 2)
            for name in names { try Self.tell(key, of: name, desk) }
            try await eventually("applied", within: .seconds(10)) {
                try await Self.notes(desk, "first").count == 80
            }
            await runner.stop()
            #expect(runner.statistics.parkedKeys == 0 && runner.statistics.dead == 0 && runner.statistics.gaps == 0)
        }
    }

    /// Writes sealed events of some keys, so many of each, none of whose keys is told; answers with what they are sealed.
    @Loop private static func writeSealed(
        _ desk: Desk, _ keys: [String], each count: Int, from first: Int = 1, epoch: Int? = nil
    ) async throws -> [UInt8] {
        let key = SecureRandom.bytes(32)
        for name in keys {
            for number in first..<first + count {
                let id = "\(name)-\(number)"
                let plain = #"{"partyId":"\#(Self.party.text)","kind":"consumer","name":"\#(id)"}"#
                let sealed = try AESGCM.seal(Array(plain.utf8), key: key, context: Array(id.utf8))
                let headers =
                    Desk.headers(id, "contacts.party.changed.v1")
                    + [("ce_sequence", Array("\(number)".utf8)), ("ce_sealed", Array("1".utf8))]
                    + (epoch.map { [("ce_epoch", Array("\($0)".utf8))] } ?? [])
                try desk.send(name, sealed, headers)
            }
        }
        try await desk.flush()
        return key
    }

    @Loop private static func tell(
        _ key: [UInt8]?, of subject: String, version: Int = 1, owner: String = "/test", epoch: Int? = nil, _ desk: Desk
    ) throws {
        let news = SubjectKeyChanged(owner: owner, subject: subject, key: key.map { Base64.encode($0) })
        let headers: [(String, String)] =
            [
                ("ce_specversion", "1.0"), ("ce_id", "\(subject)-\(version)"), ("ce_source", owner),
                ("ce_type", SubjectKeyChanged.versionedType), ("ce_sequence", "\(version)"),
            ] + (epoch.map { [("ce_epoch", "\($0)")] } ?? [])
        try desk.send(
            "\(owner):\(subject)", Array(try ModelJSON.text(news).utf8), headers.map { ($0.0, Array($0.1.utf8)) },
            to: .subjectKeys)
    }

    /// The version that stands last in the log for each key of the topic of keys, and how many words there are.
    @Loop private static func lastWords(_ desk: Desk) async throws -> (versions: [String: String], count: Int) {
        let reader = TopicReader(desk.kafka, .subjectKeys)
        var (versions, count): ([String: String], Int) = ([:], 0)
        try await reader.read(to: try await reader.ends()) { record in
            versions[record.key ?? "", default: ""] = record.header("ce_sequence") ?? ""
            count += 1
        }
        return (versions, count)
    }

    /// A publisher that was frozen wakes and writes what it had in hand, behind the word that the key is gone.
    @Test @Loop func theOwnersWordIsTheLastOfItsKeyInTheLogThoughAnOlderOneComesLate() async throws {
        try await Self.work { desk, relay in
            relay.start()
            let runner = try Self.runner(desk, "first")
            for name in ["a", "b", "c"] { try await Self.append(desk, name, 1...1) }
            try await eventually("all", within: .seconds(30)) { try await Self.notes(desk, "first").count == 3 }
            #expect(try await Self.destroy(desk, "a") == 1)
            try await eventually("the end", within: .seconds(20)) {
                try await Self.lastWords(desk).versions["/desk:a"] == "2"
            }
            // The heir's word and the late one may come in one batch; one that is not late is not repeated, nor one of another's.
            try Self.tell(SecureRandom.bytes(32), of: "a", owner: "/desk", desk)
            try Self.tell(SecureRandom.bytes(32), of: "b", owner: "/desk", desk)
            try Self.tell(nil, of: "z", version: 2, desk)
            try Self.tell(SecureRandom.bytes(32), of: "z", desk)
            try await desk.flush()
            try await eventually("the last word", within: .seconds(10)) {
                try await Self.lastWords(desk).versions["/desk:a"] == "2"
            }
            try await Loop.sleep(for: .milliseconds(500))
            let words = try await Self.lastWords(desk)
            // Three keys, one end, four of ours above, one repetition.
            #expect(words.versions == ["/desk:a": "2", "/desk:b": "1", "/desk:c": "1", "/test:z": "1"])
            #expect(words.count == 9)
            let key = "SELECT coalesce(key::text, '-') || version FROM subject_key WHERE subject = 'a'"
            #expect(try await desk.service.column(key) == ["-2"])
            await runner.stop()
            await relay.stop()
        }
    }

    @Test @Loop func anOlderWordOnAKeyChangesNothingThoughItComesLater() async throws {
        try await Self.work { desk, _ in
            for name in ["x", "y"] {
                try Self.tell(SecureRandom.bytes(32), of: name, desk)
                try Self.tell(nil, of: name, version: 2, desk)
                if name == "x" { try Self.tell(SecureRandom.bytes(32), of: name, desk) }
            }
            try await desk.flush()
            let runner = try Self.runner(desk, "first")
            let keys = "SELECT subject || version || coalesce(key::text, '-') FROM subject_key ORDER BY 1"
            try await eventually("both ends", within: .seconds(30)) {
                try await desk.service.column(keys) == ["x2-", "y2-"]
            }
            // In a batch of its own too.
            try Self.tell(SecureRandom.bytes(32), of: "y", desk)
            try Self.tell(SecureRandom.bytes(32), of: "z", desk)
            try await desk.flush()
            try await eventually("the third", within: .seconds(30)) {
                try await desk.service.column("SELECT subject FROM subject_key").count == 3
            }
            await runner.stop()
            #expect(try await desk.service.column(keys).prefix(2) == ["x2-", "y2-"])
            #expect(runner.statistics.dead == 0)
        }
    }

    /// Two copies of a service draw a key each under one version, or a life does that had ended: readers open what either has sealed, and
    /// what is written behind the end of a life counts for nobody.
    @Test @Loop func twoKeysUnderOneVersionLeaveNothingUnreadable() async throws {
        try await Self.work { desk, _ in
            let runner = try Self.runner(desk, "first")
            // Each of the two is told by its own copy, and seals an event.
            let first = try await Self.writeSealed(desk, ["x"], each: 1, from: 1)
            let second = try await Self.writeSealed(desk, ["x"], each: 1, from: 2)
            try Self.tell(first, of: "x", desk)
            try Self.tell(second, of: "x", desk)
            try await desk.flush()
            try await eventually("both", within: .seconds(30)) {
                try await Self.notes(desk, "first") == ["x-1", "x-2"]
            }
            // Of a later life the lower version counts too.
            let third = try await Self.writeSealed(desk, ["x"], each: 1, from: 3, epoch: 5)
            try Self.tell(SecureRandom.bytes(32), of: "x", version: 4, desk)
            try Self.tell(third, of: "x", epoch: 5, desk)
            try await desk.flush()
            try await eventually("the later life's", within: .seconds(30)) {
                try await Self.notes(desk, "first").last == "x-3"
            }
            let row = "SELECT version || ' ' || epoch FROM subject_key WHERE subject = 'x'"
            #expect(try await desk.service.column(row) == ["1 5"])
            await runner.stop()
            #expect(runner.statistics.dead == 0)
        }
    }

    /// The end of a key that a life told behind its own end: the owner tells the key again, and nothing is passed over.
    @Test @Loop func aWordOnAKeyBehindTheEndOfItsLifeCountsForNobody() async throws {
        try await Self.work { desk, relay in
            relay.start()
            let lives = SourceLives()
            let incarnation = UUID()
            func life(_ epoch: Int, _ ends: [TopicEnds]) -> SourceLife {
                SourceLife(
                    epoch: epoch, incarnation: incarnation, cause: "restored", begunAt: .now, home: "", ends: ends,
                    whole: nil)
            }
            try await Self.append(desk, "a", 1...1)
            try await eventually("told", within: .seconds(20)) { try await Self.lastWords(desk).count == 1 }
            await relay.stop()
            let ends = LogEnds(try await TopicReader(desk.kafka, .subjectKeys).ends().mapValues(\.upperBound)).topics
            let all = ends + [TopicEnds(topic: "desk", ends: [100, 100, 100])]
            lives.take(SourceChanged(source: "/desk", lives: [life(0, []), life(5, all)]))
            _ = try await desk.service.column(
                "INSERT INTO life (epoch, incarnation, cause) VALUES (5, '\(incarnation)', 'restored') RETURNING cause")
            let heir = Relay(source: "/desk", kafka: desk.kafka, postgres: desk.settings)
            heir.life = Life(epoch: 5, incarnation: incarnation, cause: .restored)
            heir.start()
            let runner = try Self.runner(desk, "first", lives: lives)
            try Self.tell(nil, of: "a", version: 2, owner: "/desk", desk)
            try await desk.flush()
            try await eventually("told again", within: .seconds(20)) { try await Self.lastWords(desk).count == 3 }
            #expect(try await Self.lastWords(desk).versions == ["/desk:a": "1"])
            try await Self.append(desk, "a", 2...2)
            try await eventually("read", within: .seconds(20)) { try await Self.notes(desk, "first").count == 2 }
            await runner.stop()
            await heir.stop()
            #expect(try await Self.lastWords(desk).count == 3)
            #expect(runner.statistics.dead == 0)
        }
    }

    /// A restored outbox holds the end of a key of before the one that the topic tells of: told in the new life it would count as newer.
    @Test @Loop func anOlderWordThatWaitsIsTheNewestBeforeALaterLifeTellsIt() async throws {
        try await Self.work { desk, _ in
            _ = try await desk.service.column(
                """
                INSERT INTO subject_key (owner, subject, version, key, epoch) VALUES
                    ('/desk', 'a', 3, sha256('a'), 1), ('/desk', 'b', 2, NULL, 1) RETURNING subject
                """)
            for (subject, version) in [("a", 2), ("b", 2)] {
                let text = try ModelJSON.text(SubjectKeyChanged(owner: "/desk", subject: subject, key: nil))
                _ = try await desk.service.column(
                    """
                    INSERT INTO outbox (topic, key, seq, type, payload) VALUES
                        ('crm.subject-keys', '\(subject)', \(version), '\(SubjectKeyChanged.versionedType)', '\(text)') RETURNING key
                    """)
            }
            try await desk.service.transaction { $0.enqueue(SubjectKeyStore.refresh, "/desk") }
            let words = try await desk.service.column(
                "SELECT key || seq || coalesce(payload::json->>'key', '-') FROM outbox ORDER BY key")
            let key = Base64.encode(SHA256.digest(Array("a".utf8)))
            #expect(words == ["a3\(key)", "b2-"])
            #expect(try await desk.service.faultsOfEvents() == [])
        }
    }

    @Test @Loop func anErasureThatComesOnceMoreLeavesKeysThatWereMadeSince() async throws {
        try await Self.work { desk, _ in
            _ = try await desk.service.column(
                """
                INSERT INTO subject_key (owner, subject, version, key, made_at) VALUES
                    ('/desk', 'a', 1, sha256('a'), now() - interval '1 day'), ('/desk', 'b', 3, sha256('b'), now()),
                    ('/desk', 'c', 1, sha256('c'), NULL) RETURNING subject
                """)
            let gone = try await desk.service.transaction {
                try await SubjectKeys.destroy(
                    ["a", "b", "c"], of: "/desk", madeBy: Date(timeIntervalSinceNow: -3600), in: $0)
            }
            #expect(gone == 2)
            #expect(try await desk.service.column("SELECT subject FROM subject_key WHERE key IS NOT NULL") == ["b"])
        }
    }

    @Test @Loop func keysAreReadThoughParkingIsFullOfWhatWaitsForThem() async throws {
        try await Self.work { desk, _ in
            let names = (0..<30).map { "s\($0)" }
            let key = try await Self.writeSealed(desk, names, each: 2)
            let runner = try Self.runner(desk, "first") { $0.messageLimit = 20 }
            try await eventually("full", within: .seconds(30)) { runner.statistics.parkedMessages >= 20 }
            for name in names { try Self.tell(key, of: name, desk) }
            try await eventually("all", within: .seconds(60)) { try await Self.notes(desk, "first").count == 60 }
            await runner.stop()
            let notes = try await Self.notes(desk, "first")
            for name in names {
                #expect(notes.filter { $0.hasPrefix("\(name)-") } == ["\(name)-1", "\(name)-2"])
            }
            #expect(runner.statistics.dead == 0)
        }
    }

    @Test @Loop func whatWaitsForAKeyThatNeverComesEndsAsDeadLettersOfItsOwnClass() async throws {
        try await Self.work { desk, _ in
            let names = (0..<10).map { "s\($0)" }
            _ = try await Self.writeSealed(desk, names, each: 4)
            let runner = try Self.runner(desk, "first") {
                $0.messageLimit = 20
                $0.sealAttempts = 3
                $0.longestPause = .milliseconds(200)
            }
            // More than may be parked: what is behind is read only because what is before it is given up.
            try await eventually("given up", within: .seconds(60)) { runner.statistics.dead == 40 }
            try await eventually("room again", within: .seconds(20)) { runner.statistics.parkedMessages == 0 }
            #expect(runner.statistics.deadByClass == ["key-missing": 40])
            let later = try await Self.writeSealed(desk, ["t"], each: 1)
            try Self.tell(later, of: "t", desk)
            try await eventually("others", within: .seconds(30)) { try await Self.notes(desk, "first") == ["t-1"] }
            await runner.stop()
        }
    }
}
