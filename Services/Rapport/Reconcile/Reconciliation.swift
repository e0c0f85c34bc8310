import CRMModel
import EventLoop
import FoundationEssentials
import Kafka
import Messaging

/// Proves, thing by thing, that the services hold what the topics say, and nothing else: the ERP's documents in contacts, sales and
/// campaigns, and in all five customers, products, orders, shipments, consents, rates and redirects, as far as each holds them.
@Loop
package struct Reconciliation {
    private let suite: Suite

    /// Compares what a suite holds.
    package init(_ suite: Suite) { self.suite = suite }

    /// Compares and prints; says whether all is equal.
    package func run() async throws -> Bool {
        let terminal = suite.terminal
        let state = try suite.folder.readState()
        guard let kafka = try suite.kafka(state) else { throw SuiteError("no broker is known; run rapport up") }
        let book = try await readBook(kafka)
        for total in book.totals {
            terminal.line(
                "topic \(Topic.erpOrders.name): \(grouped(total.count)) \(total.kind) documents,"
                    + " \(groupedAmount(total.units)) \(total.currency)")
        }
        terminal.line(
            "  from \(grouped(book.messages)) messages, of which \(grouped(book.repeated)) were told again,"
                + " \(grouped(book.unreadable)) unreadable, \(grouped(book.others)) of other types")
        for (source, count) in book.older.sorted(by: { $0.key < $1.key }) {
            terminal.line(
                "  \(source) told \(grouped(count)) states that are older than one it told before under the same customer"
                    + " number; the one told last counts")
        }
        let services = Services.hearing.filter { Services.built.contains($0) }
        guard !services.isEmpty else { throw SuiteError("no service was built") }
        var passed = true
        for name in services {
            let round = try await Self.ask(try ServiceProbe(name, state))
            passed = passed && round.different == 0
            show(name, round)
        }
        let result = passed ? terminal.paint("PASS", .green) : terminal.paint("FAIL", .red)
        terminal.line("reconcile: \(result) (\(services.joined(separator: ", ")))")
        return passed
    }

    /// What a service has found when it compared itself: it has the keys of what is sealed, and knows what people mended.
    private struct Round: Decodable {
        struct Part: Decodable {
            let name: String
            let equal, different: Int
            let named: [String]
        }
        let different: Int
        let seconds: Double
        let parts: [Part]
    }

    private static func ask(_ probe: ServiceProbe) async throws -> Round {
        let body = try await probe.get("/v1/ops/reconciliation", within: .seconds(1800), maximumBytes: 64 << 20)
        guard let last = body.split(separator: UInt8(ascii: "\n")).last else {
            throw SuiteError("\(probe.name) ended its comparison without a word")
        }
        return try JSONDecoder().decode(Round.self, from: Data(last))
    }

    /// Compares again and again; what differs in two rounds running is named. Ends when the task is cancelled, or with the process.
    func follow(every pause: Duration) async throws -> Bool {
        var before: [String: Set<String>] = [:]
        while true {
            let state = try suite.folder.readState()
            guard let kafka = try suite.kafka(state) else { throw SuiteError("no broker is known; run rapport up") }
            do {
                let book = try await readBook(kafka)
                var parts: [String] = []
                for name in Services.withLedger where Services.built.contains(name) {
                    let comparison = try await Self.compare(try ServiceProbe(name, state), book)
                    let now = Set(comparison.named)
                    let lasting = now.intersection(before[name] ?? [])
                    before[name] = now
                    let count = "\(grouped(comparison.count)) under way"
                    parts.append("\(name) \(comparison.count == 0 ? "equal" : lasting.isEmpty ? count : "DIFFERS")")
                    for text in lasting.sorted() { suite.terminal.warn("\(name): \(text)") }
                }
                suite.terminal.line("\(grouped(book.states.count)) documents: \(parts.joined(separator: ", "))")
            } catch let error as CancellationError {
                throw error
            } catch {
                suite.terminal.warn("not compared: \(error)")
            }
            try await Loop.sleep(for: pause)
        }
    }

    private func readBook(_ kafka: KafkaSettings) async throws -> OrderBook {
        let reader = TopicReader(kafka, .erpOrders)
        let ends = try await reader.ends()
        var book = OrderBook()
        try await reader.read(to: ends) { book.take($0) }
        return book
    }

    /// Holds the ledger of a service against a book.
    package static func compare(_ probe: ServiceProbe, _ book: OrderBook) async throws -> BookComparison {
        let body = try await probe.get("/v1/ledger", within: .seconds(600), maximumBytes: 4 << 30)
        return try await Loop.offload {
            var comparison = BookComparison(book)
            for line in body.split(separator: UInt8(ascii: "\n")) { try comparison.take(line: line) }
            comparison.finish()
            return comparison
        }
    }

    private func show(_ name: String, _ round: Round) {
        let terminal = suite.terminal
        let equal = round.parts.filter { $0.different == 0 }.map { "\(grouped($0.equal)) \($0.name)" }
        if !equal.isEmpty {
            terminal.line(
                "  \(name): \(equal.joined(separator: ", ")) equal to the last unit (\(seconds(.seconds(round.seconds))))"
            )
        }
        for part in round.parts where part.different > 0 {
            terminal.line("  \(name): \(grouped(part.different)) \(part.name) differ, \(grouped(part.equal)) are equal")
            for text in part.named { terminal.line("    \(text)") }
            let more = part.different - part.named.count
            if more > 0 { terminal.line("    and \(grouped(more)) more") }
        }
    }
}
