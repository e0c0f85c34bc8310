import CRMModel
import EventLoop
import FoundationEssentials
import Kafka

/// From an order's production to its sight at the party's timeline.
@Loop
struct SightBench {
    let bench: Bench
    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        bench.title("sight: order produced to GET /v1/parties/{id}/timeline")
        let program = try await RunningProgram.start("rapport-contacts", bench)
        defer { program.kill() }
        let producer = try KafkaProducer(bench.kafka)
        let client = try await LoadClient.connect(port: program.port)
        while try await client.ask(Array("GET /health/ready HTTP/1.1\r\nHost: b\r\n\r\n".utf8)).status != 200 {
            try await Loop.sleep(for: .milliseconds(50))
        }
        var times: [Duration] = []
        var source = OrderSource(customers: 1_000, prefix: "s\(UInt32.random(in: 0 ... .max))")
        for number in 0..<50 {
            let order = source.order(number)
            let party = ExternalID.party(customerNo: order.key).uuidString
            let name = "\(source.prefix)-\(number)\""
            let request = Array("GET /v1/parties/\(party)/timeline HTTP/1.1\r\nHost: b\r\n\r\n".utf8)
            let begin = Loop.now
            try producer.produce(
                topic: Topic.erpOrders.name, key: order.key, value: order.value, headers: order.headers, id: number + 1)
            while Loop.now - begin < .seconds(20) {
                let answer = try await client.ask(request)
                if String(decoding: answer.body, as: UTF8.self).contains(name) { break }
                try await Loop.sleep(for: .milliseconds(1))
            }
            times.append(Loop.now - begin)
            try await Loop.sleep(for: .milliseconds(20))
        }
        let steady = Array(times.dropFirst(5))
        bench.row("p50", "\(decimal(steady.percentile(0.5).seconds * 1000, 1)) ms", goal: "tens of milliseconds")
        bench.row("worst", "\(decimal(steady.percentile(1).seconds * 1000, 1)) ms", goal: "< 1 s")
        producer.close()
        client.close()
    }
}
