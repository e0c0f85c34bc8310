import CRMModel
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

/// The SQL of the classes of customers.
enum ClassStore {
    /// A customer's classes as they are told. `q` is the customer with classes by the scale, `n` the prediction, `o` what the customer thinks,
    /// `l` the level of the country.
    private static let form = SQLEvent.payload(
        ClassesChanged.self,
        [
            "partyId": "q.party_id", "currency": "q.currency", "recency": "q.r", "frequency": "q.f", "monetary": "q.m",
            "segment": "q.segment", "abc": "q.abc",
            "quadrant": """
            CASE WHEN o.csat IS NULL THEN NULL WHEN o.csat >= 0.75
                THEN CASE WHEN \(isLoyal) THEN 'loyalist' ELSE 'mercenary' END
                ELSE CASE WHEN \(isLoyal) THEN 'hostage' ELSE 'defector' END END
            """,
            "risk":
                "CASE WHEN \(alive) >= 0.7 THEN 'low' WHEN \(alive) >= 0.3 THEN 'medium' WHEN \(alive) < 0.3 THEN 'high' END",
            "level": "l.level",
        ])
    private static let alive = "(\(ScoreStore.alive("q.purchase_days")))"
    private static let isLoyal = "q.orders > 1 AND coalesce(\(alive) >= 0.5, q.r >= 3)"

    /// Looks at the customers behind $1, $2 of them, and tells of those whose classes are others than were told, $3 at most; gives the last
    /// that was looked at. Who is no customer any more is taken off the topic.
    static let tell = Query(
        "class.tell", takes: UUID.self, Int.self, Int.self, gives: UUID.self,
        sql: """
            WITH page AS MATERIALIZED (
                SELECT DISTINCT party_id FROM party_value WHERE party_id > $1 ORDER BY party_id LIMIT $2),
            led AS (
                SELECT DISTINCT ON (v.party_id) v.party_id, v.currency FROM page JOIN party_value v USING (party_id)
                WHERE v.orders > 0 ORDER BY v.party_id, v.revenue DESC, v.currency),
            levels AS MATERIALIZED (
                SELECT r.currency, g->>'key' AS country, g->>'level' AS level FROM report r
                CROSS JOIN LATERAL jsonb_array_elements(r.body::jsonb->'groups') AS g
                WHERE r.name = 'relationship' AND g->>'by' = 'country'),
            now AS (
                SELECT q.party_id, \(form) AS form FROM (
                    SELECT z.*, \(ScoreStore.segment) AS segment FROM (
                    SELECT v.*, p.country, \(ScoreStore.recency) AS r, \(ScoreStore.frequency) AS f,
                        \(ScoreStore.monetary) AS m, \(ScoreStore.abc) AS abc
                    FROM led JOIN party_value v USING (party_id, currency) JOIN value_scale s USING (currency)
                    JOIN party p ON p.id = v.party_id) AS z) AS q
                LEFT JOIN party_prediction n ON n.party_id = q.party_id AND n.currency = q.currency
                LEFT JOIN model_run u ON u.id = n.run_id
                LEFT JOIN LATERAL (
                    SELECT sum(total) / sum(answers) AS csat FROM party_voice a
                    WHERE a.party_id = ANY(\(Redirects.circle("q.party_id"))) AND a.survey <> 'nps') AS o ON true
                LEFT JOIN levels l ON l.currency = q.currency AND l.country = coalesce(q.country, '?')),
            due AS MATERIALIZED (
                SELECT n.* FROM now n LEFT JOIN party_class c USING (party_id) WHERE c.form IS DISTINCT FROM n.form
                ORDER BY n.party_id LIMIT $3),
            kept AS (
                INSERT INTO party_class SELECT party_id, form FROM due
                ON CONFLICT (party_id) DO UPDATE SET form = excluded.form),
            told AS (\(SQLEvent.insert(
                ClassesChanged.self, key: "party_id::text", sequence: nil, payload: "form")) FROM due ORDER BY party_id),
            gone AS (
                DELETE FROM party_class c USING page p
                WHERE c.party_id = p.party_id AND NOT EXISTS (SELECT FROM led l WHERE l.party_id = c.party_id)
                RETURNING c.party_id),
            ended AS (\(SQLEvent.end(of: "contacts.classes.ended", on: .partyClasses, key: "party_id::text")) FROM gone)
            SELECT CASE WHEN (SELECT count(*) FROM due) = $3 THEN (SELECT max(party_id::text)::uuid FROM due)
                ELSE (SELECT max(party_id::text)::uuid FROM page) END WHERE EXISTS (SELECT FROM page)
            """)
}
