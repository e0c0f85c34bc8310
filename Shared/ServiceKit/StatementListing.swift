import Postgres

extension Statement {
    /// Its name, the types of its parameters and columns where it says them, and its SQL: for people and for `psql`.
    var listing: String {
        func list(_ shapes: [SQLShape]?) -> String { "(\((shapes ?? []).map(\.name).joined(separator: ", ")))" }
        let isTyped = takes != nil || gives != nil
        return "-- \(name)\(isTyped ? " \(list(takes)) -> \(list(gives))" : "")\n\(sql);\n"
    }
}
