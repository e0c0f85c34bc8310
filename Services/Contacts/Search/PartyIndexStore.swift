import FoundationEssentials
import Postgres
import Writing

/// The SQL of the indexer.
enum PartyIndexStore {
    static let statements: [any Preparable] = [unsearched, setSearch, lock]

    /// Parties whose terms wait to be written, each with the mark that its row bears until it is written again.
    static let unsearched = Statement(
        "party_index.unsearched",
        """
        SELECT \(PartyStore.columns), p.xmin::text FROM party p
        WHERE search_terms IS NULL OR right(search_text, 1) <> '\(SearchText.form)' ORDER BY id LIMIT 200
        """)

    /// Parties that are to be changed, in order.
    static let lock = Statement(
        "party_index.lock", locks: .parties,
        "SELECT \(PartyStore.columns) FROM party p WHERE id = ANY($1::uuid[]) AND merged_into IS NULL ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
    )

    /// Writes the terms of parties that are as they were read, and are not locked: nobody waits for the working out of terms, nor it for
    /// anybody. The others are found again.
    static let setSearch = Query(
        "party_index.set_search", takes: [UUID].self, [String].self, [String].self, [String].self, [String].self,
        sql: """
            UPDATE party p SET sort_name = n.sort_name, search_text = n.search_text,
                search_terms = n.search_terms::integer[]
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
                AS n(id, sort_name, search_text, search_terms, mark)
            CROSS JOIN LATERAL (
                SELECT q.id FROM party q WHERE q.id = n.id AND q.xmin::text = n.mark FOR NO KEY UPDATE SKIP LOCKED) l
            WHERE p.id = l.id
            """)
}
