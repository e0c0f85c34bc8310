import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Postgres
import ServiceKit

/// Reports are computed behind the requests and kept: a page never waits for a pass over the base, but for the first one.
@Loop
package enum Reports {
    /// Keeps the reports near the live base, beside the edges of the classes: neither waits for the other.
    static func run(_ context: ServiceContext) async {
        let work = SteadyWork(context.log, every: .seconds(10), failing: "reports are not computed")
        await work.run {
            try await refreshAll(context)
            return false
        }
    }

    /// Computes the reports of all currencies that are older than twenty times what they usually take, each in a transaction of its own; of
    /// several processes one does it. One that fails keeps no other from being computed.
    static func refreshAll(_ context: ServiceContext) async throws {
        var failure: (any Error)?
        for row in try await context.pool.query(ReportStore.currencies) {
            let currency: String = try row.value(0)
            for report in Report.all {
                guard try await !context.pool.query(ReportStore.isDue, report.name, currency).isEmpty else { continue }
                do { try await refresh(report, currency, context) } catch { failure = failure ?? error }
            }
        }
        if let failure { throw failure }
    }

    /// Computes a report; false where another process is at it.
    @discardableResult
    package static func refresh(_ report: Report, _ currency: String, _ context: ServiceContext) async throws -> Bool {
        // Of a currency that is new here nobody has a class yet.
        if try await context.pool.rows(ReportStore.hasScale, currency).isEmpty { try await ValueScale.refresh(context) }
        return try await context.pool.transaction { transaction in
            transaction.enqueue(LongWork.allow)
            guard try await LongWork.claim("report \(report.name) \(currency)", transaction) else { return false }
            let begin = Loop.now
            if report.needsMonths, try await LongWork.claim("months \(currency)", transaction) {
                try await countMonths(currency, transaction)
            }
            let documents = try await transaction.rows(ReportStore.documents, currency).first ?? 0
            let rows = try await transaction.query(report.statement, currency)
            let body: String = try rows.first?.value(0) ?? "{}"
            transaction.enqueue(
                ReportStore.keep, report.name, currency, (Loop.now - begin).seconds, body, documents)
            return true
        }
    }

    /// Counts who ordered in the months that changed since the last time, and in those behind them.
    static func countMonths(_ currency: String, _ transaction: Transaction) async throws {
        guard let row = try await transaction.query(MonthStore.since, currency).first,
            let since = try row.value(0) as String?
        else { return }
        transaction.enqueue(try row.value(1) ? MonthStore.all : MonthStore.refresh, currency, since)
    }

    /// A report as JSON.
    static func show(_ report: Report, _ currency: String, _ context: ServiceContext) async throws -> Response {
        var rows = try await context.rows(ReportStore.get, report.name, currency)
        if rows.isEmpty {
            guard try await !context.query(ReportStore.isSold, currency).isEmpty else {
                throw Problem(status: .notFound, detail: "Nothing has been sold in \(currency) yet.")
            }
            guard try await refresh(report, currency, context) else {
                throw Problem(
                    status: .unavailable, detail: "The report is being computed for the first time; try again.",
                    headers: ["retry-after": "2"])
            }
            rows = try await context.rows(ReportStore.get, report.name, currency)
        }
        guard let (body, computedAt, asOf, behind) = rows.first else { throw Problem(status: .internalError) }
        let labels = report.labels.map(\.member).joined(separator: ",")
        return .stored(
            """
            {"report":"\(report.name)","title":\(report.title.words),"currency":"\(currency)",\
            "computedAt":"\(RFC3339.string(computedAt))","asOf":"\(RFC3339.string(asOf))","behind":\(behind),\
            "labels":{\(labels)},"data":\(body)}
            """)
    }

    /// A route for each report.
    static func routes(_ context: ServiceContext) -> [Route] {
        Report.all.map { report in
            Route(
                .get, "/v1/reports/\(report.name)", "\(report.title.english), as last computed", tag: "reports",
                access: .read,
                parameters: [.query("currency", .string, required: true, "ISO 4217")], gives: .json(report.schema),
                refuses: [404, 503]
            ) { request in
                try await show(report, FieldCheck.currency(request.query("currency")) ?? "", context)
            }
        }
    }
}
