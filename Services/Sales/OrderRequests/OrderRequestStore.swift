import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of order requests.
enum OrderRequestStore {
    static let statements: [any Preparable] = [
        buyer, waiting, insert, cancelTimers, answer, alter, overdue, asked, confirmed, settled, forget, unasked, adopt,
        wind,
        unanswered, known, get, page, refusing, refuse, close,
    ]

    /// Which of some requests there are.
    static let known = Query(
        "order_request.known", takes: [UUID].self, gives: UUID.self,
        sql: "SELECT id FROM order_request WHERE id = ANY($1::uuid[])")

    /// A party, its survivor first, with all that count for one customer with it: what is known of each.
    static let buyer = Query(
        "order_request.buyer", takes: UUID.self,
        gives: UUID.self, Bool.self, String.self, String.self, String?.self, String?.self, String?.self, String?.self,
        String?.self,
        sql: """
            WITH own AS (
                SELECT coalesce((SELECT survivor_id FROM party_redirect WHERE party_id = $1), $1) AS id)
            SELECT a.id, a.id = own.id, a.name, a.kind, a.email, a.phone, a.country, a.customer_no, a.profile::text
            FROM own JOIN account a ON a.id = own.id
                OR a.id IN (SELECT party_id FROM party_redirect WHERE survivor_id = own.id)
            ORDER BY a.id <> own.id, a.id
            """)

    /// Requests that the ERP was not told of yet, locked: whether they have their order all the same, whether the buyer's account is known,
    /// and who to talk to. One that somebody is at is left out.
    static let waiting = Query(
        "order_request.waiting", takes: [UUID].self, gives: UUID.self, Bool.self, Bool.self, String?.self, String?.self,
        sql: """
            SELECT r.id, r.status <> 'requested', EXISTS (SELECT FROM account a WHERE a.id = r.party_id
                    OR a.id = (SELECT survivor_id FROM party_redirect m WHERE m.party_id = r.party_id)),
                o.contact_name, o.contact_email
            FROM order_request r LEFT JOIN quote q ON q.id = r.quote_id LEFT JOIN opportunity o ON o.id = q.opportunity_id
            WHERE r.id = ANY($1::uuid[]) ORDER BY r.id FOR UPDATE OF r SKIP LOCKED
            """)

    /// The ERP's order may be known already, where events are replayed.
    static let insert = Query(
        "order_request.insert", takes: UUID.self, UUID.self, UUID.self, String?.self,
        sql: """
            INSERT INTO order_request (id, quote_id, party_id, owner, status, order_id, ordered_at, order_source, order_form)
            SELECT n.id, $2, $3, $4, CASE WHEN a.order_id IS NULL THEN 'requested' ELSE 'ordered' END, a.order_id, a.at,
                a.source, a.form
            FROM (SELECT $1::uuid AS id) n LEFT JOIN order_answer a ON a.request_id = n.id
            """)

    /// Runs before `answer`: a timer that fires at this moment holds its row first and its request second.
    static let cancelTimers = Query(
        "order_request.cancel_timers", takes: String.self, [String].self,
        sql: "DELETE FROM timer WHERE kind = $1 AND key = ANY($2::text[])")

    /// Orders of the ERP that answer requests: the first for each. One that was refused before has its order all the same, and a task says
    /// so.
    static let answer = Query(
        "order_request.answer",
        takes: [UUID].self, [String].self, [Date].self, [String].self, [String?].self, [String?].self, [String].self,
        [UUID].self,
        sql: """
            WITH incoming AS (
                SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
                    $8::uuid[]) AS n(request_id, order_id, at, source, customer_no, customer_system, form, task_id)),
            kept AS (
                INSERT INTO order_answer (request_id, order_id, at, source, customer_no, customer_system, form)
                SELECT request_id, order_id, at, source, customer_no, customer_system, form FROM incoming
                ON CONFLICT DO NOTHING),
            before AS (
                SELECT r.id, r.status FROM order_request r JOIN incoming i ON i.request_id = r.id
                WHERE r.status IN ('requested', 'refused') ORDER BY r.id FOR UPDATE OF r),
            answered AS (
                UPDATE order_request r SET version = r.version + 1, status = 'ordered', order_id = i.order_id,
                    ordered_at = i.at, order_source = i.source, order_form = i.form, settled_at = now()
                FROM incoming i, before b WHERE r.id = i.request_id AND b.id = r.id
                RETURNING r.*, b.status AS was, i.customer_no, i.customer_system, i.task_id),
            raised AS (
                INSERT INTO task (id, kind, subject, owner, party_id, reference)
                SELECT task_id, 'order-after-refusal', 'The ERP made order ' || order_id
                    || ' of a request that it had refused; the quote is a draft again', owner, party_id, id::text
                FROM answered WHERE was = 'refused' ON CONFLICT (kind, reference) DO NOTHING RETURNING *),
            told AS (\(SQLEvent.insert(
                TaskRaised.self, key: "id::text", sequence: "version", ["task": TaskStore.state])) FROM raised),
            closed AS (\(closing) FROM answered)
            \(SQLEvent.insert(
                OrderConfirmed.self, key: "id::text", sequence: "version",
                [
                    "requestId": "id", "quoteId": "quote_id", "partyId": "party_id", "orderId": "order_id",
                    "source": "order_source", "customerNo": "customer_no", "customerSystem": "customer_system",
                ]))
            FROM answered
            """)

    /// Ends what the ERP is asked for under requests, on the topic of persons' requests.
    private static let closing = SQLEvent.end(of: "sales.order-request.closed", on: .orderRequests, key: "id::text")

    /// Orders that were told anew, whether they answer requests or not: a cancellation and another content are states of the request, told
    /// and given to a person. The first content that is seen of an order from before contents were kept is no change, and $7 says that all
    /// of it is told of the time before this life, of which nobody is told.
    static let alter = Query(
        "order_request.alter",
        takes: [String].self, [String].self, [String].self, [Bool].self, [Int].self, [String].self, Bool.self,
        sql: """
            WITH incoming AS (
                SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::bigint[], $6::text[])
                    AS n(order_id, source, form, is_cancelled, total, currency)),
            due AS (
                SELECT r.id, i.*, r.order_form IS NULL AND NOT i.is_cancelled AND r.status <> 'cancelled' AS is_first
                FROM incoming i JOIN order_request r ON r.order_id = i.order_id
                    AND coalesce(r.order_source, i.source) = i.source
                WHERE r.status IN ('ordered', 'changed', 'cancelled') AND CASE WHEN i.is_cancelled
                    THEN r.status <> 'cancelled' ELSE r.status = 'cancelled' OR r.order_form IS DISTINCT FROM i.form END
                ORDER BY r.id FOR UPDATE OF r),
            altered AS (
                UPDATE order_request r SET version = r.version + CASE WHEN d.is_first OR $7 THEN 0 ELSE 1 END,
                    status = CASE WHEN d.is_first THEN r.status WHEN d.is_cancelled THEN 'cancelled' ELSE 'changed' END,
                    order_source = d.source, order_form = CASE WHEN d.is_cancelled THEN r.order_form ELSE d.form END,
                    settled_at = now()
                FROM due d WHERE r.id = d.id RETURNING r.*, d.is_first OR $7 AS is_silent, d.total, d.currency),
            raised AS (
                INSERT INTO task AS t (id, kind, subject, owner, party_id, reference)
                SELECT gen_random_uuid(), 'order-' || status, 'The ERP has ' || status || ' order ' || order_id
                    || CASE WHEN status = 'changed' THEN '; it comes to ' || (total * 0.0001)::numeric(20, 2)::text || ' '
                        || currency ELSE '' END, owner, party_id, id::text
                FROM altered WHERE NOT is_silent
                ON CONFLICT (kind, reference) DO UPDATE SET version = t.version + 1, subject = excluded.subject,
                    status = 'open', updated_at = now() RETURNING *),
            told AS (\(SQLEvent.insert(
                TaskRaised.self, key: "id::text", sequence: "version", ["task": TaskStore.state])) FROM raised),
            cancelled AS (\(SQLEvent.insert(
                RequestedOrderCancelled.self, key: "id::text", sequence: "version",
                ["requestId": "id", "quoteId": "quote_id", "partyId": "party_id", "orderId": "order_id"]))
                FROM altered WHERE status = 'cancelled' AND NOT is_silent)
            \(SQLEvent.insert(
                RequestedOrderChanged.self, key: "id::text", sequence: "version",
                [
                    "requestId": "id", "quoteId": "quote_id", "partyId": "party_id", "orderId": "order_id",
                    "total": "(total * 0.0001)::text", "currency": "currency",
                ]))
            FROM altered WHERE status = 'changed' AND NOT is_silent
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

    // MARK: Refusals

    /// The quote of a request, and its state.
    static let refusing = Query(
        "order_request.refusing", takes: UUID.self, gives: UUID.self, String.self,
        sql: "SELECT quote_id, status FROM order_request WHERE id = $1")

    /// Closes a request that still waits, and raises a task with the reason; gives its version, party and what it was about.
    static let refuse = Query(
        "order_request.refuse", takes: UUID.self, String.self, UUID.self, gives: Int.self, UUID.self, UUID.self,
        sql: """
            WITH refused AS (
                UPDATE order_request SET version = version + 1, status = 'refused', reason = $2, settled_at = now()
                WHERE id = $1 AND status = 'requested' RETURNING *),
            raised AS (
                INSERT INTO task AS t (id, kind, subject, owner, party_id, reference)
                SELECT $3, 'order-refused', left('The ERP refused the order of a quote: ' || $2, 500), owner, party_id,
                    id::text FROM refused
                ON CONFLICT (kind, reference) DO NOTHING RETURNING *),
            told AS (\(SQLEvent.insert(
                TaskRaised.self, key: "id::text", sequence: "version", ["task": TaskStore.state])) FROM raised),
            closed AS (\(closing) FROM refused)
            SELECT version, quote_id, party_id FROM refused
            """)

    /// Ends what the ERP is asked for of parties who are to be forgotten.
    static let close = Query(
        "order_request.close", takes: [UUID].self,
        sql: "\(closing) FROM order_request WHERE party_id = ANY($1::uuid[])")

    // MARK: Another life

    /// A request that the ERP was told of.
    static let asked = Query(
        "order_request.asked", takes: UUID.self, UUID.self, UUID.self, Date.self, String?.self,
        sql: """
            INSERT INTO order_request AS r
                (id, quote_id, party_id, requested_at, owner, status, order_id, ordered_at, order_source, order_form)
            SELECT n.id, $2, $3, $4, $5, CASE WHEN a.order_id IS NULL THEN 'requested' ELSE 'ordered' END, a.order_id, a.at,
                a.source, a.form
            FROM (SELECT $1::uuid AS id) n LEFT JOIN order_answer a ON a.request_id = n.id
            ON CONFLICT (id) DO UPDATE SET owner = coalesce(r.owner, excluded.owner)
            """)

    /// A request that the ERP has answered.
    static let confirmed = Query(
        "order_request.confirmed", takes: UUID.self, UUID.self, UUID.self, String.self, Date.self, Int.self,
        String?.self,
        sql: """
            WITH timers AS (DELETE FROM timer WHERE kind = 'order-answer' AND key = $1::uuid::text)
            INSERT INTO order_request AS r
                (id, quote_id, party_id, status, order_id, requested_at, ordered_at, version, order_source)
            VALUES ($1, $2, $3, 'ordered', $4, $5, $5, $6, $7)
            ON CONFLICT (id) DO UPDATE SET order_id = excluded.order_id, ordered_at = excluded.ordered_at,
                order_source = excluded.order_source,
                status = CASE WHEN r.version < excluded.version THEN 'ordered' ELSE r.status END,
                version = greatest(r.version, excluded.version)
            """)

    /// A request whose order was changed or cancelled, or that was refused.
    static let settled = Query(
        "order_request.settled",
        takes: UUID.self, UUID.self, UUID.self, String.self, String?.self, String?.self, Date.self, Int.self,
        sql: """
            WITH timers AS (DELETE FROM timer WHERE kind = 'order-answer' AND key = $1::uuid::text)
            INSERT INTO order_request AS r (id, quote_id, party_id, status, order_id, reason, requested_at, settled_at, version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)
            ON CONFLICT (id) DO UPDATE SET order_id = coalesce(r.order_id, excluded.order_id),
                reason = coalesce(excluded.reason, r.reason),
                status = CASE WHEN r.version < excluded.version THEN excluded.status ELSE r.status END,
                version = greatest(r.version, excluded.version)
            """)

    /// What waited to be told to the ERP, and was told by another life.
    static let forget = Query(
        "order_request.forget", takes: String.self,
        sql: "DELETE FROM intent WHERE kind = 'order-request' AND subject = $1")

    /// Accepted quotes without a request, in a life that had others before it, that are not held of a kind: who buys, whose they are, and when
    /// they were accepted.
    static let unasked = Query(
        "order_request.unasked", takes: String.self, Int.self,
        gives: UUID.self, Int.self, UUID?.self, String?.self, Date.self,
        sql: """
            SELECT q.id, q.version, o.party_id, o.owner, q.updated_at
            FROM quote q LEFT JOIN opportunity o ON o.id = q.opportunity_id
            WHERE q.status = 'accepted' AND EXISTS (SELECT FROM life WHERE cause <> 'first')
                AND NOT EXISTS (SELECT FROM order_request r WHERE r.quote_id = q.id AND r.status <> 'refused')
                AND NOT EXISTS (SELECT FROM held h WHERE h.kind = $1 AND h.key = q.id::text || ':' || q.version)
            ORDER BY q.id LIMIT $2
            """)

    /// A request that was never told, whose order the ERP has made all the same: it is known, and told as confirmed.
    static let adopt = Query(
        "order_request.adopt", takes: UUID.self, UUID.self, UUID.self, String?.self, gives: UUID.self,
        sql: """
            WITH known AS (
                INSERT INTO order_request
                    (id, version, quote_id, party_id, owner, status, order_id, ordered_at, order_source, order_form, settled_at)
                SELECT $1, 2, $2, $3, $4, 'ordered', a.order_id, a.at, a.source, a.form, now() FROM order_answer a
                WHERE a.request_id = $1 ON CONFLICT DO NOTHING RETURNING *),
            told AS (\(SQLEvent.insert(
                OrderConfirmed.self, key: "k.id::text", sequence: "k.version",
                [
                    "requestId": "k.id", "quoteId": "k.quote_id", "partyId": "k.party_id", "orderId": "k.order_id",
                    "source": "k.order_source", "customerNo": "a.customer_no", "customerSystem": "a.customer_system",
                ])) FROM known k JOIN order_answer a ON a.request_id = k.id)
            SELECT id FROM known
            """)

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

    /// How many requests have waited for longer than these seconds.
    static let unanswered = Query(
        "order_request.unanswered", takes: Int.self, gives: Int.self,
        sql: """
            SELECT count(*) FROM order_request
            WHERE status = 'requested' AND requested_at < now() - make_interval(secs => $1)
            """)

    /// An order request as JSON, as the routes show it. `r` is the request.
    private static let json = """
        json_build_object('id', r.id, 'version', r.version, 'quoteId', r.quote_id, 'partyId', r.party_id,
            'status', r.status, 'orderId', r.order_id, 'source', r.order_source, 'reason', r.reason,
            'requestedAt', r.requested_at, 'orderedAt', r.ordered_at, 'settledAt', r.settled_at)::text
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
