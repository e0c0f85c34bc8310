import CRMModel
import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of leads.
enum LeadStore {
    static let statements: [any Preparable] = [
        insert, lock, update, remember, convert, conversion, usedSince, revert, recover, raise, converted, reverted,
        reached, get, page,
    ]
    private static let record = LeadState.record

    static let insert = record.insert()
    static let lock = record.lock
    static let update = record.update()
    static let get = record.get
    static let recover = record.recover()
    static let raise = record.raise

    /// The states that a lead has come to, as JSON.
    static let history = """
        (SELECT coalesce(json_agg(json_build_object('status', h.status, 'at', h.at) ORDER BY h.version), '[]') FROM (
            SELECT status, at, version, lag(status) OVER (ORDER BY version) AS before FROM lead_status
            WHERE lead_id = o.id) h WHERE h.status IS DISTINCT FROM h.before)
        """

    /// Keeps the state that a lead has come to with a version.
    static let remember = Query(
        "lead.remember", takes: UUID.self, Int.self, String.self,
        sql: "INSERT INTO lead_status (lead_id, version, status) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")

    /// The same as it was told.
    static let reached = Query(
        "lead.reached", takes: UUID.self, Int.self, String.self, Date.self,
        sql: "INSERT INTO lead_status (lead_id, version, status, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")

    static let convert = Query(
        "lead.convert", takes: UUID.self, UUID.self, UUID.self, UUID?.self, Bool.self, Bool.self,
        sql: """
            UPDATE lead SET version = version + 1, status = 'converted', opportunity_id = $2, account_id = $3,
                contact_id = $4, is_new_account = $5, is_new_contact = $6, party_before = party_id, party_id = $3,
                updated_at = now()
            WHERE id = $1
            """)

    /// What a lead became, the party that it named before, and the state that it was in.
    static let conversion = Query(
        "lead.conversion", takes: UUID.self,
        gives: UUID?.self, UUID?.self, UUID?.self, Bool.self, Bool.self, UUID?.self, String?.self,
        sql: """
            SELECT opportunity_id, account_id, contact_id, is_new_account, is_new_contact, party_before, (
                SELECT h.status FROM lead_status h WHERE h.lead_id = lead.id AND h.status <> 'converted'
                ORDER BY h.version DESC LIMIT 1)
            FROM lead WHERE id = $1
            """)

    /// What was done since with parties that a conversion made: the first that is found, for people. $2 is its opportunity, $3 the lead.
    static let usedSince = Query(
        "lead.used_since", takes: [UUID].self, UUID.self, UUID.self, gives: String.self,
        sql: """
            WITH made AS (SELECT unnest($1::uuid[]) AS id)
            SELECT what FROM (
                SELECT 1 AS place, 'something was sold to the account' AS what FROM account_revenue r JOIN made m ON m.id = r.account_id
                UNION ALL SELECT 2, 'the account has another opportunity' FROM opportunity o JOIN made m ON m.id = o.party_id
                WHERE o.id <> $2
                UNION ALL SELECT 3, 'work was logged with the account or the person' FROM activity a JOIN made m ON m.id = a.party_id
                UNION ALL SELECT 4, 'the account has another lead' FROM lead l JOIN made m ON m.id IN (l.party_id, l.contact_id)
                WHERE l.id <> $3
                UNION ALL SELECT 5, 'the account or the person was merged' FROM party_redirect r
                JOIN made m ON m.id IN (r.party_id, r.survivor_id)) w
            ORDER BY place LIMIT 1
            """)

    /// Opens a lead again.
    static let revert = Query(
        "lead.revert", takes: UUID.self, String.self, UUID?.self, gives: String.self, Int.self,
        sql: """
            WITH o AS (
                UPDATE lead SET version = version + 1, status = $2, party_id = $3, opportunity_id = NULL, account_id = NULL,
                    contact_id = NULL, is_new_account = false, is_new_contact = false, party_before = NULL, updated_at = now()
                WHERE id = $1 RETURNING *)
            SELECT \(record.json), o.version FROM o
            """)

    /// What a lead became, as it was told.
    static let converted = Query(
        "lead.converted", takes: UUID.self, UUID.self, UUID?.self, UUID?.self, Bool.self, Bool.self, Int.self,
        sql: """
            UPDATE lead SET opportunity_id = $2, account_id = $3, contact_id = $4, is_new_account = $5, is_new_contact = $6
            WHERE id = $1 AND version <= $7
            """)

    /// That a lead is open again, as it was told.
    static let reverted = Query(
        "lead.reverted", takes: UUID.self, Int.self,
        sql: """
            UPDATE lead SET opportunity_id = NULL, account_id = NULL, contact_id = NULL, is_new_account = false,
                is_new_contact = false WHERE id = $1 AND version <= $2
            """)

    static let page = Query(
        "lead.page", takes: UUID?.self, String?.self, String?.self, Int.self, gives: String.self, UUID.self,
        sql: """
            SELECT \(record.json), o.id \(record.from)
            WHERE ($1::uuid IS NULL OR o.id < $1) AND ($2::text IS NULL OR o.status = $2)
                AND ($3::text IS NULL OR o.owner = $3)
            ORDER BY o.id DESC LIMIT $4
            """)
}
