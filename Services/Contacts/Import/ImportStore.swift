import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of imports.
enum ImportStore {
    static let statements: [any Preparable] = [
        begin, waiting, repeated, dropStale, sign, drop, addChunk, addBytes, setChunk, clearChunks, queue, get, list,
        claim,
        chunk, dropChunk, allow, match,
        see, wholes,
        lockAll,
        insert, insertNamed, update, remember, refer, note, advance, tidy, end, fail, askUndo, undoRows, remove,
        restore, forget,
        undoAdvance, errors, sweep,
    ]

    static let begin = Statement(
        "import.begin",
        "INSERT INTO party_import (id, state, format, options, caller) VALUES ($1, 'receiving', $2, $3::text::jsonb, $4) "
            + "ON CONFLICT DO NOTHING RETURNING 1")
    /// How many imports of a caller are not worked off, and what is still to be read of them; then the same of all.
    static let waiting = Query(
        "import.waiting", takes: String.self, gives: Int.self, Int.self, Int.self, Int.self,
        sql: """
            SELECT count(*) FILTER (WHERE caller = $1),
                coalesce(sum(bytes - bytes_done) FILTER (WHERE caller = $1), 0)::bigint,
                count(*), coalesce(sum(bytes - bytes_done), 0)::bigint
            FROM party_import WHERE state IN ('receiving', 'queued', 'running')
            """)
    /// What became of the upload that came under the same key, and the digest of it.
    static let repeated = Query(
        "import.repeated", takes: UUID.self, gives: String.self, SQLBytes?.self,
        sql: "SELECT state, digest FROM party_import WHERE id = $1")
    /// An upload of which nothing has come for long: its process has died. A piece may take its time, as bodies may be slow.
    static let dropStale = Query(
        "import.drop_stale", takes: UUID.self,
        sql: """
            DELETE FROM party_import
            WHERE id = $1 AND state = 'receiving' AND turn_at < clock_timestamp() - interval '15 minutes'
            """)
    static let sign = Query(
        "import.sign", takes: UUID.self, SQLBytes.self, sql: "UPDATE party_import SET digest = $2 WHERE id = $1")
    static let drop = Statement("import.drop", "DELETE FROM party_import WHERE id = $1 AND state = 'receiving'")
    static let addChunk = Statement(
        "import.add_chunk", "INSERT INTO import_chunk (import_id, seq, bytes) VALUES ($1, $2, $3)")
    static let addBytes = Statement(
        "import.add_bytes",
        "UPDATE party_import SET chunks = chunks + 1, bytes = bytes + $2, turn_at = clock_timestamp() WHERE id = $1")
    /// Puts a piece in another encoding in the place of what came.
    static let setChunk = Query(
        "import.set_chunk", takes: UUID.self, Int.self, SQLBytes.self,
        sql: """
            WITH written AS (
                UPDATE import_chunk SET bytes = $3 WHERE import_id = $1 AND seq = $2 RETURNING length(bytes) AS size)
            UPDATE party_import SET bytes = CASE WHEN $2 = 0 THEN 0 ELSE bytes END + (SELECT size FROM written) WHERE id = $1
            """)
    static let clearChunks = Statement(
        "import.clear_chunks",
        """
        WITH gone AS (DELETE FROM import_chunk WHERE import_id = $1)
        UPDATE party_import SET chunks = 0, bytes = 0 WHERE id = $1
        """)
    static let queue = Statement(
        "import.queue", "UPDATE party_import SET state = 'queued', options = $2::text::jsonb WHERE id = $1")

    /// An import as JSON; `options` is SQL for how it is read.
    private static func json(_ options: String) -> String {
        """
        json_build_object('id', id, 'state', state, 'format', format, 'options', \(options), 'bytes', bytes,
            'bytesDone', bytes_done, 'rows', rows, 'created', created, 'changed', changed, 'skipped', skipped,
            'refused', refused, 'added', added, 'relations', relations, 'consents', consents, 'undone', undone, 'kept', kept, 'error', error, 'createdAt', created_at,
            'finishedAt', finished_at)::text
        """
    }
    static let get = Statement("import.get", "SELECT \(json("options")), state FROM party_import WHERE id = $1")
    /// In a list without what may be long: the mapping, and headings that mean nothing.
    static let list = Statement(
        "import.list",
        "SELECT \(json("options - 'mapping' - 'ignored' - 'files'")), id FROM party_import WHERE ($1::uuid IS NULL OR id < $1) ORDER BY id DESC LIMIT $2"
    )

    /// The import that has waited longest for a step: whoever brings a small file does not wait for the end of a large one. Its row is locked
    /// for the step.
    static let claim = Query(
        "import.claim",
        gives: UUID.self, String.self, String.self, Int.self, Int.self, SQLBytes.self, String?.self, Int.self,
        sql: """
            SELECT id, state, options::text, next_chunk, chunks, carry, to_json(header)::text, line FROM party_import
            WHERE state IN ('queued', 'running', 'undoing') ORDER BY turn_at LIMIT 1 FOR UPDATE SKIP LOCKED
            """)
    static let chunk = Statement(
        "import.chunk", "SELECT bytes FROM import_chunk WHERE import_id = $1 AND seq = $2")
    static let dropChunk = Statement(
        "import.drop_chunk", "DELETE FROM import_chunk WHERE import_id = $1 AND seq = $2")

    /// For steps of many rows: time, room for the search index to gather entries and to sort them in, and no plan that reads the whole table,
    /// which statistics of a table that has just begun to grow would suggest.
    static let allow = Statement(
        "import.allow",
        """
        SELECT set_config('statement_timeout', '600000', true), set_config('work_mem', '64MB', true),
            set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
            set_config('enable_mergejoin', 'off', true), set_config('gin_pending_list_limit', '64MB', true)
        """)

    /// The parties that rows may be, ten at most by a key of each: what comes first is the better key. A merged party's keys lead to its
    /// survivor; who is erased is nobody.
    static let match = Query(
        "import.match", takes: [UUID?].self, [String?].self, [String?].self, [String?].self, String.self,
        gives: Int.self, UUID.self, Int.self, String.self, String?.self, String?.self,
        sql: """
            SELECT f.n, s.id, f.rank, s.name, s.email, s.phone FROM (
                SELECT k.n, p.id, coalesce(p.merged_into, p.id) AS party, 0 AS rank FROM unnest($1::uuid[]) WITH ORDINALITY AS k(id, n)
                    JOIN party p ON p.id = k.id
                UNION ALL
                SELECT k.n, r.party_id, r.party_id, 1 FROM unnest($2::text[]) WITH ORDINALITY AS k(reference, n)
                    JOIN party_reference r ON r.system = $5 AND r.reference = k.reference
                UNION ALL
                SELECT k.n, p.id, p.party, 2 FROM unnest($3::text[]) WITH ORDINALITY AS k(email, n) CROSS JOIN LATERAL (
                    SELECT p.id, coalesce(p.merged_into, p.id) AS party FROM party p
                    WHERE lower(p.email) = k.email AND p.email IS NOT NULL LIMIT 10) p
                UNION ALL
                SELECT k.n, p.id, p.party, 3 FROM unnest($4::text[]) WITH ORDINALITY AS k(phone, n) CROSS JOIN LATERAL (
                    SELECT p.id, coalesce(p.merged_into, p.id) AS party FROM party p
                    WHERE reverse(p.phone) = reverse(k.phone) AND p.phone IS NOT NULL LIMIT 10) p) f
            JOIN party s ON s.id = f.party
            WHERE f.rank > 0 OR NOT EXISTS (SELECT FROM erasure e WHERE f.id = ANY(e.parties))
            ORDER BY f.n, f.rank, s.id
            """)

    /// Parties as a dry run compares them.
    static let see = Statement(
        "import.see", "SELECT \(PartyStore.columns) FROM party p WHERE id = ANY($1::uuid[]) ORDER BY id")

    static let lockAll = Statement(
        "import.lock_all",
        "SELECT \(PartyStore.columns) FROM party p WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE")

    /// Whole rows as JSON, locked, for undo.
    static let wholes = Statement(
        "import.wholes", locks: .parties,
        "SELECT id, to_jsonb(p)::text FROM party p WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE")

    /// Adds new parties, tells of them and remembers them for undo.
    static let insert = insert("import.insert", names: .none)
    /// The same of parties whose references are written.
    static let insertNamed = insert("import.insert_named", names: .stored)

    private static func insert(_ name: String, names: PartyStore.Names) -> Statement {
        Statement(
            name,
            """
            WITH \(PartyStore.rows),
            written AS (
                INSERT INTO party (id, kind, name, email, phone, language, time_zone, country, notes, tags, owner, category,
                    birthday, details, custom, sort_name, search_text, search_terms)
                SELECT * FROM incoming
                RETURNING *),
            remembered AS (INSERT INTO import_row (import_id, party_id, version) SELECT $19, id, version FROM written)
            \(PartyStore.tell(PartyCreated.self, names: names)) FROM written p
            """, takes: PartyStore.rowColumns + [.parameter(UUID.self)], gives: [])
    }

    static let update = Statement(
        "import.update",
        """
        WITH \(PartyStore.rows),
        written AS (
            UPDATE party p SET version = p.version + 1, kind = i.kind, name = i.name, email = i.email, phone = i.phone,
                language = i.language, time_zone = i.time_zone, country = i.country, notes = i.notes, tags = i.tags,
                owner = i.owner, category = i.category, birthday = i.birthday, details = i.details, custom = i.custom,
                sort_name = i.sort_name, search_text = i.search_text, search_terms = i.terms, updated_at = now()
            FROM incoming i WHERE p.id = i.id RETURNING p.*)
        \(PartyStore.tell(PartyChanged.self)) FROM written p
        """, takes: PartyStore.rowColumns, gives: [])

    /// What was changed, for undo; of a party that two steps changed the first remembers how it was, and where somebody else changed it
    /// between them the version stays that of the first, so that it is kept. Of parties that were there the version is that of the record,
    /// which orders do not raise; of new ones it is that of all that is told of them.
    static let remember = Statement(
        "import.remember",
        """
        INSERT INTO import_row AS r (import_id, party_id, version, before)
        SELECT $1, party_id, version, before::jsonb FROM unnest($2::uuid[], $3::bigint[], $4::text[])
            AS n(party_id, version, before)
        ON CONFLICT (import_id, party_id) DO UPDATE SET version = CASE
            WHEN r.before IS NULL THEN (
                SELECT CASE WHEN p.version = r.version + 1 THEN p.version ELSE r.version END FROM party p WHERE p.id = r.party_id)
            WHEN excluded.version = r.version + 1 THEN excluded.version ELSE r.version END
        """)
    /// What systems call parties; what is called so by others than files of no system is noted, for undo.
    static let refer = Query(
        "import.refer", takes: [String].self, [String].self, [UUID].self, UUID.self, gives: UUID.self,
        sql: """
            WITH named AS (
                INSERT INTO party_reference (system, reference, party_id)
                SELECT system, reference, party_id FROM unnest($1::text[], $2::text[], $3::uuid[]) AS n(system, reference, party_id)
                ON CONFLICT DO NOTHING RETURNING system, reference, party_id),
            noted AS (
                INSERT INTO import_addition (import_id, kind, party_id, other)
                SELECT $4, 'reference:' || system, party_id, reference FROM named WHERE system <> 'import'
                ON CONFLICT DO NOTHING)
            SELECT DISTINCT party_id FROM named
            """)
    static let note = Query(
        "import.note",
        takes: UUID.self, [Int].self, [String].self, [String].self, [String].self, [String].self, [UUID?].self,
        sql: """
            INSERT INTO import_error (import_id, line, outcome, field, message, record, party_id)
            SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[])
            ON CONFLICT DO NOTHING
            """)
    static let advance = Query(
        "import.advance", takes: UUID.self, SQLBytes.self, String?.self, Int.self, String.self, Int.self, Int.self,
        Int.self, Int.self, Int.self, Int.self, Int.self, Int.self, Int.self,
        sql: """
            UPDATE party_import SET state = 'running', next_chunk = next_chunk + 1, carry = $2,
                header = (SELECT array_agg(value) FROM json_array_elements_text($3::text::json)), line = $4,
                options = $5::text::jsonb, turn_at = clock_timestamp(), rows = rows + $6, created = created + $7, changed = changed + $8,
                skipped = skipped + $9, refused = refused + $10, bytes_done = bytes_done + $11,
                added = added + $12, relations = relations + $13, consents = consents + $14 WHERE id = $1
            """)
    /// What the steps gathered in the search index's pending list: otherwise the next one to create a party would have to wait for it.
    static let tidy = Statement("import.tidy", "SELECT gin_clean_pending_list(to_regclass('party_search'))")
    static let end = Statement(
        "import.end",
        """
        WITH seen AS (DELETE FROM import_addition WHERE import_id = $1 AND (kind = 'seen' OR $2 = 'undone'))
        UPDATE party_import SET state = $2, carry = '', finished_at = clock_timestamp() WHERE id = $1
        """)
    static let fail = Statement(
        "import.fail",
        """
        WITH gone AS (DELETE FROM import_chunk WHERE import_id = $1)
        UPDATE party_import SET state = 'failed', error = $2, carry = '', finished_at = clock_timestamp() WHERE id = $1
        """)

    // MARK: Undo

    static let askUndo = Statement(
        "import.ask_undo",
        "UPDATE party_import SET state = 'undoing', error = NULL WHERE id = $1 AND state IN ('done', 'failed') RETURNING 1"
    )
    /// The next rows to undo, with the version that their parties have now; -1 stands for a new party of which others know by now:
    /// related, merged, called something by another system, written to.
    static let undoRows = Statement(
        "import.undo_rows",
        """
        SELECT r.party_id, r.version, r.before::text, CASE WHEN r.before IS NULL AND EXISTS (
            SELECT 1 FROM party_relation l WHERE l.party_id = p.id OR l.other_id = p.id
            UNION ALL SELECT 1 FROM party_merge m WHERE m.survivor_id = p.id OR m.merged_id = p.id
            UNION ALL SELECT 1 FROM party_reference f WHERE f.party_id = p.id AND f.system <> 'import'
                AND NOT EXISTS (SELECT 1 FROM import_addition a WHERE a.import_id = $1 AND a.party_id = p.id
                    AND a.kind = 'reference:' || f.system AND a.other = f.reference)
            UNION ALL SELECT 1 FROM touch t WHERE t.party_id = p.id) THEN -1
            WHEN r.before IS NULL THEN p.version ELSE p.version - p.figures END FROM (
            SELECT * FROM import_row WHERE import_id = $1 ORDER BY party_id LIMIT 1000) r
        LEFT JOIN (SELECT id, version, coalesce(figures, 0) AS figures FROM party WHERE id IN (
            SELECT party_id FROM import_row WHERE import_id = $1 ORDER BY party_id LIMIT 1000) ORDER BY id FOR UPDATE) p
            ON p.id = r.party_id ORDER BY r.party_id
        """)
    /// Takes parties away that only the import knew of, with all that was derived from them. Nobody asked to be forgotten: an erasure would
    /// take from other services what has the same address, a lead for one.
    static let remove = Statement(
        "import.remove",
        """
        WITH referred AS (DELETE FROM party_reference WHERE party_id = ANY($1::uuid[])),
        matched AS (DELETE FROM match_key WHERE party_id = ANY($1::uuid[])),
        talked AS (UPDATE interaction SET party_id = NULL WHERE party_id = ANY($1::uuid[])),
        paired AS (DELETE FROM duplicate_pair WHERE low = ANY($1::uuid[]) OR high = ANY($1::uuid[])),
        past AS (DELETE FROM party_history WHERE party_id = ANY($1::uuid[])),
        spent AS (DELETE FROM party_wallet WHERE party_id = ANY($1::uuid[])),
        said AS (DELETE FROM consent WHERE party_id = ANY($1::uuid[])),
        counted AS (DELETE FROM consent_effective WHERE party_id = ANY($1::uuid[])),
        decided AS (DELETE FROM consent_decision WHERE party_id = ANY($1::uuid[])),
        gone AS (DELETE FROM party WHERE id = ANY($1::uuid[]) RETURNING id, version)
        \(SQLEvent.insert(PartyRemoved.self, key: "id::text", sequence: "version + 1", ["partyId": "id"]))
        FROM gone
        """)
    /// Puts the columns of changed parties back as they were.
    static let restore = Statement(
        "import.restore",
        """
        WITH written AS (
            UPDATE party p SET version = p.version + 1, kind = b.kind, name = b.name, email = b.email, phone = b.phone,
                language = b.language, time_zone = b.time_zone, country = b.country, notes = b.notes, tags = b.tags,
                owner = b.owner, category = b.category, birthday = b.birthday, details = b.details, custom = b.custom,
                sort_name = b.sort_name, search_text = b.search_text, search_terms = b.search_terms, updated_at = now()
            FROM unnest($1::text[]) AS n(before), jsonb_populate_record(NULL::party, n.before::jsonb) b
            WHERE p.id = b.id RETURNING p.*)
        \(PartyStore.tell(PartyChanged.self)) FROM written p
        """)
    static let forget = Statement(
        "import.forget", "DELETE FROM import_row WHERE import_id = $1 AND party_id = ANY($2::uuid[])")
    static let undoAdvance = Statement(
        "import.undo_advance",
        "UPDATE party_import SET undone = undone + $2, kept = kept + $3, turn_at = clock_timestamp() WHERE id = $1")

    static let errors = Statement(
        "import.errors",
        """
        SELECT line, field, message, record, outcome, party_id::text FROM import_error
        WHERE import_id = $1 AND line > $2 ORDER BY line LIMIT 500
        """)
    /// Uploads that broke off.
    static let sweep = Statement(
        "import.sweep",
        "DELETE FROM party_import WHERE state = 'receiving' AND created_at < clock_timestamp() - interval '1 day'")
}
