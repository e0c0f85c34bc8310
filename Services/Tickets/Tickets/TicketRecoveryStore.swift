import FoundationEssentials
import Postgres

/// The SQL of what a new life knows of tickets.
enum TicketRecoveryStore {
    static let statements: [any Preparable] = [know, resolved, breached, answered, hold, wind]

    /// A ticket as it was told, where nothing newer is known of it. Its clocks are those of its priority, from when it was opened; while
    /// they stand, what was left of them counts, where that is known.
    static let know = Query(
        "ticket.know",
        takes: UUID.self, Int.self, UUID?.self, String.self, String.self, String.self, String.self, String?.self,
        String.self, Date.self, Date?.self, Bool.self,
        sql: """
            INSERT INTO ticket AS t (id, version, party_id, type, priority, status, subject, order_id, source, created_at,
                updated_at, resolved_at, first_response_due_at, first_responded_at, resolution_target,
                resolution_due_at, resolution_left)
            SELECT $1::uuid, $2::bigint, $3::uuid, $4::text, p.priority, n.status, $7::text, $8::text, $9::text, n.at, n.at,
                CASE WHEN n.status = 'resolved' THEN n.at END, n.at + p.first_response, $11::timestamptz, p.resolution,
                CASE WHEN n.status NOT IN ('waiting', 'resolved') THEN n.at + p.resolution END,
                CASE WHEN n.status IN ('waiting', 'resolved') THEN p.resolution END
            FROM (SELECT $6::text AS status, $10::timestamptz AS at) n JOIN sla_policy p ON p.priority = $5::text
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, party_id = excluded.party_id,
                type = excluded.type, priority = excluded.priority, status = excluded.status,
                subject = excluded.subject, order_id = excluded.order_id, updated_at = now(),
                resolved_at = CASE WHEN excluded.status = 'resolved' THEN coalesce(t.resolved_at, excluded.resolved_at) END,
                first_responded_at = coalesce(t.first_responded_at, excluded.first_responded_at),
                resolution_due_at = CASE WHEN excluded.status NOT IN ('waiting', 'resolved')
                    THEN coalesce(t.resolution_due_at, excluded.updated_at + t.resolution_left,
                        t.created_at + t.resolution_target) END,
                resolution_left = CASE WHEN excluded.status IN ('waiting', 'resolved')
                    THEN coalesce(t.resolution_left, t.resolution_due_at - excluded.updated_at, t.resolution_target) END
            WHERE t.version < excluded.version OR $12
            """)

    /// The customer was asked about this time that it was resolved.
    static let resolved = Query(
        "ticket.know_resolved", takes: UUID.self, Int.self, Date.self,
        sql: """
            INSERT INTO survey_request (ticket_id, resolution, resolved_at, state, changed_at)
            VALUES ($1, $2, $3, 'asked', $3) ON CONFLICT DO NOTHING
            """)

    /// Something was late: the first answer, unless it was given in time.
    static let breached = Query(
        "ticket.know_breached", takes: UUID.self, Date.self,
        sql: """
            UPDATE ticket SET
                first_response_breached_at = CASE WHEN first_responded_at <= first_response_due_at
                    THEN first_response_breached_at ELSE coalesce(first_response_breached_at, $2) END,
                resolution_breached_at = CASE
                    WHEN first_responded_at <= first_response_due_at OR first_response_breached_at IS NOT NULL
                        OR created_at + resolution_target <= $2
                    THEN coalesce(resolution_breached_at, $2) END
            WHERE id = $1
            """)

    /// The customer's opinion about the last time that it was resolved before.
    static let answered = Query(
        "ticket.know_answered", takes: UUID.self, Int.self, Int.self, String?.self, Date.self,
        sql: """
            WITH raised AS (UPDATE ticket SET version = greatest(version, $2) WHERE id = $1)
            INSERT INTO survey_answer (ticket_id, resolution, score, comment, answered_at)
            SELECT ticket_id, resolution, $3::smallint, $4::text, $5::timestamptz FROM survey_request
            WHERE ticket_id = $1 AND resolution < $2 ORDER BY resolution DESC LIMIT 1
            ON CONFLICT DO NOTHING
            """)

    /// Shipments of before this life of which no ticket was told.
    static let hold = Query(
        "ticket.hold", takes: [UUID].self, [String].self, [String].self, [Date].self,
        sql: """
            INSERT INTO held (kind, key, subject, payload, cause, asked_at)
            SELECT '\(ShipmentHandlers.kind)', n.id::text, n.subject, n.payload,
                'a shipment from before this life began, and no ticket was told', n.at
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) AS n(id, subject, payload, at)
            WHERE NOT EXISTS (SELECT FROM ticket t WHERE t.id = n.id)
            ON CONFLICT (kind, key) DO NOTHING
            """)

    /// Sets the clocks of tickets that a new life knows from events: what was promised stands. Nothing to do in a first life.
    static let wind = Query(
        "ticket.wind",
        sql: """
            INSERT INTO timer (kind, key, due_at)
            SELECT k.kind, t.id::text, k.due_at FROM ticket t CROSS JOIN LATERAL (VALUES
                ('first-response', CASE WHEN t.first_responded_at IS NULL AND t.first_response_breached_at IS NULL
                    THEN t.first_response_due_at END),
                ('resolution', CASE WHEN t.resolution_breached_at IS NULL THEN t.resolution_due_at END)
            ) AS k(kind, due_at)
            WHERE t.status <> 'resolved' AND k.due_at IS NOT NULL AND EXISTS (SELECT FROM life WHERE cause <> 'first')
            ON CONFLICT (kind, key) DO NOTHING
            """)
}
