import Glibc

/// What the Gamma-Gamma model sees of a customer who came back.
public struct SpendHistory: Sendable {
    /// Repeat purchases, at least one.
    public var repeats: Int
    /// The mean amount of one of them, above zero.
    public var mean: Double

    /// What one customer spent.
    public init(repeats: Int, mean: Double) {
        self.repeats = repeats
        self.mean = mean
    }
}

/// The Gamma-Gamma model of how much customers spend at a purchase: Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (note
/// 25, 2013), after Fader, Hardie and Lee, "RFM and CLV", Journal of Marketing Research 42 (2005), 415-430. Equation numbers are the note's.
///
/// A customer's purchases are gamma distributed about a mean of his own (shape `p`), and the scale of these means is gamma distributed
/// over the customers (shape `q`, rate `gamma`).
public struct GammaGamma: Hashable, Sendable {
    /// The shape of a customer's amounts.
    public var p: Double
    /// The shape of the customers' rates.
    public var q: Double
    /// The scale of the customers' rates.
    public var gamma: Double

    /// A model with known parameters.
    public init(p: Double, q: Double, gamma: Double) {
        self.p = p
        self.q = q
        self.gamma = gamma
    }

    /// A fit with its log-likelihood.
    public struct Fit: Sendable {
        /// The model with the parameters found.
        public let model: GammaGamma
        /// Of the customers it was fitted to.
        public let logLikelihood: Double
    }

    /// The parameters of greatest likelihood (equation 1a), found on their logarithms, with the gradient in closed form.
    ///
    /// Amounts are divided by their mean first, so that the search begins at the same place in every currency; `gamma` has the unit of money.
    public static func fit(_ customers: [SpendHistory]) throws -> Fit {
        let known = customers.filter { $0.repeats > 0 && $0.mean > 0 }
        guard !known.isEmpty else { throw Minimizer.NoMinimum(description: "nobody came back") }
        let unit = known.reduce(0) { $0 + $1.mean } / Double(known.count)
        let sample = known.map { (x: Double($0.repeats), z: $0.mean / unit) }
        let outcome = try Minimizer.minimize(from: [1, 1, 0]) { meanLoss(sample, at: $0.map { exp($0) }) }
        let found = outcome.point.map { exp($0) }
        // Far out the likelihood is flat, and its terms are differences of large numbers.
        guard found.allSatisfy({ $0 > 1e-6 && $0 < 1e6 }) else {
            throw Minimizer.NoMinimum(description: "the amounts set no bound to the parameters")
        }
        let count = Double(known.count)
        return Fit(
            model: GammaGamma(p: found[0], q: found[1], gamma: found[2] * unit),
            logLikelihood: -outcome.value * count - count * log(unit))
    }

    /// The mean amount to expect of a customer's purchases (equation 5): his own mean drawn towards that of all, the more the less is
    /// known of him. Nan where the model has no mean (q <= 1 and nothing known).
    public func expectedSpend(_ repeats: Int, mean: Double) -> Double {
        let x = Double(repeats)
        let denominator = p * x + q - 1
        guard denominator > 0 else { return .nan }
        return p * (gamma + x * mean) / denominator
    }

    /// The mean negative log-likelihood at parameters, and its slope in their logarithms.
    private static func meanLoss(
        _ sample: [(x: Double, z: Double)], at parameters: [Double]
    ) -> Minimizer.Slope {
        let (p, q, gamma) = (parameters[0], parameters[1], parameters[2])
        var value = 0.0
        var slope = [0.0, 0.0, 0.0]
        let logGamma = log(gamma)
        var shapes: [Double: Shape] = [:]
        for (x, z) in sample {
            let shape: Shape
            if let known = shapes[x] {
                shape = known
            } else {
                shape = Shape(p: p, q: q, x: x)
                shapes[x] = shape
            }
            let rate = gamma + x * z
            let logRate = log(rate)
            let logSum = log(z * x)
            value += shape.value + q * logGamma + p * x * logSum - log(z) - (p * x + q) * logRate
            slope[0] += x * (shape.slopeInP + logSum - logRate)
            slope[1] += shape.slopeInQ + logGamma - logRate
            slope[2] += q / gamma - (p * x + q) / rate
        }
        let count = Double(sample.count)
        return (-value / count, zip(slope, parameters).map { -$0 * $1 / count })
    }

    /// The terms that depend on the number of purchases alone.
    private struct Shape {
        let value: Double
        let slopeInP: Double
        let slopeInQ: Double

        init(p: Double, q: Double, x: Double) {
            value =
                SpecialFunctions.logGamma(p * x + q) - SpecialFunctions.logGamma(p * x) - SpecialFunctions.logGamma(q)
            let both = SpecialFunctions.digamma(p * x + q)
            slopeInP = both - SpecialFunctions.digamma(p * x)
            slopeInQ = both - SpecialFunctions.digamma(q)
        }
    }
}
