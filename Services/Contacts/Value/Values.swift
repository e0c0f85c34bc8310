import CRMModel
import Crypto
import FoundationEssentials
import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// What customers are worth.
    static let values = Capability(
        "value", "what customers are worth",
        migrations: [ValueSchema.migration, ValueSchema.months, ValueSchema.weighting, ValueSchema.sources],
        statements: ValueStore.statements + DetailStore.statements + ScoreStore.statements + LongWork.statements,
        readModels: [
            // Those from before ERPs were told apart may lack a name.
            ReadModel(
                "document_detail",
                equal: "SELECT (id, kind, currency, at, channel, cost, costed, lines)::text FROM document_detail"),
            // As what the ledger keeps aside.
            ReadModel("document_detail_elsewhere", equal: "SELECT NULL::text WHERE false"),
            ReadModel("party_month", equal: "SELECT t::text FROM party_month t WHERE \(counted)"),
            ReadModel("party_value", equal: "SELECT t::text FROM party_value t WHERE \(counted)"),
        ],
        standings: [
            .fact("document_detail"), .fact("document_detail_elsewhere"), .fact("party_month"), .fact("party_value"),
            .fact("value_scale"),
            .own("value_weight"), .own("weighting"), .own("party_wallet"),
        ]
    ) { context in
        CapabilityParts(
            routes: valueRoutes(context),
            tellsAgain: { keys, transaction in
                transaction.enqueue(ValueStore.tellAgain, keys.compactMap { UUID(text: $0) }.sorted())
                return []
            })
    }

    /// A row of nothing but zeros is there or not, as a document and its cancellation came in two batches or in one.
    private static let counted = "(orders, revenue, credits, credited, paid, cost, costed) <> (0, 0, 0, 0, 0, 0, 0)"
}
