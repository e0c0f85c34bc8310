import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of order requests.
enum OrderRequestStore {
    static let statements: [any Preparable] = [
        customerNo, waiting, insert, cancelTimers, answer, overdue, asked, confirmed, known, forget, wind, get, page,
    ]

    /// Which of some requests there are.
    static let known = Query(
        "order_request.known", takes: [UUID].self, gives: UUID.self,
        sql: "SELECT id FROM order_request WHERE id = ANY($1::uuid[])")

    static let customerNo = Query(
        "order_request.customer_no", takes: UUID.self, gives: String?.self,
        sql: "SELECT customer_no FROM account WHERE id = $1")

    /// Requests that the ERP was not told of yet, locked: whether they have their order all the same, whether the buyer's account is known,
    /// and his number. One that somebody is at is left out.
    static let waiting = Query(
        "order_request.waiting", takes: [UUID].self, gives: UUID.self, Bool.self, Bool.self, String?.self,
        sql: """
            SELECT r.id, r.status <> 'requested', a.id IS NOT NULL, a.customer_no
            FROM order_request r LEFT JOIN account a ON a.id = r.party_id
            WHERE r.id = ANY($1::uuid[]) ORDER BY r.id FOR UPDATE OF r SKIP LOCKED
            """)

    /// The ERP's order may be known already, where events are replayed.
    static let insert = Query(
        "order_request.insert", takes: UUID.self, UUID.self, UUID.self, String?.self,
        sql: """
            INSERT INTO order_request (id, quote_id, party_id, owner, status, order_id, ordered_at)
            SELECT n.id, $2, $3, $4, CASE WHEN a.order_id IS NULL THEN 'requested' ELSE 'ordered' END, a.order_id, a.at
            FROM (SELECT $1::uuid AS id) n LEFT JOIN order_answer a ON a.request_id = n.id
            """)

    /// Runs before `answer`: a timer that fires at this moment holds its row first and its request second.
    static let cancelTimers = Query(
        "order_request.cancel_timers", takes: String.self, [String].self,
        sql: "DELETE FROM timer WHERE kind = $1 AND key = ANY($2::text[])")

    /// Orders of the ERP that answer requests: the first for each.
    static let answer = Query(
        "order_request.answer", takes: [UUID].self, [String].self, [Date].self,
        sql: """
            WITH incoming AS (
                SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS n(request_id, order_id, at)),
            kept AS (
                INSERT INTO order_answer (request_id, order_id, at) SELECT request_id, order_id, at FROM incoming
                ON CONFLICT DO NOTHING),
            answered AS (
                UPDATE order_request r SET version = r.version + 1, status = 'ordered', order_id = i.order_id,
                    ordered_at = i.at
                FROM incoming i WHERE r.id = i.request_id AND r.status = 'requested' RETURNING r.*)
            \(SQLEvent.insert(
                OrderConfirmed.self, key: "id::text", sequence: "version",
                ["requestId": "id", "quoteId": "quote_id", "partyId": "party_id", "orderId": "order_id"]))
            FROM answered
            """)

    /// Raises a task for each request that is still without an order.
    static let overdue = Query(
        "order_request.overdue", takes: [UUID].self, [UUID].self, String.self,
        sql: """
            WITH late AS (
                SELECT r.*, n.task_id FROM unnest($1::uuid[], $2::uuid[]) AS n(request_id, task_id)
                JOIN order_request r ON r.id = n.request_id AND r.status = 'requested' FOR UPDATE OF r),
            raised AS (
                INSERT INTO task (id, kind, subject, owner, party_id, reference)
                SELECT task_id, $3, 'The ERP has not answered order request ' || id, owner, party_id, id::text FROM late
                ON CONFLICT (kind, reference) DO NOTHING RETURNING *)
            \(SQLEvent.insert(TaskRaised.self, key: "id::text", sequence: "version", ["task": TaskStore.state])) FROM raised
            """)

    /// A request that the ERP was told of.
    static let asked = Query(
        "order_request.asked", takes: UUID.self, UUID.self, UUID.self, Date.self,
        sql: """
            INSERT INTO order_request (id, quote_id, party_id, requested_at, status, order_id, ordered_at)
            SELECT n.id, $2, $3, $4, CASE WHEN a.order_id IS NULL THEN 'requested' ELSE 'ordered' END, a.order_id, a.at
            FROM (SELECT $1::uuid AS id) n LEFT JOIN order_answer a ON a.request_id = n.id
            ON CONFLICT DO NOTHING
            """)

    /// A request that the ERP has answered.
    static let confirmed = Query(
        "order_request.confirmed", takes: UUID.self, UUID.self, UUID.self, String.self, Date.self, Int.self,
        sql: """
            WITH timers AS (DELETE FROM timer WHERE kind = 'order-answer' AND key = $1::uuid::text)
            INSERT INTO order_request AS r (id, quote_id, party_id, status, order_id, requested_at, ordered_at, version)
            VALUES ($1, $2, $3, 'ordered', $4, $5, $5, $6)
            ON CONFLICT (id) DO UPDATE SET status = 'ordered', order_id = excluded.order_id,
                ordered_at = excluded.ordered_at, version = greatest(r.version, excluded.version)
            WHERE r.status = 'requested'
            """)

    /// What waited to be told to the ERP, and was told by another life.
    static let forget = Query(
        "order_request.forget", takes: String.self,
        sql: "DELETE FROM intent WHERE kind = 'order-request' AND subject = $1")

    /// Sets the time for the ERP's answer to requests that a new life knows from events. Nothing to do in a first life.
    static let wind = Query(
        "order_request.wind", takes: String.self, Int.self,
        sql: """
            INSERT INTO timer (kind, key, due_at)
            SELECT $1, r.id::text, r.requested_at + make_interval(secs => $2) FROM order_request r
            WHERE r.status = 'requested' AND EXISTS (SELECT FROM life WHERE cause <> 'first')
                AND NOT EXISTS (SELECT FROM task t WHERE t.kind = $1 AND t.reference = r.id::text)
            ON CONFLICT (kind, key) DO NOTHING
            """)

    /// An order request as JSON, as the routes show it. `r` is the request.
    private static let json = """
        json_build_object('id', r.id, 'version', r.version, 'quoteId', r.quote_id, 'partyId', r.party_id,
            'status', r.status, 'orderId', r.order_id, 'requestedAt', r.requested_at, 'orderedAt', r.ordered_at)::text
        """

    static let get = Query(
        "order_request.get", takes: UUID.self, gives: String.self, Int.self,
        sql: "SELECT \(json), r.version FROM order_request r WHERE r.id = $1")

    static let page = Query(
        "order_request.page", takes: String?.self, Date.self, UUID.self, Int.self,
        gives: String.self, Date.self, UUID.self,
        sql: """
            SELECT \(json), r.requested_at, r.id FROM order_request r
            WHERE ($1::text IS NULL OR r.status = $1) AND (r.requested_at, r.id) < ($2, $3)
            ORDER BY r.requested_at DESC, r.id DESC LIMIT $4
            """)
}
