import FoundationEssentials
import Postgres

/// The SQL of surveys.
enum SurveyStore {
    static let statements: [any Preparable] = [answer, raise, request, ask, waiting, giveUp]

    static let answer = Statement(
        "survey.answer",
        """
        INSERT INTO survey_answer (ticket_id, resolution, score, comment) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING resolution
        """)

    /// The ticket is locked already.
    static let raise = Statement(
        "survey.raise", "UPDATE ticket SET version = version + 1, updated_at = now() WHERE id = $1")

    /// Notes that the customer of a ticket that was just resolved is to be asked.
    static let request = Query(
        "survey.request", takes: UUID.self, Int.self,
        sql: """
            INSERT INTO survey_request (ticket_id, resolution, epoch, resolved_at, state, reason)
            SELECT id, $2, (SELECT epoch FROM life WHERE cause <> 'first'), resolved_at, CASE WHEN party_id IS NULL THEN 'dropped' ELSE 'waiting' END,
                CASE WHEN party_id IS NULL THEN 'the ticket has no customer' END
            FROM ticket WHERE id = $1
            """)

    /// Of requests that wait, those whose customer has a mail address count as asked from now on, and are given; those of tickets that were
    /// opened again are dropped. One that somebody is at waits on.
    static let ask = Query(
        "survey.ask", takes: [UUID].self, [Int].self,
        gives: UUID.self, Int.self, Int?.self, UUID?.self, String.self, String.self, String?.self, String?.self,
        Date.self,
        sql: """
            WITH open AS (
                SELECT r.ticket_id, r.resolution, r.epoch, r.resolved_at
                FROM unnest($1::uuid[], $2::bigint[]) AS n(ticket_id, resolution)
                JOIN survey_request r USING (ticket_id, resolution)
                WHERE r.state = 'waiting' FOR UPDATE OF r SKIP LOCKED),
            standing AS (
                SELECT o.ticket_id, o.resolution, o.epoch, t.party_id, t.subject,
                    t.resolved_at IS NOT DISTINCT FROM o.resolved_at AS stands
                FROM open o JOIN ticket t ON t.id = o.ticket_id),
            gone AS (
                UPDATE survey_request r SET state = 'dropped', changed_at = now(),
                    reason = 'the ticket was opened again before a mail address was known'
                FROM standing s WHERE r.ticket_id = s.ticket_id AND r.resolution = s.resolution AND NOT s.stands),
            known AS (
                SELECT s.*, c.name, c.email, c.language FROM standing s
                JOIN customer c ON c.party_id = coalesce(
                    (SELECT survivor_id FROM party_redirect d WHERE d.party_id = s.party_id), s.party_id)
                WHERE s.stands AND c.email IS NOT NULL),
            asked AS (
                UPDATE survey_request r SET state = 'asked', changed_at = now() FROM known k
                WHERE r.ticket_id = k.ticket_id AND r.resolution = k.resolution)
            SELECT ticket_id, resolution, epoch, party_id, subject, name, email, language, now() FROM known
            ORDER BY ticket_id, resolution
            """)

    /// Those that wait still.
    static let waiting = Query(
        "survey.waiting", takes: [UUID].self, [Int].self, gives: UUID.self, Int.self,
        sql: """
            SELECT r.ticket_id, r.resolution FROM unnest($1::uuid[], $2::bigint[]) AS n(ticket_id, resolution)
            JOIN survey_request r USING (ticket_id, resolution) WHERE r.state = 'waiting'
            """)

    /// One that somebody is at waits on.
    static let giveUp = Query(
        "survey.give_up", takes: [UUID].self, [Int].self,
        sql: """
            WITH open AS (
                SELECT r.ticket_id, r.resolution FROM unnest($1::uuid[], $2::bigint[]) AS n(ticket_id, resolution)
                JOIN survey_request r USING (ticket_id, resolution)
                WHERE r.state = 'waiting' FOR UPDATE OF r SKIP LOCKED)
            UPDATE survey_request r SET state = 'dropped', changed_at = now(),
                reason = 'no mail address of the customer was told in time'
            FROM open o WHERE r.ticket_id = o.ticket_id AND r.resolution = o.resolution
            """)
}
