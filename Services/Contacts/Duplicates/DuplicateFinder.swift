import EventLoop
import FoundationEssentials
import Postgres
import ServiceKit
import Telemetry

/// Looks for duplicates of parties that are new or have changed, behind the transactions that write them, so that these stay short.
@Loop
final class DuplicateFinder {
    /// Parties looked at in one transaction.
    static let step = 200
    private let context: ServiceContext
    private let work: SteadyWork
    private let matcher: InteractionMatcher

    init(_ context: ServiceContext) {
        self.context = context
        matcher = InteractionMatcher(context)
        work = SteadyWork(context.log, every: .seconds(1), failing: "duplicates were not looked for")
    }

    /// Looks again and again; about a second after a party was written its pairs are there.
    func run() async {
        await work.run {
            guard try await look() == Self.step else { return false }
            // Requests come first where many parties wait.
            try? await Loop.sleep(for: .milliseconds(20))
            return true
        }
    }

    /// Looks at the parties that have waited longest and says how many they were; touches that were nobody's find whoever is new.
    func look() async throws -> Int {
        let count = try await context.transaction { try await look($0) }
        while try await matcher.look() > 0 {}
        return count
    }

    private func look(_ transaction: Transaction) async throws -> Int {
        guard try await transaction.query(DuplicateStore.mayLook).first?.value(0) == true else { return 0 }
        let taken: [UUID] = try await transaction.query(DuplicateStore.take, Self.step).map { try $0.value(0) }
        guard !taken.isEmpty else { return 0 }
        transaction.enqueue(DuplicateStore.hold, taken)
        let fresh = try await Self.profiles(taken, transaction)
        let keys = fresh.flatMap { profile in profile.keys.map { ($0.kind, $0.key, profile.id) } }
        transaction.enqueue(DuplicateStore.holdKeys, keys.map(\.1))
        transaction.enqueue(DuplicateStore.putKeys, taken, keys.map(\.0), keys.map(\.1), keys.map(\.2))
        let pairs = try await Self.pairs(fresh, transaction)
        transaction.enqueue(
            DuplicateStore.keep, taken, pairs.map(\.low), pairs.map(\.high), pairs.map(\.likeness.score),
            pairs.map { $0.likeness.reasons.joined(separator: "|") })
        return taken.count
    }

    struct Pair {
        let low: UUID
        let high: UUID
        let likeness: Likeness
    }

    /// The pairs of parties, known or not yet, with others that are likely enough, the likeliest first.
    ///
    /// - Parameter same: others that each of them is held against, found otherwise than by keys.
    static func pairs(
        _ fresh: [MatchProfile], with same: [UUID] = [], _ transaction: Transaction
    ) async throws -> [Pair] {
        let keys = fresh.flatMap { profile in profile.keys.map { ($0.kind, $0.key, profile.id) } }
        let rows = try await transaction.query(
            DuplicateStore.alike, keys.map(\.0), keys.map(\.1), keys.map(\.2))
        var others: [UUID: Set<UUID>] = [:]
        var bearers: [UUID: [String: Int]] = [:]
        for row in rows {
            let party: UUID = try row.value(0)
            others[party, default: []].insert(try row.value(2))
            bearers[party, default: [:]][try row.value(1), default: 1] += 1
        }
        for profile in fresh { others[profile.id, default: []].formUnion(same) }
        let known = try await profiles(Set(others.values.joined()).sorted(), transaction)
        let profileOf = Dictionary(known.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [[UUID]: Likeness] = [:]
        for profile in fresh {
            for other in (others[profile.id] ?? []).compactMap({ profileOf[$0] }) {
                let known = bearers[profile.id] ?? [:]
                let likeness = Likeness(
                    profile, other, bearers: known["name"] ?? 1, phoneBearers: known["phone"] ?? 2)
                guard likeness.score >= Likeness.threshold else { continue }
                found[[profile.id, other.id].sorted()] = likeness
            }
        }
        return found.map { Pair(low: $0.key[0], high: $0.key[1], likeness: $0.value) }
            .sorted { ($1.likeness.score, $0.low, $0.high) < ($0.likeness.score, $1.low, $1.high) }
    }

    private static func profiles(_ ids: [UUID], _ transaction: Transaction) async throws -> [MatchProfile] {
        let decoder = JSONDecoder()
        return try await transaction.rows(DuplicateStore.profiles, ids).map {
            id, kind, name, email, phone, country, hasNumber, details in
            MatchProfile(
                id: id, kind: kind, name: name, email: email, phone: phone, country: country,
                details: try details.map { try decoder.decode(PartyDetails.self, from: Data($0.utf8)) }
                    ?? PartyDetails(),
                hasNumber: hasNumber)
        }
    }
}
