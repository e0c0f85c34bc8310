import CPostgres

/// A statement: its SQL under a name that is unique in the program, prepared once on each connection.
///
/// Parameters are `$1`, `$2`, … with the types of the Swift values given.
public struct Statement: Preparable, Hashable {
    /// `contacts.insert_party`.
    public let name: String
    /// The SQL, one command.
    public let sql: String
    /// The types of its parameters and columns, where it says them: `check` and a test compare them with the server's.
    public let takes: [SQLShape]?
    /// The columns.
    public let gives: [SQLShape]?
    /// The kind of locks that it takes, where these have a place in the order of locks; rows that its transaction holds already do not
    /// count.
    public let locks: LockKind?

    /// Names a statement.
    public init(
        _ name: String, locks: LockKind? = nil, _ sql: String, takes: [SQLShape]? = nil, gives: [SQLShape]? = nil
    ) {
        self.name = name
        self.sql = sql
        self.takes = takes
        self.gives = gives
        self.locks = locks
    }
}

/// What `check` and a test can have the server prepare: a statement, or a query.
public protocol Preparable: Sendable {
    /// What is sent.
    var statement: Statement { get }
}

extension Statement {
    /// Itself.
    public var statement: Statement { self }
}

/// The answer to one statement.
///
/// `@unchecked Sendable`: a PGresult is never changed after it was received (libpq documentation, 34.20).
public final class Rows: RandomAccessCollection, @unchecked Sendable {
    @usableFromInline let result: OpaquePointer?
    /// What a simulated server answered, where there is no result of a real one.
    private let cells: [[[UInt8]?]]
    private let statement: String

    init(_ result: OpaquePointer, statement: String) {
        self.result = result
        cells = []
        self.statement = statement
    }

    /// An answer of a simulated server, each value in PostgreSQL's binary format.
    package init(cells: [[[UInt8]?]], statement: String) {
        result = nil
        self.cells = cells
        self.statement = statement
    }

    deinit { PQclear(result) }

    /// The first row's place.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { result.map { Int(PQntuples($0)) } ?? cells.count }
    /// One row.
    public subscript(index: Int) -> Row { Row(rows: self, index: Int32(index)) }

    /// The number of rows that an INSERT, UPDATE or DELETE touched.
    public var affected: Int { result.flatMap { Int(String(cString: PQcmdTuples($0))) } ?? cells.count }

    // Inlinable, so that each type's decoding is compiled for it where it is asked for.
    @inlinable
    func decode<T: SQLDecodable>(_ row: Int32, _ column: Int) throws(PostgresError) -> T {
        guard let result else {
            if let value: T = decodeCell(Int(row), column) { return value }
            throw mismatch(column, T.self)
        }
        if PQgetisnull(result, row, Int32(column)) != 0 {
            if let null = T.sqlNull { return null }
        } else {
            let length = Int(PQgetlength(result, row, Int32(column)))
            let raw = UnsafeRawBufferPointer(start: PQgetvalue(result, row, Int32(column)), count: length)
            if let value = T(sqlBytes: raw) { return value }
        }
        throw mismatch(column, T.self)
    }

    @usableFromInline
    func decodeCell<T: SQLDecodable>(_ row: Int, _ column: Int) -> T? {
        guard let cell = cells[row][column] else { return T.sqlNull }
        return cell.withUnsafeBytes { T(sqlBytes: $0) }
    }

    @usableFromInline
    func mismatch<T>(_ column: Int, _ type: T.Type) -> PostgresError {
        PostgresError(sqlState: "22000", message: "column \(column) does not hold a \(type)", statement: statement)
    }
}

/// One row of an answer; it keeps the answer alive.
public struct Row {
    @usableFromInline let rows: Rows
    @usableFromInline let index: Int32

    /// A column by its place, counted from 0, as the type that is asked for.
    @inlinable
    public func value<T: SQLDecodable>(_ column: Int) throws(PostgresError) -> T { try rows.decode(index, column) }
}
