import EventLoop
import FoundationEssentials
import Learning
import Postgres

/// Both models as fitted, and how far they look ahead.
struct CustomerModels: Sendable {
    let purchases: BetaGeometric
    let spend: GammaGamma?
    let weeks: Double
    let asOf: Date
    /// What a sum a year from now is worth less today.
    static let yearlyDiscount = 0.1
    /// The future is discounted in this many steps, each at its end.
    private static let steps = 4

    /// What is foretold of one customer; amounts in ten-thousandths.
    struct Prediction: Sendable {
        let party: UUID
        let alive: Double
        let purchases: Double
        let spend: Int?
        let lifetimeValue: Int?
    }

    /// Predictions of a page of customers, rows of `ModelStore.page`; equal histories are worked out once.
    /// Nothing is foretold of who has no sound order.
    func predictions(_ rows: Rows) throws -> [Prediction] {
        var known: [PurchaseHistory: Future] = [:]
        return try rows.compactMap { row in
            let (party, repeats, recency, age, mean) = try row.values(of: ModelStore.page)
            guard repeats >= 0 else { return nil }
            let history = PurchaseHistory(repeats: repeats, recency: recency, age: age)
            let future = known[history] ?? self.future(history)
            known[history] = future
            return prediction(party, history, mean: mean, future)
        }
    }

    /// What is foretold of one customer.
    func prediction(_ party: UUID, _ history: PurchaseHistory, mean: Double) -> Prediction {
        prediction(party, history, mean: mean, future(history))
    }

    private typealias Future = (alive: Double, purchases: Double, discounted: Double)

    private func prediction(
        _ party: UUID, _ history: PurchaseHistory, mean: Double, _ future: Future
    ) -> Prediction {
        let mean = spend?.expectedSpend(history.repeats, mean: mean)
        let isKnown = mean.map { $0.isFinite && $0 < 1e9 } ?? false
        return Prediction(
            party: party, alive: future.alive, purchases: future.purchases,
            spend: isKnown ? mean.map { Int(($0 * 10_000).rounded()) } : nil,
            lifetimeValue: isKnown ? mean.map { Int(($0 * 10_000 * future.discounted).rounded()) } : nil)
    }

    /// The chance that customers with a history are alive, the purchases to expect of them, and these discounted.
    private func future(_ history: PurchaseHistory) -> Future {
        var before = 0.0
        var discounted = 0.0
        for step in 1...Self.steps {
            let time = weeks * Double(step) / Double(Self.steps)
            let expected = purchases.expectedPurchases(in: time, after: history)
            let sound = expected.isFinite ? max(before, expected) : before
            discounted += (sound - before) / pow(1 + Self.yearlyDiscount, time / 52.1775)
            before = sound
        }
        return (purchases.chanceAlive(history), before, discounted)
    }
}
