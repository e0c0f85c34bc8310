import HTTP

/// Rights as roles and tokens say them: `leads.read`, or `leads.read:own` where it does not reach the things of all.
struct Rights: Sendable, Equatable {
    /// Each as it is written, once and in order.
    let texts: [String]
    private let set: RightSet

    /// Takes rights as they are written; one that only another version knows gives nothing here.
    init(_ texts: some Sequence<String>) {
        self.texts = Set(texts).sorted()
        var set = RightSet()
        for text in self.texts {
            if let known = try? RightSet(named: [String(text.prefix { $0 != ":" })]) { set.formUnion(known) }
        }
        self.set = set
    }

    /// How a right of a scope is written.
    static func text(_ right: String, _ scope: String) -> String { scope == "all" ? right : "\(right):\(scope)" }

    /// Whether a right is among them, whatever its scope.
    func allow(_ right: String) -> Bool { Right(right).map { set.contains($0) } ?? false }
}
