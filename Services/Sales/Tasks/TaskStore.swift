import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The SQL of tasks.
enum TaskStore {
    static let statements: [any Preparable] = [closeReferences, lock, update, recover, raise, get, page]
    private static let record = TaskState.record

    static let lock = record.lock
    static let update = record.update()
    static let get = record.get
    static let recover = record.recover()
    static let raise = record.raise

    /// A task as events tell it, of a row of the table.
    static let state = SQLEvent.object(
        TaskState.self,
        [
            "taskId": "id", "kind": "kind", "subject": "subject", "status": "status", "owner": "owner",
            "partyId": "party_id", "reference": "reference",
        ])

    /// Closes the open tasks of a kind about some things, which have settled themselves.
    static let closeReferences = Query(
        "task.close_references", takes: String.self, [String].self,
        sql: """
            WITH closed AS (
                UPDATE task SET version = version + 1, status = 'done', updated_at = now()
                WHERE kind = $1 AND reference = ANY($2::text[]) AND status = 'open' RETURNING *)
            \(SQLEvent.insert(TaskClosed.self, key: "id::text", sequence: "version", ["task": state])) FROM closed
            """)

    static let page = Query(
        "task.page", takes: String?.self, String?.self, Date.self, UUID.self, Int.self,
        gives: String.self, Date.self, UUID.self,
        sql: """
            SELECT \(record.json), o.created_at, o.id \(record.from)
            WHERE ($1::text IS NULL OR o.status = $1) AND ($2::text IS NULL OR o.owner = $2)
                AND (o.created_at, o.id) < ($3, $4)
            ORDER BY o.created_at DESC, o.id DESC LIMIT $5
            """)
}
