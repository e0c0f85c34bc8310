import CRMModel
import FoundationEssentials
import Postgres
import ServiceKit

/// The SQL of opportunities.
enum OpportunityStore {
    static let statements: [any Preparable] = [
        insert, lock, update, get, remember, recover, raise, reached, page, pipeline, contact, openStage, withdraw,
        sweep, isUntouched,
    ]
    private static let record = OpportunityState.record

    /// With who to talk to where there is no party yet.
    static let insert = record.insert(
        also: [("contact_name", .parameter(String?.self)), ("contact_email", .parameter(String?.self))])
    static let lock = record.lock
    static let update = record.update(
        also: "stage_since = CASE WHEN stage = \(record.parameter("stage")) THEN stage_since ELSE now() END")
    static let get = record.get
    static let recover = record.recover()
    static let raise = record.raise

    /// A stage that an opportunity has reached with a version, as it was told.
    static let reached = Query(
        "opportunity.reached", takes: UUID.self, Int.self, String.self, Date.self,
        sql: """
            INSERT INTO opportunity_stage (opportunity_id, version, stage, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            """)

    /// Keeps the stage that an opportunity has reached with a version.
    static let remember = Query(
        "opportunity.remember", takes: UUID.self, Int.self, String.self,
        sql: "INSERT INTO opportunity_stage (opportunity_id, version, stage) VALUES ($1, $2, $3)")

    /// Who to talk to where there is no party.
    static let contact = Query(
        "opportunity.contact", takes: UUID.self, gives: String?.self, String?.self,
        sql: "SELECT contact_name, contact_email FROM opportunity WHERE id = $1")

    /// The open stage that an opportunity was in last.
    static let openStage = Query(
        "opportunity.open_stage", takes: UUID.self, gives: String.self,
        sql: """
            SELECT h.stage FROM opportunity_stage h JOIN pipeline_stage s USING (stage)
            WHERE h.opportunity_id = $1 AND NOT s.is_closed ORDER BY h.version DESC LIMIT 1
            """)

    /// What was made of an opportunity since it is there: the first that is found, for people; nothing where it is as it was made.
    static let isUntouched = Query(
        "opportunity.is_untouched", takes: UUID.self, gives: String.self,
        sql: """
            SELECT what FROM (
                SELECT 1 AS place, 'the opportunity was changed' AS what FROM opportunity WHERE id = $1 AND version > 1
                UNION ALL SELECT 2, 'the opportunity has a quote' FROM quote WHERE opportunity_id = $1
                UNION ALL SELECT 3, 'work was logged on the opportunity' FROM activity WHERE opportunity_id = $1) w
            ORDER BY place LIMIT 1
            """)

    /// Takes an opportunity away, with the stages that it reached, for good.
    static let withdraw = Query(
        "opportunity.withdraw", takes: UUID.self,
        sql: """
            WITH kept AS (INSERT INTO opportunity_withdrawn VALUES ($1) ON CONFLICT DO NOTHING),
            stages AS (DELETE FROM opportunity_stage WHERE opportunity_id = $1)
            DELETE FROM opportunity WHERE id = $1
            """)

    /// Takes those away again that were withdrawn, where a new life heard that first.
    static let sweep = Query(
        "opportunity.sweep", takes: [UUID].self,
        sql: """
            WITH gone AS (SELECT opportunity_id AS id FROM opportunity_withdrawn WHERE opportunity_id = ANY($1::uuid[])),
            stages AS (DELETE FROM opportunity_stage s USING gone g WHERE s.opportunity_id = g.id)
            DELETE FROM opportunity o USING gone g WHERE o.id = g.id
            """)

    /// The stages that an opportunity has reached, as JSON.
    static let history = """
        (SELECT coalesce(json_agg(json_build_object('stage', h.stage, 'at', h.at) ORDER BY h.version), '[]')
            FROM opportunity_stage h WHERE h.opportunity_id = o.id)
        """

    static let page = Query(
        "opportunity.page", takes: UUID?.self, String?.self, String?.self, UUID?.self, Int.self,
        gives: String.self, UUID.self,
        sql: """
            SELECT \(record.json), o.id \(record.from)
            WHERE ($1::uuid IS NULL OR o.id < $1) AND ($2::text IS NULL OR o.stage = $2)
                AND ($3::text IS NULL OR o.owner = $3)
                AND ($4::uuid IS NULL OR o.party_id = ANY(\(Redirects.circle("$4"))))
            ORDER BY o.id DESC LIMIT $5
            """)

    /// The stages with what stands in them; open ones are weighted by their probability.
    static let pipeline = Query(
        "opportunity.pipeline", gives: String.self,
        sql: """
            SELECT coalesce(json_agg(json_build_object('stage', s.stage, 'probability', s.probability,
                'isClosed', s.is_closed, 'opportunities', coalesce(t.n, 0), 'sums', coalesce(t.sums, '[]'))
                ORDER BY s.position), '[]')::text
            FROM pipeline_stage s LEFT JOIN LATERAL (
                SELECT sum(n)::bigint AS n, json_agg(json_build_object('currency', currency,
                    'amount', (amount * 0.0001)::text, 'weighted', round(amount * 0.000001 * s.probability, 4)::text)
                    ORDER BY currency) FILTER (WHERE currency IS NOT NULL) AS sums
                FROM (SELECT currency, count(*) AS n, coalesce(sum(amount), 0) AS amount FROM opportunity o
                    WHERE o.stage = s.stage GROUP BY currency) AS c) AS t ON true
            """)
}
