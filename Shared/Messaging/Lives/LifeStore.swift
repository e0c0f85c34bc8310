import CRMModel
import EventLoop
import FoundationEssentials
import Postgres

/// The SQL of lives.
public enum LifeStore {
    /// All statements, for the test that prepares them.
    public static let statements: [any Preparable] =
        [
            current, drawFirst, draw, waiting, markTold, advance, place, written, home, clock, toldEnds, keepEnds,
            claim, parked,
            noteKeys, takeKeys, hasKeys, closeKeys, isTold, hear, unsettled, orphans, settle, noteEnded, takeEnded,
        ] + forgetGroup

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

    /// What waits in the outbox of a schema that went back, page by page: its place, its event and its topic.
    static let waiting = Query(
        "life.waiting", takes: Int.self, Int.self, gives: Int.self, UUID.self, String.self,
        sql: "SELECT id, event_id, topic FROM outbox WHERE NOT past AND id > $1 ORDER BY id LIMIT $2")

    /// The life before has told this: it is told again, and nobody acts on it.
    static let markTold = Query(
        "life.mark_told", takes: [Int].self, sql: "UPDATE outbox SET past = true WHERE id = ANY($1::bigint[])")

    /// It has come further, and is no other.
    static let advance = Query(
        "life.advance", takes: UUID.self, String.self, sql: "UPDATE life SET state = $2 WHERE incarnation = $1")

    /// The last place that the outbox has given.
    public static let place = Query(
        "life.place", gives: Int.self, sql: "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM outbox_id_seq")

    /// The last committed place of what waits in the outbox; and up to where the server has its own log, and has it on its disk. No row from a
    /// standby: it may lag, and nobody writes there.
    static let written = Query(
        "life.written", gives: Int.self, Int.self, Int.self,
        sql: """
            SELECT coalesce((SELECT max(id) FROM outbox), 0), (pg_current_wal_insert_lsn() - '0/0')::bigint,
                (pg_current_wal_flush_lsn() - '0/0')::bigint
            WHERE NOT pg_is_in_recovery()
            """)

    /// Which database this is: a copy is another.
    static let home = Query(
        "life.home", gives: String.self,
        sql: """
            SELECT (SELECT system_identifier FROM pg_control_system()) || '/'
                || (SELECT oid FROM pg_database WHERE datname = current_database()) || '/'
                || current_schema()::regnamespace::oid
            """)

    /// Up to where partitions were looked through.
    static let toldEnds = Query(
        "life.told_ends", gives: String.self, Int.self, Int.self, sql: "SELECT topic, part, next_offset FROM told_end")

    /// Notes up to where they were; rows in order.
    static let keepEnds = Query(
        "life.keep_ends", takes: [String].self, [Int].self, [Int].self,
        sql: """
            INSERT INTO told_end AS t SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[])
            ON CONFLICT (topic, part) DO UPDATE SET next_offset = excluded.next_offset
            """)

    /// Milliseconds since 1970: epochs are drawn above them, so that they grow even where all else is lost.
    static let clock = Query(
        "life.clock", gives: Int.self, sql: "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")

    // MARK: Recovering and telling again

    /// The number of the lock that one process of a service holds while it does what is done once in a life.
    static let claimNumber = 52

    /// One at a time, until the session's end.
    static let claim = Query(
        "life.claim", gives: Bool.self, sql: "SELECT pg_try_advisory_lock(\(claimNumber), hashtext(current_schema()))")

    /// Messages of a group that wait to be tried again.
    static let parked = Query(
        "life.parked", takes: String.self, gives: Int.self, sql: "SELECT count(*) FROM parked_message WHERE grp = $1")

    /// Where a recovery stands is of no use behind its end.
    static let forgetGroup = [
        Query("life.forget_offsets", takes: String.self, sql: "DELETE FROM consumer_offset WHERE grp = $1"),
        Query("life.forget_sequences", takes: String.self, sql: "DELETE FROM applied_sequence WHERE grp = $1"),
        Query("life.forget_inbox", takes: String.self, sql: "DELETE FROM inbox WHERE grp = $1"),
    ]

    /// Keys of which more was told than this schema knows.
    static let noteKeys = Query(
        "life.note_keys", takes: [String].self,
        sql: "INSERT INTO tell_again SELECT * FROM unnest($1::text[]) ON CONFLICT DO NOTHING")

    /// Some of them, to be told again in this transaction.
    public static let takeKeys = Query(
        "life.take_keys", takes: Int.self, gives: String.self,
        sql: """
            DELETE FROM tell_again t USING (
                SELECT key FROM tell_again ORDER BY key LIMIT $1 FOR UPDATE SKIP LOCKED) n
            WHERE t.key = n.key RETURNING t.key
            """)

    /// Whether keys are left to be told, those that another process is at as well.
    public static let hasKeys = Query(
        "life.has_keys", gives: Bool.self, sql: "SELECT EXISTS (SELECT 1 FROM tell_again)")

    /// The last word on keys that nobody here knows, on the service's own topic.
    public static let closeKeys = Query(
        "life.close_keys", takes: String.self, [String].self,
        sql: """
            INSERT INTO outbox (topic, key, type, payload)
            SELECT $1, n.key, '\(KeyEnded.versionedType)', json_build_object('reason', 'not known to this life')::text
            FROM unnest($2::text[]) AS n(key) ORDER BY n.key
            """)

    /// Whether nothing waits in the outbox up to a place.
    public static let isTold = Query(
        "life.is_told", takes: Int.self, gives: Bool.self,
        sql: "SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE id <= $1)")

    // MARK: Lives of others

    /// A life of another was told.
    public static let hear = Query(
        "life.hear", takes: String.self, Int.self, UUID.self, String.self, Date.self, String.self, String?.self,
        String?.self,
        sql: """
            INSERT INTO source_life (source, epoch, incarnation, cause, begun_at, ends, whole, gone)
            VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7::text::jsonb, $8::text::jsonb)
            ON CONFLICT (source, epoch)
                DO UPDATE SET incarnation = excluded.incarnation, whole = excluded.whole, gone = excluded.gone
            WHERE source_life.whole IS NULL AND excluded.whole IS NOT NULL
            """)

    /// A life that is whole and whose keys were not looked through yet.
    public static let unsettled = Query(
        "life.unsettled", gives: String.self, Int.self, String.self,
        sql: """
            SELECT source, epoch, whole::text FROM source_life WHERE whole IS NOT NULL AND settled_at IS NULL
            ORDER BY epoch LIMIT 1
            """)

    /// Keys of a source that a life has not told again, in order, behind one of them; where it has named those that it does not know, of
    /// them alone. Nobody hears of them until the transaction's end: what is told now must not be ended with what was before.
    public static let orphans = Query(
        "life.orphans", takes: String.self, String.self, Int.self, String.self, Int.self, gives: String.self,
        sql: """
            SELECT a.key FROM applied_sequence a
            WHERE a.grp = $1 AND a.source = $2 AND a.epoch < $3 AND a.key > $4 AND EXISTS (
                SELECT 1 FROM source_life l WHERE l.source = $2 AND l.epoch = $3 AND (l.gone IS NULL OR l.gone ? a.key))
            ORDER BY a.key LIMIT $5 FOR UPDATE OF a
            """)

    /// Last words of others on their keys; rows in order.
    static let noteEnded = Query(
        "life.note_ended", takes: [String].self, [String].self, [Int].self,
        sql: """
            INSERT INTO ended_key AS e SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
            ON CONFLICT (source, key) DO UPDATE SET epoch = greatest(e.epoch, excluded.epoch)
            """)

    /// Takes keys of one source off the list; those that the life which ended them, or a later one, has told since say null. Of the others
    /// nobody hears until the transaction's end, and no more of what lives before write.
    public static let takeEnded = Query(
        "life.take_ended", takes: String.self, Int.self, gives: String.self, String?.self,
        sql: """
            WITH taken AS (
                DELETE FROM ended_key e USING (
                    SELECT * FROM ended_key WHERE source = (SELECT source FROM ended_key ORDER BY source, key LIMIT 1)
                    ORDER BY key LIMIT $2 FOR UPDATE) n
                WHERE e.source = n.source AND e.key = n.key RETURNING e.*),
            held AS (
                INSERT INTO applied_sequence AS a (grp, source, key, seq, epoch)
                SELECT $1, source, key, 0, epoch FROM taken ORDER BY key
                ON CONFLICT (key, source, grp) DO UPDATE SET seq = 0, epoch = excluded.epoch, last_id = NULL
                WHERE a.epoch < excluded.epoch RETURNING a.key)
            SELECT t.source, h.key FROM taken t LEFT JOIN held h USING (key)
            """)

    /// All of them were looked through.
    public static let settle = Query(
        "life.settle", takes: String.self, Int.self,
        sql: "UPDATE source_life SET settled_at = clock_timestamp() WHERE source = $1 AND epoch = $2")
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

    /// Throws where what this life recovers has been recovered: a process that was frozen meanwhile would begin it again, over what people
    /// have done since.
    @Loop
    func checkIsRecovering(in transaction: Transaction) async throws {
        guard let now = try await Life.current(in: transaction), isSame(as: now), now.state == .told else {
            throw LifeChanged()
        }
    }
}

/// The schema is not in the life any more that this process works in.
public struct LifeChanged: Error, CustomStringConvertible {
    /// For people.
    public let description = "the schema is in another life than this process works in; start the process again"
}
