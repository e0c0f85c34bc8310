import CRMModel
import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of leads.
enum LeadStore {
    static let statements: [any Preparable] = [
        insert, lock, update, convert, recover, raise, converted, get, page,
    ]
    private static let record = LeadState.record

    static let insert = record.insert()
    static let lock = record.lock
    static let update = record.update()
    static let get = record.get
    static let recover = record.recover()
    static let raise = record.raise

    /// What a lead became, as it was told, where nothing newer is known of it.
    static let converted = Query(
        "lead.converted", takes: UUID.self, UUID.self, Int.self,
        sql: "UPDATE lead SET opportunity_id = $2 WHERE id = $1 AND version <= $3")

    static let convert = Query(
        "lead.convert", takes: UUID.self, UUID.self,
        sql: """
            UPDATE lead SET version = version + 1, status = 'converted', opportunity_id = $2, updated_at = now()
            WHERE id = $1
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
