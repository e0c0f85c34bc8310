import FoundationEssentials
import Postgres

/// The SQL of signing in.
enum SignInStore {
    static let statements: [any Preparable] = [
        attempt, wait, succeed, forget, credential, ofPerson, setPassword, setHash, offerCode, confirmCode, dropCode,
        useCode, useRecovery, addRecovery, dropRecovery, countRecovery, addLink, dropLinks, link, useLink, isUsed,
        addressOf, sealed, reseal,
    ]

    /// Takes a turn to try, where the pause after earlier failures is over; nothing where it is not. It counts as a failure until it has
    /// succeeded, so that many at a time count as many. `$2` are free, then each pause is twice the last, `$3` seconds at most; what is a
    /// day old is forgotten.
    static let attempt = Query(
        "sign_in.attempt", takes: String.self, Int.self, Int.self, gives: Int.self,
        sql: """
            INSERT INTO sign_in_delay AS d (key, failures, last_at, until)
            VALUES ($1, 1, clock_timestamp(), clock_timestamp())
            ON CONFLICT (key) DO UPDATE SET last_at = clock_timestamp(),
                failures = CASE WHEN d.last_at < clock_timestamp() - interval '1 day' THEN 1 ELSE d.failures + 1 END,
                until = clock_timestamp() + CASE WHEN d.last_at < clock_timestamp() - interval '1 day' OR d.failures < $2
                    THEN interval '0' ELSE make_interval(secs => least($3, power(2, least(d.failures - $2, 20)))) END
            WHERE d.until <= clock_timestamp() RETURNING failures
            """)

    /// How many seconds somebody has to wait.
    static let wait = Query(
        "sign_in.wait", takes: String.self, gives: Int.self,
        sql: """
            SELECT greatest(1, ceil(extract(epoch FROM until - clock_timestamp())))::bigint FROM sign_in_delay
            WHERE key = $1
            """)

    static let succeed = Query(
        "sign_in.succeed", takes: [String].self, sql: "DELETE FROM sign_in_delay WHERE key = ANY($1::text[])")
    static let forget = Query(
        "sign_in.forget", sql: "DELETE FROM sign_in_delay WHERE last_at < now() - interval '1 day'")

    private static let columns = """
        SELECT p.id, p.name, c.password, c.code_secret, c.code_since IS NOT NULL
        FROM person p LEFT JOIN credential c ON c.person_id = p.id WHERE p.status = 'active'
        """

    /// Who has a mail address: person, name, hash, and the second factor, if one is confirmed.
    static let credential = Query(
        "sign_in.credential", takes: String.self,
        gives: UUID.self, String.self, String?.self, SQLBytes?.self, Bool?.self,
        sql: "\(columns) AND lower(p.email) = lower($1)")
    static let ofPerson = Query(
        "sign_in.of_person", takes: UUID.self,
        gives: UUID.self, String.self, String?.self, SQLBytes?.self, Bool?.self, sql: "\(columns) AND p.id = $1")

    static let setPassword = Query(
        "sign_in.set_password", takes: UUID.self, String.self,
        sql: """
            INSERT INTO credential AS c (person_id, password, password_at) VALUES ($1, $2, now())
            ON CONFLICT (person_id) DO UPDATE SET password = excluded.password, password_at = now()
            """)
    /// The same password, hashed dearer.
    static let setHash = Query(
        "sign_in.set_hash", takes: UUID.self, String.self, String.self,
        sql: "UPDATE credential SET password = $3 WHERE person_id = $1 AND password = $2")

    /// Offers a second factor, which counts once it is confirmed.
    static let offerCode = Query(
        "sign_in.offer_code", takes: UUID.self, SQLBytes.self,
        sql: """
            UPDATE credential SET code_secret = $2, code_step = -1 WHERE person_id = $1 AND code_since IS NULL
            """)
    /// All second factors, as they are sealed.
    static let sealed = Query(
        "sign_in.sealed", gives: UUID.self, SQLBytes?.self,
        sql: "SELECT person_id, code_secret FROM credential WHERE code_secret IS NOT NULL ORDER BY person_id")
    static let reseal = Query(
        "sign_in.reseal", takes: UUID.self, SQLBytes.self, SQLBytes.self,
        sql: "UPDATE credential SET code_secret = $3 WHERE person_id = $1 AND code_secret = $2")
    static let confirmCode = Query(
        "sign_in.confirm_code", takes: UUID.self, Int.self, gives: UUID.self,
        sql: """
            UPDATE credential SET code_since = now(), code_step = $2
            WHERE person_id = $1 AND code_since IS NULL AND code_secret IS NOT NULL RETURNING person_id
            """)
    static let dropCode = Query(
        "sign_in.drop_code", takes: UUID.self,
        sql: "UPDATE credential SET code_since = NULL, code_secret = NULL, code_step = -1 WHERE person_id = $1")

    /// Uses the code of a step, each once.
    static let useCode = Query(
        "sign_in.use_code", takes: UUID.self, Int.self, gives: UUID.self,
        sql: """
            UPDATE credential SET code_step = $2 WHERE person_id = $1 AND code_step < $2 RETURNING person_id
            """)
    static let useRecovery = Query(
        "sign_in.use_recovery", takes: UUID.self, SQLBytes.self, gives: UUID.self,
        sql: """
            UPDATE recovery_code SET used_at = now() WHERE person_id = $1 AND digest = $2 AND used_at IS NULL
            RETURNING person_id
            """)
    static let addRecovery = Query(
        "sign_in.add_recovery", takes: UUID.self, [SQLBytes].self,
        sql: "INSERT INTO recovery_code (person_id, digest) SELECT $1, unnest($2::bytea[])")
    static let dropRecovery = Query(
        "sign_in.drop_recovery", takes: UUID.self, sql: "DELETE FROM recovery_code WHERE person_id = $1")
    static let countRecovery = Query(
        "sign_in.count_recovery", takes: UUID.self, gives: Int.self,
        sql: "SELECT count(*) FROM recovery_code WHERE person_id = $1 AND used_at IS NULL")

    static let addLink = Query(
        "sign_in.add_link", takes: SQLBytes.self, UUID.self, Int.self,
        sql: """
            INSERT INTO sign_in_link (digest, person_id, expires_at) VALUES ($1, $2, now() + make_interval(hours => $3::int))
            """)
    /// The links of before are worth nothing once there is another.
    static let dropLinks = Query(
        "sign_in.drop_links", takes: UUID.self, sql: "DELETE FROM sign_in_link WHERE person_id = $1")

    /// Whose link it is: person, name, mail address.
    static let link = Query(
        "sign_in.link", takes: SQLBytes.self, gives: UUID.self, String.self, String?.self,
        sql: """
            SELECT p.id, p.name, p.email FROM sign_in_link l JOIN person p ON p.id = l.person_id AND p.status = 'active'
            WHERE l.digest = $1 AND l.expires_at > now()
            """)
    static let useLink = Query(
        "sign_in.use_link", takes: SQLBytes.self, gives: UUID.self,
        sql: "DELETE FROM sign_in_link WHERE digest = $1 AND expires_at > now() RETURNING person_id")

    /// Whether anybody who may do all there is to do has a password, and an administrator who has none.
    static let isUsed = Query(
        "sign_in.is_used", gives: Bool.self, UUID?.self,
        sql: """
            SELECT coalesce(bool_or(c.password IS NOT NULL), false),
                (array_agg(p.id ORDER BY p.id) FILTER (WHERE c.password IS NULL))[1]
            FROM person p LEFT JOIN credential c ON c.person_id = p.id
            WHERE p.status = 'active' AND 'administrator' = ANY(p.roles)
            """)

    static let addressOf = Query(
        "sign_in.address_of", takes: UUID.self, gives: String?.self,
        sql: "SELECT email FROM person WHERE id = $1 AND status = 'active'")

    static let migration = Migration(
        "m202611302239_sign_in",
        """
        -- How a person shows who he is. The second factor's secret is sealed, and counts from when it was confirmed.
        CREATE TABLE credential (
            person_id uuid PRIMARY KEY, password text, password_at timestamptz, code_secret bytea,
            code_step bigint NOT NULL DEFAULT -1, code_since timestamptz
        );
        CREATE TABLE recovery_code (
            person_id uuid NOT NULL, digest bytea NOT NULL, used_at timestamptz, PRIMARY KEY (person_id, digest)
        );
        -- Links that let a person choose a password, each once.
        CREATE TABLE sign_in_link (digest bytea PRIMARY KEY, person_id uuid NOT NULL, expires_at timestamptz NOT NULL);
        CREATE INDEX sign_in_link_by_person ON sign_in_link (person_id);
        -- How often it was tried in vain, by what it was tried from and for.
        CREATE TABLE sign_in_delay (
            key text PRIMARY KEY, failures bigint NOT NULL, last_at timestamptz NOT NULL, until timestamptz NOT NULL
        );
        CREATE INDEX sign_in_delay_by_time ON sign_in_delay (last_at);
        """)
}
