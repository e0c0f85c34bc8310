import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import HTTP
import Kafka
import Messaging
import Postgres

/// Compares what a service holds with what the topics say, thing by thing: the ERP's documents where it keeps a ledger of them, and all
/// that its capabilities say they hold.
@Loop
final class Reconciler {
    /// What one comparison has found.
    struct Round: Encodable {
        /// Messages of the topics.
        var messages = 0
        /// Things that are equal, and those that are not, in all.
        var equal = 0, different = 0
        /// Some of those, in words.
        var named: [String] = []
        /// Those of them that the round before has named in the same words; what is under way is not among them.
        var lasting: [String] = []
        /// How long it took.
        var seconds = 0.0
        /// The same by what is compared.
        var parts: [Part] = []
    }

    /// What was found of one kind of thing.
    struct Part: Encodable {
        /// `documents`, `customers`, `redirects` …
        let name: String
        let equal, different: Int
        let named: [String]
    }

    /// What is to be compared.
    enum Extent: String, CaseIterable {
        case all, documents, holdings
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
    /// What is known of lives, as the consumer knows it.
    var lives = SourceLives()
    private let pool: PostgresPool
    private let kafka: KafkaSettings
    private let hasLedger: Bool
    private let holdings: [Holding]
    private var isAtWork = false

    init(_ pool: PostgresPool, _ kafka: KafkaSettings, _ definition: any ServiceDefinition.Type) {
        self.pool = pool
        self.kafka = kafka
        hasLedger = definition.migrations.contains { $0.name == LedgerSchema.migration.name }
        holdings = definition.holdings
    }

    /// Compares once; `told` hears how far the reading of a topic is.
    func compare(
        _ extent: Extent = .all, _ told: (_ read: Int, _ of: Int) async throws -> Void = { _, _ in }
    ) async throws -> Round {
        let begin = Loop.now
        var round = Round()
        if hasLedger, extent != .holdings {
            let documents = try await compareDocuments(told)
            round.messages += documents.messages
            round.take(
                Part(
                    name: "documents", equal: documents.equal, different: documents.different, named: documents.named))
        }
        if extent != .documents {
            let topics = Set(holdings.map(\.topic)).sorted { $0.name < $1.name }
            for topic in topics {
                let books = try await Holding.compare(
                    holdings.filter { $0.topic == topic }, on: topic, kafka, pool, lives
                ) { read, all in
                    try await told(read, all)
                }
                for book in books {
                    round.take(
                        Part(name: book.name, equal: book.equal, different: book.different, named: book.named))
                }
            }
        }
        round.seconds = (Loop.now - begin).seconds
        return round
    }

    private func compareDocuments(_ told: (_ read: Int, _ of: Int) async throws -> Void) async throws -> Round {
        let reader = TopicReader(kafka, .erpOrders)
        let ends = try await reader.ends()
        let mended = try await DeadLetters.mended(of: .erpOrders, in: pool)
        var round = Round()
        round.messages = ends.values.reduce(0) { $0 + Int($1.upperBound - $1.lowerBound) }
        let held: Int = try await pool.query(LedgerStore.size).first?.value(0) ?? 0
        let slices = max(1, (max(held, round.messages) + sliceLimit - 1) / sliceLimit)
        var read = 0
        for number in 0..<slices {
            var book = OrderBook(BookSlice(number, of: slices))
            try await reader.read(to: ends, limit: 200) {
                book.take(mended[$0.origin]?[$0.offset] ?? $0)
                read += 1
            } round: {
                try await told(read, round.messages * slices)
            }
            let found = try await comparison(of: book) { try await told(read, round.messages * slices) }
            round.equal += found.equal
            round.different += found.count
            round.named += found.named.prefix(20 - round.named.count)
        }
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
                "Compares what the service holds with what the topics say, thing by thing: lines of JSON, how far it is and what was found",
                tag: "operations", access: .operate,
                parameters: [
                    .query(
                        "of", .enumeration(Extent.allCases.map(\.rawValue)),
                        "The ERP's documents, all else that others tell, or both, unless given"),
                    .query("rounds", .integer(1...1_000_000), "How often; 1 unless given"),
                    .query("every", .integer(1...3600), "Seconds from one round to the next; 5 unless given"),
                ], gives: .bytes("application/x-ndjson"), refuses: [409]
            ) { [unowned self] request in
                guard !isAtWork else { throw Problem(status: .conflict, detail: "A reconciliation is under way.") }
                let rounds = request.query("rounds", as: Int.self) ?? 1
                let extent = request.query("of").flatMap(Extent.init) ?? .all
                let pause = Duration.seconds(request.query("every", as: Int.self) ?? 5)
                return Response.stream(contentType: "application/x-ndjson") { [unowned self] writer in
                    isAtWork = true
                    defer { isAtWork = false }
                    try await run(extent, rounds, every: pause, writer)
                }
            }
        ]
    }

    private func run(_ extent: Extent, _ rounds: Int, every pause: Duration, _ writer: BodyWriter) async throws {
        var before: Set<String> = []
        var said = Loop.now
        for number in 1...rounds {
            if number > 1 { try await wait(pause, writer) }
            said = Loop.now
            var round = try await compare(extent) { read, all in
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

extension Reconciler.Round {
    /// Adds what was found of one kind of thing.
    fileprivate mutating func take(_ part: Reconciler.Part) {
        parts.append(part)
        equal += part.equal
        different += part.different
        named += part.named.prefix(20 - named.count)
    }
}
