import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL that every kind of the directory has.
extension Kept {
    var insert: Statement { record.insert() }
    var lock: Statement { record.lock }
    var update: Statement { record.update() }
    var recoverRow: Statement { record.recover() }
    var raise: Statement { record.raise }

    /// All of it, for the list of a capability.
    var statements: [any Preparable] { [insert, lock, update, recoverRow, raise, resource.get, page] }

    /// A page in order of id, of a status or of all.
    static func page(_ record: Record<State>) -> Query<(UUID?, String?, Int), (String, UUID)> {
        Query(
            "\(record.name).page", takes: UUID?.self, String?.self, Int.self, gives: String.self, UUID.self,
            sql: """
                SELECT \(record.json), o.id \(record.from)
                WHERE ($1::uuid IS NULL OR o.id > $1) AND ($2::text IS NULL OR o.status = $2)
                ORDER BY o.id LIMIT $3
                """)
    }
}

/// The SQL that keeps trees trees.
enum TreeStore {
    static let statements: [any Preparable] = [lock]

    /// Whoever gives something a place in a tree does so alone: two at a time could each put the other below itself. Seldom, and short.
    static let lock = Statement(
        "directory.lock_trees", "SELECT pg_advisory_xact_lock(60, hashtext(current_schema()))")

    /// Whether something would be above itself, once `$2` is above it.
    static func loop(_ table: String, _ parent: String) -> Query<(UUID, UUID), Bool> {
        Query(
            "\(table).loop", takes: UUID.self, UUID.self, gives: Bool.self,
            sql: """
                WITH RECURSIVE above AS (
                    SELECT id, \(parent) AS parent FROM \(table) WHERE id = $2
                    UNION SELECT t.id, t.\(parent) FROM \(table) t JOIN above a ON t.id = a.parent)
                SELECT EXISTS (SELECT FROM above WHERE id = $1)
                """)
    }
}
