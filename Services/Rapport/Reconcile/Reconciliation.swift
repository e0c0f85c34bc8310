import CRMModel
import EventLoop
import Kafka
import Messaging

/// Proves, document by document, that contacts, sales and campaigns hold what the order topic says, and nothing else.
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
        let services = Services.withLedger.filter { Services.built.contains($0) }
        guard !services.isEmpty else { throw SuiteError("no service that keeps a ledger was built") }
        var passed = true
        for name in services {
            let comparison = try await Self.compare(try ServiceProbe(name, state), book)
            passed = passed && comparison.count == 0
            show(name, comparison)
        }
        let result = passed ? terminal.paint("PASS", .green) : terminal.paint("FAIL", .red)
        terminal.line("reconcile: \(result) (\(services.joined(separator: ", ")))")
        return passed
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

    private func show(_ name: String, _ comparison: BookComparison) {
        let terminal = suite.terminal
        guard comparison.count > 0 else {
            return terminal.line("  \(name): \(grouped(comparison.equal)) documents equal to the last unit")
        }
        terminal.line("  \(name): \(grouped(comparison.count)) differences, \(grouped(comparison.equal)) equal")
        for text in comparison.named { terminal.line("    \(text)") }
        let more = comparison.count - comparison.named.count
        if more > 0 { terminal.line("    and \(grouped(more)) more") }
    }
}
