import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import Telemetry

/// States that are older by the ERP's clock than one told before them under the same customer number. They count all the same, as the
/// topic's order does; they are kept in mind so that people see that an ERP tells its states out of order.
struct OlderStates {
    private struct Sum {
        var states = 0
        /// The latest time told before, and the time of the last state that was older.
        var latest: Date?
        var last: Date?
    }
    private var sums: [BookName: Sum] = [:]

    /// Counts those among the states of a document that is recorded.
    mutating func note(_ one: ToldDocuments.One, since before: LedgerRecord?) {
        guard let then = before?.toldAt else {
            if one.older > 0 { count(one.entries, since: nil) }
            return
        }
        if one.several.isEmpty, one.lead.content.toldAt.map({ $0.microseconds >= then.microseconds }) ?? true { return }
        count(one.entries, since: then)
    }

    private mutating func count(_ entries: [LedgerEntry], since before: Date?) {
        var latest: [UUID?: Date] = [:]
        if let before, let first = entries.first { latest[first.document.partyID] = before }
        for entry in entries {
            guard let told = entry.toldAt else { continue }
            let party = entry.document.partyID
            if let then = latest[party], told.microseconds < then.microseconds { note(entry, latest: then) }
            latest[party] = max(latest[party] ?? told, told)
        }
    }

    /// Counts one of a document.
    mutating func note(_ entry: LedgerEntry, latest: Date?) {
        sums[entry.name, default: Sum()].states += 1
        sums[entry.name]?.latest = latest
        sums[entry.name]?.last = entry.toldAt
    }

    /// Writes down what was counted; the documents are locked.
    @Loop
    func keep(in transaction: Transaction) {
        guard !sums.isEmpty else { return }
        let all = sums.sorted { $0.key < $1.key }
        transaction.enqueue(
            Self.add, all.map(\.key.source), all.map(\.key.kind), all.map(\.key.id), all.map(\.value.states),
            all.map(\.value.latest), all.map(\.value.last))
    }

    // MARK: SQL

    static let statements = [add, page, counts]

    private static let add = Statement(
        "older_state.add",
        """
        INSERT INTO erp_state_older AS o (source, kind, id, states, latest_told_at, told_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[])
        ON CONFLICT (id, kind, source) DO UPDATE SET states = o.states + excluded.states,
            latest_told_at = excluded.latest_told_at, told_at = excluded.told_at, seen_at = clock_timestamp()
        """)

    private static let page = Statement(
        "older_state.page",
        """
        SELECT json_build_object('source', source, 'kind', kind, 'id', id, 'states', states,
            'latestToldAt', latest_told_at, 'toldAt', told_at, 'seenAt', seen_at)::text, source, kind, id
        FROM erp_state_older WHERE (id, kind, source) > ($1, $2, $3) ORDER BY id, kind, source LIMIT $4
        """)

    private static let counts = Statement(
        "older_state.counts", "SELECT source, sum(states)::bigint FROM erp_state_older GROUP BY source")
}

extension OlderStates {
    /// Where a service shows them.
    @Loop
    static func route(_ context: ServiceContext) -> Route {
        Route(
            .get, "/v1/ledger/older-states",
            "Documents of which a state was told that is older, by the ERP's clock, than one told before under the same customer number",
            tag: "ledger", access: .operate,
            parameters: Route.Parameter.pagingByKeys, gives: .json(.page(of: shown))
        ) { request in
            let after = try request.pageAfter(keys: 3)
            let rows = try await context.pool.query(page, after[0], after[1], after[2], request.pageLimit)
            let next = try rows.last.map { row in
                PageCursor.text(try row.value(3), try row.value(2), try row.value(1))
            }
            return .page(try rows.map { try $0.value(0) }, limit: request.pageLimit, next: next)
        }
    }

    private static let shown = Schema.object([
        .init("source", .string, "The ERP"), .init("kind", .string), .init("id", .string, "The ERP's number"),
        .init("states", .integer(), "How many were older than one told before"),
        .init("latestToldAt", .dateTime, "The latest time told before the last of them"),
        .init("toldAt", .dateTime, "The time of the last of them"), .init("seenAt", .dateTime),
    ])

    /// Shows by ERP how many there are, as long as its task is not cancelled.
    @Loop
    static func show(_ context: ServiceContext) async {
        let work = SteadyWork(context.log, every: .seconds(10), failing: "older states are not counted")
        await work.run {
            for row in try await context.pool.query(counts) {
                Metrics.shared.gauge(
                    "crm_erp_older_states", help: "States told that are older than one told before under their number",
                    labels: ["source": try row.value(0)]
                ).set(Double(try row.value(1) as Int))
            }
            return false
        }
    }
}
