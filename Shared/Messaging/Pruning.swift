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
    /// Called with what an operator should know.
    public var onProblem: (@Loop (String) -> Void)?
    private let store: any Transacting
    private let ages: Ages
    /// Rows of one step: one short transaction.
    private let step: Int

    /// Prepares the pruning of a service's schema.
    public init(_ store: any Transacting, ages: Ages = Ages(), step: Int = 1000) {
        self.store = store
        self.ages = ages
        self.step = step
    }

    /// Looks every minute until the task is cancelled.
    public func run() async {
        while (try? await Loop.sleep(for: .seconds(60))) != nil {
            do { try await prune() } catch { onProblem?("pruning pauses: \(error)") }
        }
    }

    /// Deletes what is older than its age, with a breath after each step.
    public func prune() async throws {
        for (statement, age) in [(PruningStore.inbox, ages.inbox), (PruningStore.answers, ages.answers)] {
            while !Task.isCancelled {
                let answer = try await store.transaction { $0.enqueue(statement, Int(age.seconds), self.step) }
                let count = try await answer.wait().affected
                pruned += count
                if count < step { break }
                try await Loop.sleep(for: .milliseconds(20))
            }
        }
    }
}

/// The SQL of pruning.
public enum PruningStore {
    /// All statements, for the test that prepares them.
    public static let statements = [inbox, answers]

    static let inbox = Statement(
        "pruning.inbox",
        """
        DELETE FROM inbox WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM inbox WHERE received_at < now() - $1 * interval '1 second' ORDER BY received_at LIMIT $2))
        """)

    static let answers = Statement(
        "pruning.answers",
        """
        DELETE FROM idempotency_key WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM idempotency_key WHERE created_at < now() - $1 * interval '1 second'
            ORDER BY created_at LIMIT $2))
        """)
}
