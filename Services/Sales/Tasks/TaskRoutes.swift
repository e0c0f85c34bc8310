import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// What is to be done.
    static let tasks = Capability("tasks", "what is to be done", statements: TaskStore.statements) {
        CapabilityParts(routes: taskRoutes($0))
    }
}

extension Resource {
    /// Tasks over HTTP.
    static let tasks = Resource("task", at: "/v1/tasks", schema: shownTask, get: TaskStore.get)
}

private let shownTask = Schema.named(
    "Task",
    .object([
        .init("id", .uuid), .init("version", .integer()), .init("kind", .string), .init("subject", .string),
        .init("status", .enumeration(["open", "done"])), .init("owner", .nullable(.string)),
        .init("partyId", .nullable(.uuid)), .init("reference", .nullable(.string)), .init("createdAt", .dateTime),
        .init("updatedAt", .dateTime),
    ]))

@Loop
func taskRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .get, "/v1/tasks", "Tasks, newest first", tag: "tasks", access: .read,
            parameters: Route.Parameter.paging + [
                .query("status", .enumeration(["open", "done"]), "Only those of a status"),
                .query("owner", .string, "Only those of an owner"),
            ], gives: .json(.page(of: shownTask))
        ) { request in
            let rows = try await context.query(
                TaskStore.page, request.pageAfter, request.query("status"), request.query("owner"), request.pageLimit)
            return try .page(byID: rows, limit: request.pageLimit)
        },
        Route(
            .patch, "/v1/tasks/{id}", "Closes a task", tag: "tasks", access: .change,
            parameters: [.path("id", .uuid), .ifMatch],
            body: .json(.object([.init("status", .enumeration(["done"]))])), gives: .json(shownTask),
            refuses: [409, 412, 428]
        ) { request in
            let id = try request.id()
            let seen = try await Seen(request)
            guard try await FieldCheck.word(request.model(TaskInput.self).status, "status", of: ["done"]) != nil else {
                throw Problem.field("status", "is required")
            }
            return try await context.transaction { transaction in
                try await close(id, seen, in: transaction)
                let (json, version) = try await Resource.tasks.shown(id, in: transaction)
                return .stored(json, version: version)
            }
        },
    ]
}

@Loop
private func close(_ id: UUID, _ seen: Seen, in transaction: Transaction) async throws {
    guard let row = try await transaction.query(TaskStore.lock, id).first else { throw Problem.missing("task", id) }
    let current: Int = try row.value(0)
    try await seen.check(.tasks, id, at: current, in: transaction)
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
