import CPostgres
import EventLoop

extension PostgresConnection {
    /// Connects; the handshake, which blocks, runs on the work queue.
    public static func open(_ settings: PostgresSettings) async throws -> PostgresConnection {
        let keywords = settings.keywords
        let pointer = try await Loop.offload { () throws(PostgresError) -> ConnectedPointer in
            try ConnectedPointer(keywords)
        }
        do {
            return try PostgresConnection(pointer.value)
        } catch {
            PQfinish(pointer.value)
            throw error
        }
    }
}

/// A connection on its way from the work queue to the loop.
///
/// `@unchecked Sendable`: exactly one thread holds it at a time.
struct ConnectedPointer: @unchecked Sendable {
    let value: OpaquePointer

    init(_ keywords: [(String, String)]) throws(PostgresError) {
        var names: [UnsafeMutablePointer<CChar>?] = keywords.map { strdup($0.0) } + [nil]
        var values: [UnsafeMutablePointer<CChar>?] = keywords.map { strdup($0.1) } + [nil]
        defer { for pointer in names + values { free(pointer) } }
        let connection = names.withUnsafeMutableBufferPointer { names in
            values.withUnsafeMutableBufferPointer { values in
                names.withMemoryRebound(to: UnsafePointer<CChar>?.self) { names in
                    values.withMemoryRebound(to: UnsafePointer<CChar>?.self) { values in
                        PQconnectdbParams(names.baseAddress, values.baseAddress, 1)
                    }
                }
            }
        }
        guard let connection else { throw .connection("out of memory") }
        guard PQstatus(connection) == CONNECTION_OK else {
            let message = String(cString: PQerrorMessage(connection)).split(separator: "\n").joined(separator: "; ")
            PQfinish(connection)
            throw Self.refusal(message)
        }
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        value = connection
    }

    /// libpq tells no SQLSTATE of a connection that did not come about. What a wrong setting causes passes as little as a wrong statement.
    private static func refusal(_ message: String) -> PostgresError {
        let isDatabase = message.contains("FATAL:  database") && message.contains("does not exist")
        let isLogin = ["authentication failed", "FATAL:  role", "no pg_hba.conf entry"].contains {
            message.contains($0)
        }
        guard isDatabase || isLogin else { return .connection(message) }
        return PostgresError(sqlState: isDatabase ? "3D000" : "28000", message: message)
    }
}
