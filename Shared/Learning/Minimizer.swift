/// Finds the least value of a smooth function of few variables: BFGS with a backtracking line search (Nocedal and Wright,
/// "Numerical Optimization", 2006, algorithm 6.1 and equation 6.17).
public struct Minimizer {
    /// A value and its slope in each variable.
    typealias Slope = (value: Double, gradient: [Double])

    /// Where it ended.
    struct Outcome: Sendable {
        let point: [Double]
        let value: Double
        let steps: Int
    }

    /// The function left the numbers, or did not settle in 500 steps.
    public struct NoMinimum: Error, CustomStringConvertible {
        /// Why, for people.
        public let description: String

        /// Says why.
        public init(description: String) { self.description = description }
    }

    /// Goes down from a point until no slope is steeper than `tolerance`, or no step makes the value smaller.
    static func minimize(
        from start: [Double], tolerance: Double = 1e-9, _ function: ([Double]) -> Slope
    ) throws -> Outcome {
        let count = start.count
        var point = start
        var here = function(point)
        var inverse = identity(count)
        for step in 0..<500 {
            guard here.value.isFinite else { throw NoMinimum(description: "the likelihood is not a number") }
            if here.gradient.allSatisfy({ abs($0) < tolerance }) {
                return Outcome(point: point, value: here.value, steps: step)
            }
            var direction = times(inverse, here.gradient).map { -$0 }
            if dot(direction, here.gradient) >= 0 {
                inverse = identity(count)
                direction = here.gradient.map { -$0 }
            }
            guard let (next, there) = descend(point, here, direction, function) else {
                return Outcome(point: point, value: here.value, steps: step)
            }
            update(&inverse, zip(next, point).map { $0 - $1 }, zip(there.gradient, here.gradient).map { $0 - $1 })
            point = next
            here = there
        }
        throw NoMinimum(description: "the likelihood did not settle in 500 steps")
    }

    /// Halves the step until the value falls enough (Armijo); nil where none is small enough. No step moves a variable by more
    /// than 2, which on a logarithmic scale is a factor of seven.
    private static func descend(
        _ point: [Double], _ here: Slope, _ direction: [Double], _ function: ([Double]) -> Slope
    ) -> ([Double], Slope)? {
        let slope = dot(direction, here.gradient)
        var length = min(1, 2 / (direction.map { abs($0) }.max() ?? 1))
        while length > 1e-14 {
            let next = zip(point, direction).map { $0 + length * $1 }
            let there = function(next)
            if there.value.isFinite, there.value < here.value, there.value <= here.value + 1e-4 * length * slope {
                return (next, there)
            }
            length /= 2
        }
        return nil
    }

    /// The BFGS update of the inverse curvature, left out where the slope did not grow along the step.
    private static func update(_ inverse: inout [[Double]], _ s: [Double], _ y: [Double]) {
        let sy = dot(s, y)
        guard sy > 1e-16 else { return }
        let hy = times(inverse, y)
        let scale = (1 + dot(y, hy) / sy) / sy
        for row in s.indices {
            for column in s.indices {
                inverse[row][column] += scale * s[row] * s[column] - (hy[row] * s[column] + s[row] * hy[column]) / sy
            }
        }
    }

    private static func identity(_ count: Int) -> [[Double]] {
        (0..<count).map { row in (0..<count).map { $0 == row ? 1 : 0 } }
    }

    private static func times(_ matrix: [[Double]], _ vector: [Double]) -> [Double] { matrix.map { dot($0, vector) } }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
