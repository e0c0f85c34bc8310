import EventLoop
import FoundationEssentials
import TestKit
import Testing

@testable import Postgres

#if DEBUG
    extension LockKind {
        fileprivate static let shelves = LockKind(1, "shelves")
        fileprivate static let books = LockKind(2, "books")
    }

    /// What takes its locks in another order than all others is refused, and leaves nothing.
    @Suite struct LockOrderTests {
        private static let shelves = Statement("test.shelves", locks: .shelves, "SELECT unnest($1::bigint[])")
        private static let books = Statement("test.books", locks: .books, "SELECT unnest($1::uuid[])")
        private static let note = Statement("test.note", "INSERT INTO note VALUES ($1)")

        private static let ids = (0..<3).map { _ in UUID() }.sorted()

        @Loop private func connection() async throws -> PostgresConnection {
            let url = try await TestDatabase.make("order")
            let connection = try await PostgresConnection.open(PostgresSettings(url: url, applicationName: "test"))
            _ = try await connection.transaction {
                try await $0.query(Statement("test.table", "CREATE TABLE note (text text)"))
            }
            return connection
        }

        @Loop private func notes(_ connection: PostgresConnection) async throws -> Int {
            try await connection.transaction {
                try await $0.query(Statement("test.count", "SELECT count(*) FROM note")).first?.value(0) ?? -1
            }
        }

        @Test @Loop func eachKindOnceAndInOrderIsCommitted() async throws {
            let connection = try await connection()
            defer { connection.close() }
            for _ in 1...2 {
                try await connection.transaction { transaction in
                    transaction.enqueue(Self.shelves, [1, 1, 3])
                    transaction.enqueue(Self.note, "a")
                    transaction.enqueue(Self.books, Self.ids)
                }
            }
            #expect(try await notes(connection) == 2)
        }

        @Test(arguments: ["lower", "again", "unsorted"]) @Loop
        func anotherOrderIsRefused(_ way: String) async throws {
            let connection = try await connection()
            defer { connection.close() }
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { transaction in
                    transaction.enqueue(Self.note, "a")
                    switch way {
                    case "lower":
                        transaction.enqueue(Self.books, Self.ids)
                        transaction.enqueue(Self.shelves, [1])
                    case "again":
                        transaction.enqueue(Self.shelves, [1])
                        transaction.enqueue(Self.shelves, [2])
                    default: transaction.enqueue(Self.books, Array(Self.ids.reversed()))
                    }
                    transaction.enqueue(Self.note, "b")
                }
            }
            #expect(error?.message.contains("would lock") == true, "\(String(describing: error))")
            #expect(try await notes(connection) == 0)
        }
    }
#endif
