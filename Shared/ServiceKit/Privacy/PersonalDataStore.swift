import Messaging
import Postgres

/// The SQL of when this service has erased whom.
enum ErasureDoneStore {
    static let statements = [note, done]

    /// The first time counts.
    static let note = Statement(
        "erasure_done.note",
        """
        INSERT INTO erasure_done AS d (erasure, party, at) VALUES ($1, $2, coalesce($3, clock_timestamp()))
        ON CONFLICT (erasure, party) DO UPDATE SET at = least(d.at, excluded.at)
        """)

    static let done = Statement(
        "erasure_done.done", "SELECT at FROM erasure_done WHERE erasure = $1 AND party = $2")
}

/// The SQL that looks through what messaging and HTTP put aside for a person's texts. Each is a pass over the table: these are small,
/// and an erasure is rare.
enum AsideStore {
    /// What goes up to a time goes by `$2`; in a new life the others are made anew of what is old.
    static let erasures: [(table: String, statement: Statement, goesByTime: Bool)] = [
        ("dead_letter", deadLetters, false), ("parked_message", parked, false),
        ("idempotency_key", answers, true), ("timer", timers, false), ("intent", intents, true), ("held", held, true),
    ]
    static let statements = erasures.map(\.statement)

    private static let deadLetters = Statement(
        "personal.dead_letters",
        """
        DELETE FROM dead_letter d WHERE EXISTS (
            SELECT 1 FROM unnest($1::text[]) AS n(term), convert_to(n.term, 'UTF8') AS bytes
            WHERE position(bytes IN coalesce(d.payload, '')) > 0 OR position(bytes IN coalesce(d.key, '')) > 0
                OR position(n.term IN d.headers::text) > 0 OR position(bytes IN coalesce(d.raw_headers, '')) > 0 OR position(n.term IN d.error_text) > 0 OR position(bytes IN coalesce(d.mended_payload, '')) > 0
                OR position(n.term IN coalesce(d.mended_headers::text, '')) > 0)
        """)

    /// A key whose messages are gone is forgotten by the one that tries it next.
    private static let parked = Statement(
        "personal.parked",
        """
        DELETE FROM parked_message m WHERE EXISTS (
            SELECT 1 FROM unnest($1::text[]) AS n(term), convert_to(n.term, 'UTF8') AS bytes
            WHERE position(bytes IN coalesce(m.payload, '')) > 0 OR position(n.term IN m.key) > 0
                OR position(bytes IN m.headers) > 0)
        """)

    private static let answers = Statement(
        "personal.answers",
        """
        DELETE FROM idempotency_key k WHERE ($2::timestamptz IS NULL OR k.created_at <= $2) AND EXISTS (
            SELECT 1 FROM unnest($1::text[]) AS n(term), convert_to(n.term, 'UTF8') AS bytes
            WHERE position(bytes IN k.body) > 0 OR position(n.term IN k.key) > 0 OR position(n.term IN k.headers::text) > 0)
        """)

    private static let timers = Statement(
        "personal.timers",
        """
        DELETE FROM timer t WHERE EXISTS (
            SELECT 1 FROM unnest($1::text[]) AS n(term) WHERE position(n.term IN coalesce(t.payload, '')) > 0)
        """)

    private static let intents = Statement(
        "personal.intents",
        """
        DELETE FROM intent i WHERE ($2::timestamptz IS NULL OR i.parked_at <= $2) AND EXISTS (
            SELECT 1 FROM unnest($1::text[]) AS n(term)
            WHERE position(n.term IN i.key) > 0 OR position(n.term IN i.subject) > 0
                OR position(n.term IN coalesce(i.payload, '')) > 0)
        """)

    private static let held = Statement(
        "personal.held",
        """
        DELETE FROM held h WHERE ($2::timestamptz IS NULL OR h.asked_at <= $2) AND EXISTS (
            SELECT 1 FROM unnest($1::text[]) AS n(term)
            WHERE position(n.term IN h.key) > 0 OR position(n.term IN h.subject) > 0
                OR position(n.term IN coalesce(h.payload, '')) > 0)
        """)
}
