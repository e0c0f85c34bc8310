/// The closed list of what there are rights to: the first halves of rights, as routes name them. One name means one thing in the suite.
///
/// A role is a list of rights, so a new area says here whose it is; a route of an area that is not here fails the checks, and nobody but an
/// administrator may use it.
public enum Areas {
    /// Their names in order, by the service that has them; `suite` is what all have.
    public static let byService: [(service: String, areas: [String])] = [
        ("suite", ["audit", "operations", "ledger", "supervisor", "privacy"]),
        (
            "contacts",
            [
                "parties", "benefits", "consent", "duplicates", "exports", "fields", "imports", "interactions",
                "merges",
                "models", "odd", "relations", "reports", "stage", "timeline", "value", "views",
            ]
        ),
        (
            "sales",
            ["accounts", "activities", "leads", "opportunities", "quotas", "quotes", "tasks"]
        ),
        ("campaigns", ["campaigns", "members", "products", "segments"]),
        ("tickets", ["customers", "policies", "surveys", "tickets"]),
        ("notifications", ["messages", "suppressions", "templates"]),
        ("console", ["absences", "people", "roles", "sessions", "sign-in", "teams", "territories"]),
    ]

    /// All names.
    public static let all = byService.flatMap(\.areas)

    /// The place of each in a set of rights.
    static let places: [String: Int] = {
        precondition(all.count <= 64 && Set(all).count == all.count, "areas have no room, or one is there twice")
        return Dictionary(uniqueKeysWithValues: all.enumerated().map { ($0.element, $0.offset) })
    }()
}
