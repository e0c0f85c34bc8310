import CRMModel
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

    /// All statements, for the test that prepares them.
    public static let statements = [hold, claim, set]

    /// Keeps redirects as they are until the transaction ends. Whoever writes facts under a redirect must hold them: a merge at the
    /// same time would miss the fact.
    @Loop
    public static func hold(in transaction: Transaction) { transaction.enqueue(hold) }

    /// Waits until nobody holds the redirects, and keeps them from all others until the transaction ends.
    @Loop
    public static func claim(in transaction: Transaction) { transaction.enqueue(claim) }

    /// Follows what contacts says of some parties; the last word on a party counts.
    @Loop
    public static func follow(_ redirects: [Redirect], in transaction: Transaction) {
        claim(in: transaction)
        let latest = last(redirects)
        transaction.enqueue(set, latest.map(\.party), latest.map(\.survivor))
    }

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

    // The number only has to differ from that of the relay's locks.
    package static let hold = Statement(
        "redirects.hold", "SELECT pg_advisory_xact_lock_shared(43, hashtext(current_schema()))")
    private static let claim = Statement(
        "redirects.claim", "SELECT pg_advisory_xact_lock(43, hashtext(current_schema()))")
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

extension Subscriptions {
    /// Hears of merges and of their undoing alike.
    public mutating func onRedirects(
        _ apply: @escaping @Loop ([Redirect], Transaction) async throws -> Void
    ) {
        on(PartyMerged.self) { events, transaction in
            try await apply(events.map { Redirect($0.data.partyId, to: $0.data.survivorId) }, transaction)
        }
        on(PartyUnmerged.self) { events, transaction in
            try await apply(events.map { Redirect($0.data.partyId, to: $0.data.partyId) }, transaction)
        }
    }
}
