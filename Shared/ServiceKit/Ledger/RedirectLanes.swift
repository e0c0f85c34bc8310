import EventLoop
import FoundationEssentials
import Postgres

/// The locks upon redirects, of one transaction: a lane for each 64th of the parties, shared by all who write facts of them, alone for who
/// merges them. A lock for each party would be up to as many as a batch has events, and the server's room for locks is small.
@Loop
final class RedirectLanes {
    /// The parties whose lanes were wanted alone.
    private(set) var moving: Set<UUID> = []
    /// Whether each is wanted alone.
    private var wanted: [Int: Bool] = [:]
    private var taken: [Int: Bool] = [:]

    /// Those of a transaction.
    static func of(_ transaction: Transaction) -> RedirectLanes { transaction.shared { RedirectLanes() } }

    /// The lane of a party: the end of its id is drawn at random, or a digest.
    nonisolated static func lane(of party: UUID) -> Int { Int(party.uuid.15 & 63) }

    /// Notes what will be taken: with all others of the transaction, by whoever takes lanes first.
    static func foresee(_ parties: [UUID], alone: Bool, in transaction: Transaction) {
        let lanes = of(transaction)
        lanes.want(parties, alone: alone)
        transaction.foresee(.redirects) { lanes.take($0) }
    }

    /// Notes what is to be taken.
    func want(_ parties: [UUID], alone: Bool) {
        for party in parties {
            let lane = Self.lane(of: party)
            wanted[lane] = alone || wanted[lane] == true
        }
        if alone { moving.formUnion(parties) }
    }

    /// Takes all that is wanted, in order of lanes.
    func take(_ transaction: Transaction) {
        let open = missing
        guard !open.isEmpty else { return }
        transaction.enqueue(Self.take, open.map(\.lane), open.map(\.alone))
        taken.merge(wanted) { $0 || $1 }
    }

    /// Takes further ones alone, without waiting: they may come before those that are taken.
    func widen(to parties: [UUID], _ transaction: Transaction) async throws {
        want(parties, alone: true)
        let open = missing
        guard !open.isEmpty else { return }
        guard try await transaction.query(Self.tryMore, open.map(\.lane)).first?.value(0) == true else {
            throw PostgresError(sqlState: "40001", message: "parties were merged at the same time")
        }
        taken.merge(wanted) { $0 || $1 }
    }

    /// Takes further ones, shared, without waiting: they may come before those that are taken.
    func holdMore(_ parties: [UUID], _ transaction: Transaction) async throws {
        want(parties, alone: false)
        let open = missing.map(\.lane)
        guard !open.isEmpty else { return }
        guard try await transaction.query(Self.tryShared, open).first?.value(0) == true else {
            throw PostgresError(sqlState: "40001", message: "parties are merged at the same time")
        }
        taken.merge(wanted) { $0 || $1 }
    }

    private var missing: [(lane: Int, alone: Bool)] {
        wanted.filter { lane, alone in taken[lane].map { alone && !$0 } ?? true }
            .sorted { $0.key < $1.key }.map { (lane: $0.key, alone: $0.value) }
    }

    /// All statements, for the test that prepares them.
    nonisolated static let statements = [take, tryMore, tryShared]

    /// Rows of an array come in its order.
    nonisolated static let take = Statement(
        "redirects.take", locks: .redirects,
        """
        SELECT CASE WHEN alone THEN pg_advisory_xact_lock(43, \(key)) ELSE pg_advisory_xact_lock_shared(43, \(key)) END
        FROM unnest($1::bigint[], $2::boolean[]) AS n(lane, alone)
        """)

    nonisolated private static let tryMore = Statement(
        "redirects.try_more",
        "SELECT bool_and(pg_try_advisory_xact_lock(43, \(key))) FROM unnest($1::bigint[]) AS n(lane)")

    nonisolated private static let tryShared = Statement(
        "redirects.try_shared",
        "SELECT bool_and(pg_try_advisory_xact_lock_shared(43, \(key))) FROM unnest($1::bigint[]) AS n(lane)")

    /// SQL: the lane within the schema.
    nonisolated private static let key = "(hashtext(current_schema()) & -64) | lane::integer"
}
