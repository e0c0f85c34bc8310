import CRMModel
import Crypto
import EventLoop
import FoundationEssentials
import Kafka

/// From an order's production with `kcat` to its sight at the party's timeline.
@Loop
struct SightBench {
    let bench: Bench
    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        bench.title("sight: from the start of kcat with an order to GET /v1/parties/{id}/timeline")
        try await bench.makeTopics()
        let program = try await RunningProgram.start("rapport-contacts", bench)
        defer { program.kill() }
        let client = try await LoadClient.connect(port: program.port)
        defer { client.close() }
        while try await client.ask(Array("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)).status != 200 {
            try await Loop.sleep(for: .milliseconds(50))
        }
        var sights: [Duration] = []
        var kcats: [Duration] = []
        var source = OrderSource(customers: 1_000, prefix: "s\(UInt32.random(in: 0 ... .max))")
        for number in 0..<40 {
            let order = source.order(number)
            let party = ExternalID.party(customerNo: order.key).text
            let request = Array("GET /v1/parties/\(party)/timeline HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
            let begin = Loop.now
            let kcat = try produce(order)
            let produced = Task { @Loop in (try await kcat.exit(), Loop.now) }
            while Loop.now - begin < .seconds(20) {
                let answer = try await client.ask(request)
                if String(decoding: answer.body, as: UTF8.self).contains("\(source.prefix)-\(number)\"") { break }
                try await Loop.sleep(for: .milliseconds(1))
            }
            sights.append(Loop.now - begin)
            let (exit, end) = try await produced.value
            guard exit.isSuccess else { throw BenchError(text: "kcat failed with status \(exit.status)") }
            kcats.append(end - begin)
        }
        let whole = "kcat alone runs \(milliseconds(kcats.percentile(0.5)))"
        bench.row("p50", milliseconds(sights.dropFirst(5).percentile(0.5)), beside: whole, goal: "tens of ms")
        bench.row("worst", milliseconds(sights.dropFirst(5).percentile(1)), goal: "< 1 s")
    }

    /// Publishes one order as the README says it.
    private func produce(_ order: OrderSource.Order) throws -> ChildProcess {
        let file = "/tmp/rapport-bench-\(getpid())-order.json"
        try Data(order.value).write(to: URL(filePath: file))
        let headers = order.headers.flatMap { ["-H", "\($0.0)=\(String(decoding: $0.1, as: UTF8.self))"] }
        return try ChildProcess(
            "kcat",
            [
                "-P", "-b", bench.brokers, "-t", Topic.erpOrders.name, "-k", order.key, "-X",
                "partitioner=murmur2_random",
            ] + bench.kafka.properties.flatMap { ["-X", "\($0.key)=\($0.value)"] } + headers + [file])
    }

    private func milliseconds(_ duration: Duration) -> String { "\(decimal(duration.seconds * 1000, 1)) ms" }
}
