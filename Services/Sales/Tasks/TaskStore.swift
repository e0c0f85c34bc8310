import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of tasks.
enum TaskStore {
    static let statements: [any Preparable] = [closeReferences, lock, close, get, page]

    /// A task as events tell it, of a row of the table.
    static let state = SQLEvent.object(
        TaskState.self,
        [
            "taskId": "id", "kind": "kind", "subject": "subject", "status": "status", "owner": "owner",
            "partyId": "party_id", "reference": "reference",
        ])

    /// Closes the open tasks of a kind about some things, which have settled themselves.
    static let closeReferences = Statement(
        "task.close_references",
        """
        WITH closed AS (
            UPDATE task SET version = version + 1, status = 'done', updated_at = now()
            WHERE kind = $1 AND reference = ANY($2::text[]) AND status = 'open' RETURNING *)
        \(SQLEvent.insert(TaskClosed.self, key: "id::text", sequence: "version", ["task": state])) FROM closed
        """)

    static let lock = Statement(
        "task.lock",
        "SELECT version, status, kind, subject, owner, party_id, reference FROM task WHERE id = $1 FOR UPDATE")

    static let close = Statement(
        "task.close",
        "UPDATE task SET version = version + 1, status = 'done', updated_at = now() WHERE id = $1")

    /// A task as JSON, as the routes show it. `t` is the task.
    private static let json = """
        json_build_object('id', t.id, 'version', t.version, 'kind', t.kind, 'subject', t.subject, 'status', t.status,
            'owner', t.owner, 'partyId', t.party_id, 'reference', t.reference, 'createdAt', t.created_at,
            'updatedAt', t.updated_at)::text
        """

    static let get = Query(
        "task.get", takes: UUID.self, gives: String.self, Int.self,
        sql: "SELECT \(json), t.version FROM task t WHERE t.id = $1")

    static let page = Statement(
        "task.page",
        """
        SELECT \(json), t.id FROM task t
        WHERE ($1::uuid IS NULL OR t.id < $1) AND ($2::text IS NULL OR t.status = $2)
            AND ($3::text IS NULL OR t.owner = $3)
        ORDER BY t.id DESC LIMIT $4
        """)
}
