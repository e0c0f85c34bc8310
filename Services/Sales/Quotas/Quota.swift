import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit

/// What an owner, or `all`, should sell within a period, in days of the firm's zone.
struct Quota: Decodable {
    var owner: String
    let periodStart: CalendarDay
    let periodEnd: CalendarDay
    let currency: String
    let target: Amount
    var basis: String?

    /// What earns: orders as they are placed, or payments as they come in.
    static let bases = ["orders", "payments"]

    /// What the body of a request is.
    static let input = Input.command(Quota.self, ["basis": .enumeration(bases)]) { try $0.checked() }

    private func checked() throws -> Quota {
        var quota = self
        quota.owner = try FieldCheck.needed(owner, "owner", atMost: 200)
        quota.basis = try FieldCheck.word(basis, "basis", of: Self.bases)
        _ = try FieldCheck.activeCurrency(currency)
        guard periodStart <= periodEnd else { throw Problem.field("periodEnd", "must not be before periodStart") }
        guard target > .zero else { throw Problem.field("target", "must be more than nothing") }
        try FieldCheck.money(target, in: currency, "target")
        return quota
    }
}
