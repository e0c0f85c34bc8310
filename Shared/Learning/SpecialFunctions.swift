import Glibc

/// The functions of analysis that the models need, for the arguments that occur in them.
enum SpecialFunctions {
    /// ln Γ(x) for x > 0: shifted up to 12 by Γ(x + 1) = x Γ(x), then Stirling's series (DLMF 5.11.1) to B₁₂: 15 digits.
    static func logGamma(_ x: Double) -> Double {
        guard x > 0 else { return .nan }
        var shifted = x
        var product = 1.0
        while shifted < 12 {
            product *= shifted
            shifted += 1
        }
        let square = 1 / (shifted * shifted)
        let series =
            (1.0 / 12 - square
                * (1.0 / 360 - square
                    * (1.0 / 1260 - square
                        * (1.0 / 1680 - square
                            * (1.0 / 1188
                                - square * (691.0 / 360_360))))))
            / shifted
        return (shifted - 0.5) * log(shifted) - shifted + 0.918_938_533_204_672_8 + series - log(product)
    }

    /// ψ(x), the derivative of ln Γ, for x > 0 (DLMF 5.5.2 and 5.11.2).
    static func digamma(_ x: Double) -> Double {
        guard x > 0 else { return .nan }
        var shifted = x
        var sum = 0.0
        while shifted < 12 {
            sum -= 1 / shifted
            shifted += 1
        }
        let square = 1 / (shifted * shifted)
        let series =
            square
            * (1.0 / 12 - square
                * (1.0 / 120 - square
                    * (1.0 / 252 - square
                        * (1.0 / 240 - square
                            * (1.0 / 132
                                - square * (691.0 / 32_760))))))
        return sum + log(shifted) - 0.5 / shifted - series
    }

    /// ₂F₁(a, b; c; z) for 0 <= z < 1 by its power series (DLMF 15.2.1), until a term no longer changes the sum.
    ///
    /// Nan where c is 0 or a negative whole number, or where the series has not settled after a million terms.
    static func hypergeometric(_ a: Double, _ b: Double, _ c: Double, _ z: Double) -> Double {
        guard z >= 0, z < 1, c > 0 || c != c.rounded() else { return .nan }
        var term = 1.0
        var sum = 1.0
        for index in 0..<1_000_000 {
            let n = Double(index)
            term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
            sum += term
            if abs(term) <= 1e-16 * abs(sum) { return sum }
        }
        return .nan
    }
}
