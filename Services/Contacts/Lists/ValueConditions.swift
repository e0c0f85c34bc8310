import HTTP
import ServiceKit

/// What lists are filtered by of a customer's value: sums, classes, predictions and scores in one currency.
extension PartyQuery {
    /// A figure of the value `v`: its expression, its type, and whether it stands in the table itself.
    private struct Figure {
        let expression: String
        let type: String
        let isStored: Bool

        init(_ expression: String, _ type: String, isStored: Bool = true) {
            self.expression = expression
            self.type = type
            self.isStored = isStored
        }

        /// One that is made of the scale of the base, of a prediction or of weights.
        static func made(_ expression: String, _ type: String) -> Figure { Figure(expression, type, isStored: false) }
    }

    private static let figures: [String: Figure] = [
        "orders": Figure("v.orders", "bigint"), "revenue": Figure("v.revenue", "money"),
        "credits": Figure("v.credits", "bigint"), "credited": Figure("v.credited", "money"),
        "net": Figure("v.revenue - v.credited", "money"), "paid": Figure("v.paid", "money"),
        "margin": Figure("CASE WHEN v.costed <> 0 THEN v.costed - v.cost END", "money"),
        "averageOrder": Figure("CASE WHEN v.orders > 0 THEN v.revenue / v.orders END", "money"),
        "returnRate": Figure("CASE WHEN v.revenue > 0 THEN v.credited / v.revenue::numeric END", "numeric"),
        "meanDaysBetweenOrders": Figure(
            """
            CASE WHEN v.orders > 1 THEN extract(epoch FROM v.last_order_at - v.first_order_at) / 86400 / (v.orders - 1) END
            """, "numeric"),
        "purchaseDays": Figure("v.purchase_days", "bigint"),
        "firstOrderAt": Figure("v.first_order_at", "timestamptz"),
        "lastOrderAt": Figure("v.last_order_at", "timestamptz"),
        "recency": .made("k.r", "bigint"), "frequency": .made("k.f", "bigint"), "monetary": .made("k.m", "bigint"),
        "aliveChance": .made("(\(ScoreStore.alive("v.purchase_days")))::numeric", "numeric"),
        "churnRisk": .made("1 - (\(ScoreStore.alive("v.purchase_days")))::numeric", "numeric"),
        "purchases": .made("n.purchases::numeric", "numeric"),
        "futureValue": .made("n.lifetime_value", "money"),
        "lifetimeValue": .made("v.revenue - v.credited + n.lifetime_value", "money"),
        "weightedScore": .made("w.score", "numeric"), "shareOfWallet": .made(ScoreStore.shareOfWallet, "numeric"),
    ]

    /// The names of all of them, for the description.
    static let valueFields = (figures.keys + ["abc", "segment"]).map { "value.\($0)" }.sorted()

    mutating func addValue(_ condition: PartyCondition, _ place: String) throws {
        let name = String(condition.field.dropFirst("value.".count))
        guard Self.valueFields.contains(condition.field) else { throw Self.unknown(place) }
        guard let currency = try FieldCheck.currency(condition.currency, "\(place).currency") else {
            throw Problem.field("\(place).currency", "is required for \(condition.field)")
        }
        let bound = bind(currency)
        func value(_ joins: String) -> (String) -> String {
            {
                "EXISTS (SELECT 1 FROM party_value v \(joins) WHERE v.party_id = p.id AND v.currency = \(bound) AND \($0))"
            }
        }
        if let figure = Self.figures[name] {
            let around = value(figure.isStored ? "" : ScoreStore.joins)
            return try addRange(condition, place, figure.expression, figure.type, around: around)
        }
        let known = name == "abc" ? ["A", "B", "C"] : ScoreStore.segments
        let wanted = try Self.words(condition, place, of: known)
        let list = bind("{\(wanted.joined(separator: ","))}", as: "text[]")
        add(value(ScoreStore.joins)("k.\(name) = ANY(\(list))"))
    }
}
