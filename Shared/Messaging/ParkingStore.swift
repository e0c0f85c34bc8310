import Postgres

/// The SQL of parked keys.
public enum ParkingStore {
    /// All statements, for the test that prepares them.
    public static let statements = [
        summary, partitions, known, parkKeys, parkMessages, due, messages, release, advance, forget, putOff,
    ]

    /// Keys and messages that are parked in partitions, and when the next is due; messages are counted up to the limit only.
    static let summary = Statement(
        "parking.summary",
        """
        WITH held AS (
            SELECT k.next_try FROM parked_key k JOIN unnest($2::text[], $3::bigint[]) AS n(topic, part)
            ON k.grp = $1 AND k.topic = n.topic AND k.part = n.part)
        SELECT (SELECT count(*) FROM held),
            (SELECT count(*) FROM (SELECT 1 FROM parked_message WHERE grp = $1 LIMIT $4) AS counted),
            (SELECT extract(epoch FROM min(next_try) - clock_timestamp())::float8 FROM held)
        """)

    /// Of which partitions keys are parked.
    static let partitions = Statement(
        "parking.partitions",
        """
        SELECT DISTINCT k.topic, k.part FROM parked_key k JOIN unnest($2::text[], $3::bigint[]) AS n(topic, part)
        ON k.grp = $1 AND k.topic = n.topic AND k.part = n.part
        """)

    static let known = Statement(
        "parking.known",
        """
        SELECT k.topic, k.key FROM unnest($2::text[], $3::text[]) AS n(topic, key)
        JOIN parked_key k ON k.grp = $1 AND k.topic = n.topic AND k.key = n.key
        """)

    static let parkKeys = Statement(
        "parking.park_keys",
        """
        INSERT INTO parked_key (grp, topic, part, key, reason, next_try)
        SELECT $1, t, p, k, left(r, 4000), clock_timestamp() + $6 * interval '1 millisecond'
        FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[]) AS n(t, p, k, r) ON CONFLICT DO NOTHING
        """)

    static let parkMessages = Statement(
        "parking.park_messages",
        """
        INSERT INTO parked_message (grp, topic, part, off, key, raw_key, headers, payload)
        SELECT $1, t, p, o, k, r, h, v
        FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bytea[], $7::bytea[], $8::bytea[])
            AS n(t, p, o, k, r, h, v)
        """)

    static let due = Statement(
        "parking.due",
        """
        SELECT k.topic, k.part, k.key, k.attempt FROM parked_key k
        JOIN unnest($2::text[], $3::bigint[]) AS n(topic, part) ON k.topic = n.topic AND k.part = n.part
        WHERE k.grp = $1 AND k.next_try <= clock_timestamp() ORDER BY k.next_try LIMIT 50
        """)

    static let messages = Statement(
        "parking.messages",
        """
        SELECT off, raw_key, headers, payload FROM parked_message
        WHERE grp = $1 AND topic = $2 AND key = $3 ORDER BY off LIMIT $4
        """)

    static let release = Statement(
        "parking.release",
        "DELETE FROM parked_message WHERE grp = $1 AND topic = $2 AND key = $3 AND off = ANY($4::bigint[])")

    /// The next message of the key has its turn, after so many attempts.
    static let advance = Statement(
        "parking.advance",
        """
        UPDATE parked_key SET attempt = $4, next_try = clock_timestamp()
        WHERE grp = $1 AND topic = $2 AND key = $3
        """)

    static let forget = Statement(
        "parking.forget",
        """
        DELETE FROM parked_key k WHERE grp = $1 AND topic = $2 AND key = $3 AND NOT EXISTS (
            SELECT 1 FROM parked_message m WHERE m.grp = k.grp AND m.topic = k.topic AND m.key = k.key)
        """)

    static let putOff = Statement(
        "parking.put_off",
        """
        UPDATE parked_key SET attempt = attempt + 1, reason = left($4, 4000),
            next_try = clock_timestamp() + $5 * interval '1 millisecond'
        WHERE grp = $1 AND topic = $2 AND key = $3
        """)
}
