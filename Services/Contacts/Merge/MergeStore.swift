import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The SQL of merges.
enum MergeStore {
    static let statements: [any Preparable] = [
        lock, intoIt, intoIts, whereItLeads, put, redirect, references, release, tellReleased, pair, find, undo, later,
        patch, newer, know, leading, get, list,
    ]

    /// Parties whole, as the routes show them, and what they are merged into, locked in order of id.
    static let lock = Statement(
        "merge.lock", locks: .parties,
        """
        SELECT \(PartyStore.columns), \(PartyStore.json)::text, p.merged_into FROM party p WHERE id = ANY($1::uuid[])
        ORDER BY id FOR UPDATE
        """)

    /// A party and all that are merged into it.
    static let intoIt = Statement(
        "merge.into_it",
        "SELECT $1::uuid UNION ALL SELECT party_id FROM party_redirect WHERE survivor_id = $1")

    /// A party and all whose way leads over it, wherever that ends now.
    static let intoIts = Statement(
        "merge.into_its",
        """
        WITH RECURSIVE way AS (
            SELECT $1::uuid AS id UNION
            SELECT m.merged_id FROM way w JOIN party_merge m ON m.survivor_id = w.id AND m.undone_at IS NULL)
        SELECT id FROM way
        """)

    /// A party, and what it is merged into.
    static let whereItLeads = Statement(
        "merge.where_it_leads",
        "SELECT $1::uuid UNION SELECT survivor_id FROM party_redirect WHERE party_id = $1")

    static let put = Query(
        "merge.put", takes: UUID.self, UUID.self, UUID.self, String?.self, SQLJSON.self, [String].self,
        sql: """
            INSERT INTO party_merge (id, survivor_id, merged_id, merged_by, changes, added_tags)
            VALUES ($1, $2, $3, $4, $5, $6)
            """)

    /// Notes on parties where they lead now, and publishes it; a party that leads to itself stands for itself again.
    static let redirect = Statement(
        "merge.redirect",
        """
        WITH raised AS (
            UPDATE party p SET version = p.version + 1, updated_at = now(), merged_into = nullif($2::uuid, p.id)
            WHERE p.id = ANY($1::uuid[]) RETURNING p.id, p.version, p.merged_into),
        apart AS (
            \(SQLEvent.insert(PartyUnmerged.self, key: "id::text", sequence: "version", ["partyId": "id"]))
            FROM raised WHERE merged_into IS NULL ORDER BY id)
        \(SQLEvent.insert(PartyMerged.self, key: "id::text", sequence: "version", ["partyId": "id", "survivorId": "merged_into"]))
        FROM raised WHERE merged_into IS NOT NULL ORDER BY id
        """)

    /// Lets the references of parties point to where these lead now; whoever had or has them is indexed again.
    static let references = Statement(
        "merge.references",
        """
        WITH told AS (
            SELECT system, reference, party_id FROM party_reference
            WHERE coalesce(origin_id, party_id) = ANY($1::uuid[]) AND party_id <> $2 FOR UPDATE),
        moved AS (
            UPDATE party_reference r SET party_id = $2, origin_id = nullif(coalesce(r.origin_id, r.party_id), $2)
            FROM told t WHERE r.system = t.system AND r.reference = t.reference RETURNING t.party_id)
        UPDATE party SET search_terms = NULL WHERE id IN (SELECT party_id FROM moved UNION ALL SELECT $2 FROM moved)
        """)

    /// Gives the number back that came with a merge by the ERP's word: it is the merged party's own again.
    static let release = Query(
        "merge.release", takes: UUID.self,
        sql: """
            UPDATE party_reference r SET origin_id = m.merged_id FROM party_merge m
            WHERE m.id = $1 AND r.system = m.system AND r.reference = m.number
                AND coalesce(r.origin_id, r.party_id) = m.survivor_id
            """)

    /// Tells both parties of such a merge again, each under its next version.
    static let tellReleased = Query(
        "merge.tell_released", takes: UUID.self,
        sql: """
            WITH p AS (
                UPDATE party p SET version = p.version + 1, figures = p.figures + 1 FROM party_merge m
                WHERE m.id = $1 AND m.number IS NOT NULL AND p.id IN (m.survivor_id, m.merged_id)
                    AND NOT EXISTS (SELECT FROM erasure e WHERE p.id = ANY(e.parties))
                RETURNING p.*)
            \(PartyStore.tell(PartyChanged.self)) FROM p ORDER BY p.id
            """)

    /// The survivor and the merged, which never change.
    static let pair = Query(
        "merge.pair", takes: UUID.self, gives: UUID.self, UUID.self,
        sql: "SELECT survivor_id, merged_id FROM party_merge WHERE id = $1")

    static let find = Query(
        "merge.find", takes: UUID.self,
        gives: String.self, String.self, Bool.self, Date.self,
        sql: """
            SELECT changes::text, to_json(added_tags)::text, undone_at IS NOT NULL, merged_at
            FROM party_merge WHERE id = $1 FOR UPDATE
            """)

    static let undo = Statement(
        "merge.undo",
        "UPDATE party_merge SET undone_at = clock_timestamp(), undone_by = $2, report = $3 WHERE id = $1")

    /// Later merges into the same survivor that stand: what they found there may have come with the one that is undone.
    static let later = Statement(
        "merge.later",
        """
        SELECT id, changes::text FROM party_merge
        WHERE survivor_id = $1 AND undone_at IS NULL AND merged_at > $2 ORDER BY merged_at FOR UPDATE
        """)

    /// Those of some parties of which less is known than was told under these versions, or of which a later life told.
    static let newer = Query(
        "merge.newer", takes: [UUID].self, [Int].self, [Bool].self, gives: UUID.self,
        sql: """
            SELECT p.id FROM unnest($1::uuid[], $2::bigint[], $3::boolean[]) AS n(party_id, version, is_later)
            JOIN party p ON p.id = n.party_id WHERE p.version < n.version OR n.is_later
            """)

    /// Where parties lead, as it was told; one that leads to itself stands for itself.
    static let know = Query(
        "merge.know", takes: [UUID].self, [UUID].self, [Int].self,
        sql: """
            UPDATE party p SET merged_into = nullif(n.survivor_id, p.id), version = greatest(p.version, n.version),
                updated_at = now()
            FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS n(party_id, survivor_id, version)
            WHERE p.id = n.party_id
            """)

    /// Those of some parties that are merged, and their survivors.
    static let leading = Query(
        "merge.leading", takes: [UUID].self, gives: UUID.self, UUID.self,
        sql: "SELECT party_id, survivor_id FROM party_redirect WHERE party_id = ANY($1::uuid[]) ORDER BY party_id")

    static let patch = Statement("merge.patch", "UPDATE party_merge SET changes = $2 WHERE id = $1")

    private static let json = """
        json_build_object('id', id, 'survivorId', survivor_id, 'mergedId', merged_id,
            'mergedAt', merged_at, 'mergedBy', merged_by, 'changes', changes, 'addedTags', added_tags,
            'undoneAt', undone_at, 'undoneBy', undone_by, 'report', report)
        """

    static let get = Query(
        "merge.get", takes: UUID.self, gives: String.self,
        sql: "SELECT \(json)::text FROM party_merge WHERE id = $1")

    static let list = Query(
        "merge.list", takes: UUID.self, gives: String.self,
        sql: """
            SELECT coalesce(json_agg(\(json) ORDER BY merged_at DESC), '[]')::text
            FROM party_merge WHERE survivor_id = $1 OR merged_id = $1
            """)
}
