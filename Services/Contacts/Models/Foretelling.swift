import EventLoop
import FoundationEssentials
import Learning
import Postgres

/// What is foretold of single customers between two fits, when a merge or its undoing has changed whose orders are whose.
@Loop
enum Foretelling {
    /// Foretells some customers anew from what counts for them now, by the last fit of each currency. Who has no orders any more has no
    /// future either.
    static func again(_ parties: [UUID], _ transaction: Transaction) async throws {
        // A page of a run writes predictions in order of parties; here they go and come in no order.
        transaction.enqueue(ModelStore.hold)
        transaction.enqueue(ModelStore.drop, parties)
        var found: [(prediction: CustomerModels.Prediction, currency: String, fit: UUID)] = []
        for (
            party, currency, repeats, recency, age, mean, fit, weeks, asOf, r, alpha, a, b, p, q, gamma
        ) in try await transaction.rows(ModelStore.again, parties) {
            // A fit that is done has all of its purchases; that of the amounts may have failed.
            guard let asOf, let r, let alpha, let a, let b else { continue }
            var spend: GammaGamma?
            if let p, let q, let gamma { spend = GammaGamma(p: p, q: q, gamma: gamma) }
            let models = CustomerModels(
                purchases: BetaGeometric(r: r, alpha: alpha, a: a, b: b), spend: spend, weeks: Double(weeks),
                asOf: asOf)
            let history = PurchaseHistory(repeats: repeats, recency: recency, age: age)
            found.append((models.prediction(party, history, mean: mean), currency, fit))
        }
        transaction.enqueue(
            ModelStore.put, found.map(\.prediction.party), found.map(\.currency), found.map(\.fit),
            found.map(\.prediction.alive), found.map(\.prediction.purchases), found.map(\.prediction.spend),
            found.map(\.prediction.lifetimeValue))
    }
}
