import CRMModel
import EventLoop
import FoundationEssentials
import HTTP
import Messaging
import Postgres
import ServiceKit
import Telemetry

/// What is told with a time or an amount that cannot be: kept, counted for its party, and shown; it moves nobody else's figures.
@Loop
enum OddFacts {
    /// One that may be odd; the database's clock says whether it is.
    struct Fact {
        let kind: String
        let reference: String
        var source = ""
        let party: UUID?
        let at: Date
    }

    private static let earliest = Date(timeIntervalSince1970: 631_152_000)  // 1990

    /// Notes those that are odd. Nearly always there is none, and nothing is sent.
    static func note(_ facts: some Sequence<Fact>, _ transaction: Transaction) {
        let latest = Date(timeIntervalSinceNow: 86_400)
        let odd = facts.filter { $0.at < earliest || $0.at > latest }
        guard !odd.isEmpty else { return }
        transaction.enqueue(
            OddStore.note, odd.map(\.kind), odd.map(\.reference), odd.map(\.source), odd.map(\.party), odd.map(\.at))
    }

    /// The documents that have no details to be found by.
    static func note(_ changes: [LedgerChange], _ transaction: Transaction) {
        let others = changes.lazy.filter { $0.kind != .order && $0.kind != .credit && !$0.isCancelled }
        note(
            others.map {
                Fact(
                    kind: $0.kind.rawValue, reference: $0.name.id, source: $0.name.source, party: $0.party,
                    at: $0.document.at)
            }, transaction)
    }

    /// Shows by kind how many there are, as long as its task is not cancelled.
    static func show(_ context: ServiceContext) async {
        let work = SteadyWork(context.log, every: .seconds(10), resting: 100, failing: "odd facts are not counted")
        var seen: Set<String> = []
        await work.run {
            let counts = try await context.rows(OddStore.counts)
            seen.formUnion(counts.map(\.0))
            for kind in seen {
                Metrics.shared.gauge(
                    "crm_odd_facts", help: "What is told with a time or an amount that cannot be",
                    labels: ["kind": kind]
                ).set(Double(counts.first { $0.0 == kind }?.1 ?? 0))
            }
            return false
        }
    }
}

extension Capability {
    /// What cannot be, or can hardly be.
    static let odd = Capability(
        "odd", "what is told with a time or an amount that cannot be", migrations: [OddStore.migration],
        statements: OddStore.statements, standings: [.fact("odd_fact")]
    ) { context in
        let route = Route(
            .get, "/v1/odd",
            "What is told with a time or an amount that cannot be: it counts for its party and in no figure of the base",
            tag: "odd", access: .read,
            parameters: Route.Parameter.pagingByKeys, gives: .json(.page(of: shown))
        ) { request in
            let after = try request.pageAfter(keys: 3)
            let rows = try await context.rows(OddStore.page, after[0], after[2], after[1], request.pageLimit)
            let next = rows.last.map { PageCursor.text($0.1, $0.3, $0.2) }
            return .page(rows.map(\.0), limit: request.pageLimit, next: next)
        }
        return CapabilityParts(routes: [route], background: [{ await OddFacts.show(context) }])
    }

    private static let shown = Schema.object([
        .init("kind", .string, "`order`, `credit`, `payment`, a kind of touch or interaction, or `birthday`"),
        .init("reference", .string, "Its number or id"),
        .init("source", .nullable(.string), "Who told it, where that is known"),
        .init("partyId", .nullable(.uuid), "Whose it is"), .init("at", .dateTime),
        .init(
            "why", .enumeration(["ahead", "early", "large"]),
            "Dated more than two days ahead, before 1990 (a birthday before 1900), or a million times too large"),
        .init("amount", .nullable(.amount)), .init("currency", .nullable(.string)),
    ])
}
