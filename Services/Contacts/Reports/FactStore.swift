import CRMModel
import Messaging
import Postgres

/// The SQL of what the reports need of other services.
enum FactStore {
    static let statements = [product, campaign, endCampaigns, message, voice]

    /// Products by the names that the ERP's master says.
    static let productHolding = Holding(
        "products", on: .erpProducts,
        page: Query(
            "holding.products", takes: String.self, Int.self, gives: String.self, String.self,
            sql: "SELECT sku, name FROM product_name WHERE sku > $1 ORDER BY sku LIMIT $2"),
        [.init(ProductUpserted.self) { told, _, _ in [ToldLine(told.sku, told.name)] }])

    static let product = Statement(
        "fact.product",
        """
        INSERT INTO product_name AS n (sku, name, category) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
        ON CONFLICT (sku) DO UPDATE SET name = excluded.name, category = coalesce(excluded.category, n.category)
        """)

    static let campaign = Statement(
        "fact.campaign",
        """
        INSERT INTO campaign_name (id, name, segment, status)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, segment = excluded.segment, status = excluded.status
        """)

    /// Names of campaigns that their service does not know any more; what was written to whom stays.
    static let endCampaigns = Statement("fact.end_campaigns", "DELETE FROM campaign_name WHERE id = ANY($1::uuid[])")

    static let message = Statement(
        "fact.message",
        """
        INSERT INTO campaign_message (campaign_id, party_id, sent_at)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) ON CONFLICT DO NOTHING
        """)

    static let voice = Statement(
        "fact.voice",
        """
        INSERT INTO party_voice AS v (party_id, survey, answers, total, last_at)
        SELECT party_id, survey, count(*), sum(share), max(at)
        FROM unnest($1::uuid[], $2::text[], $3::float8[], $4::timestamptz[]) AS n(party_id, survey, share, at)
        GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (party_id, survey) DO UPDATE SET answers = v.answers + excluded.answers,
            total = v.total + excluded.total, last_at = greatest(v.last_at, excluded.last_at)
        """)
}
