import FoundationEssentials
import Postgres

/// The SQL of what rows add to parties: relations, notes, decisions.
enum ImportAdditionStore {
    static let statements: [any Preparable] = [called, see, relate, wanted, even, keepEven, unrelate]

    /// Whom a system calls so; who is merged is its survivor. In a dry run also what it has seen, whose party is none yet.
    static let called = Query(
        "import_addition.called", takes: UUID.self, String.self, [String].self, gives: String.self, UUID.self,
        sql: """
            SELECT n.reference, coalesce(p.merged_into, p.id) FROM unnest($3::text[]) AS n(reference)
            JOIN party_reference r ON r.system = $2 AND r.reference = n.reference JOIN party p ON p.id = r.party_id
            UNION ALL
            SELECT n.reference, a.party_id FROM unnest($3::text[]) AS n(reference)
            JOIN import_addition a ON a.import_id = $1 AND a.kind = 'seen' AND a.other = n.reference
            """)

    /// References that a dry run would keep.
    static let see = Query(
        "import_addition.see", takes: UUID.self, [UUID].self, [String].self,
        sql: """
            INSERT INTO import_addition (import_id, kind, party_id, other)
            SELECT $1, 'seen', * FROM unnest($2::uuid[], $3::text[]) ON CONFLICT DO NOTHING
            """)

    /// Relates parties, those that are not yet, and notes it for undo. Tells which were made.
    static let relate = Query(
        "import_addition.relate", takes: UUID.self, [UUID].self, [String].self, [UUID].self, [String?].self,
        [String?].self, gives: Int.self,
        sql: """
            WITH incoming AS (
                SELECT DISTINCT ON (party_id, kind, other_id) * FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[])
                    AS n(party_id, kind, other_id, since, note) WHERE party_id <> other_id
                ORDER BY party_id, kind, other_id, since),
            made AS (
                INSERT INTO party_relation (party_id, kind, other_id, since, note)
                SELECT party_id, kind, other_id, since::date, note FROM incoming ORDER BY party_id, kind, other_id
                ON CONFLICT DO NOTHING RETURNING party_id, kind, other_id),
            noted AS (
                INSERT INTO import_addition (import_id, kind, party_id, other)
                SELECT $1, kind, party_id, other_id::text FROM made ON CONFLICT DO NOTHING)
            SELECT count(*) FROM made
            """)

    /// The places of decisions that say something: what forbids counts unless it is forbidden, what allows only where nobody has said anything.
    static let wanted = Query(
        "import_addition.wanted", takes: [UUID].self, [String].self, [String].self, [Bool].self, gives: Int.self,
        sql: """
            SELECT n.place FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[]) WITH ORDINALITY
                AS n(party_id, channel, purpose, granted, place)
            LEFT JOIN consent c USING (party_id, channel, purpose)
            LEFT JOIN consent_erp e USING (party_id, channel, purpose)
            WHERE CASE WHEN n.granted THEN c.party_id IS NULL AND e.party_id IS NULL ELSE c.granted IS DISTINCT FROM false END
            ORDER BY n.place
            """)

    /// Of some parties that the import has made those that are as the import has left them, so that an undo still knows them.
    static let even = Query(
        "import_addition.even", takes: UUID.self, [UUID].self, gives: UUID.self,
        sql: """
            SELECT r.party_id FROM import_row r JOIN party p ON p.id = r.party_id AND p.version = r.version
            WHERE r.import_id = $1 AND r.party_id = ANY($2::uuid[]) AND r.before IS NULL
            """)

    /// They are as the import has left them still, though their versions have risen by what it added.
    static let keepEven = Query(
        "import_addition.keep_even", takes: UUID.self, [UUID].self,
        sql: """
            UPDATE import_row r SET version = p.version FROM party p
            WHERE r.import_id = $1 AND r.party_id = ANY($2::uuid[]) AND p.id = r.party_id
            """)

    /// Takes relations back that an import made, some at a time; how many it took.
    static let unrelate = Query(
        "import_addition.unrelate", takes: UUID.self, gives: Int.self,
        sql: """
            WITH taken AS (
                DELETE FROM import_addition WHERE ctid IN (
                    SELECT ctid FROM import_addition WHERE import_id = $1 AND kind IN ('employs', 'parent-of') LIMIT 5000)
                RETURNING party_id, kind, other),
            gone AS (
                DELETE FROM party_relation r USING taken t
                WHERE r.party_id = t.party_id AND r.kind = t.kind AND r.other_id = t.other::uuid)
            SELECT count(*) FROM taken
            """)
}
