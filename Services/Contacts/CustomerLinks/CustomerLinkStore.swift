import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of numbers that ERPs tie to our parties.
enum CustomerLinkStore {
    static let statements: [any Preparable] = [
        claim, ask, toldAnew, next, settle, expire, circle, standing, note, own, words, nextDue, due, said, suspect,
    ]

    /// What ERPs say; said again it is known.
    static let claim = Query(
        "customer_link.claim", takes: [String].self, [String].self, [String].self, [UUID?].self, [UUID?].self,
        sql: """
            INSERT INTO customer_claim (system, number, claimant, request_id, party_id)
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::uuid[]) ON CONFLICT DO NOTHING
            """)

    /// The buyers of requests.
    static let ask = Query(
        "customer_link.ask", takes: [UUID].self, [UUID].self,
        sql: "INSERT INTO order_asked SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING")

    /// Notes those of some numbers' parties that are tied.
    static let toldAnew = Query(
        "customer_link.told_anew", takes: [UUID].self,
        sql: """
            INSERT INTO customer_link_due
            SELECT merged_id FROM party_merge
            WHERE merged_id = ANY($1::uuid[]) AND number IS NOT NULL AND undone_at IS NULL ON CONFLICT DO NOTHING
            """)

    /// A claim of which the party is there, which nobody else is at.
    static let next = Query(
        "customer_link.next", gives: String.self, String.self, String.self, UUID.self,
        sql: """
            SELECT c.system, c.number, c.claimant, p.id FROM customer_claim c
            LEFT JOIN order_asked a ON a.request_id = c.request_id JOIN party p ON p.id = coalesce(c.party_id, a.party_id)
            WHERE c.state = 'open' ORDER BY c.noted_at LIMIT 1 FOR UPDATE OF c SKIP LOCKED
            """)

    static let settle = Query(
        "customer_link.settle", takes: String.self, String.self, String.self, String.self,
        sql: "UPDATE customer_claim SET state = $4 WHERE (system, number, claimant) = ($1, $2, $3)")

    /// Gives up what has waited for a request or party for a month.
    static let expire = Query(
        "customer_link.expire",
        sql: """
            UPDATE customer_claim SET state = 'unknown'
            WHERE state = 'open' AND noted_at < clock_timestamp() - interval '30 days'
            """)

    /// Parties, where they lead, and all that lead there.
    static let circle = Query(
        "customer_link.circle", takes: [UUID].self, gives: UUID.self,
        sql: """
            WITH ends AS (
                SELECT coalesce(r.survivor_id, n.id) AS id FROM unnest($1::uuid[]) AS n(id)
                LEFT JOIN party_redirect r ON r.party_id = n.id)
            SELECT id FROM unnest($1::uuid[]) AS n(id) UNION SELECT id FROM ends
            UNION SELECT party_id FROM party_redirect WHERE survivor_id IN (SELECT id FROM ends)
            """)

    /// Whether people said that two parties are two, and whether one of them was erased.
    static let standing = Query(
        "customer_link.standing", takes: UUID.self, UUID.self, gives: Bool.self,
        sql: """
            SELECT EXISTS (SELECT FROM duplicate_pair WHERE low = least($1::uuid, $2::uuid) AND high = greatest($1::uuid, $2::uuid)
                    AND status = 'rejected')
                OR EXISTS (SELECT FROM erasure e WHERE e.parties && ARRAY[$1::uuid, $2::uuid])
            """)

    /// Says that a merge was made by the word of an ERP.
    static let note = Query(
        "customer_link.note", takes: UUID.self, String.self, String.self, String.self,
        sql: "UPDATE party_merge SET system = $2, number = $3, said = $4::text::jsonb WHERE id = $1")

    /// Makes a number a party's own; $4 is where the party leads.
    static let own = Query(
        "customer_link.own", takes: String.self, String.self, UUID.self, UUID.self,
        sql: """
            INSERT INTO party_reference AS r (system, reference, party_id, origin_id) VALUES ($1, $2, $4::uuid, nullif($3::uuid, $4::uuid))
            ON CONFLICT (system, reference) DO UPDATE SET party_id = excluded.party_id, origin_id = excluded.origin_id
            """)

    /// What ERPs have said of the numbers that are tied to a party, as it was applied.
    static let words = Query(
        "customer_link.words", takes: UUID.self, gives: UUID.self, String.self, String.self, String.self,
        sql: """
            SELECT merged_id, coalesce(system, ''), coalesce(number, ''), coalesce(said, '{}')::text FROM party_merge
            WHERE survivor_id = $1 AND number IS NOT NULL AND said IS NOT NULL AND undone_at IS NULL
            """)

    /// A tied number of which the ERP has told anew.
    static let nextDue = Query(
        "customer_link.next_due", gives: UUID.self,
        sql: "SELECT party_id FROM customer_link_due ORDER BY party_id LIMIT 1 FOR UPDATE SKIP LOCKED")

    /// The merge that ties it, the party, and the number.
    static let due = Query(
        "customer_link.due", takes: UUID.self, gives: UUID.self, UUID.self, String.self,
        sql: """
            WITH done AS (DELETE FROM customer_link_due WHERE party_id = $1)
            SELECT id, survivor_id, coalesce(number, '') FROM party_merge
            WHERE merged_id = $1 AND number IS NOT NULL AND undone_at IS NULL
            """)

    static let said = Query(
        "customer_link.said", takes: UUID.self, String.self,
        sql: "UPDATE party_merge SET said = $2::text::jsonb WHERE id = $1")

    /// Gives people two parties to look at whom the ERP takes for one, unless they have decided on them.
    static let suspect = Query(
        "customer_link.suspect", takes: UUID.self, UUID.self, String.self,
        sql: """
            INSERT INTO duplicate_pair (low, high, score, reasons)
            VALUES (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), 100, ARRAY[$3::text]) ON CONFLICT DO NOTHING
            """)
}
