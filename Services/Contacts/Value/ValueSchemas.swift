import HTTP
import ServiceKit

/// The shapes of the answers about value.
enum ValueSchemas {
    static let ofParty = Schema.object([
        .init("version", .integer(), "Of the figures: it grows with each document too, that of the record does not"),
        .init("zone", .string, "Whose days are counted"),
        .init("odd", .integer(), "Documents that count here and not in figures of the base; `GET /v1/odd` says why"),
        .init("values", .array(value)),
    ])

    static let value = Schema.named(
        "CustomerValue",
        .object([
            .init("currency", .string, "ISO 4217"), .init("orders", .integer(), "Orders that were not cancelled"),
            .init("revenue", .amount, "Their sum"), .init("credits", .integer(), "Credits: returns and reductions"),
            .init("credited", .amount, "Their sum"), .init("netRevenue", .amount, "Revenue less what was credited"),
            .init("returnRate", .nullable(.number), "Credited over revenue"),
            .init("margin", .nullable(.amount), "Of the sales whose cost is known"),
            .init("marginKnownFor", .amount, "Sales less credits whose cost is known"), .init("paid", .amount),
            .init("averageOrder", .nullable(.amount), "Revenue over orders"),
            .init(
                "meanDaysBetweenOrders", .nullable(.number), "From the first order to the last, over orders less one"),
            .init("purchaseDays", .integer(), "Days of the firm's zone with an order"),
            .init("firstOrderAt", .nullable(.dateTime)), .init("lastOrderAt", .nullable(.dateTime)),
            .init("rfm", .nullable(rfm), "Classes from 1 (the lowest fifth of the base) to 5"),
            .init("abc", .nullable(.enumeration(["A", "B", "C"])), "Pareto class by net revenue, at 80 and 95 %"),
            .init("prediction", .nullable(prediction)),
            .init("weightedScore", .nullable(.number), "Sum of weight times behaviour, by the firm's weights"),
            .init(
                "shareOfWallet", .nullable(.number), "Net revenue of twelve months over the yearly spend that was told"),
        ]))

    private static let rfm = Schema.object([
        .init("recency", .integer(1...5)), .init("frequency", .integer(1...5)), .init("monetary", .integer(1...5)),
        .init("segment", .enumeration(ScoreStore.segments)),
        .init("asOf", .dateTime, "When the edges of the classes were worked out"),
    ])

    private static let prediction = Schema.object([
        .init("aliveChance", .nullable(.number), "P(alive) of the BG/NBD model; null where it cannot tell"),
        .init("churnRisk", .nullable(.number), "1 - P(alive)"),
        .init(
            "cannotTell", .nullable(.enumeration(["no_leaving", "one_purchase_day"])),
            "Why the model says nothing of leaving: the base shows none, or he bought on one day; then `rfm` is the word"
        ),
        .init("purchases", .number, "Days with an order to expect in `weeks`"), .init("weeks", .integer()),
        .init("meanPurchase", .nullable(.amount), "Amount of one of them (Gamma-Gamma)"),
        .init("futureValue", .nullable(.amount), "Their discounted sum, before returns"),
        .init("lifetimeValue", .nullable(.amount), "Net revenue so far and the future value"),
        .init("asOf", .dateTime), .init("fit", .uuid),
    ])

    static let page = Schema.page(
        of: .object([
            .init("partyId", .uuid), .init("name", .string), .init("kind", .string),
            .init("country", .nullable(.string)), .init("value", value),
        ]))

    static let spend = Schema.object([.init("currency", .string, "ISO 4217"), .init("yearlySpend", .amount)])

    static let wallet = Schema.named("Wallet", .items(spend))

    static let weights = Schema.object([
        .init("weights", .map(.number), "By behaviour: \(ScoreStore.behaviours.joined(separator: ", "))")
    ])
}
