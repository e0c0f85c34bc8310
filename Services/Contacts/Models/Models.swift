import Messaging
import ServiceKit

extension Capability {
    /// Predictions: who comes back, and what for.
    static let models = Capability(
        "models", "predictions: who comes back, and what for",
        statements: ModelStore.statements,
        standings: [.own("model_run"), .own("party_prediction")]
    ) { context in
        let worker = try ModelWorker(context)
        return CapabilityParts(routes: modelRoutes(context, worker), background: [{ await worker.run() }])
    }
}
