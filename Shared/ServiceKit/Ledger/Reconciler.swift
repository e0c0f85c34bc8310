import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Messaging
import Postgres

/// Compares what a service holds of the ERP's documents with what the order topic says, document by document, for operators who
/// have HTTP only.
@Loop
final class Reconciler {
    /// What one comparison has found.
    struct Round: Encodable {
        /// Messages of the topic.
        var messages = 0
        /// Documents that are equal, and those that are not, in all.
        var equal = 0, different = 0
        /// Some of those, in words.
        var named: [String] = []
        /// Those of them that the round before has named in the same words; what is under way is not among them.
        var lasting: [String] = []
        /// How long it took.
        var seconds = 0.0
    }

    private struct Progress: Encodable {
        let read: Int
        let of: Int
    }

    /// Seconds until the next round begins.
    private struct Pause: Encodable {
        let pause: Int
    }

    /// So many documents are in memory at a time, some 30 MB; of more the topic is read several times.
    var sliceLimit = 100_000
    private let pool: PostgresPool
    private let kafka: KafkaSettings
    private var isAtWork = false

    init(_ pool: PostgresPool, _ kafka: KafkaSettings) {
        self.pool = pool
        self.kafka = kafka
    }

    /// Whether a service keeps a ledger to compare.
    static func concerns(_ definition: any ServiceDefinition.Type) -> Bool {
        definition.migrations.contains { $0.name == LedgerSchema.migration.name }
    }

    /// Compares once; `told` hears how far the reading is.
    func compare(_ told: (_ read: Int, _ of: Int) async throws -> Void = { _, _ in }) async throws -> Round {
        let begin = Loop.now
        let reader = TopicReader(kafka, .erpOrders)
        let ends = try await reader.ends()
        var round = Round()
        round.messages = ends.values.reduce(0) { $0 + Int($1.upperBound - $1.lowerBound) }
        let held: Int = try await pool.query(LedgerStore.size).first?.value(0) ?? 0
        let slices = max(1, (max(held, round.messages) + sliceLimit - 1) / sliceLimit)
        var read = 0
        for number in 0..<slices {
            var book = OrderBook(BookSlice(number, of: slices))
            try await reader.read(to: ends, limit: 200) {
                book.take($0)
                read += 1
            } round: {
                try await told(read, round.messages * slices)
            }
            let found = try await comparison(of: book) { try await told(read, round.messages * slices) }
            round.equal += found.equal
            round.different += found.count
            round.named += found.named.prefix(20 - round.named.count)
        }
        round.seconds = (Loop.now - begin).seconds
        return round
    }

    private func comparison(
        of book: OrderBook, _ page: () async throws -> Void
    ) async throws -> BookComparison {
        var comparison = BookComparison(book)
        var after = BookName(source: "", kind: "", id: "")
        while true {
            let rows = try await pool.rows(LedgerStore.entries, after.id, after.kind, after.source)
            for (source, kind, id, party, currency, units, isCancelled) in rows {
                after = BookName(source: source, kind: kind, id: id)
                comparison.take(
                    after,
                    BookEntry(party: party?.text, currency: currency, units: units, isCancelled: isCancelled))
            }
            if rows.isEmpty { break }
            try await page()
        }
        comparison.finish()
        return comparison
    }

    // MARK: Over HTTP

    var routes: [Route] {
        [
            Route(
                .get, "/v1/ops/reconciliation",
                "Compares all ERP documents that the service holds with the order topic: lines of JSON, how far it is and what was found",
                tag: "operations", access: .operate,
                parameters: [
                    .query("rounds", .integer(1...1_000_000), "How often; 1 unless given"),
                    .query("every", .integer(1...3600), "Seconds from one round to the next; 5 unless given"),
                ], gives: .bytes("application/x-ndjson"), refuses: [409]
            ) { [unowned self] request in
                guard !isAtWork else { throw Problem(status: .conflict, detail: "A reconciliation is under way.") }
                let rounds = request.query("rounds", as: Int.self) ?? 1
                let pause = Duration.seconds(request.query("every", as: Int.self) ?? 5)
                return Response.stream(contentType: "application/x-ndjson") { [unowned self] writer in
                    isAtWork = true
                    defer { isAtWork = false }
                    try await run(rounds, every: pause, writer)
                }
            }
        ]
    }

    private func run(_ rounds: Int, every pause: Duration, _ writer: BodyWriter) async throws {
        var before: Set<String> = []
        var said = Loop.now
        for number in 1...rounds {
            if number > 1 { try await wait(pause, writer) }
            said = Loop.now
            var round = try await compare { read, all in
                guard Loop.now - said > .seconds(1) else { return }
                said = Loop.now
                try await self.write(Progress(read: read, of: all), writer)
            }
            round.lasting = round.named.filter(before.contains)
            before = Set(round.named)
            try await write(round, writer)
        }
    }

    /// Says every second how long it still takes: whoever has left is noticed by what he does not take.
    private func wait(_ pause: Duration, _ writer: BodyWriter) async throws {
        var left = Int(pause.seconds)
        while left > 0 {
            try await write(Pause(pause: left), writer)
            try await Loop.sleep(for: .seconds(1))
            left -= 1
        }
    }

    private func write(_ value: some Encodable, _ writer: BodyWriter) async throws {
        try await writer.write(Array(try JSONEncoder().encode(value)) + [UInt8(ascii: "\n")])
    }
}
