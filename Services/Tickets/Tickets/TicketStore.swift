import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The SQL of tickets.
enum TicketStore {
    static let statements: [any Preparable] = [
        due, open, translate, lock, assigned, replied, resolved, reopened, changed, tellAgain, get, page,
    ]

    /// Tells of tickets by an event, in their published form, CRMModel's TicketState; complete it with FROM, where `t` is the ticket.
    static func told<T: EventData>(_ type: T.Type) -> String {
        SQLEvent.insert(
            type, key: "t.id::text", sequence: "t.version",
            [
                "ticketId": "t.id", "partyId": "t.party_id", "type": "t.type", "priority": "t.priority",
                "status": "t.status", "subject": "t.subject", "orderId": "t.order_id",
            ])
    }

    // MARK: Changes

    /// Which of the tickets that shipments would open are due: those of shipments of which nothing later is known, and that were not opened
    /// when carriers were not told apart, under the ids in $5.
    static let due = Query(
        "ticket.due", takes: [UUID].self, [String].self, [String].self, [Date].self, [UUID].self, gives: UUID.self,
        sql: """
            SELECT n.id FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::uuid[])
                AS n(id, source, shipment_id, at, old_id)
            WHERE NOT EXISTS (SELECT FROM ticket t WHERE t.id = n.old_id)
                AND NOT EXISTS (
                    SELECT FROM shipment s WHERE s.id = n.shipment_id AND s.source = n.source AND s.at > n.at)
            """)

    /// Opens tickets, starts their clocks by the database's time, and publishes them. A ticket that is there already stays as it is. One that
    /// opens itself for a customer of whom nothing is known yet waits for his language.
    static let open = Query(
        "ticket.open",
        takes: [UUID].self, [UUID?].self, [String].self, [String].self, [String].self, [String].self, [String?].self,
        [String?].self, [String?].self, String.self,
        sql: """
            WITH incoming AS (
                SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                    $8::text[], $9::text[])
                    AS n(id, party_id, type, priority, subject, subject_zh, description, order_id, assignee)),
            opened AS (
                INSERT INTO ticket (id, party_id, type, priority, subject, description, order_id, assignee, source,
                    first_response_due_at, resolution_target, resolution_due_at)
                SELECT i.id, i.party_id, i.type, i.priority,
                    CASE WHEN lower(c.language) LIKE 'zh%' THEN i.subject_zh ELSE i.subject END,
                    i.description, i.order_id, i.assignee, $10, now() + p.first_response, p.resolution,
                    now() + p.resolution
                FROM incoming i JOIN sla_policy p USING (priority) LEFT JOIN customer c USING (party_id)
                ORDER BY i.id
                ON CONFLICT (id) DO NOTHING RETURNING *),
            clocks AS (
                INSERT INTO timer (kind, key, due_at)
                SELECT 'first-response', id::text, first_response_due_at FROM opened
                UNION ALL SELECT 'resolution', id::text, resolution_due_at FROM opened
                ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at),
            waits AS (
                \(Intents.insert(
                    TicketLanguage.name, within: "\(TicketLanguage.bound)", key: "o.party_id::text", subject: "o.id::text",
                    payload: "i.subject_zh"))
                FROM opened o JOIN incoming i USING (id)
                WHERE o.source = 'shipment' AND NOT EXISTS (SELECT 1 FROM customer c WHERE c.party_id = i.party_id)
                    AND i.party_id IS NOT NULL)
            \(told(TicketOpened.self)) FROM opened t
            """)

    /// Says in Chinese what tickets that opened themselves are about, where their customers read it; gives those whose customers are known,
    /// whatever they read. One that somebody changes now is left for the next time.
    static let translate = Query(
        "ticket.translate", takes: [UUID].self, [String].self, gives: UUID.self,
        sql: """
            WITH known AS (
                SELECT t.id, n.subject_zh, lower(c.language) LIKE 'zh%' AND t.status <> 'resolved' AS is_chinese
                FROM unnest($1::uuid[], $2::text[]) AS n(id, subject_zh) JOIN ticket t USING (id)
                JOIN customer c ON c.party_id = coalesce(
                    (SELECT survivor_id FROM party_redirect d WHERE d.party_id = t.party_id), t.party_id)
                ORDER BY t.id FOR UPDATE OF t SKIP LOCKED),
            translated AS (
                UPDATE ticket t SET version = t.version + 1, subject = k.subject_zh, updated_at = now() FROM known k
                WHERE t.id = k.id AND k.is_chinese RETURNING t.*),
            news AS (\(told(TicketChanged.self)) FROM translated t)
            SELECT id FROM known
            """)

    static let lock = Query(
        "ticket.lock", takes: UUID.self,
        gives: Date.self, Int.self, UUID?.self, String.self, String.self, String.self, String.self, String?.self,
        String?.self, Date.self, Date?.self, Date.self, Date?.self, Date?.self, Double.self, Date?.self, Double?.self,
        Date?.self,
        sql: """
            SELECT now(), version, party_id, type, priority, status, subject, order_id, assignee, created_at,
                resolved_at, first_response_due_at, first_responded_at, first_response_breached_at,
                extract(epoch FROM resolution_target)::float8, resolution_due_at,
                extract(epoch FROM resolution_left)::float8, resolution_breached_at
            FROM ticket WHERE id = $1 FOR UPDATE
            """)

    /// The id and what the rules of a ticket change.
    typealias Save = Query<(UUID, String, String, String?, Date?, Date, Date?, Double, Date?, Double?), ()>

    static let assigned = save("assigned", TicketAssigned.self)
    static let replied = save("replied", TicketReplied.self)
    static let resolved = save("resolved", TicketResolved.self)
    static let reopened = save("reopened", TicketReopened.self)
    static let changed = save("changed", TicketChanged.self)

    /// Writes a locked ticket as its next version and tells of it by an event.
    private static func save<T: EventData>(_ name: String, _ type: T.Type) -> Save {
        Query(
            "ticket.\(name)",
            takes: UUID.self, String.self, String.self, String?.self, Date?.self, Date.self, Date?.self, Double.self,
            Date?.self, Double?.self,
            sql: """
                WITH t AS (
                    UPDATE ticket SET version = version + 1, priority = $2, status = $3, assignee = $4, resolved_at = $5,
                        first_response_due_at = $6, first_responded_at = $7,
                        resolution_target = make_interval(secs => $8), resolution_due_at = $9,
                        resolution_left = make_interval(secs => $10), updated_at = now()
                    WHERE id = $1 RETURNING *)
                \(told(type)) FROM t
                """)
    }

    /// Tells tickets again as they are, each under its next version; gives those that there are.
    static let tellAgain = Query(
        "ticket.tell_again", takes: [UUID].self, gives: UUID.self,
        sql: """
            WITH t AS (UPDATE ticket SET version = version + 1 WHERE id = ANY($1::uuid[]) RETURNING *),
            news AS (\(told(TicketChanged.self)) FROM t)
            SELECT id FROM t
            """)

    // MARK: What is shown, where `o` is the ticket

    static let firstResponse = """
        json_build_object('dueAt', o.first_response_due_at, 'respondedAt', o.first_responded_at,
            'breachedAt', o.first_response_breached_at)
        """

    static let resolution = """
        json_build_object('dueAt', o.resolution_due_at,
            'secondsLeft', extract(epoch FROM o.resolution_left)::float8, 'breachedAt', o.resolution_breached_at)
        """

    static let thread = """
        (SELECT coalesce(json_agg(json_build_object('id', r.id, 'visibility', r.visibility, 'from', r.sender,
            'author', r.author, 'body', r.body, 'at', r.created_at) ORDER BY r.created_at, r.id), '[]')
            FROM reply r WHERE r.ticket_id = o.id)
        """

    /// What became of asking for the customer's opinion about the newest resolution.
    static let survey = """
        (SELECT json_build_object('state', s.state, 'reason', s.reason, 'at', s.changed_at)
            FROM survey_request s WHERE s.ticket_id = o.id ORDER BY s.resolution DESC LIMIT 1)
        """

    static let get = Ticket.withThread.get

    /// Newest first. A filter that is null takes all.
    static let page = Query(
        "ticket.filtered", takes: String?.self, UUID?.self, String?.self, Date.self, UUID.self, Int.self,
        gives: String.self, Date.self, UUID.self,
        sql: """
            SELECT \(Ticket.record.json), o.created_at, o.id \(Ticket.record.from)
            WHERE ($1::text IS NULL OR o.status = $1)
                AND ($2::uuid IS NULL OR o.party_id = ANY(\(Redirects.circle("$2"))))
                AND ($3::text IS NULL OR o.assignee = $3) AND (o.created_at, o.id) < ($4, $5)
            ORDER BY o.created_at DESC, o.id DESC LIMIT $6
            """)
}
