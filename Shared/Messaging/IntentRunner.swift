import EventLoop
import FoundationEssentials
import Postgres

/// Looks at reactions that wait, and does them once where their fact is there: whatever dies, an intent ends in the transaction of its
/// effects. What is not there at its bound is given up aloud.
@Loop
public final class IntentRunner {
    /// Reactions done after they had waited.
    public private(set) var resumed = 0
    /// Reactions given up, by kind.
    public private(set) var expired: [String: Int] = [:]
    /// How many wait, by kind, as `measure` saw it.
    public private(set) var waiting: [String: Int] = [:]
    /// Called after a transaction that may have told something.
    public var onCommit: (@Loop () -> Void)?
    /// Called with what was given up; each says so itself in the state of what it was for.
    public var onGivenUp: (@Loop (String) -> Void)?
    /// Called with what an operator should know.
    public var onProblem: (@Loop (String) -> Void)?
    /// The life of the schema: what was parked before it began is past.
    public var life: Life?
    /// Looked at in one transaction.
    private static let page = 100
    private let store: any Transacting
    private let kinds: [String: IntentKind]
    private var names: [String] { kinds.keys.sorted() }

    /// Prepares a runner for kinds of intents, of different names.
    public init(_ store: any Transacting, _ kinds: [IntentKind]) {
        self.store = store
        self.kinds = Dictionary(kinds.map { ($0.name, $0) }) { first, _ in
            preconditionFailure("two kinds of intents are named \(first.name)")
        }
        expired = self.kinds.mapValues { _ in 0 }
    }

    /// Hears of all facts that are waited for. Call it when the handlers that keep these facts are there: they come first.
    public func listen(_ subscriptions: inout Subscriptions) {
        var waiters: [String: (fact: IntentFact, kinds: [String])] = [:]
        for kind in kinds.values {
            for fact in kind.facts { waiters[fact.name, default: (fact, [])].kinds.append(kind.name) }
        }
        for (_, (fact, kinds)) in waiters.sorted(by: { $0.key < $1.key }) {
            fact.listen(&subscriptions) { keys, transaction in
                transaction.enqueue(IntentStore.note, kinds.sorted(), Set(keys).sorted())
            }
        }
    }

    /// Looks at those that are due, a page at most; whether there may be more.
    public func look() async throws -> Bool {
        let hasMorePast = life?.hasPredecessor == true ? try await look(isPast: true) : false
        return try await look(isPast: false) || hasMorePast
    }

    private func look(isPast: Bool) async throws -> Bool {
        var claimed: [Int] = []
        do {
            return try await lookAt(limit: Self.page, only: nil, isPast) { claimed = $0 }
        } catch {
            guard (error as? PostgresError)?.verdict != .retry, !(error is PoolExhausted), !claimed.isEmpty else {
                throw error
            }
            // One of them is at fault: each by itself, and that one waits on.
            for id in claimed { try await lookAlone(id, isPast) }
            return claimed.count == Self.page
        }
    }

    private func lookAlone(_ id: Int, _ isPast: Bool) async throws {
        do {
            _ = try await lookAt(limit: 1, only: id, isPast) { _ in }
        } catch {
            guard (error as? PostgresError)?.verdict != .retry, !(error is PoolExhausted) else { throw error }
            onProblem?("a reaction that waits failed and is tried again: \(error)")
            try await store.transaction { $0.enqueue(IntentStore.putOff, [id]) }
        }
    }

    private func lookAt(limit: Int, only: Int?, _ isPast: Bool, _ claimed: ([Int]) -> Void) async throws -> Bool {
        let begin = life?.hasPredecessor == true ? life?.begunAt : nil
        var outcomes: [(kind: String, resumed: Int, expired: Int)] = []
        let count = try await store.transaction { transaction in
            outcomes = []
            let rows = try await transaction.rows(IntentStore.claim, names, limit, only, begin, isPast)
            claimed(rows.map(\.0))
            if isPast, !rows.isEmpty { transaction.markPast() }
            // Of one key in the order in which they were parked.
            let due = rows.sorted { $0.0 < $1.0 }.map { id, kind, key, subject, payload, isOver in
                Due(id: id, kind: kind, intent: Intent(key: key, subject: subject, payload: payload), isOver: isOver)
            }
            for (name, group) in Dictionary(grouping: due, by: \.kind).sorted(by: { $0.key < $1.key }) {
                guard let kind = kinds[name] else { continue }
                outcomes.append(try await settle(group, kind, transaction))
            }
            return rows.count
        }
        for outcome in outcomes {
            resumed += outcome.resumed
            expired[outcome.kind, default: 0] += outcome.expired
            if outcome.expired > 0 {
                onGivenUp?("given up, as their fact was not told in time: \(outcome.expired) of \(outcome.kind)")
            }
        }
        if count > 0 { onCommit?() }
        return count == limit
    }

    private struct Due {
        let id: Int
        let kind: String
        let intent: Intent
        let isOver: Bool
    }

    private func settle(
        _ due: [Due], _ kind: IntentKind, _ transaction: Transaction
    ) async throws -> (kind: String, resumed: Int, expired: Int) {
        let (over, open) = (due.filter(\.isOver), due.filter { !$0.isOver })
        var left: Set<String> = []
        if !open.isEmpty { left.formUnion(try await kind.resume(open.map(\.intent), transaction).map(\.subject)) }
        if !over.isEmpty { left.formUnion(try await kind.expire(over.map(\.intent), transaction).map(\.subject)) }
        let ended = due.filter { !left.contains($0.intent.subject) }
        if !ended.isEmpty { transaction.enqueue(IntentStore.end, ended.map(\.id)) }
        let later = due.filter { left.contains($0.intent.subject) }
        if !later.isEmpty { transaction.enqueue(IntentStore.putOff, later.map(\.id)) }
        return (kind.name, ended.count { !$0.isOver }, ended.count { $0.isOver })
    }

    /// Counts those that wait.
    public func measure() async throws {
        guard !kinds.isEmpty else { return }
        var found = kinds.mapValues { _ in 0 }
        for (kind, count) in try await store.transaction({ try await $0.rows(IntentStore.waiting) }) {
            found[kind] = count
        }
        waiting = found
    }
}
