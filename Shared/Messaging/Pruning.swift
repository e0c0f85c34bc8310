import EventLoop
import Postgres

/// Deletes what is remembered for a time only, in small steps: a table that only grows slows its index for ever.
@Loop
public final class Pruner {
    /// What is kept how long.
    ///
    /// Outside events: longer than any source repeats itself on its own; what comes again because this service reads again is
    /// refused by the stored offsets, however old. Answers: what `Idempotency-Key` promises to repeat.
    public struct Ages: Sendable {
        /// Outside events that were applied.
        public var inbox = Duration.seconds(30 * 86_400)
        /// Answers to requests with an `Idempotency-Key`.
        public var answers = Duration.seconds(7 * 86_400)
        /// The usual ages.
        public init() {}
    }

    /// Rows deleted.
    public private(set) var pruned = 0
    private let store: any Transacting
    private let ages: Ages
    /// Rows of one step: one short transaction.
    private let step: Int
    /// Where the walk through the inbox goes on; it begins anywhere, or a service that is restarted often would never see the end.
    private var page: Int?

    /// Prepares the pruning of a service's schema.
    public init(_ store: any Transacting, ages: Ages = Ages(), step: Int = 1000) {
        self.store = store
        self.ages = ages
        self.step = step
    }

    /// Deletes what is older than its age, with a breath after each step: all answers, and what a part of the inbox's pages has. Sixty
    /// times an hour is often enough.
    public func prune() async throws {
        let age = Int(ages.answers.seconds)
        while !Task.isCancelled, try await delete({ $0.enqueue(PruningStore.answers, age, step) }) == step {
            try await Loop.sleep(for: .milliseconds(20))
        }
        try await walkInbox()
    }

    /// Goes on through the inbox's pages, and is round in an hour's looks. An index by age would cost something at each message;
    /// to read every page once an hour costs less, and to delete an hour late does no harm.
    private func walkInbox() async throws {
        let answer = try await store.transaction { $0.enqueue(PruningStore.inboxPages) }
        let pages: Int = try await answer.wait().first?.value(0) ?? 0
        guard pages > 0 else { return }
        var left = min(pages, max(64, pages / 60))
        var next = page ?? Int.random(in: 0..<pages)
        while left > 0, !Task.isCancelled {
            if next >= pages { next = 0 }
            let end = min(next + min(32, left), pages)
            _ = try await delete { $0.enqueue(PruningStore.inbox, Int(ages.inbox.seconds), next, end) }
            left -= end - next
            next = end
            page = next
            if left > 0 { try await Loop.sleep(for: .milliseconds(20)) }
        }
    }

    private func delete(_ enqueue: (Transaction) -> Completion<Rows>) async throws -> Int {
        let answer = try await store.transaction { enqueue($0) }
        let count = try await answer.wait().affected
        pruned += count
        return count
    }
}

/// The SQL of pruning.
public enum PruningStore {
    /// All statements, for the test that prepares them.
    public static let statements = [inboxPages, inbox, answers]

    static let inboxPages = Statement(
        "pruning.inbox_pages", "SELECT pg_relation_size('inbox') / current_setting('block_size')::bigint")

    /// Of a range of pages: rows of the inbox are never updated, so they stay where they were written.
    static let inbox = Statement(
        "pruning.inbox",
        """
        DELETE FROM inbox WHERE ctid >= format('(%s,0)', $2::bigint)::tid AND ctid < format('(%s,0)', $3::bigint)::tid
            AND received_at < now() - $1 * interval '1 second'
        """)

    static let answers = Statement(
        "pruning.answers",
        """
        DELETE FROM idempotency_key WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM idempotency_key WHERE created_at < now() - $1 * interval '1 second'
            ORDER BY created_at LIMIT $2))
        """)
}
