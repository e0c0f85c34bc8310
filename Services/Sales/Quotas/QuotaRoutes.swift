import CRMModel
import EventLoop
import HTTP
import Postgres
import ServiceKit

extension Capability {
    /// What owners should sell.
    static let quotas = Capability("quotas", "what owners should sell", statements: QuotaStore.statements) {
        CapabilityParts(routes: quotaRoutes($0))
    }
}

@Loop
func quotaRoutes(_ context: ServiceContext) -> [Route] {
    [
        Route(
            .put, "/v1/quotas", "Sets a quota of an owner, or of `all`, for a period", tag: "quotas", access: .change,
            body: .json(quotaSchema), gives: .json(.object([.init("version", .integer())]))
        ) { request in
            let quota = try await request.model(QuotaInput.self)
            let owner = try FieldCheck.needed(quota.owner, "owner", atMost: 200)
            let currency = try FieldCheck.currency(quota.currency)
            guard quota.periodStart <= quota.periodEnd else {
                throw Problem.field("periodEnd", "must not be before periodStart")
            }
            guard quota.target > .zero else { throw Problem.field("target", "must be more than nothing") }
            let rows = try await context.transaction { transaction in
                try await transaction.query(
                    QuotaStore.put, owner, quota.periodStart.text, quota.periodEnd.text, currency, quota.target.units)
            }
            return .stored("{\"version\":\(try rows.first?.value(0) ?? 1)}")
        },
        Route(
            .get, "/v1/quotas", "Quotas with what was sold", tag: "quotas", access: .read,
            parameters: [
                .query("owner", .string, "Only those of an owner"),
                .query("on", .date, "Only those whose period holds this day"),
            ], gives: .json(.items(shownQuota))
        ) { request in
            if let day = request.query("on"), CalendarDay(day) == nil {
                throw Problem.field("on", "must be a day such as 2011-12-31")
            }
            let rows = try await context.query(QuotaStore.list, request.query("owner"), request.query("on"))
            return .stored("{\"items\":\(try rows.first?.value(0) ?? "[]")}")
        },
    ]
}

private struct QuotaInput: Decodable {
    let owner: String
    let periodStart: CalendarDay
    let periodEnd: CalendarDay
    let currency: String
    let target: Amount
}

private let quotaSchema = Schema.object([
    .init("owner", .string), .init("periodStart", .date), .init("periodEnd", .date), .init("currency", .string),
    .init("target", .format("decimal")),
])

private let shownQuota = Schema.named(
    "Quota",
    .object([
        .init("owner", .string), .init("periodStart", .date), .init("periodEnd", .date), .init("currency", .string),
        .init("target", .amount), .init("version", .integer()), .init("orders", .integer()),
        .init("revenue", .amount), .init("credited", .amount), .init("attainmentPercent", .amount),
    ]))
