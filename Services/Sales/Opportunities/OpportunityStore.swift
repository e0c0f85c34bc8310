import Postgres
import ServiceKit

/// The SQL of opportunities.
enum OpportunityStore {
    static let statements = [insert, lock, update, remember, get, page, pipeline]

    /// An opportunity as JSON, as the routes show it. `o` is the opportunity, `s` its stage.
    private static let json = """
        json_build_object('id', o.id, 'version', o.version, 'name', o.name, 'stage', o.stage,
            'probability', s.probability, 'partyId', o.party_id, 'leadId', o.lead_id, 'contactName', o.contact_name,
            'contactEmail', o.contact_email, 'owner', o.owner, 'amount', (o.amount * 0.0001)::text,
            'currency', o.currency, 'expectedClose', o.expected_close, 'lossReason', o.loss_reason,
            'stageSince', o.stage_since, 'createdAt', o.created_at, 'updatedAt', o.updated_at,
            'history', (SELECT coalesce(json_agg(json_build_object('stage', h.stage, 'at', h.at) ORDER BY h.version),
                '[]') FROM opportunity_stage h WHERE h.opportunity_id = o.id))::text
        """

    static let insert = Statement(
        "opportunity.insert",
        """
        INSERT INTO opportunity (id, name, stage, party_id, lead_id, contact_name, contact_email, owner, amount, currency,
            expected_close) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::date)
        """)

    static let lock = Statement(
        "opportunity.lock",
        """
        SELECT version, name, stage, party_id, lead_id, owner, amount, currency, expected_close::text, loss_reason
        FROM opportunity WHERE id = $1 FOR UPDATE
        """)

    static let update = Statement(
        "opportunity.update",
        """
        UPDATE opportunity SET version = version + 1, name = $2, stage = $3, party_id = $4, owner = $5, amount = $6,
            currency = $7, expected_close = $8::text::date, loss_reason = $9, updated_at = now(),
            stage_since = CASE WHEN stage = $3 THEN stage_since ELSE now() END
        WHERE id = $1
        """)

    /// Keeps the stage that an opportunity has reached with a version.
    static let remember = Statement(
        "opportunity.remember",
        "INSERT INTO opportunity_stage (opportunity_id, version, stage) VALUES ($1, $2, $3)")

    static let get = Statement(
        "opportunity.get",
        "SELECT \(json), o.version FROM opportunity o JOIN pipeline_stage s USING (stage) WHERE o.id = $1")

    static let page = Statement(
        "opportunity.page",
        """
        SELECT \(json), o.id FROM opportunity o JOIN pipeline_stage s USING (stage)
        WHERE ($1::uuid IS NULL OR o.id < $1) AND ($2::text IS NULL OR o.stage = $2)
            AND ($3::text IS NULL OR o.owner = $3) AND ($4::uuid IS NULL OR o.party_id = ANY(\(Redirects.circle("$4"))))
        ORDER BY o.id DESC LIMIT $5
        """)

    /// The stages with what stands in them; open ones are weighted by their probability.
    static let pipeline = Statement(
        "opportunity.pipeline",
        """
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
