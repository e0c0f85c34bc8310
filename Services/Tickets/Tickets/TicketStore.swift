import Postgres
import ServiceKit

/// The SQL of tickets.
enum TicketStore {
    static let statements = [open, lock, save, get, page]

    /// What the events carry, CRMModel's TicketState. `t` is the ticket.
    static let state = """
        json_build_object('ticketId', t.id, 'partyId', t.party_id, 'type', t.type, 'priority', t.priority,
            'status', t.status, 'subject', t.subject, 'orderId', t.order_id)::text
        """

    /// A ticket as the routes show it. `t` is the ticket.
    static let json = """
        json_build_object('id', t.id, 'version', t.version, 'partyId', t.party_id, 'type', t.type,
            'priority', t.priority, 'status', t.status, 'subject', t.subject, 'description', t.description,
            'orderId', t.order_id, 'assignee', t.assignee, 'source', t.source, 'createdAt', t.created_at,
            'updatedAt', t.updated_at, 'resolvedAt', t.resolved_at,
            'firstResponse', json_build_object('dueAt', t.first_response_due_at, 'respondedAt', t.first_responded_at,
                'breachedAt', t.first_response_breached_at),
            'resolution', json_build_object('dueAt', t.resolution_due_at,
                'secondsLeft', extract(epoch FROM t.resolution_left)::float8, 'breachedAt', t.resolution_breached_at))
        """

    /// Opens tickets, starts their clocks by the database's time, and publishes them. A ticket that is there already stays as it is.
    static let open = Statement(
        "ticket.open",
        """
        WITH incoming AS (
            SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::text[], $9::text[])
                AS n(id, party_id, type, priority, subject, subject_zh, description, order_id, assignee)),
        opened AS (
            INSERT INTO ticket (id, party_id, type, priority, subject, description, order_id, assignee, source,
                first_response_due_at, resolution_target, resolution_due_at)
            SELECT i.id, i.party_id, i.type, i.priority,
                CASE WHEN lower(c.language) LIKE 'zh%' THEN i.subject_zh ELSE i.subject END,
                i.description, i.order_id, i.assignee, $10, now() + p.first_response, p.resolution, now() + p.resolution
            FROM incoming i JOIN sla_policy p USING (priority) LEFT JOIN customer c USING (party_id)
            ORDER BY i.id
            ON CONFLICT (id) DO NOTHING RETURNING *),
        clocks AS (
            INSERT INTO timer (kind, key, due_at)
            SELECT 'first-response', id::text, first_response_due_at FROM opened
            UNION ALL SELECT 'resolution', id::text, resolution_due_at FROM opened
            ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at)
        INSERT INTO outbox (topic, key, seq, type, payload)
        SELECT 'crm.tickets', t.id::text, t.version, 'tickets.ticket.opened.v1', \(state) FROM opened t
        """)

    static let lock = Statement(
        "ticket.lock",
        """
        SELECT now(), version, party_id, type, priority, status, subject, order_id, assignee, created_at, resolved_at,
            first_response_due_at, first_responded_at, first_response_breached_at,
            extract(epoch FROM resolution_target)::float8, resolution_due_at,
            extract(epoch FROM resolution_left)::float8, resolution_breached_at
        FROM ticket WHERE id = $1 FOR UPDATE
        """)

    static let save = Statement(
        "ticket.save",
        """
        UPDATE ticket SET version = $2, priority = $3, status = $4, assignee = $5, resolved_at = $6,
            first_response_due_at = $7, first_responded_at = $8, resolution_target = make_interval(secs => $9),
            resolution_due_at = $10, resolution_left = make_interval(secs => $11), updated_at = now()
        WHERE id = $1
        """)

    static let get = Statement(
        "ticket.get",
        """
        SELECT (to_jsonb(\(json)) || jsonb_build_object('thread', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'visibility', r.visibility, 'from', r.sender,
                'author', r.author, 'body', r.body, 'at', r.created_at) ORDER BY r.created_at, r.id), '[]')
            FROM reply r WHERE r.ticket_id = t.id)))::text, t.version
        FROM ticket t WHERE t.id = $1
        """)

    /// Newest first. A filter that is null takes all.
    static let page = Statement(
        "ticket.page",
        """
        SELECT \(json)::text, t.created_at, t.id FROM ticket t
        WHERE ($1::text IS NULL OR t.status = $1) AND ($2::uuid IS NULL OR t.party_id = ANY(\(Redirects.circle("$2"))))
            AND (t.created_at, t.id) < ($3, $4)
        ORDER BY t.created_at DESC, t.id DESC LIMIT $5
        """)
}

/// The SQL of threads.
enum ReplyStore {
    static let statements = [insert]

    static let insert = Statement(
        "reply.insert",
        "INSERT INTO reply (id, ticket_id, visibility, sender, author, body) VALUES ($1, $2, $3, $4, $5, $6)")
}
