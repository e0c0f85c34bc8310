import CRMModel
import Crypto
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The SQL of consent.
enum ConsentStore {
    static let statements: [any Preparable] = [
        decide, hear, settle, know, tellAgain, get, counting, name, decisions, generation, revoke,
    ]

    /// What counts for parties, and was told so.
    static let holding = Holding(
        "consents", on: .contacts,
        page: Query(
            "holding.consents", takes: String.self, Int.self, gives: String.self, String.self,
            sql: """
                SELECT concat_ws(E'\\x1f', party_id, channel, purpose), CASE WHEN granted THEN 'granted' ELSE 'refused' END
                FROM consent_effective WHERE (party_id, channel, purpose)
                    > (\(Holding.idBehind), \(Holding.part(2)), \(Holding.part(3)))
                ORDER BY party_id, channel, purpose LIMIT $2
                """),
        [
            .init(ConsentChanged.self) { told, event, _ in
                let word = told.word(at: event.time)
                let key = [told.partyId.text, told.channel, told.purpose].joined(separator: Holding.mark)
                return [
                    ToldLine(
                        key, word.granted ? "granted" : "refused",
                        .time(word.decidedAt, isRefusal: !word.granted))
                ]
            }
        ])

    /// When nobody knows when something was decided: `ConsentWord.timeUnknown`.
    private static let timeUnknown = "timestamptz '0001-01-01T00:00:00Z'"

    /// Keeps decisions that are made now. They are later than all that the party has said, whatever the clock did meanwhile.
    static let decide = Query(
        "consent.decide", takes: [UUID].self, [String].self, [String].self, [Bool].self, [String].self, [String?].self,
        sql: """
            WITH incoming AS (
                SELECT n.*, greatest(clock_timestamp(), c.decided_at + interval '1 millisecond',
                    e.decided_at + interval '1 millisecond') AS decided_at
                FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::text[])
                    AS n(party_id, channel, purpose, granted, source, proof)
                LEFT JOIN consent c USING (party_id, channel, purpose)
                LEFT JOIN consent_erp e USING (party_id, channel, purpose)),
            kept AS (
                INSERT INTO consent_decision (party_id, channel, purpose, granted, source, proof, decided_at)
                SELECT party_id, channel, purpose, granted, source, proof, decided_at FROM incoming
                RETURNING *)
            INSERT INTO consent AS c (party_id, channel, purpose, granted, source, decided_at)
            SELECT DISTINCT ON (party_id, channel, purpose) party_id, channel, purpose, granted, source, decided_at
            FROM kept ORDER BY party_id, channel, purpose, id DESC
            ON CONFLICT (party_id, channel, purpose) DO UPDATE
                SET granted = excluded.granted, source = excluded.source, decided_at = excluded.decided_at
            """)

    /// Keeps what the ERP's master says of marketing by mail, of parties that are locked.
    ///
    /// Its records stand in order under a number, so a later one is newer; but an old one that is applied late allows nothing that a newer
    /// one forbade. What it says anew was decided at the time of its record, no record having a time before all else, and none a time
    /// to come. Against what the person said elsewhere that time counts, and a refusal where both are equal. What a life derives from before
    /// its beginning may be repeated by a record of any later time: a grant among it was decided nobody knows when.
    static let hear = Query(
        "consent.hear", takes: [UUID].self, [Bool].self, [Date].self, [Int].self, [Bool].self,
        sql: """
            WITH incoming AS (
                SELECT n.party_id, n.granted, n.at, n.off, n.is_change,
                    n.granted AND coalesce(current_setting('rapport.past', true), '') = '1' AS is_derived
                FROM unnest($1::uuid[], $2::boolean[], $3::timestamptz[], $4::bigint[], $5::boolean[])
                    AS n(party_id, granted, at, off, is_change)
                WHERE coalesce(current_setting('rapport.past', true), '') <> '1'
                    OR NOT EXISTS (SELECT FROM erasure e WHERE n.party_id = ANY(e.parties))),
            judged AS (
                SELECT i.*, e.granted AS was, e.decided_at AS since,
                    e.granted IS NULL OR (i.is_change OR i.granted <> e.granted OR i.granted <> e.said) AND (
                        i.at > e.seen_at OR i.off > e.seen_off AND (NOT i.granted OR i.at = e.seen_at)) AS is_new
                FROM incoming i LEFT JOIN consent_erp e
                    ON e.party_id = i.party_id AND e.channel = 'mail' AND e.purpose = 'marketing'),
            said AS (
                SELECT j.*, greatest(
                    CASE WHEN is_derived THEN \(timeUnknown) ELSE least(at, clock_timestamp()) END, since) AS decided_at
                FROM judged j WHERE is_new),
            seen AS (
                INSERT INTO consent_erp AS e
                    (party_id, channel, purpose, granted, decided_at, said, seen_at, seen_off)
                SELECT j.party_id, 'mail', 'marketing', coalesce(s.granted, j.was),
                    coalesce(s.decided_at, j.since), j.granted, j.at, j.off
                FROM judged j LEFT JOIN said s USING (party_id)
                ON CONFLICT (party_id, channel, purpose) DO UPDATE
                    SET granted = excluded.granted, decided_at = excluded.decided_at,
                        said = CASE WHEN excluded.seen_at > e.seen_at OR excluded.seen_off > e.seen_off
                            THEN excluded.said ELSE e.said END,
                        seen_at = greatest(e.seen_at, excluded.seen_at),
                        seen_off = greatest(e.seen_off, excluded.seen_off)),
            kept AS (
                INSERT INTO consent_decision (party_id, channel, purpose, granted, source, decided_at)
                SELECT party_id, 'mail', 'marketing', granted, 'erp',
                    CASE WHEN decided_at = \(timeUnknown) THEN clock_timestamp() ELSE decided_at END
                FROM said)
            INSERT INTO consent AS c (party_id, channel, purpose, granted, source, decided_at)
            SELECT party_id, 'mail', 'marketing', granted, 'erp', decided_at FROM said
            ON CONFLICT (party_id, channel, purpose) DO UPDATE
                SET granted = excluded.granted, source = excluded.source, decided_at = excluded.decided_at
                WHERE c.source = 'erp' AND (NOT excluded.granted OR excluded.decided_at >= c.decided_at)
                    OR (excluded.decided_at, NOT excluded.granted) >= (c.decided_at, NOT c.granted)
            """)

    /// What counts for parties and all that are merged into them: the last word, but a refusal from before a merge stands until the
    /// person decides anew, for a merge may be wrong. Publishes what has changed, and what was decided anew alike, for readers
    /// compare times; what nobody says any more is refused.
    ///
    /// It is told by a time by which it counts with those who keep the word that was decided last: never before what was told last, and
    /// a millisecond behind it where an undone merge allows again what the merge forbade.
    static let settle = Statement(
        "consent.settle",
        """
        WITH roots AS (
            SELECT DISTINCT coalesce(r.survivor_id, n.id) AS id FROM unnest($1::uuid[]) AS n(id)
            LEFT JOIN party_redirect r ON r.party_id = n.id),
        circle AS (
            SELECT id, id AS member FROM roots
            UNION ALL SELECT r.survivor_id, r.party_id FROM roots o JOIN party_redirect r ON r.survivor_id = o.id),
        merged AS (
            SELECT c.id, max(m.merged_at) AS at FROM circle c
            JOIN party_merge m ON m.merged_id = c.member AND m.undone_at IS NULL GROUP BY c.id),
        said AS (
            SELECT c.id AS party_id, k.channel, k.purpose,
                (array_agg(k.granted ORDER BY k.decided_at DESC, k.granted))[1]
                    AND (bool_and(k.granted) OR max(k.decided_at) > coalesce(max(m.at), '-infinity')) AS granted,
                (array_agg(k.source ORDER BY k.decided_at DESC, k.granted))[1] AS source,
                max(k.decided_at) AS decided_at
            FROM circle c JOIN consent k ON k.party_id = c.member LEFT JOIN merged m ON m.id = c.id
            GROUP BY c.id, k.channel, k.purpose),
        before AS (
            SELECT e.party_id, e.channel, e.purpose, e.granted, e.decided_at,
                greatest(e.told_at, e.decided_at) AS told_at
            FROM roots o JOIN consent_effective e ON e.party_id = o.id),
        judged AS (
            SELECT party_id, channel, purpose, coalesce(s.granted, false) AS granted,
                coalesce(s.source, 'merge undone') AS source, coalesce(s.decided_at, b.decided_at) AS decided_at,
                s.granted IS NOT NULL AS is_said,
                greatest(s.decided_at, b.told_at + CASE WHEN s.granted AND NOT b.granted
                    THEN interval '1 millisecond' ELSE interval '0' END) AS told_at,
                coalesce(s.granted, false) IS DISTINCT FROM b.granted OR s.decided_at > b.told_at AS is_new
            FROM said s FULL JOIN before b USING (party_id, channel, purpose)),
        written AS (
            INSERT INTO consent_effective AS e
                (party_id, channel, purpose, granted, source, decided_at, told_at, is_said)
            SELECT party_id, channel, purpose, granted, source, decided_at, told_at, is_said FROM judged
            ON CONFLICT (party_id, channel, purpose) DO UPDATE
                SET granted = excluded.granted, source = excluded.source, decided_at = excluded.decided_at,
                    told_at = excluded.told_at, is_said = excluded.is_said),
        changed AS (
            SELECT *, row_number() OVER (PARTITION BY party_id ORDER BY channel, purpose) AS place
            FROM judged WHERE is_new),
        raised AS (
            UPDATE party p SET version = p.version + c.n, figures = p.figures + c.n
            FROM (SELECT party_id, count(*) AS n FROM changed GROUP BY party_id) c
            WHERE p.id = c.party_id RETURNING p.id, p.version, c.n)
        \(changed)
        FROM raised r JOIN changed c ON c.party_id = r.id JOIN party p ON p.id = r.id ORDER BY r.id, c.place
        """)

    /// Tells what counts now; a party's changes have the numbers up to its new version.
    private static let changed = SQLEvent.insert(
        ConsentChanged.self, key: "r.id::text", sequence: "r.version - r.n + c.place",
        [
            "partyId": "r.id", "channel": "c.channel", "purpose": "c.purpose", "granted": "c.granted",
            "source": "c.source", "decidedAt": "c.told_at", "addresses": addresses,
        ])

    /// Where a party that refuses is reached on the channel.
    private static let addresses = """
        CASE WHEN c.granted THEN NULL
            WHEN c.channel = 'mail' THEN (SELECT json_agg(DISTINCT lower(a.said)) FROM (
                SELECT p.email AS said UNION ALL SELECT e->>'address' FROM jsonb_array_elements(p.details->'emails') AS e) a
                WHERE a.said IS NOT NULL)
            WHEN c.channel IN ('sms', 'phone') THEN (SELECT json_agg(DISTINCT lower(a.said)) FROM (
                SELECT p.phone AS said UNION ALL SELECT e->>'number' FROM jsonb_array_elements(p.details->'phones') AS e) a
                WHERE a.said IS NOT NULL) END
        """

    /// What was told of parties, by the times at which it was decided, where nothing newer is known.
    static let know = Query(
        "consent.know", takes: [UUID].self, [String].self, [String].self, [Bool].self, [String].self, [Date].self,
        sql: """
            WITH told AS (
                SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::timestamptz[])
                    AS n(party_id, channel, purpose, granted, source, at)),
            kept AS (
                INSERT INTO consent AS c (party_id, channel, purpose, granted, source, decided_at)
                SELECT * FROM told
                ON CONFLICT (party_id, channel, purpose) DO UPDATE
                    SET granted = excluded.granted, source = excluded.source, decided_at = excluded.decided_at
                    WHERE (excluded.decided_at, NOT excluded.granted) > (c.decided_at, NOT c.granted)
                RETURNING *),
            made AS (
                INSERT INTO consent_decision (party_id, channel, purpose, granted, source, decided_at)
                SELECT party_id, channel, purpose, granted, source, decided_at FROM kept
                WHERE decided_at <> \(timeUnknown))
            INSERT INTO consent_effective AS e
                (party_id, channel, purpose, granted, source, decided_at, told_at, is_said)
            SELECT party_id, channel, purpose, granted, source, at, at, true FROM told
            ON CONFLICT (party_id, channel, purpose) DO UPDATE SET granted = excluded.granted, source = excluded.source,
                decided_at = excluded.decided_at, told_at = excluded.told_at, is_said = true
            WHERE (excluded.decided_at, NOT excluded.granted) > (greatest(e.told_at, e.decided_at), NOT e.granted)
            """)

    /// Tells again what counts for parties, each word by its own time.
    static let tellAgain = Query(
        "consent.tell_again", takes: [UUID].self,
        sql: """
            WITH c AS (
                SELECT party_id, channel, purpose, granted, source, greatest(told_at, decided_at) AS told_at,
                    row_number() OVER (PARTITION BY party_id ORDER BY channel, purpose) AS place
                FROM consent_effective WHERE party_id = ANY($1::uuid[])),
            r AS (
                UPDATE party p SET version = p.version + n.n, figures = p.figures + n.n
                FROM (SELECT party_id, count(*) AS n FROM c GROUP BY party_id) n
                WHERE p.id = n.party_id RETURNING p.id, p.version, n.n)
            \(changed)
            FROM r JOIN c ON c.party_id = r.id JOIN party p ON p.id = r.id ORDER BY r.id, c.place
            """)

    /// What counts, for the survivor where the party is merged.
    static let get = Query(
        "consent.get", takes: UUID.self, gives: String.self,
        sql: """
            SELECT coalesce(json_agg(json_build_object('channel', channel, 'purpose', purpose, 'granted', granted,
                'source', source, 'decidedAt', nullif(decided_at, \(timeUnknown))) ORDER BY channel, purpose), '[]')::text
            FROM consent_effective
            WHERE party_id = coalesce((SELECT survivor_id FROM party_redirect WHERE party_id = $1), $1) AND is_said
            """)

    /// What counts as rows, for the preference centre.
    static let counting = Query(
        "consent.counting", takes: UUID.self, gives: String.self, String.self, Bool.self,
        sql: """
            SELECT channel, purpose, granted FROM consent_effective
            WHERE party_id = coalesce((SELECT survivor_id FROM party_redirect WHERE party_id = $1), $1) AND is_said
            """)

    /// Who a preference page is for; the survivor where the party is merged, nobody where it is erased.
    static let name = Query(
        "consent.name", takes: UUID.self, gives: String.self,
        sql: """
            SELECT s.name FROM party p JOIN party s ON s.id = coalesce(p.merged_into, p.id)
            WHERE p.id = $1 AND NOT EXISTS (SELECT FROM erasure e WHERE s.id = ANY(e.parties))
            """)

    /// Every decision of a party and of all that are merged into it, newest first.
    static let decisions = Query(
        "consent.decisions", takes: UUID.self, Int?.self, Int.self, gives: String.self, Int.self,
        sql: """
            SELECT json_build_object('id', id, 'partyId', party_id, 'channel', channel, 'purpose', purpose,
                'granted', granted, 'source', source, 'proof', proof, 'decidedAt', decided_at)::text, id
            FROM consent_decision WHERE party_id = ANY(\(Redirects.circle("$1"))) AND ($2::bigint IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3
            """)

    /// How often the links of a party were revoked.
    static let generation = Query(
        "consent.generation", takes: UUID.self, gives: Int.self,
        sql: "SELECT coalesce((SELECT generation FROM preference_link WHERE party_id = $1), 0)")

    /// Revokes the links of a party that were given out; nothing where there is none.
    static let revoke = Query(
        "consent.revoke", takes: UUID.self, gives: Int.self,
        sql: """
            INSERT INTO preference_link AS l (party_id, generation) SELECT id, 1 FROM party WHERE id = $1
            ON CONFLICT (party_id) DO UPDATE SET generation = l.generation + 1 RETURNING generation
            """)
}
