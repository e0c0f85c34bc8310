import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// What is to be done.
    static let tasks = Capability(
        "tasks", "what is to be done", migrations: [TaskSchema.newest], statements: TaskStore.statements,
        records: [TaskState.record],
        standings: [.own("task")]
    ) { context in
        CapabilityParts(
            routes: [
                Resource.tasks.newest(
                    "Tasks, newest first",
                    filters: [
                        .query("status", .enumeration(TaskState.statuses), "Only those of a status"),
                        .query("owner", .string, "Only those of an owner"),
                    ]
                ) { request, after in
                    try await context.rows(
                        TaskStore.page, request.query("status"), request.query("owner"), after.at, after.id,
                        request.pageLimit)
                },
                Resource.tasks.one(context),
                Resource.tasks.change(context, .change(TaskState.record), summary: "Closes a task") {
                    id, seen, said, transaction in
                    try await TaskCommands.change(id, seen, said, in: transaction)
                },
            ],
            recovers: {
                $0.on(
                    [
                        Heard(TaskRaised.self) { ToldRecord($0, $0.data.task) },
                        Heard(TaskClosed.self) { ToldRecord($0, $0.data.task) },
                    ]
                ) { told, transaction in TaskState.record.recover(told, by: TaskStore.recover, in: transaction) }
            },
            tellsAgain: { keys, transaction in
                try await TaskState.record.tellAgain(keys, by: TaskStore.raise, in: transaction) { task, version in
                    if task.status == "open" {
                        try Outbox.append(TaskRaised(task: task), key: task.taskId, sequence: version, in: transaction)
                    } else {
                        try Outbox.append(TaskClosed(task: task), key: task.taskId, sequence: version, in: transaction)
                    }
                }
            })
    }
}

extension Resource {
    /// Tasks over HTTP.
    static let tasks = Resource(TaskState.record, at: "/v1/tasks")
}
