import CRMModel
import EventLoop
import HTTP
import Postgres
import ServiceKit

extension Capability {
    /// What the firm sells, in its own currency.
    static let revenue = Capability(
        "revenue", "what the firm sells, in its own currency", statements: RevenueStore.statements
    ) { context in
        let own = try context.settings.value(
            Setting<String>(
                "FIRM_CURRENCY", default: "EUR", help: "the currency (ISO 4217) that the firm reports in"
            ) { Currency.isActive($0) ? $0 : nil })
        return CapabilityParts(routes: [
            Route(
                .get, "/v1/revenue",
                "What was sold, credited and paid by months of the firm's zone, in one currency by the rate of each document's day",
                tag: "quotas", access: .read,
                parameters: [
                    .query("from", .date, "The first day; of the month eleven months ago unless given"),
                    .query("to", .date, "The last day; today unless given"),
                    .query("currency", .string, "ISO 4217; the firm's unless given"),
                ], gives: .json(shownRevenue)
            ) { request in
                for name in ["from", "to"] {
                    if let day = request.query(name), CalendarDay(day) == nil {
                        throw Problem.field(name, "must be a day such as 2011-12-31")
                    }
                }
                let currency = try FieldCheck.currency(request.query("currency")) ?? own
                return .stored(
                    try await context.rows(RevenueStore.months, request.query("from"), request.query("to"), currency)
                        .first ?? "{}")
            }
        ])
    }
}

private let shownRevenue = Schema.named(
    "Revenue",
    .object([
        .init("currency", .string), .init("zone", .string, "Whose days and months are counted"),
        .init("from", .date), .init("to", .date),
        .init(
            "months",
            .array(
                .object([
                    .init("month", .string), .init("orders", .integer()), .init("revenue", .amount),
                    .init("credited", .amount), .init("netRevenue", .amount, "Revenue less what was credited"),
                    .init("paid", .amount),
                ]))),
        .init(
            "converted",
            .array(
                .object([
                    .init("kind", .string), .init("currency", .string), .init("documents", .integer()),
                    .init("amount", .amount), .init("worth", .amount),
                    .init("firstRateDay", .date, "The days that the rates used were told for"),
                    .init("lastRateDay", .date),
                ])), "What of it was told in other currencies; the rate of each day of a quota is in its answer"),
        .init(
            "notConverted",
            .array(
                .object([
                    .init("kind", .string), .init("currency", .string), .init("documents", .integer()),
                    .init("amount", .amount),
                ])), "What does not count, as no rate was told until its day"),
    ]))
