import TestKit
import Testing

@testable import Learning

extension MadeUpCustomers {
    fileprivate static var purchases: [PurchaseHistory: Int] {
        let pairs = histories.map {
            (PurchaseHistory(repeats: $0.repeats, recency: $0.recency, age: $0.age), $0.customers)
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}

@Suite struct ModelTests {
    /// Fader, Hardie and Lee (2005), table 2.
    static let published = BetaGeometric(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)

    @Test func specialFunctionsHaveTheValuesOfScipy() {
        for (x, value) in [(0.243, 1.3180435846996699), (1e-3, 6.907178885383853), (123.4, 469.3360974421906)] {
            #expect(agree(SpecialFunctions.logGamma(x), value, within: 1e-13))
        }
        #expect(abs(SpecialFunctions.logGamma(1)) < 1e-14 && abs(SpecialFunctions.logGamma(2)) < 1e-14)
        #expect(agree(SpecialFunctions.digamma(0.243), -4.351093864423211, within: 1e-13))
        #expect(agree(SpecialFunctions.digamma(55.5), 4.0073469585404435, within: 1e-13))
        let found = [(0.5, -0.207, 3.2, 0.93), (2.3, -0.5, 1.7, 0.999), (-0.4, -0.2, 0.3, 0.5)]
            .map { SpecialFunctions.hypergeometric($0, $1, $2, $3) }
        for (value, known) in zip(found, [0.9641317739780281, -1.7828204866489454, 1.1492688078059796]) {
            #expect(agree(value, known, within: 1e-12))
        }
        #expect(SpecialFunctions.logGamma(-1).isNaN && SpecialFunctions.hypergeometric(1, 1, -2, 0.5).isNaN)
    }

    @Test func conditionalExpectationsAreThePublishedOnes() {
        func expected(_ repeats: Int, _ recency: Int, _ age: Int, _ weeks: Double) -> Double {
            Self.published.expectedPurchases(
                in: weeks, after: PurchaseHistory(repeats: repeats, recency: recency, age: age))
        }
        // Fader and Hardie, "Implementing the BG/NBD Model for Customer Base Analysis in Excel" (2005): 1.226.
        #expect(agree(expected(2, 213, 272, 39), 1.226, within: 4e-4))
        // By equation 10 as it stands, with scipy's hypergeometric function.
        #expect(agree(expected(2, 213, 272, 39), 1.2261158061493334, within: 1e-12))
        #expect(agree(expected(0, 0, 272, 39), 0.19510966499308482, within: 1e-12))
        #expect(agree(expected(26, 216, 217, 52), 25.75649221537758, within: 1e-11))
        #expect(agree(expected(0, 0, 0, 52), 1.446050595396398, within: 1e-12))
        #expect(expected(3, 10, 20, 0) == 0)
        let alive = [
            PurchaseHistory(repeats: 2, recency: 213, age: 272), PurchaseHistory(repeats: 1, recency: 1, age: 190),
            PurchaseHistory(repeats: 0, recency: 0, age: 272),
        ].map(Self.published.chanceAlive)
        #expect(agree(alive[0], 0.7265897218354948, within: 1e-12))
        #expect(agree(alive[1], 0.21632284333568869, within: 1e-12))
        #expect(alive[2] == 1)
    }

    @Test func theFormulaHasNoHoleWhereItsDenominatorIsNothing() {
        let history = PurchaseHistory(repeats: 3, recency: 100, age: 200)
        let values = [1 - 1e-4, 1, 1 + 1e-4].map { a in
            BetaGeometric(r: 0.3, alpha: 5, a: a, b: 2).expectedPurchases(in: 26, after: history)
        }
        #expect(values[0] > values[1] && values[1] > values[2] && values[0] - values[2] < 1e-3)
        // A customer who bought a thousand times is no trouble either.
        let heavy = Self.published.expectedPurchases(
            in: 52, after: PurchaseHistory(repeats: 1000, recency: 999, age: 1000))
        #expect(heavy.isFinite && heavy > 300 && heavy < 400)
    }

    @Test func fitsOfMadeUpCustomersAreThoseOfScipy() throws {
        let purchases = try BetaGeometric.fit(MadeUpCustomers.purchases)
        #expect(abs(purchases.logLikelihood + 1899.5712299007291) < 1e-6)
        #expect(
            agree(purchases.model.r, 0.7142099, within: 1e-5) && agree(purchases.model.alpha, 7.973377, within: 1e-5))
        #expect(agree(purchases.model.a, 0.8660696, within: 1e-5) && agree(purchases.model.b, 2.5209448, within: 1e-5))
        let spend = try GammaGamma.fit(
            MadeUpCustomers.amounts.map { SpendHistory(repeats: $0.repeats, mean: $0.mean) })
        #expect(abs(spend.logLikelihood + 399.79486776701833) < 1e-6)
        #expect(agree(spend.model.p, 4.52810934, within: 1e-5) && agree(spend.model.q, 5.80536064, within: 1e-5))
        #expect(agree(spend.model.gamma, 31.14854574, within: 1e-5))
    }

    @Test func whatCannotBeFittedIsAnErrorAndNoNumber() {
        #expect(throws: Minimizer.NoMinimum.self) { try GammaGamma.fit([]) }
        #expect(throws: Minimizer.NoMinimum.self) { try BetaGeometric.fit([:]) }
        // All customers spend alike: the shape of the amounts has no bound.
        let same = (1...50).map { SpendHistory(repeats: $0, mean: 10) }
        #expect(throws: Minimizer.NoMinimum.self) { try GammaGamma.fit(same) }
    }

    @Test func theExpectedAmountLiesBetweenOnesOwnAndThatOfAll() {
        let model = GammaGamma(p: 6.25, q: 3.74, gamma: 15.44)
        #expect(agree(model.expectedSpend(0, mean: 0), 35.22, within: 1e-3))
        let (few, many) = (model.expectedSpend(1, mean: 100), model.expectedSpend(50, mean: 100))
        #expect(few > 35.22 && few < many && many < 100)
        #expect(GammaGamma(p: 1, q: 0.5, gamma: 1).expectedSpend(0, mean: 0).isNaN)
    }
}
