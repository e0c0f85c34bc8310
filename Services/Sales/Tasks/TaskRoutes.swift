import Crypto
import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

@Loop
func taskRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/tasks", "Tasks, newest first", tag: "tasks",
            parameters: Route.Parameter.paging + [
                .query("status", .enumeration(["open", "done"]), "Only those of a status"),
                .query("owner", .string, "Only those of an owner"),
            ], answers: [200, 400]
        ) { request in
            let rows = try await context.query(
                TaskStore.page, request.pageAfter, request.query("status"), request.query("owner"), request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Route(
            .patch, "/v1/tasks/{id}", "Closes a task", tag: "tasks",
            body: .json(.object([.init("status", .enumeration(["done"]))])), answers: [200, 400, 404, 409, 412, 428]
        ) { request in
            let id = try request.id()
            let version = try request.seenVersion()
            guard try await FieldCheck.word(request.model(TaskInput.self).status, "status", of: ["done"]) != nil else {
                throw Problem.field("status", "is required")
            }
            return try await context.transaction { transaction in
                try await close(id, seen: version, in: transaction)
                guard let row = try await transaction.query(TaskStore.get, id).first else {
                    throw Problem.missing("task", id)
                }
                return .stored(try row.value(0), version: try row.value(1))
            }
        },
    ]
}

@Loop
private func close(_ id: UUID, seen version: Int, in transaction: Transaction) async throws {
    guard let row = try await transaction.query(TaskStore.lock, id).first else { throw Problem.missing("task", id) }
    let current: Int = try row.value(0)
    guard current == version else { throw Problem.stale("task", at: current, seen: version) }
    guard try row.value(1) == "open" else { throw Problem(status: .conflict, detail: "The task is done.") }
    let task = TaskState(
        taskId: id, kind: try row.value(2), subject: try row.value(3), status: "done", owner: try row.value(4),
        partyId: try row.value(5), reference: try row.value(6))
    transaction.enqueue(TaskStore.close, id)
    try Outbox.append(
        TaskClosed(task: task), topic: .sales, key: id.text, sequence: current + 1, in: transaction)
}

private struct TaskInput: Decodable {
    let status: String?
}
