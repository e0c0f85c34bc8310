import CRMModel
import FoundationEssentials
import Messaging
import Postgres

/// The SQL of what customers value (C16).
enum BenefitStore {
    static let statements: [any Preparable] = [get, declare, learn, know, tellAgain]

    /// What is bought, how it is bought and served, who it is bought from.
    static let benefits = ["functional", "process", "relationship"]

    static let get = Query(
        "benefit.get", takes: UUID.self, gives: String.self,
        sql: """
            SELECT json_build_object('benefit', coalesce(b.declared, b.learnt), 'declared', b.declared, 'learnt', b.learnt,
                'evidence', b.evidence)::text
            FROM party p LEFT JOIN party_benefit b ON b.party_id = p.id WHERE p.id = $1
            """)

    /// What a customer says, or NULL to take it back; what is said counts before what is learnt.
    static let declare = Statement(
        "benefit.declare",
        """
        WITH changed AS (
            SELECT p.id AS party_id, $2::text AS declared, b.learnt, b.evidence, coalesce(b.declared, b.learnt) AS old
            FROM party p LEFT JOIN party_benefit b ON b.party_id = p.id WHERE p.id = $1),
        \(written)
        """)

    /// Learns of customers, whose rows are locked, from what they did in the year before today or the newest document: how often they
    /// ordered, needed something put right, and dealt with people. Fewer than five of these say nothing.
    static let learn = Statement(
        "benefit.learn",
        """
        WITH clock AS \(StageStore.clock),
        counted AS (
            SELECT n.party_id, coalesce(o.orders, 0) AS functional, t.process, t.relationship
            FROM unnest($1::uuid[]) AS n(party_id) CROSS JOIN clock c
            CROSS JOIN LATERAL (
                SELECT sum(m.orders)::bigint AS orders FROM party_month m
                WHERE m.party_id = n.party_id AND m.month > c.now - interval '1 year' AND m.month <= c.now) o
            CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE kind IN ('ticket.opened', 'ticket.reopened', 'shipment.returned')) AS process,
                    count(*) FILTER (WHERE kind IN ('ticket.replied', 'survey.answered', 'task.closed', 'opportunity.created',
                        'quote.accepted', 'visit', 'meeting', 'call')) AS relationship
                FROM (SELECT kind FROM touch WHERE party_id = n.party_id AND at > c.now - interval '1 year' AND at <= \(SoundBase.latest)
                    ORDER BY at DESC LIMIT 500) k) t),
        judged AS (
            SELECT *, CASE WHEN functional + process + relationship < 5 THEN NULL
                WHEN relationship >= functional AND relationship >= process THEN 'relationship'
                WHEN process >= functional THEN 'process' ELSE 'functional' END AS learnt FROM counted),
        changed AS (
            SELECT j.party_id, b.declared, j.learnt, jsonb_build_object('functional', j.functional, 'process', j.process,
                'relationship', j.relationship) AS evidence, coalesce(b.declared, b.learnt) AS old
            FROM judged j LEFT JOIN LATERAL (SELECT * FROM party_benefit b WHERE b.party_id = j.party_id LIMIT 1) b ON true
            WHERE j.learnt IS DISTINCT FROM b.learnt),
        \(written)
        """)

    /// What customers value as it was told, where nothing newer is known of them; what was learnt is learnt again besides.
    static let know = Query(
        "benefit.know", takes: [UUID].self, [String?].self, [Bool].self, [Int].self, [Bool].self,
        sql: """
            WITH told AS (
                SELECT * FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::bigint[], $5::boolean[])
                    AS n(party_id, benefit, is_declared, version, is_later)),
            raised AS (
                UPDATE party p SET version = greatest(p.version, t.version) FROM told t
                WHERE p.id = t.party_id AND (p.version < t.version OR t.is_later) RETURNING p.id)
            INSERT INTO party_benefit AS b (party_id, declared, learnt)
            SELECT t.party_id, CASE WHEN t.is_declared THEN t.benefit END, CASE WHEN NOT t.is_declared THEN t.benefit END
            FROM told t JOIN raised r ON r.id = t.party_id ORDER BY t.party_id
            ON CONFLICT (party_id) DO UPDATE SET declared = excluded.declared,
                learnt = coalesce(excluded.learnt, b.learnt), updated_at = now()
            """)

    /// Tells again what customers value, each under its next version; not of those who were erased.
    static let tellAgain = Statement(
        "benefit.tell_again",
        """
        WITH raised AS (
            UPDATE party p SET version = p.version + 1, figures = p.figures + 1 FROM party_benefit b
            WHERE p.id = ANY($1::uuid[]) AND b.party_id = p.id
                AND NOT EXISTS (SELECT FROM erasure e WHERE p.id = ANY(e.parties))
            RETURNING p.id, p.version, coalesce(b.declared, b.learnt) AS benefit, b.declared IS NOT NULL AS is_declared)
        \(told)
        """)

    /// What is told of `raised`.
    private static let told = """
        \(SQLEvent.insert(
            BenefitChanged.self, key: "id::text", sequence: "version",
            ["partyId": "id", "benefit": "benefit", "isDeclared": "is_declared"]))
        FROM raised ORDER BY id
        """

    /// Writes `changed` and publishes where what counts is another now.
    private static let written = """
        written AS (
            INSERT INTO party_benefit AS b (party_id, declared, learnt, evidence)
            SELECT party_id, declared, learnt, evidence FROM changed
            ON CONFLICT (party_id) DO UPDATE SET declared = excluded.declared, learnt = excluded.learnt,
                evidence = excluded.evidence, updated_at = now()),
        raised AS (
            UPDATE party p SET version = p.version + 1, figures = p.figures + 1 FROM changed c
            WHERE p.id = c.party_id AND coalesce(c.declared, c.learnt) IS DISTINCT FROM c.old
            RETURNING p.id, p.version, coalesce(c.declared, c.learnt) AS benefit, c.declared IS NOT NULL AS is_declared)
        \(told)
        """
}
