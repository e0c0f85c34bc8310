import CRMModel
import Crypto
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// The customer base in seven views.
    static let reports = Capability(
        "reports", "the customer base in seven views",
        migrations: [ReportStore.migration],
        statements: ReportStore.statements + MonthStore.statements + FactStore.statements,
        readModels: [
            ReadModel(
                "sales_cell",
                equal: """
                    SELECT (currency, dimension, cell, sum(orders), sum(revenue), sum(credits), sum(credited))::text
                    FROM sales_cell GROUP BY currency, dimension, cell
                    HAVING (sum(orders), sum(revenue), sum(credits), sum(credited)) <> (0, 0, 0, 0)
                    """),
            ReadModel("product_name"), ReadModel("campaign_name"), ReadModel("campaign_message"),
            ReadModel(
                "party_voice",
                equal: "SELECT (party_id, survey, answers, round(total::numeric, 9), last_at)::text FROM party_voice",
                person: "party_id"),
        ],
        standings: [
            .fact("sales_cell"), .assertion("product_name"), .assertion("campaign_name"), .fact("campaign_message"),
            .fact("party_voice"), .fact("report"), .fact("cohort_month"), .fact("month_seen"), .fact("month_stale"),
        ], holdings: [FactStore.productHolding]
    ) { context in
        let scale = ValueScale(context)
        return CapabilityParts(
            routes: Reports.routes(context), background: [{ await scale.run() }, { await Reports.run(context) }],
            listen: {
                $0.on(ProductUpserted.self, FactHandlers.products)
                $0.on(MessageSent.self, FactHandlers.messages)
                $0.on(SurveyAnswered.self, FactHandlers.surveys)
                $0.on(
                    [
                        Heard(CampaignCreated.self) { $0.data.campaign },
                        Heard(CampaignLaunched.self) { $0.data.campaign },
                        Heard(CampaignCompleted.self) { $0.data.campaign },
                    ], FactHandlers.campaigns)
            },
            orphans: { source, keys, transaction in
                guard source == "/campaigns" else { return }
                transaction.enqueue(FactStore.endCampaigns, keys.compactMap { UUID(text: $0) }.sorted())
            })
    }
}
