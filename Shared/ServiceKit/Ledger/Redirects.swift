import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Messaging
import Postgres

/// Where a party's facts count: with the survivor of a merge, or with itself again after the merge was undone.
public struct Redirect: Sendable {
    /// The party whose facts they are.
    public let party: UUID
    /// The party they count for; the party itself where it is not merged.
    public let survivor: UUID

    /// Says where a party's facts count.
    public init(_ party: UUID, to survivor: UUID) {
        self.party = party
        self.survivor = survivor
    }
}

extension LockKind {
    /// Where facts of parties count.
    public static let redirects = LockKind(20, "redirects")
}

/// The redirects of merged parties, in every service that keeps facts of parties.
///
/// Contacts tells where each party leads, whole each time and under the party's own key, so that chains are flat and the last word
/// counts. Facts keep the party that they came with: a fact before its merge, a merge before its fact and an undo end alike.
public enum Redirects {
    /// The table, for the migrations of services that follow merges.
    public static let migration = Migration(
        "m0030_redirects",
        """
        CREATE TABLE party_redirect (party_id uuid PRIMARY KEY, survivor_id uuid NOT NULL);
        CREATE INDEX party_redirect_to ON party_redirect (survivor_id);
        """)

    /// Where parties lead, as contacts has told it last.
    static let holding = Holding(
        "redirects", on: .contacts,
        page: Query(
            "holding.redirects", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT party_id::text, survivor_id::text FROM party_redirect WHERE party_id > \(Holding.idBehind)
                ORDER BY party_id LIMIT $2
                """),
        [
            .init(PartyMerged.self) { told, _, _ in [ToldLine(told.partyId.text, told.survivorId.text)] },
            .init(PartyUnmerged.self) { told, _, _ in [ToldLine(told.partyId.text, nil)] },
        ])

    /// All statements, for the test that prepares them.
    public static let statements = RedirectLanes.statements + [set, members]

    /// What holds or claims lanes, for benchmarks.
    package static let take = RedirectLanes.take

    /// Notes that facts of parties will be written in this transaction: whoever holds redirects first holds these too.
    @Loop
    public static func foresee(_ parties: [UUID], in transaction: Transaction) {
        RedirectLanes.foresee(parties, alone: false, in: transaction)
    }

    /// Notes that redirects of parties will be followed in this transaction.
    @Loop
    public static func foresee(moving parties: [UUID], in transaction: Transaction) {
        RedirectLanes.foresee(parties, alone: true, in: transaction)
    }

    /// Keeps it as it is where parties lead, until the transaction ends. Whoever writes facts under a redirect must hold it, before any
    /// document and any party is locked: a merge at the same time would miss the fact.
    @Loop
    public static func hold(_ parties: [UUID], in transaction: Transaction) {
        let lanes = RedirectLanes.of(transaction)
        lanes.want(parties, alone: false)
        lanes.take(transaction)
    }

    /// The same of parties that come to light once documents are locked: it waits for nobody, and has the transaction tried again where one
    /// of them is merged now.
    @Loop
    static func holdMore(_ parties: [UUID], in transaction: Transaction) async throws {
        guard !parties.isEmpty else { return }
        try await RedirectLanes.of(transaction).holdMore(parties, transaction)
    }

    /// Waits until nobody holds the redirects of parties, and keeps them from all others until the transaction ends.
    @Loop
    public static func claim(_ parties: [UUID], in transaction: Transaction) {
        let lanes = RedirectLanes.of(transaction)
        lanes.want(parties, alone: true)
        lanes.take(transaction)
    }

    /// Claims the redirects of a circle of parties, which is read before and again behind the claim, and gives it as it is now.
    ///
    /// One that has grown meanwhile is claimed whole where that needs no waiting, for its lanes would come behind higher ones; else the
    /// transaction is to be tried again.
    @Loop
    public static func claim(
        in transaction: Transaction, _ circle: () async throws -> Set<UUID>
    ) async throws -> Set<UUID> {
        claim(Array(try await circle()), in: transaction)
        let now = try await circle()
        try await RedirectLanes.of(transaction).widen(to: Array(now), transaction)
        return now
    }

    /// Claims the redirects of parties and of all that are merged into them, and gives these.
    @Loop
    public static func claim(circleOf parties: [UUID], in transaction: Transaction) async throws -> Set<UUID> {
        try await claim(in: transaction) {
            Set(try await transaction.query(members, parties).map { try $0.value(0) as UUID })
        }
    }

    /// Follows what contacts says of some parties; the last word on a party counts.
    @Loop
    public static func follow(_ redirects: [Redirect], in transaction: Transaction) {
        let latest = last(redirects)
        claim(latest.map(\.party), in: transaction)
        transaction.enqueue(set, latest.map(\.party), latest.map(\.survivor))
    }

    /// The parties of which the transaction follows or will follow what contacts says.
    @Loop
    static func moving(in transaction: Transaction) -> [UUID] { RedirectLanes.of(transaction).moving.sorted() }

    /// The last word on each party, in order of party.
    static func last(_ redirects: [Redirect]) -> [Redirect] {
        var latest: [UUID: Redirect] = [:]
        for redirect in redirects { latest[redirect.party] = redirect }
        return latest.values.sorted { $0.party < $1.party }
    }

    /// SQL: the array of a party, `$1`, and of all that are merged into it.
    public static func circle(_ parameter: String) -> String {
        """
        ARRAY(SELECT \(parameter)::uuid UNION ALL SELECT party_id FROM party_redirect WHERE survivor_id = \(parameter)::uuid)
        """
    }

    private static let members = Statement(
        "redirects.members",
        """
        SELECT party_id FROM unnest($1::uuid[]) AS n(party_id)
        UNION SELECT party_id FROM party_redirect WHERE survivor_id = ANY($1::uuid[])
        """)

    private static let set = Statement(
        "redirects.set",
        """
        WITH told AS (SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS n(party_id, survivor_id)),
        ended AS (
            DELETE FROM party_redirect r USING told t WHERE r.party_id = t.party_id AND t.survivor_id = t.party_id)
        INSERT INTO party_redirect (party_id, survivor_id)
        SELECT party_id, survivor_id FROM told WHERE survivor_id <> party_id
        ON CONFLICT (party_id) DO UPDATE SET survivor_id = excluded.survivor_id
        """)
}

extension ServiceContext {
    /// Runs a command again, a few times, where it has met another that it must come behind (SQLSTATE 40001): a circle of parties that grew
    /// before it was claimed, a tree that got another top. Nothing of it was committed.
    public func again<T>(_ command: () async throws -> T) async throws -> T {
        for _ in 0..<9 {
            do {
                return try await command()
            } catch let error as PostgresError where error.sqlState == "40001" {
                continue
            }
        }
        return try await command()
    }
}

extension Subscriptions {
    /// Hears of merges and of their undoing alike, in the order in which they came.
    public mutating func onRedirects(
        _ apply: @escaping @Loop ([Redirect], Transaction) async throws -> Void
    ) {
        on(
            Redirect.heard,
            foresee: { redirects, transaction in Redirects.foresee(moving: redirects.map(\.party), in: transaction) },
            apply)
    }
}

@Loop
extension Redirect {
    /// The events that tell where parties lead, for who hears them together with others.
    public static var heard: [Heard<Redirect>] {
        [
            Heard(PartyMerged.self) { Redirect($0.data.partyId, to: $0.data.survivorId) },
            Heard(PartyUnmerged.self) { Redirect($0.data.partyId, to: $0.data.partyId) },
        ]
    }
}
