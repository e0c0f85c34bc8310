import FoundationEssentials
import HTTP
import Postgres

/// The SQL of one record by its id, made from its fields. `check --statements` prints it.
extension Record {
    /// `$3`: the parameter of a field in `insert` and `update`, as its column takes it.
    public func parameter(_ name: String) -> String {
        guard let place = fields.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("\(self.name) has no field \(name)")
        }
        return fields[place].member.write("$\(place + 2)")
    }

    private var takes: [SQLShape] { [.parameter(UUID.self)] + fields.map(\.member.parameter) }

    /// Adds a row; columns that are no fields follow the fields.
    public func insert(also columns: [(String, SQLShape)] = []) -> Statement {
        let names = ["id"] + fields.map(\.column) + columns.map(\.0)
        let values = ["$1"] + fields.map { parameter($0.name) } + columns.indices.map { "$\($0 + fields.count + 2)" }
        return Statement(
            "\(name).insert",
            "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))",
            takes: takes + columns.map(\.1), gives: [])
    }

    /// Locks a row and reads it for `load`.
    public var lock: Statement {
        let columns = ["version"] + fields.map { $0.member.read($0.column) }
        return Statement(
            "\(name).lock", "SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE id = $1 FOR UPDATE",
            takes: [.parameter(UUID.self)], gives: [.column(Int.self)] + fields.map(\.member.stored))
    }

    /// Raises the versions of rows and reads them for `load`, with their ids behind.
    public var raise: Statement {
        let columns = ["version"] + fields.map { $0.member.read($0.column) } + ["id"]
        return Statement(
            "\(name).raise",
            """
            UPDATE \(table) SET version = version + 1 WHERE id = ANY($1::uuid[]) RETURNING \(columns.joined(separator: ", "))
            """,
            takes: [.parameter([UUID].self)],
            gives: [.column(Int.self)] + fields.map(\.member.stored) + [.column(UUID.self)])
    }

    /// Writes the fields over a row, raises its version and shows it; `also` is more SQL for SET.
    public func update(also: String = "") -> Statement {
        let sets = fields.map { "\($0.column) = \(parameter($0.name))" } + (also.isEmpty ? [] : [also])
        return Statement(
            "\(name).update",
            """
            WITH o AS (UPDATE \(table) SET version = version + 1, updated_at = now(), \(sets.joined(separator: ", "))
                WHERE id = $1 RETURNING *)
            SELECT \(json), o.version FROM o\(join)
            """, takes: takes, gives: [.column(String.self), .column(Int.self)])
    }

    /// Shows one, with its version.
    public var get: Query<UUID, (String, Int)> {
        Query(
            "\(name).get", takes: UUID.self, gives: String.self, Int.self,
            sql: "SELECT \(json), o.version \(from) WHERE o.id = $1")
    }

    /// `FROM opportunity o JOIN …`
    public var from: String { "FROM \(table) o\(join)" }

    /// The JSON that PostgreSQL makes.
    public var json: String {
        let members =
            [("id", "o.id"), ("version", "o.version")]
            + fields.map { ($0.name, $0.member.show("o.\($0.column)")) }
            + more.map { ($0.name, $0.sql) } + [("createdAt", "o.created_at"), ("updatedAt", "o.updated_at")]
        return "json_build_object(\(members.map { "'\($0)', \($1)" }.joined(separator: ", ")))::text"
    }

    /// What it is shown as.
    public var shown: Schema {
        .named(
            name.prefix(1).uppercased() + name.dropFirst(),
            .object(
                [.init("id", .uuid), .init("version", .integer())]
                    + fields.map { .init($0.name, $0.isNeeded ? $0.shown : .nullable($0.shown)) }
                    + more.map { .init($0.name, $0.schema) }
                    + [.init("createdAt", .dateTime), .init("updatedAt", .dateTime)]))
    }
}
