import Glibc

/// Customers with the same history, as the BG/NBD model sees it: the sufficient statistics of Fader, Hardie and Lee (2005).
public struct PurchaseHistory: Hashable, Sendable {
    /// Repeat purchases: days with an order after the first such day.
    public var repeats: Int
    /// Days from the first purchase to the last one.
    public var recency: Int
    /// Days from the first purchase to the end of the observation.
    public var age: Int

    /// A history in days.
    public init(repeats: Int, recency: Int, age: Int) {
        self.repeats = repeats
        self.recency = recency
        self.age = age
    }
}

/// The BG/NBD model of who buys how often and who has left: Fader, Hardie and Lee, "'Counting Your Customers' the Easy Way: An
/// Alternative to the Pareto/NBD Model", Marketing Science 24 (2005), 275-284. Equation numbers are that paper's.
///
/// While alive, a customer buys at random at a rate drawn from a gamma distribution (`r`, `alpha`); after each repeat purchase he leaves
/// with a chance drawn from a beta distribution (`a`, `b`). Time is in weeks.
public struct BetaGeometric: Hashable, Sendable {
    /// The shape of the rates of buying.
    public var r: Double
    /// The scale of the rates of buying.
    public var alpha: Double
    /// The first parameter of the chances of leaving.
    public var a: Double
    /// The second parameter of the chances of leaving.
    public var b: Double

    /// A model with known parameters.
    public init(r: Double, alpha: Double, a: Double, b: Double) {
        self.r = r
        self.alpha = alpha
        self.a = a
        self.b = b
    }

    /// The days of a week: histories are in days, the parameters in weeks as published.
    public static let week = 7.0

    /// A fit with its log-likelihood.
    public struct Fit: Sendable {
        /// The model with the parameters found.
        public let model: BetaGeometric
        /// Of the customers it was fitted to.
        public let logLikelihood: Double
        /// Whether the histories show that customers leave: whether a model in which nobody does is less likely by more than chance, by
        /// the likelihood ratio, at one in ten.
        public let tellsLeaving: Bool
    }

    /// Twice the difference of log-likelihoods that is beyond chance: of chi square with one degree of freedom the 90th percentile.
    private static let beyondChance = 2.7055

    /// The parameters of greatest likelihood (equation 6, summed over customers as in equation 7), found on their logarithms, with the
    /// gradient in closed form. The work grows with the number of distinct histories, not of customers.
    public static func fit(_ histories: [PurchaseHistory: Int]) throws -> Fit {
        guard histories.keys.contains(where: { $0.repeats > 0 }) else {
            throw Minimizer.NoMinimum(description: "nobody came back")
        }
        let sample = Sample(histories)
        let outcome = try Minimizer.minimize(from: [0, 1, 0, 1]) { sample.meanLoss(at: $0.map { exp($0) }) }
        let found = outcome.point.map { exp($0) }
        guard found.allSatisfy({ $0 > 1e-9 && $0 < 1e6 }) else {
            throw Minimizer.NoMinimum(description: "the histories set no bound to the parameters")
        }
        // Nobody leaves: the chance of it is next to nothing, and two parameters are left (the NBD model).
        let staying = try? Minimizer.minimize(from: [log(found[0]), log(found[1])], tolerance: 1e-6) {
            let loss = sample.meanLoss(at: $0.map { exp($0) } + [1e-12, 1])
            return (loss.value, Array(loss.gradient.prefix(2)))
        }
        let gain = staying.map { 2 * ($0.value - outcome.value) * sample.customers } ?? .infinity
        return Fit(
            model: BetaGeometric(r: found[0], alpha: found[1], a: found[2], b: found[3]),
            logLikelihood: -outcome.value * sample.customers, tellsLeaving: gain > beyondChance)
    }

    /// The chance that a customer has not left (Fader, Hardie and Lee, "Computing P(alive) Using the BG/NBD Model", 2008); 1 without a
    /// repeat purchase, since the model lets nobody leave before.
    public func chanceAlive(_ history: PurchaseHistory) -> Double {
        1 / (1 + odds(history))
    }

    /// How many purchases to expect of a customer in the next weeks, given his history (equation 10).
    ///
    /// The hypergeometric function is written by Euler's transformation (DLMF 15.8.1), which takes the power of the age out of it: its
    /// terms then stay small however much a customer has bought.
    public func expectedPurchases(in weeks: Double, after history: PurchaseHistory) -> Double {
        guard weeks > 0 else { return 0 }
        // The formula has a removable pole at a = 1.
        let a = abs(self.a - 1) < 1e-7 ? 1 + 1e-7 : self.a
        let x = Double(history.repeats)
        let start = alpha + Double(history.age) / Self.week
        let z = weeks / (start + weeks)
        let left = pow(1 - z, a - 1) * SpecialFunctions.hypergeometric(a + b - 1 - r, a - 1, a + b + x - 1, z)
        return (a + b + x - 1) / (a - 1) * (1 - left) / (1 + odds(history))
    }

    /// How many repeat purchases to expect of somebody in the weeks after the first purchase (equation 9): equation 10 without history.
    public func expectedPurchases(in weeks: Double) -> Double {
        expectedPurchases(in: weeks, after: PurchaseHistory(repeats: 0, recency: 0, age: 0))
    }

    /// The odds that a customer has left.
    private func odds(_ history: PurchaseHistory) -> Double {
        guard history.repeats > 0 else { return 0 }
        let x = Double(history.repeats)
        let ratio = log(alpha + Double(history.age) / Self.week) - log(alpha + Double(history.recency) / Self.week)
        return a / (b + x - 1) * exp((r + x) * ratio)
    }
}

extension BetaGeometric {
    /// The histories laid out for fast evaluation: terms that depend on the purchases alone once for each number of purchases,
    /// logarithms of times once for each day.
    private struct Sample {
        let groups: [(repeats: Int, recency: Int, age: Int, count: Double)]
        let purchases: [(repeats: Int, count: Double)]
        let customers: Double
        let lastDay: Int

        init(_ histories: [PurchaseHistory: Int]) {
            // In one order, so that the same histories have the same parameters to the last bit.
            groups = histories.map { ($0.key.repeats, $0.key.recency, $0.key.age, Double($0.value)) }
                .sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }
            var byRepeats: [Int: Double] = [:]
            for group in groups { byRepeats[group.repeats, default: 0] += group.count }
            purchases = byRepeats.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
            customers = groups.reduce(0) { $0 + $1.count }
            lastDay = groups.reduce(0) { max($0, $1.age, $1.recency) }
        }

        /// The mean negative log-likelihood at parameters, and its slope in their logarithms.
        func meanLoss(at parameters: [Double]) -> Minimizer.Slope {
            let (r, alpha, a, b) = (parameters[0], parameters[1], parameters[2], parameters[3])
            let logs = (0...lastDay).map { log(alpha + Double($0) / week) }
            var value = 0.0
            var slope = [0.0, 0.0, 0.0, 0.0]
            let gamma = SpecialFunctions.logGamma
            let psi = SpecialFunctions.digamma
            // ln of the parts A1 and A2 of the paper's equation (7).
            for (repeats, count) in purchases {
                let x = Double(repeats)
                value += count * (gamma(r + x) - gamma(r) + r * log(alpha))
                value += count * (gamma(a + b) + gamma(b + x) - gamma(b) - gamma(a + b + x))
                slope[0] += count * (psi(r + x) - psi(r) + log(alpha))
                slope[1] += count * r / alpha
                slope[2] += count * (psi(a + b) - psi(a + b + x))
                slope[3] += count * (psi(a + b) + psi(b + x) - psi(b) - psi(a + b + x))
            }
            // ln of A3 + A4: still alive, or gone at the last purchase.
            for group in groups {
                let x = Double(group.repeats)
                let alive = -(r + x) * logs[group.age]
                guard group.repeats > 0 else {
                    value += group.count * alive
                    slope[0] -= group.count * logs[group.age]
                    slope[1] -= group.count * r / (alpha + Double(group.age) / week)
                    continue
                }
                let gone = log(a / (b + x - 1)) - (r + x) * logs[group.recency]
                let high = max(alive, gone)
                let sum = high + log(exp(alive - high) + exp(gone - high))
                let share = exp(gone - sum)
                value += group.count * sum
                slope[0] -= group.count * ((1 - share) * logs[group.age] + share * logs[group.recency])
                slope[1] -=
                    group.count * (r + x)
                    * ((1 - share) / (alpha + Double(group.age) / week)
                        + share / (alpha + Double(group.recency) / week))
                slope[2] += group.count * share / a
                slope[3] -= group.count * share / (b + x - 1)
            }
            return (-value / customers, zip(slope, parameters).map { -$0 * $1 / customers })
        }
    }
}
