import CRMModel
import Contacts
import EventLoop
import Kafka
import Messaging
import Postgres
import ServiceKit

/// From the producer's call to the commit of the effect, at 200 orders a second.
@Loop
struct LatencyBench {
    let bench: Bench
    init(_ bench: Bench) { self.bench = bench }

    func run() async throws {
        bench.title(
            "latency: produced to applied and committed, 200 orders a second for 11 s, from the first second on")
        let found = try await measure(poison: false)
        let topic = "bench.passage.\(UInt32.random(in: 0 ... .max))"
        try await KafkaAdmin.createTopics([TopicPlan(name: topic, partitions: 1)], bench.kafka)
        let passage = try await Passage.times(topic, bench.kafka, bytes: 600)
        let commits = try await bench.commitTimes(rate: 200, seconds: 10)
        for (name, share, limit) in [("p50", 0.5, 1.5), ("p99", 0.99, 2)] {
            let (here, way, commit) = (
                found.all.percentile(share), passage.percentile(share), commits.percentile(share)
            )
            bench.row(
                name, "\(decimal(here.seconds * 1000, 2)) ms",
                beside: "librdkafka \(decimal(way.seconds * 1000, 2)) + commit \(decimal(commit.seconds * 1000, 2)) ms",
                ratio: here.seconds / (way + commit).seconds, goal: "<= \(decimal(limit, 1)); p99 < 10 ms")
        }
    }

    /// The 50th and the 99th of a hundred, in seconds; with `poison` one of ten messages is unreadable, beside the orders.
    func measure(poison: Bool) async throws -> (all: [Duration], p50: Double, p99: Double) {
        let settings = try await bench.contactsSchema()
        let topic = Topic(name: "bench.latency.\(UInt32.random(in: 0 ... .max))", key: "", owner: "bench")
        try await KafkaAdmin.createTopics([TopicPlan(name: topic.name, partitions: 12)], bench.kafka)
        let runner = ConsumerRunner(
            try ContactsService.subscriptions(to: [topic]), group: "bench-\(topic.name)", kafka: bench.kafka,
            postgres: settings)
        try runner.start()
        while !runner.isAssigned { try await Loop.sleep(for: .milliseconds(10)) }
        let producer = try KafkaProducer(bench.kafka)
        var source = OrderSource(customers: 1_000, prefix: "l")
        let times = Times()
        runner.onCommit = { [weak runner] in times.applied(runner?.statistics.applied ?? 0) }
        let begin = Loop.now
        for number in 0..<2_200 {
            let due = begin + .milliseconds(5 * number)
            if due > Loop.now { try await Loop.sleep(for: due - Loop.now) }
            let order = source.order(number)
            if poison, number % 9 == 0 {
                try producer.produce(
                    topic: topic.name, key: order.key, value: Array(order.value.prefix(order.value.count / 2)),
                    headers: order.headers, id: 1_000_000 + number)
            }
            times.sent.append(Loop.now)
            try producer.produce(
                topic: topic.name, key: order.key, value: order.value, headers: order.headers, id: number + 1)
        }
        while runner.statistics.applied < times.sent.count { try await Loop.sleep(for: .milliseconds(5)) }
        producer.close()
        await runner.stop()
        // The first second warms connections and plans.
        let steady = Array(times.latencies.dropFirst(200))
        return (times.latencies, steady.percentile(0.5).seconds, steady.percentile(0.99).seconds)
    }
}

/// When orders were sent, and how long each took.
@Loop
private final class Times {
    var sent: [Duration] = []
    private(set) var latencies: [Duration] = []

    /// Orders are applied in the order sent but for partitions; at this rate a batch is what came since the last.
    func applied(_ count: Int) {
        while latencies.count < count, latencies.count < sent.count {
            latencies.append(Loop.now - sent[latencies.count])
        }
    }
}
