import CRMModel
import EventLoop
import FoundationEssentials
import Postgres

/// The SQL of lives.
public enum LifeStore {
    /// All statements, for the test that prepares them.
    public static let statements: [any Preparable] = [current, drawFirst, draw, advance, place, home, clock]

    /// The life of this schema, and how far its outbox has come; no row where it has none yet.
    static let current = Query(
        "life.current",
        gives: Int.self, UUID.self, String.self, String.self, Date.self, Int?.self, Int.self, String.self,
        sql: "SELECT epoch, incarnation, cause, state, begun_at, before, known_place, act_from::text FROM life")

    /// The first life, where there is none.
    static let drawFirst = Query(
        "life.draw_first", takes: Int.self,
        sql: "INSERT INTO life (epoch, cause, state) VALUES ($1, 'first', 'drawn') ON CONFLICT DO NOTHING")

    /// A life behind others; $3 is where acting begins.
    static let draw = Query(
        "life.draw", takes: Int.self, String.self, String.self, Int?.self, Int.self, String.self, String.self,
        sql: """
            INSERT INTO life (epoch, cause, state, act_from, before, known_place, actor, reason)
            VALUES ($1, $2, 'drawn', $3::text::jsonb, $4, $5, $6, $7)
            ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, incarnation = excluded.incarnation,
                cause = excluded.cause, state = excluded.state, begun_at = excluded.begun_at, act_from = excluded.act_from,
                before = excluded.before, known_place = excluded.known_place, actor = excluded.actor,
                reason = excluded.reason
            """)

    /// It has come further, and is no other.
    static let advance = Query(
        "life.advance", takes: UUID.self, String.self, sql: "UPDATE life SET state = $2 WHERE incarnation = $1")

    /// The last place that the outbox has given.
    static let place = Query(
        "life.place", gives: Int.self, sql: "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM outbox_id_seq")

    /// Which database this is: a copy is another.
    static let home = Query(
        "life.home", gives: String.self,
        sql: """
            SELECT (SELECT system_identifier FROM pg_control_system()) || '/'
                || (SELECT oid FROM pg_database WHERE datname = current_database()) || '/'
                || current_schema()::regnamespace::oid
            """)

    /// Milliseconds since 1970: epochs are drawn above them, so that they grow even where all else is lost.
    static let clock = Query(
        "life.clock", gives: Int.self, sql: "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
}

extension Life {
    /// The life of a schema; nil where it has none yet.
    @Loop
    package static func current(in transaction: Transaction) async throws -> Life? {
        try await transaction.rows(LifeStore.current).first.map { row in
            let (epoch, incarnation, cause, state, begunAt, before, place, ends) = row
            let topics = try ModelJSON.decoder.decode([TopicEnds].self, from: Data(ends.utf8))
            return Life(
                epoch: epoch, incarnation: incarnation, cause: Cause(rawValue: cause) ?? .first,
                state: State(rawValue: state) ?? .drawn, begunAt: begunAt, before: before, knownPlace: place,
                actFrom: LogEnds(topics))
        }
    }

    /// Throws where the schema is not in this life any more: it was made anew, or another life was begun in it.
    @Loop
    func check(in transaction: Transaction) async throws {
        guard let now = try await Life.current(in: transaction), isSame(as: now) else { throw LifeChanged() }
    }
}

/// The schema is not in the life any more that this process works in.
public struct LifeChanged: Error, CustomStringConvertible {
    /// For people.
    public let description = "the schema is in another life than this process works in; start the process again"
}
