import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit

/// What somebody or something should sell within a period, in days of the firm's zone: an owner or `all`, a team, a territory.
struct Quota: Decodable {
    var owner: String?
    var team: String?
    var territory: String?
    let periodStart: CalendarDay
    let periodEnd: CalendarDay
    let currency: String
    let target: Amount
    var basis: String?

    /// What earns: orders as they are placed, or payments as they come in.
    static let bases = ["orders", "payments"]

    /// Whose quotas there are.
    enum Part: String, CaseIterable {
        case owner, team, territory
    }

    /// What the body of a request is.
    static let input = Input.command(
        Quota.self, ["basis": .enumeration(bases)],
        told: [
            "owner": "A salesperson, or `all`; one of owner, team and territory is needed",
            "team": "A team, as accounts say whose they are",
            "territory": "A territory, as accounts say where they are",
        ]
    ) { try $0.checked() }

    /// Whose it is.
    var holder: (part: Part, name: String) {
        if let team { return (.team, team) }
        if let territory { return (.territory, territory) }
        return (.owner, owner ?? "")
    }

    private func checked() throws -> Quota {
        var quota = self
        quota.owner = try FieldCheck.text(owner, "owner", atMost: 200)
        quota.team = try FieldCheck.text(team, "team", atMost: 200)
        quota.territory = try FieldCheck.text(territory, "territory", atMost: 200)
        guard [owner, team, territory].compactMap({ $0 }).count == 1 else {
            throw Problem.field("owner", "or team or territory is needed, and one of them only")
        }
        quota.basis = try FieldCheck.word(basis, "basis", of: Self.bases)
        _ = try FieldCheck.activeCurrency(currency)
        guard periodStart <= periodEnd else { throw Problem.field("periodEnd", "must not be before periodStart") }
        guard target > .zero else { throw Problem.field("target", "must be more than nothing") }
        try FieldCheck.money(target, in: currency, "target")
        return quota
    }
}
