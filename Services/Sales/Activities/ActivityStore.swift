import FoundationEssentials
import Postgres

/// The SQL of activities.
enum ActivityStore {
    static let statements: [any Preparable] = [insert, known, get, page]

    /// Which of some activities there are.
    static let known = Query(
        "activity.known", takes: [UUID].self, gives: UUID.self,
        sql: "SELECT id FROM activity WHERE id = ANY($1::uuid[])")

    static let insert = Query(
        "activity.insert", takes: UUID.self, String.self, String.self, Date.self, UUID.self, UUID?.self, String?.self,
        Int?.self, String?.self, String?.self, String?.self, Date?.self,
        sql: """
            INSERT INTO activity
                (id, kind, subject, at, party_id, opportunity_id, owner, minutes, outcome, place, notes, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce($12, now())) ON CONFLICT DO NOTHING
            """)

    /// An activity as JSON, as the routes show it. `a` is the activity.
    private static let json = """
        json_build_object('id', a.id, 'kind', a.kind, 'subject', a.subject, 'at', a.at, 'partyId', a.party_id,
            'opportunityId', a.opportunity_id, 'owner', a.owner, 'minutes', a.minutes, 'outcome', a.outcome,
            'place', a.place, 'notes', a.notes, 'createdAt', a.created_at)::text
        """

    /// What was done is not changed any more: its first version is its last.
    static let get = Query(
        "activity.get", takes: UUID.self, gives: String.self, Int.self,
        sql: "SELECT \(json), 1::bigint FROM activity a WHERE a.id = $1")

    static let page = Query(
        "activity.page", takes: UUID?.self, UUID?.self, String?.self, String?.self, Int.self,
        gives: String.self, UUID.self,
        sql: """
            SELECT \(json), a.id FROM activity a
            WHERE ($1::uuid IS NULL OR a.id < $1) AND ($2::uuid IS NULL OR a.party_id = $2)
                AND ($3::text IS NULL OR a.owner = $3) AND ($4::text IS NULL OR a.kind = $4)
            ORDER BY a.id DESC LIMIT $5
            """)
}
