import CPostgres
import EventLoop

/// What the server owes a connection.
@Loop
enum ExpectedAnswer {
    /// `key` is what the connection knows it by.
    case prepare(name: String, key: String, transaction: Transaction)
    case rows(name: String, answer: Completion<Rows>, transaction: Transaction)
    case sync(Completion<Void>, transaction: Transaction)

    var transaction: Transaction {
        switch self {
        case .prepare(_, _, let transaction), .rows(_, _, let transaction), .sync(_, let transaction): transaction
        }
    }

    /// The statement that it is of; nil of the end of a transaction.
    private var statement: String? {
        switch self {
        case .prepare(let name, _, _), .rows(let name, _, _): name
        case .sync: nil
        }
    }

    /// What a result says that is a refusal.
    func error(in result: OpaquePointer) -> PostgresError {
        func field(_ code: Int32) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
        if PQresultStatus(result) == PGRES_PIPELINE_ABORTED {
            return PostgresError(sqlState: "25P02", message: "an earlier statement failed", statement: statement)
        }
        return PostgresError(
            sqlState: field(PGDiagnostic.sqlState) ?? "XX000",
            message: field(PGDiagnostic.message) ?? String(cString: PQresultErrorMessage(result)),
            detail: field(PGDiagnostic.detail), constraint: field(PGDiagnostic.constraint), statement: statement)
    }
}

/// libpq's field codes (`postgres_ext.h`), which are character macros.
private enum PGDiagnostic {
    static let sqlState = Int32(UInt8(ascii: "C"))
    static let message = Int32(UInt8(ascii: "M"))
    static let detail = Int32(UInt8(ascii: "D"))
    static let constraint = Int32(UInt8(ascii: "n"))
}
