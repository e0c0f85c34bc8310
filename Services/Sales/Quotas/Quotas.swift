import CRMModel
import EventLoop
import HTTP
import Postgres
import Messaging
import ServiceKit

extension Capability {
    /// What owners should sell.
    static let quotas = Capability(
        "quotas", "what owners should sell", statements: QuotaStore.statements, standings: [.own("quota")]
    ) { context in
        CapabilityParts(routes: [
            Route(
                .put, "/v1/quotas", "Sets a quota of an owner, or of `all`, for a period", tag: "quotas",
                access: .change, body: Quota.input.body, gives: .json(.object([.init("version", .integer())]))
            ) { request in
                let quota = try await Quota.input.read(request)
                let version = try await context.rows(
                    QuotaStore.put, quota.owner, quota.periodStart.text, quota.periodEnd.text, quota.currency,
                    quota.target.units
                ).first
                return .stored("{\"version\":\(version ?? 1)}")
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
                return .items(
                    try await context.rows(QuotaStore.list, request.query("owner"), request.query("on")).first)
            },
        ])
    }
}

private let shownQuota = Schema.named(
    "Quota",
    .object([
        .init("owner", .string), .init("periodStart", .date), .init("periodEnd", .date), .init("currency", .string),
        .init("target", .amount), .init("version", .integer()), .init("orders", .integer()),
        .init("revenue", .amount), .init("credited", .amount), .init("attainmentPercent", .amount),
    ]))
