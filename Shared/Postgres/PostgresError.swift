/// A refusal of PostgreSQL or a failure on the way to it.
public struct PostgresError: Error, CustomStringConvertible, Sendable {
    /// What a caller can do about an error; the one table for SQLSTATE classes.
    public enum Verdict: Sendable {
        /// The same work may succeed later: lost connection, deadlock, serialisation, full disk, shutdown.
        case retry
        /// The same work will fail again: bad data, violated constraint, wrong statement.
        case permanent
    }

    /// The five-character code; `08006` for a lost connection.
    public let sqlState: String
    /// The server's message, or libpq's. Of a value that does not fit (class 22) it quotes the value, so such a one is for who sent it.
    public let message: String
    /// The server's detail line, if any; it may hold values, so it is not for logs.
    public let detail: String?
    /// The constraint that was violated, if any.
    public let constraint: String?
    /// The name of the statement that failed.
    public let statement: String?
    /// Whether the outcome of a commit is unknown: it was sent and no answer came.
    public let isCommitUnknown: Bool

    package init(
        sqlState: String, message: String, detail: String? = nil, constraint: String? = nil, statement: String? = nil,
        isCommitUnknown: Bool = false
    ) {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.constraint = constraint
        self.statement = statement
        self.isCommitUnknown = isCommitUnknown
    }

    package static func connection(_ message: String, isCommitUnknown: Bool = false) -> PostgresError {
        PostgresError(sqlState: "08006", message: message, isCommitUnknown: isCommitUnknown)
    }

    /// What can be done, by SQLSTATE class (PostgreSQL documentation, appendix A).
    public var verdict: Verdict {
        switch sqlState {
        // 26000 and 0A000: a prepared statement is gone, or outdated by a migration; it is prepared anew.
        case "40001", "40P01", "55P03", "57014", "26000", "0A000": .retry
        default:
            switch sqlState.prefix(2) {
            // 42: the schema is not the one this program was made for, or a right is missing; no message is at fault.
            case "08", "25", "42", "53", "57", "58", "XX": .retry
            default: .permanent
            }
        }
    }

    /// Whether a unique key was there already.
    public var isUniqueViolation: Bool { sqlState == "23505" }

    /// For people and logs; holds no parameter values.
    public var description: String {
        let place = statement.map { " in \($0)" } ?? ""
        return "PostgreSQL \(sqlState)\(place): \(sqlState.hasPrefix("22") ? Self.withoutQuotes(message) : message)"
    }

    private static func withoutQuotes(_ message: String) -> String {
        guard let begin = message.firstIndex(of: "\""), let end = message.lastIndex(of: "\""), begin < end else {
            return message
        }
        return message[...begin] + "…" + message[end...]
    }
}

/// No connection became free in time.
public struct PoolExhausted: Error, CustomStringConvertible {
    /// For people.
    public var description: String { "all database connections are busy; try again shortly" }
}
