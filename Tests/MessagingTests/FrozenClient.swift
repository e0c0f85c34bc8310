import CPostgres
import EventLoop
import FoundationEssentials

/// A client of PostgreSQL that does nothing by itself, as a process that is stopped: what it has sent the server has, and what the server
/// sends stays in the socket until it wakes.
@Loop
final class FrozenClient {
    /// In which instruction it was stopped.
    enum Place: CaseIterable {
        case idle, pipeline, midMessage, afterBegin, unreadAnswer
    }

    private let connection: OpaquePointer

    /// Connects under the name of a session.
    init(_ url: String, schema: String, name: String) throws {
        let options = "-c search_path=\(schema) -c TimeZone=UTC"
        connection = try withKeywords(["dbname": url, "application_name": name, "options": options])
    }

    /// Does something and stops in a place behind it.
    func stop(behind sql: String, at place: Place = .pipeline) throws {
        if place == .afterBegin { try run("BEGIN") }
        if place == .idle || place == .afterBegin { return try run(sql) }
        PQenterPipelineMode(connection)
        PQsendQueryParams(connection, sql, 0, nil, nil, nil, nil, 0)
        if place == .unreadAnswer {
            let much = "SELECT repeat('x', 1000) FROM generate_series(1, 100000)"
            PQsendQueryParams(connection, much, 0, nil, nil, nil, nil, 0)
        }
        PQsendFlushRequest(connection)
        while PQflush(connection) == 1 {}
        // The beginning of a message of a megabyte, of which the rest does not come.
        if place == .midMessage { _ = send(PQsocket(connection), [UInt8(ascii: "P"), 0, 16, 0, 0, 65, 66], 7, 0) }
    }

    private func run(_ sql: String) throws {
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
            throw ClientFailed(description: String(cString: PQerrorMessage(connection)))
        }
    }

    /// Whether it finds its session ended when it wakes.
    func findsItsEnd() -> Bool {
        while PQconsumeInput(connection) == 1, PQstatus(connection) == CONNECTION_OK {
            while PQisBusy(connection) == 0, let result = PQgetResult(connection) { PQclear(result) }
        }
        return PQstatus(connection) == CONNECTION_BAD
    }

    func close() { PQfinish(connection) }
}

private func withKeywords(_ keywords: KeyValuePairs<String, String>) throws -> OpaquePointer {
    let names = keywords.map { strdup($0.key) } + [nil]
    let values = keywords.map { strdup($0.value) } + [nil]
    defer { for pointer in names + values { free(pointer) } }
    let connection = PQconnectdbParams(names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
    guard let connection else { throw ClientFailed(description: "out of memory") }
    guard PQstatus(connection) == CONNECTION_OK else {
        let message = String(cString: PQerrorMessage(connection))
        PQfinish(connection)
        throw ClientFailed(description: message)
    }
    PQsetNoticeProcessor(connection, { _, _ in }, nil)
    return connection
}

private struct ClientFailed: Error, CustomStringConvertible {
    let description: String
}
