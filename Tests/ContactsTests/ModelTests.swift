import EventLoop
import Testing

@testable import Contacts

/// Made up histories, "repeats,recency,age,customers" in days, and amounts, "repeats,mean", with the fits that scipy 1.16 found for them
/// (Nelder-Mead to 1e-11): so that the models are tested without the published data too.
enum MadeUpCustomers {
    static let histories = parse(
        """
        0,0,70,30 0,0,105,39 0,0,140,26 0,0,175,22 0,0,210,24 0,0,245,17 1,7,70,2 1,7,105,3 1,7,140,3 1,7,175,2 1,7,210,3
        1,14,70,3 1,14,105,1 1,14,140,3 1,14,210,2 1,14,245,1 1,21,105,4 1,21,140,3 1,21,210,2 1,21,245,1 1,28,70,1
        1,28,105,1 1,28,140,4 1,28,245,3 1,35,70,1 1,35,105,3 1,35,175,1 1,35,210,1 1,42,210,1 1,42,245,1 1,49,70,1
        1,49,105,1 1,49,140,3 1,49,175,1 1,49,245,1 1,56,70,1 1,56,105,1 1,56,140,2 1,56,210,2 1,63,70,1 1,63,105,2
        1,63,140,2 1,63,175,1 1,63,210,1 1,70,70,2 1,70,140,3 1,70,175,3 1,77,140,2 1,77,175,1 1,77,210,2 1,77,245,1
        1,84,245,1 1,91,105,1 1,91,210,1 1,91,245,1 1,98,105,1 1,98,175,1 1,105,105,6 1,105,140,2 1,105,210,2 1,105,245,1
        1,112,140,2 1,119,140,2 1,119,175,2 1,126,245,2 1,133,140,1 1,133,245,1 1,140,140,5 1,140,175,2 1,140,210,1
        1,161,245,2 1,168,175,2 1,175,175,2 1,196,210,1 1,210,245,1 1,217,245,1 1,245,245,1 2,7,175,1 2,14,70,1 2,14,140,1
        2,21,70,1 2,21,140,1 2,21,175,1 2,21,210,1 2,28,140,1 2,28,210,1 2,35,70,1 2,35,140,1 2,35,175,1 2,42,70,2
        2,42,140,1 2,49,70,2 2,49,105,1 2,56,175,2 2,56,210,1 2,63,70,1 2,63,105,1 2,70,140,2 2,77,175,1 2,91,105,1
        2,91,175,1 2,91,210,1 2,91,245,1 2,98,105,3 2,98,210,1 2,105,105,1 2,105,210,1 2,119,140,1 2,119,175,1 2,126,140,1
        2,133,140,1 2,133,175,1 2,133,210,1 2,140,140,1 2,140,210,1 2,147,175,1 2,168,210,2 2,168,245,1 2,182,245,1
        2,203,210,1 2,210,210,3 2,245,245,2 3,21,210,1 3,28,105,1 3,56,70,1 3,77,105,1 3,84,105,1 3,84,140,1 3,91,105,1
        3,98,210,1 3,140,140,2 3,161,175,1 3,175,210,1 3,210,210,1 3,245,245,2 4,21,70,1 4,49,175,1 4,56,70,2 4,63,140,1
        4,70,175,1 4,91,210,1 4,91,245,1 4,98,210,1 4,112,175,1 4,119,140,1 4,140,175,1 4,154,210,1 4,154,245,1 4,175,175,2
        4,210,245,1 4,224,245,1 5,28,245,1 5,63,245,1 5,70,70,2 5,70,105,1 5,84,105,1 5,133,140,1 5,140,140,1 5,140,175,1
        5,161,245,1 5,189,210,1 5,224,245,1 5,245,245,1 6,140,140,1 6,140,175,1 6,161,210,1 6,189,210,1 6,210,210,1
        7,105,245,1 8,49,105,1 8,189,210,1 10,217,245,1 11,210,210,1 13,245,245,1 14,140,140,1
        """)

    static let amounts = [SpendHistory](
        """
        7,13.19 1,13.18 2,182.82 2,31.14 2,61.78 7,44.92 7,31.17 5,49.63 1,104.78 1,10.84 3,29.05 4,35.46 5,101.65 4,24.94
        3,17.88 2,38.17 6,12.15 6,24.29 1,39.7 1,16.68 4,28.14 4,42.67 8,17.71 5,43.41 4,23.53 4,20.1 6,19.05 5,22.78 2,27.76
        6,22.97 7,17.54 8,15.84 7,35.08 3,15.66 3,38.61 6,28.09 6,13.32 6,65.06 7,20.03 3,36.47 8,22.24 1,32.12 1,22.77
        8,28.82 8,11.32 3,31.84 2,79.51 3,66.47 1,28.89 8,21.14 6,9.51 5,24.47 2,16.54 4,23.11 2,23.99 7,20.88 4,35.89 1,62.64
        3,36.44 6,18.99 5,20.77 3,29.13 3,27.73 1,20.72 5,15.69 6,19.95 5,20.25 8,18.39 8,21.58 2,50.58 5,30.63 6,40.54 2,5.19
        3,31.99 4,13.06 6,25.33 3,48.28 6,36.11 6,27.45 2,20.82 4,30.17 7,26.69 7,23.35 6,27.1 1,37.1 6,12.49 2,20.38 7,40.31
        8,34.39 4,27.4 8,19.1 7,27.57 3,19.91 8,17.59 4,16.06 1,15.81 5,19.44 7,22.61 6,18.54 4,19.57
        """)

    private static func parse(_ text: String) -> [PurchaseHistory: Int] {
        var histories: [PurchaseHistory: Int] = [:]
        for group in text.split(whereSeparator: \.isWhitespace) {
            let numbers = group.split(separator: ",").compactMap { Int($0) }
            histories[PurchaseHistory(repeats: numbers[0], recency: numbers[1], age: numbers[2])] = numbers[3]
        }
        return histories
    }
}

extension [SpendHistory] {
    fileprivate init(_ text: String) {
        self = text.split(whereSeparator: \.isWhitespace).map { pair in
            let numbers = pair.split(separator: ",").compactMap { Double($0) }
            return SpendHistory(repeats: Int(numbers[0]), mean: numbers[1])
        }
    }
}

/// Whether two numbers agree to a share of the second.
func agree(_ a: Double, _ b: Double, within share: Double) -> Bool { abs(a - b) <= share * abs(b) }

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
        let purchases = try BetaGeometric.fit(MadeUpCustomers.histories)
        #expect(abs(purchases.logLikelihood + 1899.5712299007291) < 1e-6)
        #expect(
            agree(purchases.model.r, 0.7142099, within: 1e-5) && agree(purchases.model.alpha, 7.973377, within: 1e-5))
        #expect(agree(purchases.model.a, 0.8660696, within: 1e-5) && agree(purchases.model.b, 2.5209448, within: 1e-5))
        let spend = try GammaGamma.fit(MadeUpCustomers.amounts)
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
