import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

/// Changes of tasks that people and programs ask for.
@Loop
enum TaskCommands {
    /// Closes a task that is still at the version seen.
    static func change(
        _ id: UUID, _ seen: Seen, _ said: Patch<TaskState>, in transaction: Transaction
    ) async throws -> Completion<Rows> {
        let record = TaskState.record
        let (old, version) = try await record.locked(id, TaskStore.lock, in: transaction)
        try await seen.check(.tasks, id, at: version, in: transaction)
        guard old.status == "open" else { throw Problem(status: .conflict, detail: "The task is done.") }
        let new = said.applied(to: old)
        if record.isSame(new, old) { return transaction.enqueue(TaskStore.get.statement, id) }
        let shown = transaction.enqueue(TaskStore.update, values: record.values(new))
        try Outbox.append(TaskClosed(task: new), key: id, sequence: version + 1, in: transaction)
        return shown
    }
}
