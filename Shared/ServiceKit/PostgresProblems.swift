import HTTP
import Postgres

extension PoolExhausted: ProblemConvertible {
    /// 503: try again.
    public var problem: Problem {
        Problem(status: .unavailable, detail: "The service is busy; try again.", headers: ["retry-after": "1"])
    }
}

extension PostgresError: ProblemConvertible {
    /// 503 for what may succeed later, 409 for what is there already, 422 for what breaks a rule of the data.
    public var problem: Problem {
        switch verdict {
        case .retry:
            Problem(
                status: .unavailable, detail: "The database cannot answer at the moment; try again.",
                headers: ["retry-after": "1"])
        case .permanent where sqlState == "22021":
            // What a route's own check let through; all routes may answer 400 to what they are sent.
            Problem(status: .badRequest, detail: "A text has the character U+0000, which cannot be kept.")
        case .permanent where isUniqueViolation:
            Problem(status: .conflict, detail: "It is there already (\(constraint ?? "unique")).")
        // 54: longer than an index takes.
        case .permanent where ["22", "23", "54"].contains(String(sqlState.prefix(2))):
            Problem(status: 422, detail: "A value breaks a rule of the data: \(message).")
        case .permanent:
            Problem(status: .internalError)
        }
    }
}
