import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of erasures.
enum ErasureStore {
    static let statements: [any Preparable] = [
        lock, put, customerNumbers, returned, publish, receive, know, get,
    ]

    /// The party and all merged into it, locked; and the survivor where it is merged itself.
    static let lock = Statement(
        "erasure.lock", locks: .parties,
        """
        SELECT id, merged_into FROM party WHERE id = $1 OR id IN (
            SELECT party_id FROM party_redirect WHERE survivor_id = $1) ORDER BY id FOR UPDATE
        """)

    static let put = Query(
        "erasure.put", takes: UUID.self, UUID.self, [UUID].self, String?.self, String?.self,
        sql: "INSERT INTO erasure (id, party_id, parties, requested_by, reason) VALUES ($1, $2, $3, $4, $5)")

    /// What ends a customer number on the ERP's topic says that it is.
    static let customerForgotten = "contacts.customer.forgotten"

    /// Those of some parties who were erased and have a name again.
    static let returned = Query(
        "erasure.returned", takes: [UUID].self, gives: UUID.self,
        sql: """
            SELECT p.id FROM party p WHERE p.id = ANY($1::uuid[]) AND p.name <> 'erased'
                AND EXISTS (SELECT FROM erasure e WHERE p.id = ANY(e.parties)) ORDER BY p.id
            """)

    /// Takes the ERP's records of parties out of its topic, which is compacted: a message without data replaces each. The ERP
    /// itself must be told by people.
    static let customerNumbers = Statement(
        "erasure.customer_numbers",
        """
        \(SQLEvent.end(
            of: customerForgotten, on: .erpCustomers,
            key: "CASE WHEN system = 'erp' THEN reference ELSE system || ':' || reference END")) FROM party_reference
        WHERE coalesce(origin_id, party_id) = ANY($1::uuid[]) AND system <> 'import'
        """)

    static let publish = Statement(
        "erasure.publish",
        """
        WITH raised AS (
            UPDATE party SET version = version + 1 WHERE id = ANY($1::uuid[]) RETURNING id, version)
        \(SQLEvent.insert(
            PartyErased.self, key: "id::text", sequence: "version", ["partyId": "id", "erasureId": "$2::uuid"]))
        FROM raised ORDER BY id
        """)

    /// Receipts, each once.
    static let receive = Statement(
        "erasure.receive",
        """
        INSERT INTO erasure_receipt (erasure_id, party_id, service, lines)
        SELECT n.erasure_id, n.party_id, $4, n.lines
        FROM unnest($1::uuid[], $2::uuid[], $3::jsonb[]) AS n(erasure_id, party_id, lines)
        ON CONFLICT DO NOTHING
        """)

    /// An erasure as it was told of one of its parties, whose row stands so that nobody takes it for a new one; whether it was known before. Who
    /// asked for it is in no event.
    static let know = Query(
        "erasure.know", takes: UUID.self, UUID.self, Date.self, gives: Bool.self,
        sql: """
            WITH stub AS (
                INSERT INTO party (id, version, kind, name) VALUES ($2, 0, 'consumer', 'erased') ON CONFLICT DO NOTHING),
            kept AS (
                INSERT INTO erasure AS e (id, party_id, parties, reason, requested_at)
                VALUES ($1, $2, ARRAY[$2::uuid], 'known from what was told of it', $3)
                ON CONFLICT (id) DO UPDATE
                    SET parties = CASE WHEN $2 = ANY(e.parties) THEN e.parties ELSE e.parties || $2 END)
            SELECT EXISTS (SELECT FROM erasure e WHERE e.id = $1 AND $2 = ANY(e.parties))
            """)

    /// An erasure with all receipts; complete when each service has answered for each party.
    static let get = Query(
        "erasure.get", takes: UUID.self, gives: String.self,
        sql: """
            SELECT json_build_object('id', e.id, 'partyId', e.party_id, 'parties', e.parties, 'requestedBy', e.requested_by,
                'reason', e.reason, 'requestedAt', e.requested_at,
                'isComplete', (SELECT count(*) FROM erasure_receipt r WHERE r.erasure_id = e.id)
                    = 5 * cardinality(e.parties),
                'receipts', (SELECT coalesce(json_agg(json_build_object('service', r.service, 'partyId', r.party_id,
                    'completedAt', r.completed_at, 'lines', r.lines) ORDER BY r.service, r.party_id), '[]')
                    FROM erasure_receipt r WHERE r.erasure_id = e.id))::text
            FROM erasure e WHERE e.id = $1
            """)
}
