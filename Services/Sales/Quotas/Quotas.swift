import CRMModel
import EventLoop
import HTTP
import Postgres
import Messaging
import ServiceKit

extension Capability {
    /// What owners, teams and territories should sell.
    static let quotas = Capability(
        "quotas", "what owners, teams and territories should sell",
        migrations: [QuotaStore.migration, QuotaStore.parts], statements: QuotaStore.statements,
        standings: [.own("quota"), .own("part_quota"), .own("account_owner"), .own("account_part")]
    ) { context in
        CapabilityParts(routes: [
            Route(
                .put, "/v1/quotas", "Sets a quota of an owner or of `all`, of a team or of a territory, for a period",
                tag: "quotas",
                access: .change, body: Quota.input.body, gives: .json(.object([.init("version", .integer())]))
            ) { request in
                let quota = try await Quota.input.read(request)
                let (part, name) = quota.holder
                let (start, end) = (quota.periodStart.text, quota.periodEnd.text)
                let (target, basis) = (quota.target.units, quota.basis ?? "orders")
                let version =
                    part == .owner
                    ? try await context.rows(QuotaStore.put, name, start, end, quota.currency, target, basis).first
                    : try await context.rows(
                        QuotaStore.putPart, name, start, end, quota.currency, target, basis, part.rawValue
                    ).first
                return .stored("{\"version\":\(version ?? 1)}")
            },
            Route(
                .get, "/v1/accounts/{id}/owners",
                "Whose an account was, and of which teams and territories, the newest first",
                tag: "quotas",
                access: .read,
                parameters: [.path("id", .uuid)], gives: .json(shownOwners)
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
                    .query(
                        "of", .enumeration(Quota.Part.allCases.map(\.rawValue)),
                        "Whose quotas; those of owners unless given"),
                    .query("owner", .string, "Only those of an owner"),
                    .query("name", .string, "Only those of a team or a territory"),
                    .query("on", .date, "Only those whose period holds this day"),
                ], gives: .json(.items(shownQuota))
            ) { request in
                if let day = request.query("on"), CalendarDay(day) == nil {
                    throw Problem.field("on", "must be a day such as 2011-12-31")
                }
                return .items(
                    try await context.rows(
                        QuotaStore.list, request.query("owner") ?? request.query("name"), request.query("on"),
                        request.query("of") ?? Quota.Part.owner.rawValue
                    ).first)
            },
        ])
    }
}

private let shownOwners = Schema.object([
    .init("items", .array(holding("owner"))), .init("teams", .array(holding("name"))),
    .init("territories", .array(holding("name"))),
])

private func holding(_ holder: String) -> Schema {
    .object([
        .init(holder, .string),
        .init("since", .nullable(.dateTime), "Null for the first: he has what lies before too"),
        .init("until", .nullable(.dateTime), "Null while it is his"),
    ])
}

private let shownSum = Schema.object([
    .init("kind", .enumeration(["order", "credit", "payment", "takenBack"])), .init("day", .date),
    .init("currency", .string),
    .init("amount", .amount), .init("rate", .nullable(.string), "So many of the quota's currency for one of it"),
    .init("rateDay", .nullable(.date), "The day that the rate was told for"), .init("worth", .nullable(.amount)),
])

private let shownQuota = Schema.named(
    "Quota",
    .object([
        .init("owner", .nullable(.string), "Null of a team or a territory"), .init("team", .nullable(.string)),
        .init("territory", .nullable(.string)), .init("periodStart", .date), .init("periodEnd", .date),
        .init("currency", .string),
        .init("basis", .enumeration(Quota.bases)), .init("target", .amount), .init("version", .integer()),
        .init("orders", .integer()), .init("revenue", .amount), .init("paid", .amount), .init("credited", .amount),
        .init(
            "takenBack", .amount,
            "With orders what was credited; with payments what of it had been paid: a credit that lessens what is still to be paid takes nothing back"
        ),
        .init("earned", .amount, "Orders or payments, by the basis, less what was taken back"),
        .init("attainmentPercent", .amount, "Earned of the target"),
        .init("converted", .array(shownSum), "What of it was sold in other currencies, by day and rate"),
        .init("notConverted", .array(shownSum), "What does not count, as no rate was told until its day"),
        .init("zone", .string, "Whose days the period is counted in"),
    ]))
