import CPostgres
import EventLoop

/// The type of a parameter or a column as a program says it.
public struct SQLShape: Sendable, Hashable {
    /// The types of the server that fit it (`pg_type.oid`); the first is what is sent.
    let types: [UInt32]
    let isOptional: Bool
    /// As Swift writes it: `UUID?`.
    public let name: String

    /// A parameter of a type.
    public static func parameter<T: SQLEncodable>(_ type: T.Type) -> SQLShape {
        SQLShape(types: [T.sqlType], isOptional: true, name: name(of: T.self))
    }
    /// A column of a type.
    public static func column<T: SQLDecodable>(_ type: T.Type) -> SQLShape {
        SQLShape(types: T.sqlColumnTypes, isOptional: T.sqlNull != nil, name: name(of: T.self))
    }

    private static func name<T>(of type: T.Type) -> String {
        let name = "\(T.self)"
        return name.hasPrefix("Optional<") ? "\(name.dropFirst("Optional<".count).dropLast())?" : name
    }
}

/// A statement whose parameters and columns have types: the compiler holds its callers to them, and `check` the server.
public struct Query<Taken, Given>: Preparable {
    /// What is sent.
    public let statement: Statement

    /// Names a statement and says what it takes and gives, in order.
    public init<each Parameter: SQLEncodable, each Column: SQLDecodable>(
        _ name: String, locks: LockKind? = nil, takes: repeat (each Parameter).Type, gives: repeat (each Column).Type,
        sql: String
    ) where Taken == (repeat each Parameter), Given == (repeat each Column) {
        var taken: [SQLShape] = []
        for type in repeat each takes { taken.append(.parameter(type)) }
        var given: [SQLShape] = []
        for type in repeat each gives { given.append(.column(type)) }
        statement = Statement(name, locks: locks, sql, takes: taken, gives: given)
    }
}

extension Row {
    /// All columns in order.
    @inlinable
    public func values<each Column: SQLDecodable>(
        _ types: repeat (each Column).Type
    ) throws(PostgresError) -> (repeat each Column) {
        var place = -1
        func next<T: SQLDecodable>(_ type: T.Type) throws(PostgresError) -> T {
            place += 1
            return try value(place)
        }
        return (repeat try next(each types))
    }

    /// The same of the types that a query gives: for rows that are read elsewhere than they were asked for.
    @inlinable
    public func values<Taken, each Column: SQLDecodable>(
        of query: Query<Taken, (repeat each Column)>
    ) throws(PostgresError) -> (repeat each Column) {
        try values(repeat (each Column).self)
    }
}

extension Transaction {
    /// Sends a statement and waits for its rows.
    public func rows<each Parameter: SQLEncodable, each Column: SQLDecodable>(
        _ query: Query<(repeat each Parameter), (repeat each Column)>, _ values: repeat each Parameter
    ) async throws -> [(repeat each Column)] {
        var list: [any SQLEncodable] = []
        for value in repeat each values { list.append(value) }
        return try await self.query(query.statement, values: list).map { try $0.values(repeat (each Column).self) }
    }

    /// Sends a statement together with the next one that is waited for, or with the commit.
    public func enqueue<each Parameter: SQLEncodable, each Column: SQLDecodable>(
        _ query: Query<(repeat each Parameter), (repeat each Column)>, _ values: repeat each Parameter
    ) {
        var list: [any SQLEncodable] = []
        for value in repeat each values { list.append(value) }
        enqueue(query.statement, values: list)
    }
}

extension PostgresPool {
    /// One statement in a transaction of its own, in one round trip.
    public func rows<each Parameter: SQLEncodable, each Column: SQLDecodable>(
        _ query: Query<(repeat each Parameter), (repeat each Column)>, _ values: repeat each Parameter
    ) async throws -> [(repeat each Column)] {
        var list: [any SQLEncodable] = []
        for value in repeat each values { list.append(value) }
        return try await self.query(query.statement, list).map { try $0.values(repeat (each Column).self) }
    }
}

/// What the server says of a prepared statement.
struct Description {
    let parameters: [UInt32]
    /// Type, and the table's column that it is, if any.
    let columns: [(name: String, type: UInt32, table: UInt32, number: Int32)]

    init(_ result: OpaquePointer?) {
        parameters = (0..<PQnparams(result)).map { PQparamtype(result, $0) }
        columns = (0..<PQnfields(result)).map {
            (String(cString: PQfname(result, $0)), PQftype(result, $0), PQftable(result, $0), PQftablecol(result, $0))
        }
    }
}

extension PostgresConnection {
    /// Holds what a statement says of itself against what the server says; nothing to say is nothing wrong.
    public func faults(of statement: Statement) async throws -> [String] {
        // Untyped first: the server counts the parameters that the text has.
        let plain = try await describe(statement, [])
        guard statement.takes != nil || statement.gives != nil else { return [] }
        var faults: [String] = []
        if let takes = statement.takes {
            guard takes.count == plain.parameters.count else {
                return ["\(statement.name) takes \(plain.parameters.count) parameters, not \(takes.count)"]
            }
            // As the program will send it; what does not fit is the server's error.
            _ = try await describe(statement, takes.map { $0.types[0] })
        }
        if let gives = statement.gives {
            guard gives.count == plain.columns.count else {
                return ["\(statement.name) gives \(plain.columns.count) columns, not \(gives.count)"]
            }
            for (place, (said, found)) in zip(gives, plain.columns).enumerated() {
                if !said.types.contains(found.type) {
                    faults.append(
                        "\(statement.name): column \(place) (\(found.name)) is of type \(found.type), not \(said.name)")
                } else if !said.isOptional, found.table != 0 {
                    let needed = try await transaction { transaction in
                        try await transaction.query(Self.isNeeded, Int(found.table), Int(found.number)).first?.value(0)
                            as Bool?
                    }
                    if needed == false {
                        faults.append(
                            "\(statement.name): column \(place) (\(found.name)) may be null, \(said.name) may not")
                    }
                }
            }
        }
        return faults
    }

    private static let isNeeded = Statement(
        "postgres.is_needed",
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = $1::bigint::oid AND attnum = $2::bigint::int")
}
