/// What is promised for a priority, in seconds.
struct Policy {
    static let priorities = ["urgent", "high", "normal", "low"]

    let firstResponse: Double
    let resolution: Double
}
