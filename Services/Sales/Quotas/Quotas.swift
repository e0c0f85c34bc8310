import CRMModel
import EventLoop
import HTTP
import Postgres
import Messaging
import ServiceKit

extension Capability {
    /// What owners should sell.
    static let quotas = Capability(
        "quotas", "what owners should sell", migrations: [QuotaStore.migration], statements: QuotaStore.statements,
        standings: [.own("quota"), .own("account_owner")]
    ) { context in
        CapabilityParts(routes: [
            Route(
                .put, "/v1/quotas", "Sets a quota of an owner, or of `all`, for a period", tag: "quotas",
                access: .change, body: Quota.input.body, gives: .json(.object([.init("version", .integer())]))
            ) { request in
                let quota = try await Quota.input.read(request)
                let version = try await context.rows(
                    QuotaStore.put, quota.owner, quota.periodStart.text, quota.periodEnd.text, quota.currency,
                    quota.target.units, quota.basis ?? "orders"
                ).first
                return .stored("{\"version\":\(version ?? 1)}")
            },
            Route(
                .get, "/v1/accounts/{id}/owners", "Whose an account was, the newest first", tag: "quotas",
                access: .read,
                parameters: [.path("id", .uuid)], gives: .json(.items(shownOwner))
            ) { request in
                let id = try request.id()
                guard let owners = try await context.rows(QuotaStore.owners, id).first else {
                    throw Problem.missing("account", id)
                }
                return .stored(owners)
            },
            Route(
                .get, "/v1/quotas", "Quotas with what was earned", tag: "quotas", access: .read,
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

private let shownOwner = Schema.object([
    .init("owner", .string), .init("since", .nullable(.dateTime), "Null for the first: he has what lies before too"),
    .init("until", .nullable(.dateTime), "Null while it is his"),
])

private let shownSum = Schema.object([
    .init("kind", .enumeration(["order", "credit", "payment"])), .init("day", .date), .init("currency", .string),
    .init("amount", .amount), .init("rate", .nullable(.string), "So many of the quota's currency for one of it"),
    .init("rateDay", .nullable(.date), "The day that the rate was told for"), .init("worth", .nullable(.amount)),
])

private let shownQuota = Schema.named(
    "Quota",
    .object([
        .init("owner", .string), .init("periodStart", .date), .init("periodEnd", .date), .init("currency", .string),
        .init("basis", .enumeration(Quota.bases)), .init("target", .amount), .init("version", .integer()),
        .init("orders", .integer()), .init("revenue", .amount), .init("paid", .amount), .init("credited", .amount),
        .init("earned", .amount, "Orders or payments, by the basis, less what was credited"),
        .init("attainmentPercent", .amount, "Earned of the target"),
        .init("converted", .array(shownSum), "What of it was sold in other currencies, by day and rate"),
        .init("notConverted", .array(shownSum), "What does not count, as no rate was told until its day"),
        .init("zone", .string, "Whose days the period is counted in"),
    ]))
