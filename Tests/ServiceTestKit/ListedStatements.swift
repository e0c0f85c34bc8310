import EventLoop
import Postgres
import ServiceKit
import Testing

extension PostgresPool {
    /// Has a test fail that makes a service send a statement which is not listed: `check` and a test have the server plan what is.
    ///
    /// All SQL of a service is in the statements of its capabilities, of its personal data and of the kit. It is fixed: what lists and
    /// filters put together is an argument of a listed statement, which runs it. What begins with `test.` is a test's own.
    public func holdToStatements(of definition: any ServiceDefinition.Type) {
        let listed = Dictionary(
            ServiceCommand.allStatements(of: definition).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var told: Set<String> = []
        onSend = { statement in
            guard !statement.name.hasPrefix("test."), listed[statement.name] != statement,
                told.insert(statement.name).inserted
            else { return }
            Issue.record(
                listed[statement.name] == nil
                    ? "\(statement.name) is in no capability's statements"
                    : "\(statement.name) is the name of another statement too")
        }
    }
}

extension TestService {
    /// Two statements of one name: a connection prepares the first of them for both.
    static func faultsOfNames(_ statements: [Statement]) -> [String] {
        Dictionary(grouping: Set(statements), by: \.name).filter { $0.value.count > 1 }.keys.sorted().map {
            "\($0) is the name of two statements"
        }
    }
}
