import Messaging
import Postgres
import ServiceKit

extension Capability {
    /// Predictions: who comes back, and what for.
    static let models = Capability(
        "models", "predictions: who comes back, and what for",
        migrations: [
            Migration(
                "m202611301912_model_growth",
                """
                -- Orders of the base when it was fitted, and whether the base shows that customers leave: else the model tells nothing of it.
                ALTER TABLE model_run ADD COLUMN orders bigint, ADD COLUMN tells_leaving boolean NOT NULL DEFAULT true;
                ALTER TABLE value_scale ADD COLUMN orders bigint
                """)
        ], statements: ModelStore.statements,
        standings: [.own("model_run"), .own("party_prediction")]
    ) { context in
        let worker = try ModelWorker(context)
        return CapabilityParts(routes: modelRoutes(context, worker), background: [{ await worker.run() }])
    }
}
