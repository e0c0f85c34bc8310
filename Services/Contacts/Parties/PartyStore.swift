import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of parties.
enum PartyStore {
    static let statements: [any Preparable] = [
        insert, insertMissing, lock, lockAll, lockAndRaise, raise, mergedInto, know,
        knowReferences, forget, stub, known, tellAgain, toRetell, update, get, setSearch, select, estimate, bodies,
        shares,
    ]

    /// The version of a party's record: what people edit. Orders, stages and consents raise the party's version too, which is the sequence
    /// of its events, and make nobody's open form stale. Forms of the past may be from before the two were told apart.
    static let edition = "p.version - coalesce(p.figures, 0)"

    /// A party as JSON, as the routes show it. `p` is the party.
    static let json = """
        json_build_object('id', p.id, 'version', \(edition), 'kind', p.kind, 'name', p.name, 'email', p.email,
            'phone', p.phone, 'language', p.language, 'timeZone', p.time_zone, 'country', p.country, 'notes', p.notes,
            'tags', p.tags, 'owner', p.owner, 'category', p.category, 'birthday', p.birthday,
            'emails', coalesce(nullif(p.details->'emails', '[]'), CASE WHEN p.email IS NULL THEN '[]'
                ELSE jsonb_build_array(jsonb_build_object('address', p.email)) END),
            'phones', coalesce(nullif(p.details->'phones', '[]'), CASE WHEN p.phone IS NULL THEN '[]'
                ELSE jsonb_build_array(jsonb_build_object('number', p.phone)) END),
            'addresses', coalesce(p.details->'addresses', '[]'), 'handles', coalesce(p.details->'handles', '[]'),
            'likes', coalesce(p.details->'likes', '[]'), 'preferences', coalesce(p.details->'preferences', '{}'),
            'organisation', p.details->'organisation', 'title', p.details->'title', 'taxId', p.details->'taxId',
            'custom', p.custom, 'mergedInto', p.merged_into,
            'stage', coalesce((SELECT s.stage FROM party_stage s WHERE s.party_id = p.id), 'prospect'), 'createdAt', p.created_at, 'updatedAt', p.updated_at,
            'references', (SELECT coalesce(json_agg(json_build_object('system', r.system, 'reference', r.reference)), '[]')
                FROM party_reference r WHERE r.party_id = p.id))
        """

    /// What a party's row is written with, `update` and `insert` alike.
    private static let written: [SQLShape] =
        [.parameter(UUID.self), .parameter(String.self), .parameter(String.self)]
        + Array(repeating: .parameter(String?.self), count: 6) + [.parameter([String].self)]
        + Array(repeating: .parameter(String?.self), count: 3) + Array(repeating: .parameter(String.self), count: 5)

    static let insert = Statement(
        "party.insert",
        """
        WITH p AS (
            INSERT INTO party (id, kind, name, email, phone, language, time_zone, country, notes, tags, owner, category,
                birthday, details, custom, sort_name, search_text, search_terms)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text::date, $14::text::jsonb,
                $15::text::jsonb, $16, $17, $18::text::integer[]) RETURNING *)
        \(tell(PartyCreated.self, names: .none)) FROM p
        """, takes: written, gives: [])

    /// What `PartyRow.columns` gives.
    static let rowColumns: [SQLShape] =
        [.parameter([UUID].self), .parameter([String].self), .parameter([String].self)]
        + Array(repeating: .parameter([String?].self), count: 6) + [.parameter([String].self)]
        + Array(repeating: .parameter([String?].self), count: 3) + Array(repeating: .parameter([String].self), count: 5)
    /// SQL: `incoming`, many parties whole.
    static let rows = """
        incoming AS (
            SELECT id, kind, name, email, phone, language, time_zone, country, notes,
                ARRAY(SELECT jsonb_array_elements_text(tags::jsonb)) AS tags, owner, category, birthday::date AS birthday,
                details::jsonb AS details, custom::jsonb AS custom, sort_name, search_text, terms::integer[] AS terms
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
                $17::text[], $18::text[])
                AS n(id, kind, name, email, phone, language, time_zone, country, notes, tags, owner, category, birthday,
                    details, custom, sort_name, search_text, terms))
        """

    /// Adds parties that others have given ids, where they are missing, and tells of them.
    static let insertMissing = Statement(
        "party.insert_missing", locks: .newcomers,
        """
        WITH \(rows),
        written AS (
            INSERT INTO party (id, kind, name, email, phone, language, time_zone, country, notes, tags, owner, category,
                birthday, details, custom, sort_name, search_text, search_terms)
            SELECT * FROM incoming ON CONFLICT DO NOTHING RETURNING *)
        \(tell(PartyCreated.self, names: .none)) FROM written p
        """, takes: rowColumns, gives: [])

    /// A list of a party's details with another value in the place of its first, for that and the single member are the same thing; what
    /// is in it already moves there with its label. Nothing where there is no list or no value.
    static func led(_ list: String, _ member: String, by value: String) -> String {
        """
        CASE WHEN \(value) IS NOT NULL AND jsonb_array_length(p.details->'\(list)') > 0 THEN
                jsonb_build_object('\(list)', jsonb_build_array(coalesce((
                    SELECT i FROM jsonb_array_elements(p.details->'\(list)') AS i WHERE i->>'\(member)' = \(value) LIMIT 1),
                    p.details->'\(list)'->0 || jsonb_build_object('\(member)', \(value)))) || (
                        SELECT coalesce(jsonb_agg(l.item ORDER BY l.place), '[]')
                        FROM jsonb_array_elements(p.details->'\(list)') WITH ORDINALITY AS l(item, place)
                        WHERE l.place > 1 AND l.item->>'\(member)' <> \(value))) ELSE '{}' END
        """
    }

    /// A party for a change of it, as the routes show it, and its survivor where it is merged.
    static let lock = Statement(
        "party.lock", locks: .parties,
        """
        SELECT \(columns), \(json)::text, p.merged_into FROM party p WHERE id = $1 FOR NO KEY UPDATE
        """)

    /// Locks parties in order, and the survivors of those that are merged.
    static let lockAll = Statement(
        "party.lock_all", locks: .parties,
        """
        SELECT 1 FROM party WHERE id = ANY($1::uuid[]
            || ARRAY(SELECT survivor_id FROM party_redirect WHERE party_id = ANY($1::uuid[]))) ORDER BY id FOR NO KEY UPDATE
        """)

    /// Locks parties in order and raises their versions.
    static let lockAndRaise = Statement(
        "party.lock_and_raise", locks: .parties,
        """
        UPDATE party p SET version = p.version + 1, figures = p.figures + 1
        FROM (SELECT id FROM party WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE) l WHERE p.id = l.id
        """)

    /// Raises the versions of parties whose rows are locked.
    static let raise = Statement(
        "party.raise", "UPDATE party SET version = version + 1, figures = figures + 1 WHERE id = ANY($1::uuid[])")

    /// Parties as this service has told them, where nothing newer is known of them.
    static let know = Query(
        "party.know",
        takes: [UUID].self, [Int].self, [String].self, [String].self, [String?].self, [String?].self, [String?].self,
        [String?].self, [String?].self, [String].self, [String?].self, [String?].self, [String?].self, [String].self,
        [Date].self, [Bool].self,
        sql: """
            WITH told AS (
                SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::timestamptz[],
                    $16::boolean[])
                    AS n(id, version, kind, name, email, phone, language, time_zone, country, tags, owner, category,
                        birthday, details, at, is_later))
            INSERT INTO party AS p
                (id, version, kind, name, email, phone, language, time_zone, country, tags, owner, category, birthday,
                    details, created_at, updated_at)
            SELECT id, version, kind, name, email, phone, language, time_zone, country,
                ARRAY(SELECT jsonb_array_elements_text(tags::jsonb)), owner, category, birthday::date, details::jsonb, at, at
            FROM told ORDER BY id
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, kind = excluded.kind, name = excluded.name,
                email = excluded.email, phone = excluded.phone, language = excluded.language,
                time_zone = excluded.time_zone, country = excluded.country, tags = excluded.tags, owner = excluded.owner,
                category = excluded.category, birthday = excluded.birthday, details = p.details || excluded.details
                    || \(led("emails", "address", by: "excluded.email"))
                    || \(led("phones", "number", by: "excluded.phone")),
                search_terms = NULL, updated_at = now()
            WHERE p.version < excluded.version OR EXISTS (SELECT FROM told t WHERE t.id = p.id AND t.is_later)
            """)

    /// What systems call parties, as this service has told it.
    static let knowReferences = Query(
        "party.know_references", takes: [String].self, [String].self, [UUID].self,
        sql: """
            INSERT INTO party_reference (system, reference, party_id)
            SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[]) ON CONFLICT DO NOTHING
            """)

    /// Takes parties away that were made by mistake, as it was told.
    static let forget = Query(
        "party.forget", takes: [UUID].self,
        sql: """
            WITH named AS (DELETE FROM party_reference WHERE party_id = ANY($1::uuid[]))
            DELETE FROM party WHERE id = ANY($1::uuid[])
            """)

    /// Parties of which something is known before they are; whatever is told of them is newer.
    static let stub = Query(
        "party.stub", takes: [UUID].self,
        sql: """
            INSERT INTO party (id, version, kind, name) SELECT n.id, 0, 'consumer', 'unknown' FROM unnest($1::uuid[]) AS n(id)
            ORDER BY n.id ON CONFLICT DO NOTHING
            """)

    /// Which of some parties there are, be they erased.
    static let known = Query(
        "party.known", takes: [UUID].self, gives: UUID.self, sql: "SELECT id FROM party WHERE id = ANY($1::uuid[])")

    /// Tells parties again as they are, each under its next version; not those who were erased.
    static let tellAgain = Query(
        "party.tell_again", takes: [UUID].self,
        sql: """
            WITH p AS (
                UPDATE party SET version = version + 1, figures = figures + 1
                WHERE id = ANY($1::uuid[]) AND NOT EXISTS (SELECT FROM erasure e WHERE party.id = ANY(e.parties))
                RETURNING *)
            \(tell(PartyChanged.self)) FROM p ORDER BY p.id
            """)

    /// Parties that were told in a form of before, which are to be told again; others pass over them.
    static let toRetell = Query(
        "party.to_retell", takes: Int.self, gives: UUID.self,
        sql: """
            DELETE FROM party_retelling WHERE party_id IN (
                SELECT party_id FROM party_retelling ORDER BY party_id LIMIT $1 FOR UPDATE SKIP LOCKED)
            RETURNING party_id
            """)

    static let mergedInto = Statement("party.merged_into", "SELECT merged_into FROM party WHERE id = $1")

    /// The version of a party's record and the party whole, as `Party` reads it.
    static let columns = """
        \(edition), json_build_object('id', p.id, 'kind', p.kind, 'name', p.name, 'email', p.email, 'phone', p.phone,
            'language', p.language, 'timeZone', p.time_zone, 'country', p.country, 'notes', p.notes, 'tags', p.tags,
            'owner', p.owner, 'category', p.category, 'birthday', p.birthday, 'details', p.details, 'custom', p.custom,
            'references', (SELECT coalesce(json_agg(r.reference ORDER BY r.reference), '[]')
                FROM party_reference r WHERE r.party_id = p.id))::text
        """

    /// Writes a party and tells of it; gives its new form as the routes show it, and its version.
    static let update = Statement(
        "party.update",
        """
        WITH p AS (
            UPDATE party SET version = version + 1, kind = $2, name = $3, email = $4, phone = $5, language = $6,
                time_zone = $7, country = $8, notes = $9, tags = $10, owner = $11, category = $12,
                birthday = $13::text::date, details = $14::text::jsonb, custom = $15::text::jsonb, sort_name = $16,
                search_text = $17, search_terms = $18::text::integer[], updated_at = now()
            WHERE id = $1 RETURNING *),
        told AS (\(tell(PartyChanged.self)) FROM p)
        SELECT \(json)::text, \(edition) FROM p
        """, takes: written, gives: [.column(String.self), .column(Int.self)])

    static let get = Query(
        "party.get", takes: UUID.self, gives: String.self, Int.self,
        sql: "SELECT \(json)::text, \(edition) FROM party p WHERE p.id = $1")

    static let setSearch = Statement(
        "party.set_search",
        """
        UPDATE party p SET sort_name = n.sort_name, search_text = n.search_text,
            search_terms = n.search_terms::integer[]
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS n(id, sort_name, search_text, search_terms)
        WHERE p.id = n.id
        """)

    /// Any list: the text of a query and its arguments. See `party_select` in the schema.
    static let select = Statement("party.select", "SELECT body, sort, id FROM party_select($1, $2::text[])")

    /// About how many there are: what the database's own upkeep last counted.
    static let estimate = Statement(
        "party.estimate",
        "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass('party')")

    /// Some parties in the order of their ids given, as `select` gives them.
    static let bodies = Statement(
        "party.bodies",
        """
        SELECT \(json)::text, NULL::text, p.id FROM unnest($1::uuid[]) WITH ORDINALITY AS n(wanted, place)
        JOIN party p ON p.id = n.wanted ORDER BY n.place
        """)

    /// The terms, of some, that a half of a hundredth of the parties have or more, and about how many have them, from the statistics of the table.
    static let shares = Statement(
        "party.shares",
        """
        SELECT s.term, s.share * c.reltuples::float8 FROM pg_class c, unnest($1::text::integer[]) AS t(term) JOIN (
            SELECT unnest(most_common_elems::text::integer[]) AS term, unnest(most_common_elem_freqs) AS share FROM pg_stats
            WHERE schemaname = current_schema() AND tablename = 'party' AND attname = 'search_terms') s USING (term)
        WHERE c.oid = to_regclass('party')
        """)
}
