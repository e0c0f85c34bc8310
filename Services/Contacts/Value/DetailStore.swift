import FoundationEssentials
import Postgres

/// The SQL of what the ledger does not keep: the lines and the cost of orders and credits.
enum DetailStore {
    static let statements: [any Preparable] = [put, claim, putAside, keepAside, recall]

    private static let columns = "id, kind, source, currency, at, channel, cost, costed, largest, lines"
    private static let replacing = """
        currency = excluded.currency, at = excluded.at, channel = excluded.channel, cost = excluded.cost,
                costed = excluded.costed, largest = excluded.largest, lines = excluded.lines
        """

    /// Keeps those of states that count.
    static let put = Query(
        "value.detail", takes: [String].self, [String].self, [String].self, [String].self, [Date].self, [String?].self,
        [Int].self, [Int].self, [Int].self, [SQLJSON].self,
        sql: """
            INSERT INTO document_detail (\(columns))
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::bigint[],
                $8::bigint[], $9::bigint[], $10::jsonb[])
            ON CONFLICT (id, kind, source) DO UPDATE SET \(replacing)
            """)

    /// Gives those of documents whose ERP is known now its name.
    static let claim = Query(
        "value.claim_detail", takes: [String].self, [String].self, [String].self,
        sql: """
            UPDATE document_detail d SET source = n.source FROM unnest($1::text[], $2::text[], $3::text[]) AS n(id, kind, source)
            WHERE d.id = n.id AND d.kind = n.kind AND d.source = ''
            """)

    /// Copies those of documents that count under another customer number now aside, under the party of the number before.
    static let putAside = Query(
        "value.put_detail_aside", takes: [String].self, [String].self, [String].self, [UUID].self,
        sql: """
            INSERT INTO document_detail_elsewhere (\(columns), party_id)
            SELECT d.id, d.kind, d.source, d.currency, d.at, d.channel, d.cost, d.costed, d.largest, d.lines, n.party_id
            FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) AS n(id, kind, source, party_id)
            JOIN document_detail d ON d.id = n.id AND d.kind = n.kind AND d.source = n.source
            ON CONFLICT (id, kind, source, party_id) DO UPDATE SET \(replacing)
            """)

    /// Keeps those of states that do not count.
    static let keepAside = Query(
        "value.keep_detail_aside", takes: [String].self, [String].self, [String].self, [UUID].self, [String].self,
        [Date].self, [String?].self, [Int].self, [Int].self, [Int].self, [SQLJSON].self,
        sql: """
            INSERT INTO document_detail_elsewhere
                (id, kind, source, party_id, currency, at, channel, cost, costed, largest, lines)
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[], $7::text[],
                $8::bigint[], $9::bigint[], $10::bigint[], $11::jsonb[])
            ON CONFLICT (id, kind, source, party_id) DO UPDATE SET \(replacing)
            """)

    /// Takes those of states that count again back.
    static let recall = Query(
        "value.recall_detail", takes: [String].self, [String].self, [String].self, [UUID].self,
        sql: """
            INSERT INTO document_detail (\(columns))
            SELECT e.id, e.kind, e.source, e.currency, e.at, e.channel, e.cost, e.costed, e.largest, e.lines
            FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) AS n(id, kind, source, party_id)
            JOIN document_detail_elsewhere e
                ON e.id = n.id AND e.kind = n.kind AND e.source = n.source AND e.party_id = n.party_id
            ON CONFLICT (id, kind, source) DO UPDATE SET \(replacing)
            """)
}
