import CRMModel

/// The roles that every firm has; more are its own. What one may is said by rights (`Rights`), as `leads.read`, whose parts may be `*`.
struct BuiltInRole: Sendable {
    /// Persons have it by this name.
    let name: String
    /// For people, in English and Chinese.
    let title: (english: String, chinese: String)
    /// What its holders may.
    let rights: [String]
    /// Whose things they may it with.
    let scope: String

    /// All of them.
    static let all: [BuiltInRole] = [
        .init("administrator", ("Administrator", "系统管理员"), ["*"], "all"),
        .init("operator", ("Operator", "运维人员"), ["*.operate", "*.watch", "operations.*", "supervisor.*"], "all"),
        .init(
            "sales-manager", ("Sales manager", "销售经理"),
            sales.map { "\($0).*" } + ["*.read", "parties.change", "interactions.*", "exports.export", "people.read"],
            "team"),
        .init(
            "representative", ("Sales representative", "销售代表"),
            sales.flatMap { ["\($0).read", "\($0).change"] } + ["parties.read", "parties.change", "timeline.read"]
                + ["interactions.change", "tickets.read", "people.read"], "own"),
        .init(
            "marketer", ("Marketer", "市场专员"),
            ["campaigns.*", "segments.*", "members.read", "templates.*", "consent.read", "*.read", "exports.export"],
            "all"),
        .init(
            "service-manager", ("Service manager", "客服主管"),
            ["tickets.*", "policies.*", "surveys.*", "templates.*", "*.read", "interactions.*", "exports.export"],
            "team"
        ),
        .init(
            "agent", ("Service agent", "客服专员"),
            ["tickets.read", "tickets.change", "customers.read", "parties.read", "parties.change", "timeline.read"]
                + ["interactions.change", "policies.read", "people.read"], "team"),
        .init("analyst", ("Analyst", "数据分析师"), ["*.read", "exports.export", "models.*", "reports.*"], "all"),
        .init("auditor", ("Auditor", "审计员"), ["*.read", "audit.export"], "all"),
        .init("partner", ("Partner", "合作伙伴"), ["leads.read", "leads.change", "opportunities.read"], "own"),
        .init(
            "integration", ("Integration", "系统集成"),
            ["*.read", "imports.*", "exports.export"]
                + ["parties", "leads", "interactions", "tickets"].map { "\($0).change" },
            "all"),
    ]

    private static let sales = ["leads", "opportunities", "quotes", "accounts", "tasks", "activities", "quotas"]

    /// Those by name.
    static let named = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private init(
        _ name: String, _ title: (english: String, chinese: String), _ rights: [String], _ scope: String
    ) {
        self.name = name
        self.title = title
        self.rights = rights
        self.scope = scope
    }
}
