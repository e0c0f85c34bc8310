import EventLoop
import FoundationEssentials
import TestKit
import Testing

@testable import Postgres

@Suite struct CodingTests {
    @Loop
    private func echo<T: SQLEncodable & SQLDecodable & Equatable>(
        _ type: String, _ values: [T], _ connection: PostgresConnection
    ) async throws {
        for value in values {
            let statement = Statement("test.echo.\(type)", "SELECT $1::\(type)")
            let back: T = try await connection.transaction { try await $0.query(statement, value)[0].value(0) }
            #expect(back == value)
        }
        // As an array with nulls, each element a row.
        let list: [T?] = values.map { $0 } + [nil]
        let statement = Statement(
            "test.array.\(type)", "SELECT x FROM unnest($1::\(type)[]) WITH ORDINALITY a(x, n) ORDER BY n")
        let back = try await connection.transaction { transaction in
            try await transaction.query(statement, list).map { try $0.value(0) as T? }
        }
        #expect(back == list)
        let none = try await connection.transaction { try await $0.query(statement, [T]()).count }
        #expect(none == 0)
    }

    @Test @Loop func valuesGoThereAndBack() async throws {
        let settings = PostgresSettings(url: try await TestDatabase.make("coding"), applicationName: "test")
        let connection = try await PostgresConnection.open(settings)
        defer { connection.close() }
        try await echo("bigint", [0, 1, -1, .max, .min], connection)
        try await echo(
            "text", ["", "王小明 — 上海", "👨‍👩‍👧", "a'b\"c\\d;--", String(repeating: "x", count: 100_000)], connection)
        try await echo("boolean", [true, false], connection)
        try await echo("double precision", [0, -1.5, .infinity, .greatestFiniteMagnitude], connection)
        try await echo("uuid", [UUID(), UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))], connection)
        let dates = [0, 946_684_800, 1_291_191_960.123456, -62_135_596_800, 253_402_300_799]
        try await echo("timestamptz", dates.map { Date(timeIntervalSince1970: $0) }, connection)
        try await echo("bytea", [SQLBytes([]), SQLBytes([0, 255, 0, 92, 39])], connection)
    }

    @Test @Loop func whatDoesNotFitIsAnError() async throws {
        let settings = PostgresSettings(url: try await TestDatabase.make("coding"), applicationName: "test")
        let connection = try await PostgresConnection.open(settings)
        defer { connection.close() }
        let rows = try await connection.transaction {
            try await $0.query(Statement("test.odd", "SELECT NULL::text, 'x'::text, 7::smallint, 8::integer"))
        }
        #expect(throws: PostgresError.self) { try rows[0].value(0) as String }
        #expect(try rows[0].value(0) as String? == nil)
        #expect(throws: PostgresError.self) { try rows[0].value(1) as Int }
        #expect(throws: PostgresError.self) { try rows[0].value(1) as UUID }
        #expect(throws: PostgresError.self) { try rows[0].value(1) as Date }
        #expect(try rows[0].value(2) as Int == 7)
        #expect(try rows[0].value(3) as Int == 8)
        let error = await #expect(throws: PostgresError.self) {
            try await connection.transaction {
                _ = try await $0.query(Statement("test.nul", "SELECT $1::text"), "a\0b")
            }
        }
        #expect(error?.sqlState == "22021" && error?.verdict == .permanent)
    }
}

extension SQLBytes: Equatable {
    /// Equal in every part.
    public static func == (a: SQLBytes, b: SQLBytes) -> Bool { a.bytes == b.bytes }
}
