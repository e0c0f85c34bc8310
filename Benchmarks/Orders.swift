import CRMModel
import EventLoop
import FoundationEssentials
import Kafka

/// Orders made up for measuring: about 600 bytes, five lines, customers drawn evenly.
@Loop
struct OrderSource {
    let customers: Int
    let prefix: String
    private var state: UInt64

    init(customers: Int, prefix: String, seed: UInt64 = 1) {
        self.customers = customers
        self.prefix = prefix
        state = seed
    }

    private mutating func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    typealias Order = (key: String, value: [UInt8], headers: [(String, [UInt8])])

    mutating func order(_ number: Int) -> Order {
        let customer = "\(prefix)\(random(customers))"
        var lines: [String] = []
        var total = Amount.zero
        for _ in 0..<5 {
            let quantity = 1 + random(12)
            let price = Amount(units: (50 + random(2_000)) * 100)
            total += Amount(units: price.units * quantity)
            lines.append(
                "{\"sku\":\"\(10_000 + random(4_000))\",\"name\":\"WHITE HANGING HEART T-LIGHT HOLDER\","
                    + "\"quantity\":\(quantity),\"unitPrice\":\"\(price)\"}")
        }
        let time = RFC3339.string(Date())
        let json =
            "{\"orderId\":\"\(prefix)-\(number)\",\"customerNo\":\"\(customer)\",\"status\":\"open\",\"placedAt\":\"\(time)\","
            + "\"currency\":\"GBP\",\"lines\":[\(lines.joined(separator: ","))],\"total\":\"\(total)\"}"
        let headers: [(String, String)] = [
            ("ce_specversion", "1.0"), ("ce_id", "\(prefix)-\(number)"), ("ce_source", "/bench"),
            ("ce_type", "erp.order.placed.v1"), ("ce_time", time), ("content-type", "application/json"),
        ]
        return (customer, Array(json.utf8), headers.map { ($0.0, Array($0.1.utf8)) })
    }
}

extension Bench {
    /// Makes the suite's topics where they are missing.
    func makeTopics() async throws {
        try await KafkaAdmin.createTopics(
            Topic.all.map { TopicPlan(name: $0.name, partitions: Topic.partitions, settings: $0.settings) },
            kafka)
    }

    /// Publishes orders and returns when the broker has them all. With `poison` one of ten messages is half an order, beside them.
    func publish(
        _ count: Int, customers: Int, prefix: String, to topic: String = Topic.erpOrders.name, poison: Bool = false
    ) async throws {
        let producer = try KafkaProducer(kafka, linger: .milliseconds(5))
        var source = OrderSource(customers: customers, prefix: prefix)
        for number in 0..<count {
            let order = source.order(number)
            let half = Array(order.value.prefix(order.value.count / 2))
            for value in poison && number % 9 == 0 ? [half, order.value] : [order.value] {
                while true {
                    do {
                        try producer.produce(
                            topic: topic, key: order.key, value: value, headers: order.headers, id: number + 1)
                        break
                    } catch {
                        guard error.isQueueFull else { throw error }
                        try await Loop.sleep(for: .milliseconds(5))
                    }
                }
            }
        }
        guard await producer.flush(within: .seconds(60)) else { throw BenchError(text: "the broker took too long") }
        producer.close()
    }
}
