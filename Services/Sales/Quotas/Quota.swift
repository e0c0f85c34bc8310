import CRMModel
import FoundationEssentials
import HTTP
import ServiceKit

/// What an owner, or `all`, should sell within a period.
struct Quota: Decodable {
    var owner: String
    let periodStart: CalendarDay
    let periodEnd: CalendarDay
    let currency: String
    let target: Amount

    /// What the body of a request is.
    static let input = Input.command(Quota.self) { try $0.checked() }

    private func checked() throws -> Quota {
        var quota = self
        quota.owner = try FieldCheck.needed(owner, "owner", atMost: 200)
        _ = try FieldCheck.currency(currency)
        guard periodStart <= periodEnd else { throw Problem.field("periodEnd", "must not be before periodStart") }
        guard target > .zero else { throw Problem.field("target", "must be more than nothing") }
        return quota
    }
}
