import EventLoop
import FoundationEssentials
import HTTP
import TestKit
import Testing

/// What an operator sees of real faults: one line when each begins and one when it ends, and the truth within five seconds.
@Suite(.serialized) struct FaultTests {
    private static let soon = Duration.seconds(5)

    @Test(.timeLimit(.minutes(3))) @Loop func eachTroubleIsToldOnceAndShownWithinSeconds() async throws {
        let rig = try await FaultRig()
        do {
            try await prepare(rig)
            try await startsWithNothingThere(rig)
            try await messagesArePutAside(rig)
            try await theBrokerIsFrozenAndKilled(rig)
            try await theDatabaseIsFrozenAndKilled(rig)
            try await theDatabasesDiskIsFull(rig)
            check(rig)
            try await checkFigures(try await rig.metrics())
            try await aFaultOfTheProgramIsInTheLog(rig)
        } catch {
            unmount(rig)
            await rig.end()
            throw error
        }
        unmount(rig)
        await rig.end()
    }

    /// A schema, on a disk of its own that is small; and nothing runs.
    @Loop private func prepare(_ rig: FaultRig) async throws {
        try await rig.postgres.start()
        let place = try rig.postgres.makeFolder("small")
        // Whoever may not mount has the refusals of a full disk made for him.
        rig.hasSmallDisk = mount("tmpfs", place, "tmpfs", 0, "size=64m") == 0
        rig.postgres.own(place)
        try await rig.postgres.execute("CREATE TABLESPACE small LOCATION '\(place)'")
        try await rig.postgres.execute("CREATE DATABASE crm TABLESPACE small")
        try await rig.postgres.execute("CREATE SCHEMA sales", on: "crm")
        // What does not pass by itself is an error at once that says what to do.
        #expect(try await rig.run("serve")?.contains("run this program with `migrate` first") == true)
        try #require(try await rig.run("migrate") == nil)
        try await rig.postgres.execute("CREATE ROLE weak LOGIN; GRANT USAGE ON SCHEMA sales TO weak", on: "crm")
        #expect(try await rig.run("serve", role: "weak")?.contains("names a role that lacks a right") == true)
        #expect(try await rig.run("serve", database: "none")?.contains("names a database that is not there") == true)
        try await rig.postgres.stop()
    }

    @Loop private func unmount(_ rig: FaultRig) { umount2(rig.postgres.folder + "/small", Int32(MNT_DETACH)) }

    @Loop private func startsWithNothingThere(_ rig: FaultRig) async throws {
        try rig.startService()
        _ = try await rig.turn(toSaying: "waits for the database", within: Self.soon)
        _ = try await rig.turn(toSaying: "the database is away", within: Self.soon)
        // One that waits ends at once when it is asked to.
        let twin = try rig.startTwin()
        try await Loop.sleep(for: .seconds(1))
        let begin = Loop.now
        twin.kill(SIGTERM)
        #expect(try await twin.exit().isSuccess)
        #expect(Loop.now - begin < .seconds(1))
        try await rig.postgres.start()
        _ = try await rig.turn(toSaying: "waits for the broker", within: Self.soon)
        try rig.startBroker()
        try await rig.turnToReady(within: .seconds(20))
    }

    @Loop private func theBrokerIsFrozenAndKilled(_ rig: FaultRig) async throws {
        rig.broker?.kill(SIGSTOP)
        _ = try await rig.turn(toSaying: "the broker is away", within: Self.soon)
        // Longer than a member of a group may be silent.
        try await Loop.sleep(for: .seconds(5))
        rig.broker?.kill(SIGCONT)
        try await rig.turnToReady(within: Self.soon)
        rig.broker?.kill(SIGKILL)
        _ = try await rig.turn(toSaying: "the broker is away", within: Self.soon)
        try rig.startBroker()
        try await rig.turnToReady(within: Self.soon)
    }

    @Loop private func theDatabaseIsFrozenAndKilled(_ rig: FaultRig) async throws {
        rig.postgres.freeze()
        _ = try await rig.turn(toSaying: "it has not answered for 2 seconds", within: Self.soon)
        try await Loop.sleep(for: .seconds(3))
        rig.postgres.thaw()
        try await rig.turnToReady(within: Self.soon)
        try await rig.postgres.kill()
        _ = try await rig.turn(toSaying: "the database is away", within: Self.soon)
        try await rig.postgres.start()
        try await rig.turnToReady(within: Self.soon)
    }

    @Loop private func theDatabasesDiskIsFull(_ rig: FaultRig) async throws {
        let filler = rig.postgres.folder + "/small/filler"
        if rig.hasSmallDisk {
            let fill = try ChildProcess("dd", ["if=/dev/zero", "of=\(filler)", "bs=4096"], output: "/dev/null")
            _ = try await fill.exit()
        } else {
            try await rig.postgres.execute(Self.refusal, on: "crm")
        }
        try await rig.publish("erp.orders", (0..<3000).map { Self.order("F\($0)", customer: "K\($0)") })
        _ = try await rig.turn(toSaying: "the database's disk is full", within: Self.soon)
        try await Loop.sleep(for: .seconds(2))
        if rig.hasSmallDisk {
            unlink(filler)
        } else {
            try await rig.postgres.execute("DROP FUNCTION sales.refuse() CASCADE", on: "crm")
        }
        try await rig.turnToReady(within: Self.soon)
    }

    /// What a full disk does to inserts.
    private static let refusal = """
        CREATE FUNCTION sales.refuse() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE 'no space left' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON sales.erp_document EXECUTE FUNCTION sales.refuse()
        """

    /// Which is a trouble, and the service is ready all the same.
    @Loop private func messagesArePutAside(_ rig: FaultRig) async throws {
        let unknown = Self.order("U1", customer: "K").replacing("erp.order.placed.v1", with: "erp.order.misspelt.v1")
        try await rig.publish("erp.orders", ["K\t{", unknown, Self.order("A1", customer: "K")])
        try await eventually("a line of them", within: .seconds(5)) {
            rig.lines.contains { $0.msg == "messages are put aside" }
        }
        try await eventually("their figure", within: .seconds(10)) {
            try await rig.metrics().contains("crm_dead_letters{")
        }
    }

    /// Whoever asks is told to try again; an operator is told what is wrong.
    @Loop private func aFaultOfTheProgramIsInTheLog(_ rig: FaultRig) async throws {
        try await rig.postgres.execute("ALTER TABLE sales.lead RENAME TO elsewhere", on: "crm")
        #expect(try await rig.get("/v1/leads").status == .unavailable)
        let line = rig.lines.last
        #expect(line?.level == "error" && line?.msg == "request failed", "\(rig.lines.map(\.msg))")
        #expect(line?.error?.contains("PostgreSQL 42P01 in lead") == true, "\(line?.error ?? "")")
    }

    /// One line at each beginning and one at each end, and as many turns as there were troubles.
    @Loop private func check(_ rig: FaultRig) {
        let expected = [
            "the database is away", "the broker is away", "the database is back", "the broker is back",
            "the broker is away", "the broker is back", "the broker is away", "the broker is back",
            "the database is away", "the database is back", "the database is away", "the database is back",
            "the database's disk is full", "the database's disk has room again",
        ]
        // That messages are put aside lasts for a minute, so on a slow machine it ends here and elsewhere does not.
        let said = rig.lines.filter { $0.trouble != "dead-letters" }.map(\.msg)
        #expect(rig.lines.count { $0.msg == "messages are put aside" } == 1)
        // The first two begin and end in either order.
        #expect(said.prefix(4).sorted() == expected.prefix(4).sorted(), "\(said)")
        #expect(Array(said.dropFirst(4)) == Array(expected.dropFirst(4)), "\(said)")
        // It begins not ready, and turns twice for each fault: readiness does not flap.
        #expect(rig.turns.count == 2 + 2 * 5, "\(rig.turns)")
    }

    private static func order(_ id: String, customer: String) -> String {
        """
        \(customer)\t{"specversion":"1.0","id":"\(id)","source":"/erp","type":"erp.order.placed.v1",\
        "time":"2026-11-30T12:00:00Z","data":{"orderId":"\(id)","customerNo":"\(customer)","status":"placed",\
        "placedAt":"2026-11-30T12:00:00Z","currency":"GBP","total":"10.00",\
        "lines":[{"sku":"S1","name":"Lamp","quantity":"1","unitPrice":"10.00"}]}}
        """
    }

    /// Every figure that a rule or the dashboard names is one that a running service exposes.
    @Loop private func checkFigures(_ metrics: String) async throws {
        let exposed = Set(
            metrics.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.prefix { $0 != "{" && $0 != " " } })
        for file in ["prometheus/rapport.rules.yml", "grafana/rapport.json"] {
            let text = TestPaths.contents(TestPaths.package + "/deploy/" + file)
            let named = Self.figures(in: text)
            #expect(named.count > 10, "\(file)")
            #expect(named.filter { !exposed.contains(Substring($0)) }.isEmpty, "\(file)")
        }
    }

    /// The names of figures in expressions; those that begin with `rapport:` are the rules' own.
    private static func figures(in text: String) -> Set<String> {
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }.map(String.init)
        return Set(words.filter { word in ["crm_", "http_request", "process_"].contains { word.hasPrefix($0) } })
    }
}
