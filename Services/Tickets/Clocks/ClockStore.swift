import CRMModel
import Postgres

/// The SQL of clocks.
enum ClockStore {
    static let statements = [breachFirstResponse, breachResolution]

    static let breachFirstResponse = breach(
        .firstResponse, mark: "first_response_breached_at",
        isLate: "t.first_responded_at IS NULL AND t.first_response_due_at <= now()")

    static let breachResolution = breach(
        .resolution, mark: "resolution_breached_at", isLate: "t.resolution_due_at <= now()")

    /// Marks tickets that are late and publishes that.
    ///
    /// Commands lock the ticket and then its timers, while a due timer is locked before its ticket; so a ticket that is locked now is not
    /// waited for: its timer is set again for a little later.
    private static func breach(_ clock: Clock, mark: String, isLate: String) -> Statement {
        Statement(
            "clock.\(clock.rawValue)",
            """
            WITH free AS (SELECT id FROM ticket WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED),
            late AS (
                UPDATE ticket t SET version = t.version + 1, \(mark) = now(), updated_at = now() FROM free
                WHERE t.id = free.id AND t.\(mark) IS NULL AND \(isLate) RETURNING t.*),
            later AS (
                INSERT INTO timer (kind, key, due_at)
                SELECT '\(clock.rawValue)', t.id::text, now() + interval '200 milliseconds' FROM ticket t
                WHERE t.id = ANY($1::uuid[]) AND NOT EXISTS (SELECT 1 FROM free WHERE free.id = t.id)
                ON CONFLICT (kind, key) DO NOTHING)
            \(TicketStore.told(TicketBreached.self)) FROM late t
            """)
    }
}
