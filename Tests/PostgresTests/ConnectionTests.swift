import EventLoop
import FoundationEssentials
import TestKit
import Testing

@testable import Postgres

private struct Oops: Error {}

private let add = Statement("test.add", "INSERT INTO t (id) VALUES ($1)")
private let addNone = Statement("test.add_none", "INSERT INTO t (id) VALUES (NULL)")
private let count = Statement("test.count", "SELECT count(*) FROM t")
private let die = Statement("test.die", "SELECT pg_terminate_backend(pg_backend_pid())")

@Loop
private func withTable(_ body: @Loop (PostgresSettings, PostgresConnection) async throws -> Void) async throws {
    let settings = PostgresSettings(url: try await TestDatabase.make("postgres"), applicationName: "test")
    let connection = try await PostgresConnection.open(settings)
    defer { connection.close() }
    try await connection.transaction {
        _ = $0.enqueue(Statement("test.table", "CREATE TABLE t (id bigint PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)"))
    }
    try await body(settings, connection)
}

extension PostgresConnection {
    fileprivate func rows() async throws -> Int {
        try await transaction { try await $0.query(count)[0].value(0) }
    }
}

@Suite struct ConnectionTests {
    /// A machine that vanishes is found by the server, whether it was to send or to receive.
    @Test @Loop func theServerLooksAfterItsClients() async throws {
        try await withTable { settings, _ in
            let connection = try await PostgresConnection.open(settings.named("relay"))
            defer { connection.close() }
            let ask = Statement(
                "test.settings",
                """
                SELECT concat_ws(' ', current_setting('tcp_keepalives_idle'), current_setting('tcp_keepalives_interval'),
                    current_setting('tcp_keepalives_count'), current_setting('tcp_user_timeout'),
                    current_setting('application_name'))
                """)
            let found: String = try await connection.transaction { try await $0.query(ask)[0].value(0) }
            #expect(found.hasSuffix("test (relay)"))
            // Over a socket of the machine's own there is nothing to look after.
            #expect(found.hasPrefix("5 2 3 8") || found.hasPrefix("0 0 0 0"), "\(found)")
        }
    }

    @Test @Loop func anErrorOfOursRollsBackAndTheConnectionGoesOn() async throws {
        try await withTable { _, connection in
            for isAwaited in [true, false] {
                await #expect(throws: Oops.self) {
                    try await connection.transaction { transaction in
                        if isAwaited {
                            _ = try await transaction.query(add, 1)
                        } else {
                            transaction.enqueue(add, 1)
                        }
                        throw Oops()
                    }
                }
                let left = try await connection.rows()
                #expect(left == 0)
            }
        }
    }

    @Test @Loop func aRollbackLeavesNoWarningInTheServersLog() async throws {
        try await withTable { _, connection in
            let marker = "end of \(UUID().uuidString)"
            for isAwaited in [true, false] {
                for _ in 0..<3 {
                    _ = try? await connection.transaction { transaction in
                        if isAwaited {
                            _ = try await transaction.query(add, 1)
                        } else {
                            transaction.enqueue(add, 1)
                        }
                        throw Oops()
                    }
                }
            }
            let loud = Statement("test.loud", "DO $$ BEGIN RAISE WARNING '\(marker)'; END $$")
            _ = try await connection.transaction { try await $0.query(loud) }
            guard let log = try await TestDatabase.serverLog() else { return }
            // What others' tests run meanwhile is in the same log, and warns as little.
            #expect(log.contains(marker))
            #expect(!log.contains("no transaction in progress") && !log.contains("already a transaction in progress"))
            #expect(try await connection.rows() == 0)
            // As it would be seen.
            _ = try await connection.transaction { try await $0.query(Statement("test.rollback", "ROLLBACK")) }
            #expect(try await TestDatabase.serverLog()?.contains("no transaction in progress") == true)
        }
    }

    @Test @Loop func anErrorOfTheServerRollsBackAndSaysWhere() async throws {
        try await withTable { _, connection in
            for isAwaited in [true, false] {
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.transaction { transaction in
                        transaction.enqueue(add, 1)
                        let answer = transaction.enqueue(addNone)
                        transaction.enqueue(add, 2)
                        if isAwaited { _ = try await transaction.query(count) }
                        _ = answer
                    }
                }
                #expect(error?.sqlState == "23502" && error?.statement == "test.add_none")
                #expect(error?.verdict == .permanent && error?.isCommitUnknown == false)
                #expect(error.map { "\($0)" }?.contains("PostgreSQL 23502 in test.add_none") == true)
                let left = try await connection.rows()
                #expect(left == 0)
            }
            try await connection.transaction { transaction in
                transaction.enqueue(add, 1)
                _ = try await transaction.query(add, 2)
            }
            let left = try await connection.rows()
            #expect(left == 2)
        }
    }

    @Test @Loop func anErrorThatTheBodyHidesStillFailsTheTransaction() async throws {
        try await withTable { _, connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { transaction in
                    _ = try? await transaction.query(addNone)
                    _ = try? await transaction.query(add, 7)
                }
            }
            #expect(error?.sqlState == "23502")
            let left = try await connection.rows()
            #expect(left == 0)
        }
    }

    @Test @Loop func anErrorOfTheCommitItselfIsToldAndRollsBack() async throws {
        try await withTable { _, connection in
            // The key is checked at the commit, behind the last statement.
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { transaction in
                    _ = try await transaction.query(add, 1)
                    _ = try await transaction.query(add, 1)
                }
            }
            #expect(error?.isUniqueViolation == true)
            let left = try await connection.rows()
            #expect(left == 0)
        }
    }

    @Test @Loop func aStatementThatDoesNotPrepareFailsAndCanBeMended() async throws {
        try await withTable { _, connection in
            let wrong = Statement("test.later", "SELECT x FROM later")
            for _ in 1...2 {
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.transaction { _ = try await $0.query(wrong) }
                }
                #expect(error?.sqlState == "42P01" && error?.statement == "test.later")
                await #expect(throws: PostgresError.self) { try await connection.prepare(wrong) }
            }
            try await connection.transaction {
                _ = $0.enqueue(Statement("test.make", "CREATE TABLE later AS SELECT 5::bigint AS x"))
            }
            let five: Int = try await connection.transaction { try await $0.query(wrong)[0].value(0) }
            #expect(five == 5)
        }
    }

    @Test @Loop func whatIsToldOfAnErrorHoldsNoValue() async throws {
        try await withTable { _, connection in
            for (sql, state) in [
                ("SELECT $1::text::uuid", "22P02"), ("SELECT $1::text::timestamptz", "22007"),
                ("SELECT ($1::text || '1')::smallint", "22P02"),
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.transaction {
                        try await $0.query(Statement("test.cast.\(sql)", sql), "Ann \"Secret\" Li")
                    }
                }
                #expect(error?.sqlState == state && error?.message.contains("Secret") == true)
                #expect(error?.description.contains("Secret") == false && error?.description.contains("Ann") == false)
            }
        }
    }

    /// A newer program's migration, while this one runs.
    @Test @Loop func aStatementThatAMigrationHasOutdatedIsPreparedAnew() async throws {
        try await withTable { settings, connection in
            let all = Statement("test.all", "SELECT * FROM t")
            let other = try await PostgresConnection.open(settings)
            defer { other.close() }
            for type in ["integer", "smallint"] {
                _ = try await connection.transaction { try await $0.query(all) }
                try await other.transaction {
                    _ = $0.enqueue(Statement("test.alter.\(type)", "ALTER TABLE t ALTER COLUMN id TYPE \(type)"))
                }
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.transaction { try await $0.query(all) }
                }
                // No message is at fault.
                #expect(error?.sqlState == "0A000" && error?.verdict == .retry)
                let left = try await connection.transaction { try await $0.query(all).count }
                #expect(left == 0)
            }
        }
    }

    @Test @Loop func transactionsOfOneConnectionDoNotMix() async throws {
        try await withTable { _, connection in
            let tasks = (1...20).map { number in
                Task { @Loop in
                    try await connection.transaction { transaction in
                        _ = try await transaction.query(add, number)
                        if number % 2 == 0 { throw Oops() }
                    }
                }
            }
            for task in tasks { _ = try? await task.value }
            let left = try await connection.rows()
            #expect(left == 10)
        }
    }

    @Test @Loop func aConnectionThatDiesFailsWhatIsUnderWay() async throws {
        try await withTable { _, connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { _ = try await $0.query(die) }
            }
            #expect(error?.verdict == .retry)
            try await eventually("the loss to be seen") { !connection.isOpen }
            await #expect(throws: PostgresError.self) { try await connection.rows() }
        }
    }

    @Test @Loop func aCommitWithoutAnswerIsUnknown() async throws {
        try await withTable { _, connection in
            // Runs at the commit, behind everything, and the answer never comes.
            try await connection.transaction { transaction in
                transaction.enqueue(
                    Statement(
                        "test.function",
                        """
                        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END'
                        """))
                transaction.enqueue(
                    Statement(
                        "test.trigger",
                        """
                        CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION wait()
                        """))
            }
            let committing = Task { @Loop in
                try await connection.transaction { transaction in _ = try await transaction.query(add, 1) }
            }
            try await Loop.sleep(for: .seconds(2))
            connection.close()
            let error = await #expect(throws: PostgresError.self) { try await committing.value }
            #expect(error?.isCommitUnknown == true)
        }
    }
}

@Suite struct PoolTests {
    @Test @Loop func aWaitForAConnectionHasAnEnd() async throws {
        try await withTable { settings, _ in
            let pool = PostgresPool(settings, size: 1, acquireTimeout: .milliseconds(100))
            try await pool.start()
            defer { pool.close() }
            try await pool.transaction { transaction in
                await #expect(throws: PoolExhausted.self) { try await pool.query(count) }
                _ = try await transaction.query(add, 1)
            }
            #expect(try await pool.query(count)[0].value(0) as Int == 1)
            #expect(pool.waitingCount == 0)
        }
    }

    @Test @Loop func lostConnectionsAreOpenedAgain() async throws {
        try await withTable { settings, connection in
            let pool = PostgresPool(settings, size: 3, acquireTimeout: .seconds(10))
            try await pool.start()
            defer { pool.close() }
            try await eventually("three connections") { pool.openCount == 3 && pool.idleCount == 3 }
            try await connection.transaction {
                _ = $0.enqueue(
                    Statement(
                        "test.kill",
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """))
            }
            try await eventually("queries to work again") {
                (try? await pool.query(count)) != nil && pool.idleCount == 3
            }
            #expect(pool.openCount == 3)
        }
    }

    /// libpq closes the socket itself when it meets the end while it sends: nothing would come from the socket any more.
    @Test @Loop func anEndThatIsMetWhileSendingIsNoticed() async throws {
        try await withTable { settings, connection in
            for flushes in (0..<40).map({ $0 % 5 }) {
                let victim = try await PostgresConnection.open(settings)
                defer { victim.close() }
                let pid: Int = try await victim.transaction {
                    try await $0.query(Statement("test.pid", "SELECT pg_backend_pid()::bigint"))[0].value(0)
                }
                _ = try await connection.transaction {
                    try await $0.query(Statement("test.kill_one", "SELECT pg_terminate_backend($1::int)"), pid)
                }
                // The loop stands still meanwhile, so that nobody has read of the end.
                usleep(20_000)
                let begin = Loop.now
                let limit = Loop.after(.seconds(10)) { victim.close() }
                await #expect(throws: PostgresError.self) {
                    try await victim.transaction { transaction in
                        for number in 0..<flushes {
                            transaction.enqueue(add, number)
                            transaction.flush()
                        }
                        transaction.enqueue(count)
                    }
                }
                limit.cancel()
                #expect(Loop.now - begin < .seconds(5), "after \(flushes) flushes")
            }
        }
    }

    @Test @Loop func manyCallersShareFewConnections() async throws {
        try await withTable { settings, _ in
            let pool = PostgresPool(settings, size: 2, acquireTimeout: .seconds(20))
            try await pool.start()
            let tasks = (1...200).map { number in Task { @Loop in try await pool.query(add, number).affected } }
            for task in tasks { #expect(try await task.value == 1) }
            #expect(try await pool.query(count)[0].value(0) as Int == 200)
            pool.close()
            await #expect(throws: PoolExhausted.self) { try await pool.query(count) }
        }
    }
}
