import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of a party's past.
enum HistoryStore {
    static let statements: [any Preparable] = [asOf, versions]

    /// The record as it stood at a moment, with the decisions made and the documents dated until then, and the survivor that it was
    /// merged into; no row before the party was known.
    static let asOf = Query(
        "history.as_of", takes: UUID.self, Date.self, gives: String.self,
        sql: """
            WITH stood AS (
                SELECT to_jsonb(p) AS record FROM party p WHERE p.id = $1 AND p.updated_at <= $2
                UNION ALL
                SELECT h.record FROM party_history h WHERE h.party_id = $1 AND h.valid_from <= $2 AND h.valid_to > $2)
            SELECT json_build_object('at', $2::timestamptz, 'record', (\(PartyStore.json)),
                'mergedInto', p.merged_into,
                'consents', (SELECT coalesce(json_agg(json_build_object('channel', d.channel, 'purpose', d.purpose,
                    'granted', d.granted, 'source', d.source, 'decidedAt', d.decided_at) ORDER BY d.channel, d.purpose), '[]')
                    FROM (SELECT DISTINCT ON (channel, purpose) * FROM consent_decision
                        WHERE party_id = $1 AND decided_at <= $2
                        ORDER BY channel, purpose, decided_at DESC, granted, id DESC) d),
                'documents', (SELECT coalesce(json_agg(json_build_object('kind', s.kind, 'currency', s.currency,
                    'count', s.n, 'total', (s.total / 10000.0)::numeric(20, 4)::text) ORDER BY s.kind, s.currency), '[]')
                    FROM (SELECT kind, currency, count(*) AS n, sum(total) AS total FROM erp_document
                        WHERE party_id = $1 AND at <= $2 AND NOT is_cancelled GROUP BY kind, currency) s))::text
            FROM stood CROSS JOIN LATERAL jsonb_populate_record(NULL::party, stood.record) p LIMIT 1
            """)

    /// The forms that a record had, newest first, each with the time until which it stood.
    static let versions = Query(
        "history.versions", takes: UUID.self, Date.self, Int.self, gives: String.self, Date.self,
        sql: """
            SELECT json_build_object('validFrom', valid_from, 'validTo', valid_to, 'record', (\(PartyStore.json)))::text,
                valid_from
            FROM (
                SELECT updated_at AS valid_from, NULL::timestamptz AS valid_to, to_jsonb(c) AS record FROM party c
                WHERE c.id = $1 AND c.updated_at < $2
                UNION ALL
                (SELECT h.valid_from, h.valid_to, h.record FROM party_history h
                WHERE h.party_id = $1 AND h.valid_from < $2 ORDER BY h.valid_from DESC LIMIT $3)) AS v
            CROSS JOIN LATERAL jsonb_populate_record(NULL::party, v.record) p
            ORDER BY valid_from DESC LIMIT $3
            """)
}
