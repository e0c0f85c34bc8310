import EventLoop
import FoundationEssentials
import Postgres

extension LockKind {
    /// What parties are found by.
    static let matchKeys = LockKind(60, "match keys")
}

/// The SQL of duplicates.
enum DuplicateStore {
    static let statements: [any Preparable] = [
        mayLook, take, hold, holdKeys, profiles, putKeys, alike, exact, called, keep, page, ofParty, decide, scan,
    ]

    /// While an import runs nobody looks: it matches by itself, and the rest has time until it has ended.
    static let mayLook = Statement(
        "duplicate.may_look", "SELECT NOT EXISTS (SELECT FROM party_import WHERE state = 'running')")

    /// Takes parties off the queue, those in lanes that nobody else is at: a party is looked at by one at a time. Only among the first of
    /// the queue: where all lanes are taken, it would be read to its end.
    static let take = Statement(
        "duplicate.take",
        """
        WITH taken AS (
            DELETE FROM duplicate_check WHERE id IN (
                SELECT id FROM (SELECT id, party_id FROM duplicate_check ORDER BY id LIMIT 25 * $1) q
                WHERE pg_try_advisory_xact_lock(44, (hashtext(current_schema()) & -64) | (get_byte(uuid_send(party_id), 15) & 63))
                LIMIT $1) RETURNING party_id)
        SELECT DISTINCT party_id FROM taken ORDER BY 1
        """)

    /// Keeps parties from being merged and erased meanwhile: whoever does that locks them before what hangs on them. Their other writers do
    /// not wait.
    static let hold = Statement(
        "duplicate.hold", locks: .parties,
        "SELECT 1 FROM party WHERE id = ANY($1::uuid[]) ORDER BY id FOR KEY SHARE")

    /// Lets those who look at parties with the same keys look one after the other: two at once would not see each other's newcomers. A
    /// lane for each 64th of the keys, in order.
    static let holdKeys = Statement(
        "duplicate.hold_keys", locks: .matchKeys,
        """
        SELECT pg_advisory_xact_lock(50, lane) FROM (
            SELECT DISTINCT (hashtext(current_schema()) & -64) | (hashtext(key) & 63) AS lane FROM unnest($1::text[]) AS n(key)
            ORDER BY 1) l
        """)

    /// What is compared; merged parties are not.
    static let profiles = Query(
        "duplicate.profiles", takes: [UUID].self,
        gives: UUID.self, String.self, String.self, String?.self, String?.self, String?.self, Bool.self, String?.self,
        sql: """
            SELECT id, kind, name, email, phone, country, EXISTS (
                SELECT 1 FROM party_reference r WHERE r.party_id = p.id AND r.system = 'erp'),
                CASE WHEN details ?| ARRAY['emails', 'phones', 'addresses'] THEN details::text END
            FROM party p WHERE id = ANY($1::uuid[]) AND merged_into IS NULL
            """)

    /// Replaces the keys by which the parties in $1 are found; whoever has new addresses or numbers is looked for among touches.
    static let putKeys = Statement(
        "duplicate.put_keys",
        """
        WITH fresh AS (SELECT * FROM unnest($2::text[], $3::text[], $4::uuid[]) AS n(kind, key, party_id)),
        gone AS (
            DELETE FROM match_key m WHERE m.party_id = ANY($1::uuid[]) AND NOT EXISTS (
                SELECT 1 FROM fresh f WHERE f.party_id = m.party_id AND f.kind = m.kind AND f.key = m.key)),
        added AS (
            INSERT INTO match_key (kind, key, party_id) SELECT * FROM fresh ON CONFLICT DO NOTHING RETURNING kind, party_id)
        INSERT INTO interaction_check (party_id) SELECT DISTINCT party_id FROM added WHERE kind IN ('mail', 'phone')
        """)

    /// Others under the same keys, at most 30 for a key: what more share tells nobody apart.
    static let alike = Statement(
        "duplicate.alike",
        """
        SELECT n.party_id, n.kind, m.party_id
        FROM unnest($1::text[], $2::text[], $3::uuid[]) AS n(kind, key, party_id)
        CROSS JOIN LATERAL (
            SELECT party_id FROM match_key k WHERE k.kind = n.kind AND k.key = n.key AND k.party_id <> n.party_id
            LIMIT 30) m
        """)

    /// Who has a mail address or number, as it stands; ten of each at most.
    static let exact = Query(
        "duplicate.exact", takes: String?.self, String?.self, gives: UUID.self,
        sql: """
            (SELECT id FROM party WHERE lower(email) = $1 AND email IS NOT NULL AND merged_into IS NULL LIMIT 10)
            UNION
            (SELECT id FROM party WHERE reverse(phone) = reverse($2) AND phone IS NOT NULL AND merged_into IS NULL LIMIT 10)
            """)

    /// Whom systems call so; who is merged is its survivor.
    static let called = Query(
        "duplicate.called", takes: [String].self, [String].self, gives: UUID.self,
        sql: """
            SELECT DISTINCT coalesce(p.merged_into, p.id) FROM unnest($1::text[], $2::text[]) AS n(system, reference)
            JOIN party_reference r ON r.system = n.system AND r.reference = n.reference JOIN party p ON p.id = r.party_id
            """)

    /// Replaces the open pairs of the parties in $1; a pair that people decided on stays as they left it.
    static let keep = Query(
        "duplicate.keep", takes: [UUID].self, [UUID].self, [UUID].self, [Int].self, [String].self,
        sql: """
            WITH fresh AS (
                SELECT low, high, score, string_to_array(reasons, '|') AS reasons
                FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[]) AS n(low, high, score, reasons)),
            locked AS MATERIALIZED (
                SELECT d.low, d.high FROM duplicate_pair d
                WHERE d.status = 'open' AND (d.low = ANY($1::uuid[]) OR d.high = ANY($1::uuid[]))
                ORDER BY d.low, d.high FOR UPDATE),
            gone AS (
                DELETE FROM duplicate_pair d USING locked l WHERE d.low = l.low AND d.high = l.high
                    AND NOT EXISTS (SELECT 1 FROM fresh f WHERE f.low = d.low AND f.high = d.high))
            INSERT INTO duplicate_pair AS d (low, high, score, reasons)
            SELECT * FROM fresh WHERE (SELECT count(*) FROM locked) >= 0
            ON CONFLICT (low, high) DO UPDATE SET score = excluded.score, reasons = excluded.reasons
                WHERE d.status = 'open' AND (d.score, d.reasons) IS DISTINCT FROM (excluded.score, excluded.reasons)
            """)

    private static let pair = """
        json_build_object('score', d.score, 'reasons', d.reasons, 'status', d.status, 'foundAt', d.found_at,
            'decidedAt', d.decided_at, 'decidedBy', d.decided_by,
            'parties', (SELECT json_agg(json_build_object('id', p.id, 'version', \(PartyStore.edition), 'kind', p.kind,
                'name', p.name, 'email', p.email, 'phone', p.phone, 'country', p.country, 'createdAt', p.created_at)
                ORDER BY p.created_at, p.id) FROM party p WHERE p.id IN (d.low, d.high)))
        """

    /// Open pairs, the likeliest first, behind a cursor.
    static let page = Query(
        "duplicate.page", takes: Int.self, UUID.self, UUID.self, Int.self,
        gives: String.self, Int.self, UUID.self, UUID.self,
        sql: """
            SELECT \(pair)::text, d.score, d.low, d.high FROM duplicate_pair d
            WHERE d.status = 'open' AND (-d.score, d.low, d.high) > (-$1::bigint, $2::uuid, $3::uuid)
            ORDER BY -d.score, d.low, d.high LIMIT $4
            """)

    /// The open pairs of a party; no row where there is no such party.
    static let ofParty = Query(
        "duplicate.of_party", takes: UUID.self, gives: String.self,
        sql: """
            SELECT (SELECT coalesce(json_agg(\(pair) ORDER BY d.score DESC, d.low, d.high), '[]') FROM duplicate_pair d
                WHERE (d.low = o.id OR d.high = o.id) AND d.status = 'open')::text
            FROM party o WHERE o.id = $1
            """)

    /// Notes what people decided on a pair, found before or not. A pair of a merged party is none any more.
    static let decide = Statement(
        "duplicate.decide",
        """
        INSERT INTO duplicate_pair AS d (low, high, score, reasons, status, decided_at, decided_by)
        VALUES (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), 0, '{}', $3, now(), $4)
        ON CONFLICT (low, high) DO UPDATE SET status = $3, decided_at = now(), decided_by = $4
        RETURNING \(pair)::text
        """)

    /// Has all parties looked at again.
    static let scan = Statement(
        "duplicate.scan",
        "INSERT INTO duplicate_check (party_id) SELECT id FROM party WHERE merged_into IS NULL ORDER BY id")

    /// Notes a decision on a pair.
    @Loop
    static func close(_ a: UUID, _ b: UUID, _ status: String, by person: String?, _ transaction: Transaction) {
        transaction.enqueue(decide, a, b, status, person)
    }
}
