import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of a party's past.
enum HistoryStore {
    static let statements: [any Preparable] = [asOf, versions]

    /// A party as of a moment: its facts by the times that they speak of, its record as it was known then. Where nobody knew the record yet,
    /// it is the first form that was known, and the answer says so; no row before the first fact.
    static let asOf = Query(
        "history.as_of", takes: UUID.self, Date.self, gives: String.self,
        sql: """
            WITH forms AS (
                SELECT to_jsonb(p) AS record, p.updated_at AS known_from, NULL::timestamptz AS known_to FROM party p WHERE p.id = $1
                UNION ALL
                SELECT h.record, h.valid_from, h.valid_to FROM party_history h WHERE h.party_id = $1),
            stood AS (
                SELECT * FROM forms WHERE known_from <= $2 AND (known_to IS NULL OR known_to > $2)
                UNION ALL
                SELECT * FROM (SELECT * FROM forms ORDER BY known_from LIMIT 1) f WHERE known_from > $2
                    AND EXISTS (
                        SELECT FROM erp_document d WHERE d.party_id = $1 AND d.at <= $2 AND d.at >= \(SoundBase.earliest)
                        UNION ALL SELECT FROM touch t WHERE t.party_id = $1 AND t.at <= $2 AND t.at >= \(SoundBase.earliest)
                        UNION ALL SELECT FROM interaction i WHERE i.party_id = $1 AND i.at <= $2
                            AND i.at >= \(SoundBase.earliest)
                        UNION ALL SELECT FROM consent_decision c WHERE c.party_id = $1 AND c.decided_at <= $2
                            AND c.decided_at >= \(SoundBase.earliest)))
            SELECT json_build_object('at', $2::timestamptz, 'record', (\(PartyStore.json)),
                'recordKnownAt', stood.known_from, 'recordIsLater', stood.known_from > $2,
                'mergedInto', p.merged_into,
                'stage', (SELECT json_build_object('stage', g.stage, 'since', coalesce(g.since, g.at), 'knownAt', g.at)
                    FROM party_stage_change g WHERE g.party_id = $1 AND coalesce(g.since, g.at) <= $2
                    ORDER BY coalesce(g.since, g.at) DESC, g.at DESC LIMIT 1),
                'consents', (SELECT coalesce(json_agg(json_build_object('channel', d.channel, 'purpose', d.purpose,
                    'granted', d.granted, 'source', d.source, 'decidedAt', d.decided_at) ORDER BY d.channel, d.purpose), '[]')
                    FROM (SELECT DISTINCT ON (channel, purpose) * FROM consent_decision
                        WHERE party_id = $1 AND decided_at <= $2
                        ORDER BY channel, purpose, decided_at DESC, granted, id DESC) d),
                'documents', (SELECT coalesce(json_agg(json_build_object('kind', s.kind, 'currency', s.currency,
                    'count', s.n, 'total', (s.total / 10000.0)::numeric(20, 4)::text, 'lastToldAt', s.told_at)
                    ORDER BY s.kind, s.currency), '[]')
                    FROM (SELECT kind, currency, count(*) AS n, sum(total) AS total, max(told_at) AS told_at FROM erp_document
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
