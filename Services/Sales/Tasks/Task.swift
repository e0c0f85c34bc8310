import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit

extension TaskState {
    /// What a task can be.
    static let statuses = ["open", "done"]

    /// Its fields: a task is made by what calls for it, and people say that it is done.
    static let record = Record<TaskState>(
        "task", id: \.taskId, blank: { TaskState(taskId: $0) },
        [
            .needed("kind", \.kind, given: false), .needed("subject", \.subject, given: false),
            .needed("status", \.status, .word(["done"]), required: false, shown: .enumeration(statuses)),
            .optional("owner", \.owner, given: false), .optional("partyId", \.partyId, given: false),
            .optional("reference", \.reference, given: false),
        ])
}
