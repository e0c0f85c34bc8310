import EventLoop
import Postgres

/// A transaction whose steps a test lets go on one by one.
@Loop final class Stepped {
    private var allowed = 0
    private var taken = 0
    private(set) var isOver = false
    private let changed = Notice()
    private var task: Task<Void, any Error>?

    init(
        _ settings: PostgresSettings, _ steps: [@Loop (Transaction) async throws -> Void]
    ) async throws {
        let connection = try await PostgresConnection.open(settings)
        task = Task { @Loop in
            defer {
                connection.close()
                isOver = true
                changed.notify()
            }
            try await connection.transaction { transaction in
                for step in steps {
                    try await changed.wait { allowed > taken }
                    try await step(transaction)
                    // Sent and answered before the next one's turn.
                    _ = try await transaction.query(Statement("test.nothing", "SELECT 1"))
                    taken += 1
                    changed.notify()
                }
                try await changed.wait { allowed > taken }
            }
        }
    }

    /// Lets the next step be done, the commit at last; false where there is none.
    func step() async throws -> Bool {
        guard !isOver else { return false }
        allowed += 1
        changed.notify()
        let goal = allowed
        try await changed.wait { isOver || taken >= goal }
        if isOver { try await task?.value }
        return true
    }
}
