import EventLoop
import HTTP
import Postgres
import ServiceKit

/// A report as a value: one statement over the base of a currency (`$1`) that answers JSON, and what that JSON holds.
package struct Report: Sendable {
    /// Its name in addresses and statements.
    package let name: String
    let title: ReportLabel
    let statement: Statement
    let data: [Schema.Property]
    let labels: [ReportLabel]
    /// Whether the months are to be counted before.
    let needsMonths: Bool

    init(
        _ name: String, en: String, zh: String, _ sql: String, data: [Schema.Property], labels: [ReportLabel] = [],
        needsMonths: Bool = false
    ) {
        self.needsMonths = needsMonths
        self.name = name
        title = ReportLabel(name, en, zh)
        statement = Statement("report.\(name)", sql)
        self.data = data
        self.labels = labels
    }

    /// All of them: the seven views, the relationship grid and the quadrant.
    package static let all = [
        BaseReportStore.profiling, BaseReportStore.persistency, SalesReportStore.profitability,
        SalesReportStore.performance,
        SalesReportStore.prospecting, MarketReportStore.product, MarketReportStore.promotion,
        MarketReportStore.relationship,
        MarketReportStore.quadrant,
    ]

    /// The shape of the answer: the report's data with what a page needs to draw it.
    var schema: Schema {
        let text = Schema.object([.init("en", .string), .init("zh", .string)])
        return .object([
            .init("report", .string), .init("title", text), .init("currency", .string), .init("computedAt", .dateTime),
            .init("asOf", .dateTime, "What was applied until then is in it"),
            .init("behind", .integer(), "How many orders and credits came or went since then"),
            .init("labels", .map(text), "How to call the keys in the data"), .init("data", .object(data)),
        ])
    }
}
