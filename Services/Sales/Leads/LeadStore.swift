import FoundationEssentials
import Postgres

/// The SQL of leads.
enum LeadStore {
    static let statements: [any Preparable] = [insert, lock, update, convert, get, page]

    /// A lead as JSON, as the routes show it. `l` is the lead.
    private static let json = """
        json_build_object('id', l.id, 'version', l.version, 'status', l.status, 'name', l.name, 'company', l.company,
            'email', l.email, 'phone', l.phone, 'source', l.source, 'partyId', l.party_id, 'owner', l.owner,
            'notes', l.notes, 'opportunityId', l.opportunity_id, 'createdAt', l.created_at,
            'updatedAt', l.updated_at)::text
        """

    static let insert = Statement(
        "lead.insert",
        """
        INSERT INTO lead (id, status, name, company, email, phone, source, party_id, owner, notes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """)

    static let lock = Statement(
        "lead.lock",
        """
        SELECT version, status, name, company, email, phone, source, party_id, owner FROM lead WHERE id = $1 FOR UPDATE
        """)

    static let update = Statement(
        "lead.update",
        """
        UPDATE lead l SET version = version + 1, status = $2, name = $3, company = $4, email = $5, phone = $6,
            source = $7, party_id = $8, owner = $9, notes = coalesce($10, notes), updated_at = now()
        WHERE id = $1 RETURNING \(json)
        """)

    static let convert = Statement(
        "lead.convert",
        """
        UPDATE lead SET version = version + 1, status = 'converted', opportunity_id = $2, updated_at = now()
        WHERE id = $1
        """)

    static let get = Query(
        "lead.get", takes: UUID.self, gives: String.self, Int.self,
        sql: "SELECT \(json), l.version FROM lead l WHERE l.id = $1")

    static let page = Statement(
        "lead.page",
        """
        SELECT \(json), l.id FROM lead l
        WHERE ($1::uuid IS NULL OR l.id < $1) AND ($2::text IS NULL OR l.status = $2)
            AND ($3::text IS NULL OR l.owner = $3)
        ORDER BY l.id DESC LIMIT $4
        """)
}
