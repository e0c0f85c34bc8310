import CPostgres
import EventLoop

/// What is asked of a connection besides to run statements.
extension PostgresConnection {
    /// A password as the server keeps it (SCRAM-SHA-256), to set it without telling it.
    public func encrypted(_ password: String, of role: String) throws(PostgresError) -> String {
        guard let text = PQencryptPasswordConn(connection, password, role, "scram-sha-256") else {
            throw .connection("the password of \(role) cannot be encrypted: \(lastMessage)")
        }
        defer { PQfreemem(text) }
        return String(cString: text)
    }

    /// Has the server parse and plan a statement without running it: a test of its SQL against the schema.
    public func prepare(_ statement: Statement) async throws {
        try await transaction { transaction in
            transaction.statements += 1
            transaction.hasPrepared = true
            expected.append(.prepare(name: "", key: "", transaction: transaction))
            PQsendPrepare(connection, "", statement.sql, 0, nil)
        }
    }

    /// Has the server say what parameters and columns a statement has, its parameters of these types, or of those that it infers.
    func describe(_ statement: Statement, _ types: [UInt32]) async throws -> Description {
        let answer = Completion<Rows>()
        try await transaction { transaction in
            transaction.statements += 1
            transaction.hasPrepared = true
            expected.append(.prepare(name: "", key: "", transaction: transaction))
            PQsendPrepare(connection, "", statement.sql, Int32(types.count), types)
            expected.append(.rows(name: statement.name, answer: answer, transaction: transaction))
            PQsendDescribePrepared(connection, "")
        }
        return Description(try await answer.wait().result)
    }
}
