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
        try await TaskState.record.change(
            id, seen, said, of: .tasks, lock: TaskStore.lock, in: transaction,
            allowed: { task in
                guard task.status == "open" else { throw Problem(status: .conflict, detail: "The task is done.") }
            }
        ) { new, _, version in
            let shown = transaction.enqueue(TaskStore.update, values: TaskState.record.values(new))
            try Outbox.append(TaskClosed(task: new), key: id, sequence: version + 1, in: transaction)
            return shown
        }
    }
}
